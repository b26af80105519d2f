"""Everything the customer did, session by session, the newest first."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.customer_said import by_session, carried, clock, session_head, shared, value_told
from journey.charts.words import count, moment, several, short, span
from journey.customer import Customer, CustomerQuestion, Event, kinds_in_force, measure_timeline
from journey.customer.timeline import Timeline
from pages.parts.frame import Page, download_table, measured
from pages.parts.text import literal

PAGE = 30
VIEWS = {"events": "Events", "sessions": "Sessions"}
KINDS, VIEW, TURNED = "customer_kinds", "customer_view", "customer_turned"


def show_timeline(page: Page, customer: Customer) -> None:
    """Events grouped by session with what they carried, or the sessions as a table."""
    with st.container(border=True, key="customer_timeline"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Timeline", anchor=False, width="stretch")
            view = st.segmented_control(
                "View", list(VIEWS), default="events", format_func=VIEWS.__getitem__, key=VIEW, label_visibility="collapsed"
            )
        if not customer.lifetime.events:
            st.caption("No event of this customer lies in the log.")
        elif view == "sessions":
            _sessions(page, customer)
        else:
            _events(page, customer)


def _events(page: Page, customer: Customer) -> None:
    kinds = _choose_kinds(customer)
    cursors = _turned(customer.id, kinds)
    question = CustomerQuestion(customer.id, PAGE, cursors[-1] if cursors else None, kinds)
    found = measured(page, measure_timeline, question)
    if not found.events:
        st.caption("No event of these kinds.")
        return
    icons = {kind.name: kind.icon for kind in kinds_in_force(page.con)}
    st.markdown("\n\n".join(_session(number, events, icons, page.scope.timezone) for number, events in by_session(found.events)))
    _turn(customer, kinds, found, cursors)


def _choose_kinds(customer: Customer) -> tuple[str, ...]:
    """The kinds to show; none chosen is all."""
    counts: dict[str, int] = {}
    for spot in customer.spots:
        counts[spot.kind] = counts.get(spot.kind, 0) + spot.events
    if len(counts) < 2:
        return ()
    kinds = sorted(counts, key=lambda kind: -counts[kind])
    chosen = st.pills(
        "Kinds of events",
        kinds,
        selection_mode="multi",
        format_func=lambda kind: f"{literal(short(kind.capitalize(), 20))} {count(counts[kind])}",
        key=KINDS,
        label_visibility="collapsed",
    )
    return tuple(kind for kind in chosen or () if kind in counts)


def _session(number: int, events: list[Event], icons: dict[str, str], zone: str) -> str:
    alike = shared(events)
    beside = f" :gray[{literal(carried(alike))}]" if alike else ""
    lines = [f"**{literal(session_head(number, events, zone))}**{beside}"]
    lines += [_line(event, icons, zone, alike) for event in events]
    return "  \n".join(lines)


def _line(event: Event, icons: dict[str, str], zone: str, alike: dict[str, Any]) -> str:
    told = carried(event.properties, without=alike)
    beside = f" :gray[{literal(told)}]" if told else ""
    return f":material/{icons.get(event.kind, 'circle')}: :gray[{clock(event, zone)}] {literal(short(event.name, 60))}{beside}"


def _turned(customer: str, kinds: tuple[str, ...]) -> list[tuple[int, int]]:
    """The cursors of the pages that were turned, of this customer and these kinds."""
    held = st.session_state.get(TURNED)
    return list(held[1]) if held and held[0] == (customer, kinds) else []


def _turn(customer: Customer, kinds: tuple[str, ...], found: Timeline, cursors: list[tuple[int, int]]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        of = (customer.id, kinds)
        if found.more is not None:
            st.button("Older", key="customer_older", icon=":material/arrow_downward:", on_click=_go, args=(of, [*cursors, found.more]))
        if cursors:
            st.button("Newer", key="customer_newer", icon=":material/arrow_upward:", type="tertiary", on_click=_go, args=(of, cursors[:-1]))
        st.caption(f"{several(len(found.events), 'event')}{' before those' if cursors else ''}, all sources, the newest session first.")
        download_table("customer_timeline", _table(found))


def _go(of: tuple[str, tuple[str, ...]], cursors: list[tuple[int, int]]) -> None:
    st.session_state[TURNED] = (of, cursors)


def _table(found: Timeline) -> pl.DataFrame:
    rows = [event.as_plain() for event in found.events]
    told = ["; ".join(f"{name}={value_told(value)}" for name, value in row.pop("properties").items()) for row in rows]
    return pl.DataFrame(rows).with_columns(pl.Series("properties", told, dtype=pl.String))


def _sessions(page: Page, customer: Customer) -> None:
    zone = page.scope.timezone
    shown = customer.sessions[:200]
    table = pl.DataFrame(
        {
            "Session": [visit.number for visit in shown],
            "From": [moment(visit.start, zone) for visit in shown],
            "Lasted": [span(visit.seconds) if visit.seconds else "one moment" for visit in shown],
            "Events": [visit.events for visit in shown],
        }
    )
    st.dataframe(table, hide_index=True, height=min(420, 38 + 35 * len(shown)), key="customer_sessions")
    of = f"the newest 200 of {count(len(customer.sessions))}" if len(customer.sessions) > 200 else several(len(shown), "session")
    st.caption(f"{of}; a session ends after a pause of more than 30 minutes, or as the log says.")
