"""The customers behind a cell: the same choice by a click on it and by two selects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from journey.charts.retention import TOP, period_name, shown_cohorts, start_label
from journey.charts.words import count
from journey.retention import Cohort, Retention, retention_customers
from pages.parts.frame import Page
from pages.parts.people import show_people
from pages.parts.workspace import answer

BACK, AWAY = "came back", "did not come back"
EVERYONE = "All cohorts"


@dataclass(frozen=True)
class Cell:
    """name: of the cohort, as it is shown.  of: its start, None for all cohorts, and its size.  back: who came back, or the rest."""

    name: str
    of: tuple[int | None, int]
    place: int
    back: bool


def take_click(retention: Retention, clicked: Mapping[str, Any] | None) -> None:
    """A clicked cell, or one of the means above, sets the two selects below; what a browser sends is checked first."""
    if not clicked or clicked.get("kind") != "point":
        return
    row, place, rows = clicked.get("y"), clicked.get("x"), shown_cohorts(retention)
    if not isinstance(place, int) or place < 1:
        return
    if row == TOP:
        known, name = place < len(retention.mean) and retention.mean[place] is not None, EVERYONE
    elif isinstance(row, int) and 0 <= row < len(rows):
        known, name = place < len(rows[row].begun) and rows[row].begun[place], _name(retention, rows[row])
    else:
        return
    if known and name in _choices(retention):
        st.session_state.retention_cohort = name
        st.session_state.retention_place = period_name(retention.question, place).capitalize()


def choose_cell(retention: Retention) -> Cell | None:
    """Cohort and period for the keyboard, and whether to list who came back or who did not."""
    choices = _choices(retention)
    if not choices:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Cohort", list(choices), index=None, placeholder="Choose a cohort", key="retention_cohort", bind="query-params", width=178
        )
        marks = choices.get(chosen or "", {})
        names = {period_name(retention.question, place).capitalize(): place for place in marks}
        when = st.selectbox(
            "Period", list(names), index=None, placeholder="Choose a period", key="retention_place", bind="query-params", width=178
        )
        place = names.get(when or "")
        if place is None:
            return None
        side = st.segmented_control("Who", [BACK, AWAY], default=BACK, format_func=str.capitalize, key="retention_who", bind="query-params")
    return Cell(str(chosen), marks[place], place, side != AWAY)


def _choices(retention: Retention) -> dict[str, dict[int, tuple[int | None, int]]]:
    """Cohort -> place -> (start of the cohort, its size); of everyone the start is None, and only what has a mean is offered.

    Where a customer is in several cohorts, all of them together are no list of customers.
    """
    found: dict[str, dict[int, tuple[int | None, int]]] = {}
    if retention.question.first == "ever":
        places = [k for k in range(1, len(retention.mean)) if retention.mean[k] is not None]
        if places:
            found[EVERYONE] = {k: (None, retention.table.totals(k)[1]) for k in places}
    for cohort in reversed(shown_cohorts(retention)):
        if cohort.size:
            found[_name(retention, cohort)] = dict.fromkeys(range(1, sum(cohort.begun)), (cohort.start, cohort.size))
    return found


def show_cell(page: Page, retention: Retention, cell: Cell | None) -> None:
    """The list of those who came back in a cell, or of those who did not."""
    if cell is None:
        return
    start, size = cell.of
    mark = {"period": cell.place, "came_back": cell.back} | ({} if start is None else {"cohort": start})
    people = answer(page.con, page.version, retention_customers, retention.question, page.scope, mark)
    when, whom = period_name(retention.question, cell.place), "" if start is None else f" who joined {cell.name}"
    title = f"{count(people.count)} of {count(size)}{whom} {BACK if cell.back else AWAY} in {when}"
    rule = {"retention": retention.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    joined = "All cohorts" if start is None else f"Joined {cell.name}"
    show_people(page, people, title, rule, f"{joined}, {'back' if cell.back else 'not back'} in {when}")


def _name(retention: Retention, cohort: Cohort) -> str:
    return start_label(cohort.start, retention.question, retention.timezone, shown_cohorts(retention))
