"""From a mark of any picture of a funnel to who is behind it: by a click, or by a select and a switch."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from journey.answers import People
from journey.charts.words import count, several
from pages.parts.frame import Page, download_table
from pages.parts.people import show_people
from pages.parts.text import literal
from pages.parts.workspace import answer


@dataclass(frozen=True)
class Mark:
    """title: who they are.  mark: names them among the customers of the answer.  count: how many the picture shows."""

    title: str
    mark: Mapping[str, Any]
    count: int

    @property
    def written(self) -> str:
        return json.dumps(self.mark, ensure_ascii=False)


def show_marks(
    page: Page,
    key: str,
    marks: Sequence[Mark],
    clicked: int | None,
    lister: Callable[..., People],
    question: Any,
    rule: Mapping[str, Any],
    unit: str,
    usual: int = 0,
) -> None:
    """The select, the switch, and the list where it is opened.  clicked, usual: places among the marks.

    rule: with a mark's keys it answers the same customers, as a segment.
    """
    known = {mark.written: mark for mark in marks if mark.count}
    if not known:
        return
    hit = marks[clicked].written if clicked is not None and 0 <= clicked < len(marks) else None
    first = list(known).index(marks[usual].written) if marks[usual].count else 0
    chosen, opened = _choose(key, known, hit, unit, first)
    if not opened:
        return
    people = answer(page.con, page.version, lister, question, page.scope, dict(chosen.mark))
    if unit == "customers":
        show_people(page, people, chosen.title, {**rule, **chosen.mark}, f"{chosen.title}"[:80])
    else:
        show_units(people, chosen.title, unit, key)


def _choose(key: str, known: Mapping[str, Mark], clicked: str | None, unit: str, first: int) -> tuple[Mark, bool]:
    place, opened = f"{key}_mark", f"{key}_list"
    if clicked in known:
        st.session_state[place], st.session_state[opened] = clicked, True
    if st.session_state.get(place) not in known:
        st.session_state.pop(place, None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox(
            "Who is behind",
            list(known),
            index=first,
            format_func=lambda written: known[written].title if written in known else written,
            key=place,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/ads_click:",
            width=400,
        )
        mark = known.get(chosen or "") or list(known.values())[first]
        told = several(mark.count, *(("customer",) if unit == "customers" else (unit.removesuffix("s"), unit)))
        shown = st.toggle(literal(f"See these {told}"), key=opened, bind="query-params")
    return mark, shown


def show_units(people: People, title: str, unit: str, key: str) -> None:
    """Sessions and values are no customers: they are listed, and go nowhere as a segment."""
    with st.container(border=True, key=f"{key}_units"):
        st.subheader(literal(title), anchor=False)
        st.caption(literal(f"{count(people.count)} {unit}. Count customers to save them as a segment."))
        if people.count:
            frame = pl.DataFrame({unit: people.ids})
            st.dataframe(frame.head(1_000), hide_index=True, height=245, key=f"{key}_units_table")
            download_table(f"{key}_{unit}", frame)
