"""All that was ever proposed for a customer, what was decided, handed over, and what came of it: the newest first."""

from collections.abc import Sequence

import streamlit as st

from journey.actions.catalog import actions_in_force
from journey.actions.choose import Card
from journey.actions.ledger import Entry
from journey.actions.results.came import came_of
from journey.charts.actions_card_said import came_told, entry_told, ledger_title, step_lines
from pages.parts.frame import Page
from pages.parts.text import literal

SHOWN = 3


def show_ledger(page: Page, card: Card, entries: Sequence[Entry]) -> None:
    with st.container(border=True, key="customer_ledger"):
        with st.container(horizontal=True):
            st.subheader(ledger_title(entries), anchor=False)
        if not entries:
            st.caption("What is accepted, changed or rejected here is kept for good, with who did it, when and why.")
            return
        st.markdown("\n\n".join(_entry(page, card, entry) for entry in entries[:SHOWN]))
        if len(entries) > SHOWN:
            with st.expander(f"{len(entries) - SHOWN} earlier"):
                st.markdown("\n\n".join(_entry(page, card, entry) for entry in entries[SHOWN:]))


def _entry(page: Page, card: Card, entry: Entry) -> str:
    lines = [f"**{literal(entry_told(entry, card.currency))}**"]
    action = actions_in_force(page.con).action(entry.proposal.action)
    came = None if action is None else came_of(page.con, entry, action.wanted)
    if came is not None:
        lines.append(f":material/flag: :gray[{literal(came_told(came, page.scope.timezone))}]")
    lines += [f":material/{icon}: :gray[{literal(told)}]" for icon, told in step_lines(entry, page.scope.timezone)]
    return "  \n".join(lines)
