"""What was tried and what was learned: searched by what it was about, each with what was hoped for and what came."""

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from journey.charts.experiments_archive import (
    Came,
    archive_caption,
    archive_rows,
    archive_sentence,
    came_figure,
    came_of,
    describe_came,
)
from journey.experiments.plan import note_look
from journey.experiments.read.measure import measure_experiment
from journey.experiments.read.question import read_experiment
from journey.experiments.record import STATES, Archive, ArchiveQuestion, Remembered, measure_archive
from journey.experiments.result import Reading
from journey.scope import Scope
from journey.warehouse import Warehouse, setting
from pages.parts.charts import draw
from pages.parts.experiments_archive_card import open_plan, show_card
from pages.parts.experiments_plan_draft import NEW
from pages.parts.experiments_views import GO
from pages.parts.frame import Page, counted, download_figure, download_table, literal, say
from pages.parts.workspace import answer

ABOUT, STATE, SPOT = "archive_about", "archive_state", "archive_spot"
ANY = "All"
MOST_DRAWN, MOST_CARDS = 12, 20
LONGEST = 300


def show_archive(page: Page, place: DeltaGenerator) -> None:
    """Search, the picture of all, a card for each."""
    question = _choose()
    found = measure_archive(page.con, question, Scope(timezone=page.scope.timezone))  # anew at every run: decisions are no data
    with place:
        say(
            archive_sentence(found),
            archive_caption(found) if found.of else "Plan one, or load a log that says who was shown which variant.",
        )
        for warning in found.evidence.warnings:
            st.caption(":material/warning: " + literal(warning))
    if found.experiments:
        told = [(one, came_of(one, _reading(page, one), setting(page.con, "currency"))) for one in found.experiments]
        _picture([came for _, came in told if came is not None][:MOST_DRAWN])
        for one, came in told[:MOST_CARDS]:
            show_card(page, one, came, question)
        if len(told) > MOST_CARDS:
            st.caption(f"The first {MOST_CARDS} are shown; search to narrow them down. The table holds all.")
        with st.container(horizontal=True):
            rows = archive_rows(told, page.scope.timezone)
            download_table("experiments", pl.DataFrame(rows, infer_schema_length=None))
    elif not found.of:
        _nothing()
    _grounds(page, found, question)


def _nothing() -> None:
    """What to do where nothing was tried yet."""
    with st.container(border=True, key="archive_nothing"):
        with st.container(horizontal=True):
            st.subheader("What will stand here", anchor=False)
        st.markdown(
            "Every experiment that was planned, or that the log shows: what was believed, what came beside what was hoped for, "
            "what was decided, by whom and why, and what is to be remembered. Months later, “checkout” finds all of it."
        )
        st.button("**Plan an experiment**", icon=":material/edit_calendar:", key="archive_plan", on_click=open_plan, args=(NEW,))


def _choose() -> ArchiveQuestion:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        about = st.text_input(
            "What was it about?",
            key=ABOUT,
            bind="query-params",
            persist_state="session",
            max_chars=LONGEST,
            placeholder="What did we learn about checkout?",
            icon=":material/search:",
            label_visibility="collapsed",
            width=320,
        )
        if st.session_state.get(STATE) not in (None, ANY, *STATES):
            st.session_state.pop(STATE)
        state = st.segmented_control(
            "State",
            [ANY, *STATES],
            default=None if STATE in st.session_state else ANY,
            format_func=str.capitalize,
            key=STATE,
            bind="query-params",
            persist_state="session",
            required=True,
            label_visibility="collapsed",
        )
    return ArchiveQuestion(" ".join((about or "").split()) or None, None if state in (None, ANY) else state)


def _reading(page: Page, one: Remembered) -> Reading | None:
    """How an experiment stands that is over, or that was closed before decisions were kept; one that runs is not looked at here."""
    if one.compared or one.state != "over" or not one.customers:
        return None
    scope, version = Scope(timezone=page.scope.timezone), one.planned.hash if one.planned else ""
    found: Reading = answer(page.con, page.version, read_as_planned, one.experiment, version, scope)
    units, until = sum(arm.units for arm in found.split.arms), found.evidence.data_until
    if until is not None:
        note_look(page.con, one.experiment, units, until)  # to show how it stands is to look
    return found


def read_as_planned(con: Warehouse, name: str, plan: str, scope: Scope) -> Reading:
    """The reading under the plan of this hash, so that a changed plan is read anew."""
    return measure_experiment(con, read_experiment({"experiment": name, "checks": False}, files=False), scope)


def _picture(rows: list[Came]) -> None:
    if not rows:
        return
    with st.container(border=True, key="archive_came"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Hoped for, and what came", anchor=False, width="stretch")
        st.caption("Of control's value. Dot and line: what came, with its interval; diamond: hoped for; grey: not told from none.")
        figure = came_figure(rows)
        picked = draw(figure, "archive_chart", alt=describe_came(rows), select=True, min_width=560)
        _follow(picked, [row.name for row in rows if row.seen is not None])
        with st.container(horizontal=True):
            download_figure("experiments", figure)


def _follow(picked: object, names: list[str]) -> None:
    """A clicked dot opens the results of its experiment, once: the chart keeps its selection over later runs."""
    points = picked.get("selection", {}).get("points", []) if isinstance(picked, dict) else []
    spot = points[0].get("point_index") if points and points[0].get("curve_number") == 0 else None
    if spot == st.session_state.get(SPOT):
        return
    st.session_state[SPOT] = spot
    if isinstance(spot, int) and 0 <= spot < len(names):
        st.session_state[GO] = names[spot]
        st.rerun()


def _grounds(page: Page, found: Archive, question: ArchiveQuestion) -> None:
    plain = {key: value for key, value in (("about", question.about), ("state", question.state)) if value}
    counted(page, found.evidence, "archive_counted", {"ask": "experiments", **plain})
