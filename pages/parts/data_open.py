"""The head of the data page: it opens where other pages stop, in a workspace that holds nothing yet."""

import streamlit as st

from journey.charts.words import count, moment, several
from journey.errors import JourneyError
from journey.ingest.holdings import Holdings
from journey.scope import Scope
from journey.warehouse import dataset_version, setting
from pages.parts.frame import Page, literal
from pages.parts.workspace import warehouse

SECTIONS = {"held": "What is here", "load": "Load", "quality": "Quality", "quarantine": "Quarantine", "identity": "Identity"}


def open_data() -> Page:
    """A page on all of the data: no period, no segment."""
    try:
        con = warehouse().cursor()
    except JourneyError as fault:
        st.title("Data", anchor=False)
        st.error(literal(fault), icon=":material/lock:")
        st.stop()
    return Page(con, dataset_version(con), Scope(timezone=setting(con, "timezone", "UTC")), None, "all time", "all customers")


def choose_section() -> str:
    """The head row: the page's name, and which part of it is wanted, kept in the address."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Data", anchor=False, width="stretch")
        with st.container(horizontal=True, wrap=False, width="content"):
            section = st.segmented_control(
                "Section",
                list(SECTIONS),
                format_func=SECTIONS.__getitem__,
                default="held",
                required=True,
                key="section",
                bind="query-params",
                label_visibility="collapsed",
            )
    return section if section in SECTIONS else "held"


def answer_sentence(held: Holdings, timezone: str) -> str:
    """How much there is, until when, and what waits: one true sentence for any stock."""
    waiting = f"{several(held.quarantined, 'row')} {'waits' if held.quarantined == 1 else 'wait'} in quarantine"
    waiting = waiting if held.quarantined else "nothing waits in quarantine"
    people = several(held.customers, "customer")
    if not held.events:
        return f"{people} and no events yet: load an event log to ask about them; {waiting}."
    return f"{several(held.events, 'event')} of {people}, complete to {moment(held.last_ts, timezone)}; {waiting}."


def answer_caption(held: Holdings, timezone: str) -> str:
    """Since when, from how many loads, in which zone."""
    parts = [f"since {moment(held.first_ts, timezone)}"] if held.first_ts is not None else []
    parts += [several(len(held.loads), "load"), f"times in {timezone}"]
    if held.loads:
        newest = held.loads[0]
        parts.append(f"newest load {moment(newest.started_at, timezone)}, {count(newest.received)} rows received")
    return " · ".join(parts)
