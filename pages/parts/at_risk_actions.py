"""What could be done for those on the list, and proposing it: for each the one action most worth its cost, or none."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from journey.actions.catalog import actions_in_force
from journey.actions.choose import Proposing, Wanted, proposing_for
from journey.actions.effects.measure import ledger_height
from journey.actions.ledger import Proposal, book, open_proposals, run_of
from journey.charts.actions_queue_said import booked_told, proposing_told, todo_told
from journey.errors import JourneyError
from journey.scope import Scope
from journey.warehouse import Warehouse
from journey.worklist import Worklist
from pages.parts.actions_consent import show_unsaid
from pages.parts.actions_decided import at_now, deciding, refusals_told, show_done, tell
from pages.parts.actions_person import UNNAMED, name_person, person
from pages.parts.frame import Page
from pages.parts.people import go_to
from pages.parts.text import literal
from pages.parts.workspace import answer

KNOWN = "at_risk_known"
MOST = 200
PLACE = "at_risk"


def _asked(page: Page, found: Worklist) -> tuple[Any, ...]:
    """What the proposals follow from: who is listed, the ledger and the catalog as they are."""
    ids = tuple(item.customer for item in found.items[:MOST])
    return ids, found.as_of, ledger_height(page.con), actions_in_force(page.con)


def is_known(page: Page, found: Worklist) -> bool:
    """Whether this session has seen the proposals of this list, so that they are at hand."""
    return bool(st.session_state.get(KNOWN) == (page.version, _asked(page, found)))


def proposed_for(page: Page, found: Worklist) -> Proposing:
    """One proposal for each of the first 200 listed for whom something is worth doing; kept while nothing changes."""
    asked = _asked(page, found)
    proposed: Proposing = answer(page.con, page.version, _propose, *asked)
    st.session_state[KNOWN] = (page.version, asked)
    return proposed


def _propose(con: Warehouse, ids: tuple[str, ...], as_of: int, *_: object) -> Proposing:
    """The same list of the same facts gets the same proposals."""
    rng = np.random.default_rng(as_of)
    return proposing_for(con, Scope(segment={"customers": list(ids)}), Wanted(by_value=True, explore=False), run="list", rng=rng)


def action_columns(page: Page, found: Worklist, proposed: Mapping[str, Proposal]) -> dict[str, list[str]]:
    """The columns of the table, with what waits or is approved already; none where nothing is proposed for anybody."""
    ids = [item.customer for item in found.items]
    opened = {entry.proposal.customer_id: entry for entry in open_proposals(page.con, ids)}
    if not proposed and not opened:
        return {}
    told = [todo_told(proposed.get(one), opened.get(one), found.currency) for one in ids]
    return {"Proposed action": [action for action, _ in told], "Its value": [value for _, value in told]}


def offer_proposing(page: Page, found: Worklist, proposed: Proposing) -> None:
    """All of them to the queue, in one press."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="at_risk_propose"):
        n = sum(one.arm == "treated" for one in proposed.proposals)
        if n:
            name_person()
            st.button(
                f"**Propose for these {n:,}**",
                key="propose_these",
                icon=":material/playlist_add_check:",
                on_click=_book,
                args=(proposed,),
            )
        st.button(
            "To approve",
            key="at_risk_queue",
            type="tertiary",
            icon=":material/bolt:",
            on_click=go_to,
            args=(page, "actions.py", None, {"actions_view": "To approve"}),
        )
    opened = {entry.proposal.customer_id for entry in open_proposals(page.con, [item.customer for item in found.items])}
    st.caption(literal(proposing_told(proposed, len(opened))))
    show_unsaid(page, actions_in_force(page.con))
    show_done(PLACE)


def _book(proposed: Proposing) -> None:
    """A callback: into the queue, as a run of this person's own that can be taken back."""
    by, at = person(), at_now()
    if not by:
        tell(PLACE, UNNAMED, good=False)
        return
    try:
        booked = book(deciding(), [replace(one, run=run_of(by, at)) for one in proposed.proposals], by=by, at=at)
    except JourneyError as fault:
        tell(PLACE, str(fault), good=False)
        return
    arms = {one.proposal: one.arm for one in proposed.proposals}
    tell(PLACE, " ".join([booked_told(booked, arms), *refusals_told(booked.refused)]), good=not booked.refused)
