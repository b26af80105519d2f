"""Scenarios side by side: kept under a name, compared in one picture and one table, taken up again or forgotten."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from journey.charts.roi_compare import Line, courses_figure
from journey.charts.roi_rows import scenario_rows, scenarios_told
from journey.charts.roi_said import course_of
from journey.errors import JourneyError
from journey.roi import KEEP, PUBLISHED, Roi, Scenario, forget_scenario, keep_scenario, measure_roi, scenarios
from journey.scope import Scope
from pages.parts.actions_person import UNNAMED, name_person, person
from pages.parts.charts import draw
from pages.parts.frame import Page, download_table
from pages.parts.roi_assumptions import BY, LIFTS, MODEL, MONTHS, NAME, NOW, TIED, Put, fields_of
from pages.parts.roi_experiment import BY_HAND, FROM
from pages.parts.roi_fields import hold_plain, tell_address
from pages.parts.roi_options import add_option
from pages.parts.roi_sliders import KEPT
from pages.parts.text import literal
from pages.parts.workspace import answer, derived, warehouse

COMPARED, NAMED_AS, NOTED, CHOSEN, TOLD = "roi_compared", "roi_scenario_name", "roi_scenario_note", "roi_scenario", "roi_scenario_told"
MOST = 4


def show_scenarios(page: Page, put: Put, now: Roi) -> None:
    """The card: what is set now beside what was kept."""
    kept = {one.name: one for one in scenarios(page.con)}
    with st.container(border=True, key="roi_scenarios"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("Scenarios side by side", anchor=False, width="stretch")
            _offer_to_keep(put)
            if kept:
                _offer_kept(page, kept)
        if told := st.session_state.pop(TOLD, None):
            st.caption(literal(told))
        if not kept:
            st.caption("None is kept yet. Keep this one under a name, move a slider, and both stand here side by side.")
            return
        lines = {name: now if name == NOW else _measured(page, kept[name]) for name in _choose(list(kept))}
        found = {name: roi for name, roi in lines.items() if roi is not None}
        if found:
            _compare(found)


def _choose(kept: Sequence[str]) -> list[str]:
    options = [NOW, *kept]
    if not set(st.session_state.get(COMPARED) or ()) <= set(options):
        st.session_state[COMPARED] = [name for name in st.session_state[COMPARED] if name in options]
    chosen = st.multiselect(
        "Compare",
        options,
        options[:MOST],
        key=COMPARED,
        max_selections=MOST,
        label_visibility="collapsed",
        placeholder="Two to four",
        **KEPT,
    )
    return [name for name in chosen if name in options][:MOST]


def _measured(page: Page, kept: Scenario) -> Roi | None:
    """What was kept may have become unreadable: it is said and left out."""
    try:
        roi: Roi = answer(page.con, page.version, measure_roi, kept.asked, Scope())
    except JourneyError as fault:
        st.caption(":material/warning: " + literal(f"{kept.name}: {fault}"))
        return None
    return roi


def _compare(found: dict[str, Roi]) -> None:
    st.caption(literal(scenarios_told(found)))
    lines = [Line(name, course_of(roi)[0], (roi.p10, roi.p90) if roi.question.uncertain else None) for name, roi in found.items()]
    currency = next(iter(found.values())).currency
    draw(derived(courses_figure, lines, currency), "roi_courses", alt=scenarios_told(found), min_width=480)
    columns: dict[str, Any] = {"": st.column_config.TextColumn(pinned=True, width=200)}
    frame = pl.DataFrame(scenario_rows(found), infer_schema_length=None)
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        key="roi_scenario_table",
        column_config=columns,
    )
    download_table("roi_scenarios", frame)


def _offer_to_keep(put: Put) -> None:
    with st.popover("Keep this one", icon=":material/bookmark_add:"):
        st.text_input("Name", put.title, key=NAMED_AS, max_chars=80, placeholder="Such as: with the cheaper tool")
        st.text_area("Note", key=NOTED, max_chars=400, height=72, placeholder="What it rests on, or why it matters")
        by = name_person()
        st.button(
            "Keep",
            key="roi_keep",
            icon=":material/bookmark_add:",
            disabled=not by,
            help=None if by else UNNAMED,
            on_click=_keep,
            args=(put,),
        )


def _keep(put: Put) -> None:
    """A callback."""
    name = " ".join(str(st.session_state.get(NAMED_AS) or "").split())

    def kept() -> str:
        question = put.decided.as_plain() if put.decided else {}
        made = keep_scenario(warehouse().cursor(), name, question, by=person(), note=str(st.session_state.get(NOTED) or ""))
        chosen = list(st.session_state.get(COMPARED) or [NOW])
        st.session_state[COMPARED] = [*[one for one in chosen if one != made.name][: MOST - 1], made.name]
        add_option(made.name)
        return f"Kept as “{made.name}”."

    _said(kept)


def _offer_kept(page: Page, kept: dict[str, Scenario]) -> None:
    with st.popover("Kept", icon=":material/bookmarks:"):
        name = st.selectbox("Scenario", list(kept), key=CHOSEN)
        if name in kept:
            one = kept[name]
            st.caption(literal(f"Kept by {one.kept_by}. {one.note}".strip()))
            with st.container(horizontal=True):
                st.button("Take it up", key="roi_take_up", icon=":material/input:", on_click=take_up, args=(page, one))
                st.button("Forget it", key="roi_forget", type="tertiary", icon=":material/delete:", on_click=_forget, args=(name,))


def take_up(page: Page, kept: Scenario) -> None:
    """A callback: the assumptions hold what this scenario says; a lift from an experiment stays as wide, and is by hand now."""
    asked = kept.asked
    by = asked.lift_is if asked.model not in (KEEP, PUBLISHED) else ""
    held = {MODEL: asked.model, FROM: BY_HAND, MONTHS: asked.months, TIED: asked.correlate[0][2] if asked.correlate else 0.0}
    held |= {NAME: (asked.name or kept.name)[:80]}
    for key, value in {**held, **({BY: by} if by else {})}.items():
        st.session_state[key] = value
    tell_address({BY: LIFTS[by]} if by else {})
    held_as = {name: spread.as_plain() for name, spread in asked.values}
    hold_plain(list(fields_of(page, asked.model, by, None).values()), held_as)
    st.session_state[TOLD] = f"“{kept.name}” is taken up."


def _forget(name: str) -> None:
    """A callback."""

    def forgotten() -> str:
        forget_scenario(warehouse().cursor(), name)
        return f"“{name}” is forgotten."

    _said(forgotten)


def _said(change: Callable[[], str]) -> None:
    try:
        st.session_state[TOLD] = change()
    except JourneyError as fault:
        st.session_state[TOLD] = str(fault)
