"""The customers behind a cell: the same choice by a click on it and by two selects."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from journey.charts.retention import period_name, shown_cohorts, start_label
from journey.charts.words import count
from journey.retention import Cohort, Retention, retention_customers
from pages.parts.frame import Page
from pages.parts.people import show_people
from pages.parts.workspace import answer

BACK, AWAY = "came back", "did not come back"


def take_click(retention: Retention, clicked: Mapping[str, Any] | None) -> None:
    """A clicked cell sets the two selects below; what a browser sends is checked first."""
    if not clicked or clicked.get("kind") != "point":
        return
    row, place, rows = clicked.get("y"), clicked.get("x"), shown_cohorts(retention)
    if not isinstance(row, int) or not isinstance(place, int) or not 0 <= row < len(rows):
        return
    if 0 < place < len(rows[row].begun) and rows[row].begun[place]:
        st.session_state.retention_cohort = _name(retention, rows[row])
        st.session_state.retention_place = period_name(retention.question, place).capitalize()


def choose_cell(retention: Retention) -> tuple[Cohort, int, bool] | None:
    """Cohort and period for the keyboard, and whether to list who came back or who did not."""
    cohorts = {_name(retention, cohort): cohort for cohort in reversed(shown_cohorts(retention)) if cohort.size}
    if not cohorts:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Cohort", list(cohorts), index=None, placeholder="Choose a cohort", key="retention_cohort", bind="query-params", width=178
        )
        cohort = cohorts.get(chosen or "")
        places = {} if cohort is None else {period_name(retention.question, k).capitalize(): k for k in range(1, sum(cohort.begun))}
        when = st.selectbox(
            "Period", list(places), index=None, placeholder="Choose a period", key="retention_place", bind="query-params", width=178
        )
        place = places.get(when or "")
        side = st.segmented_control(
            "Who", [BACK, AWAY], default=BACK, format_func=str.capitalize, key="retention_who", bind="query-params", disabled=place is None
        )
    return None if cohort is None or place is None else (cohort, place, side != AWAY)


def show_cell(page: Page, retention: Retention, cell: tuple[Cohort, int, bool] | None) -> None:
    """The list of those who came back in a cell, or of those who did not."""
    if cell is None:
        return
    cohort, place, back = cell
    mark = {"cohort": cohort.start, "period": place, "came_back": back}
    people = answer(page.con, page.version, retention_customers, retention.question, page.scope, mark)
    start = start_label(cohort.start, retention.question, retention.timezone, shown_cohorts(retention))
    when = period_name(retention.question, place)
    title = f"{count(people.count)} of {count(cohort.size)} who joined {start} {BACK if back else AWAY} in {when}"
    rule = {"retention": retention.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    show_people(page, people, title, rule, f"Joined {start}, {'back' if back else 'not back'} in {when}")


def _name(retention: Retention, cohort: Cohort) -> str:
    return start_label(cohort.start, retention.question, retention.timezone, shown_cohorts(retention))
