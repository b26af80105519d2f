"""The next customer to work on: whose proposals wait, the most valuable first; then those at risk; then those seen last."""

from dataclasses import replace

import streamlit as st

from journey.actions.ledger import queue
from journey.charts.words import several
from journey.customer import recent_customers
from journey.worklist import WorklistQuestion, measure_worklist
from pages.parts.actions_decided import begin_anew, deciding
from pages.parts.customer_head import open_customer
from pages.parts.frame import Page
from pages.parts.workspace import answer

WORKED = "customers_worked"
LISTED, SEEN = 200, 50


def offer_next(page: Page, customer: str) -> None:
    """The button, with how many were looked at in this session."""
    worked = _worked(customer)
    st.button(
        "Next customer",
        key="customer_next",
        icon=":material/arrow_forward:",
        icon_position="right",
        shortcut="Alt+N",
        on_click=_go_on,
        args=(page, customer),
        help=f"Those whose proposals wait first, then those at risk. {several(len(worked), 'customer')} looked at so far.",
    )


def _worked(customer: str) -> dict[str, None]:
    """Those looked at in this session, in order."""
    worked: dict[str, None] = st.session_state.setdefault(WORKED, {})
    worked.setdefault(customer)
    return worked


def _go_on(page: Page, customer: str) -> None:
    """A callback: the first in line that was not looked at yet; where all were, the first after this one."""
    begin_anew()
    line = in_line(replace(page, con=deciding()))
    worked = _worked(customer)
    fresh = next((one for one in line if one not in worked), None)
    if fresh is None and line:
        fresh = line[(line.index(customer) + 1) % len(line)] if customer in line else line[0]
    if fresh is not None:
        open_customer(fresh)


def in_line(page: Page) -> list[str]:
    """Ids, each once."""
    waiting = [entry.proposal.customer_id for entry in queue(page.con, "waiting", LISTED)]
    found = answer(page.con, page.version, measure_worklist, WorklistQuestion(LISTED, learn=False), page.scope)
    seen = [one for one, _, _ in answer(page.con, page.version, recent_customers, SEEN)]
    return list(dict.fromkeys([*waiting, *(item.customer for item in found.items), *seen]))
