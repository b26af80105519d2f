"""What each cohort has brought by each period since joining, and who of it brought any."""

from dataclasses import dataclass

import polars as pl
import streamlit as st

from journey.answers import local_iso
from journey.charts.retention import label
from journey.charts.retention_value import PALER, in_currency, told_worth, value_curve, value_heatmap, valued_cohorts
from journey.charts.words import count, money, several
from journey.retention import CohortValue, RetentionQuestion, ValueCohort, ValueQuestion, measure_value, value_customers
from journey.rules import known_properties
from journey.rules.match import NUMBERS
from journey.warehouse import setting
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_figure, download_table, literal, measured
from pages.parts.people import show_people
from pages.parts.retention_steps import select
from pages.parts.retention_table import show_table
from pages.parts.workspace import answer, derived

EARNED, REST = "brought value", "brought none"
REVENUE = "revenue"


@dataclass(frozen=True)
class Cell:
    """A cohort by one period since it joined.  earned: who of it brought value, or the rest."""

    cohort: ValueCohort
    place: int
    earned: bool


def show_value(page: Page, asked: RetentionQuestion) -> None:
    """The card; nothing where the log holds no numbers that could be added up."""
    mapped = bool(answer(page.con, page.version, setting, "revenue"))
    names = [prop.name for prop in answer(page.con, page.version, known_properties) if prop.of == "event" and prop.type in NUMBERS]
    if not names and not mapped:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = st.container(width="stretch")
            chosen = _choose_value(names, mapped)
        if not chosen:
            title.subheader("Value by cohort", anchor=False)
            st.caption("No revenue is mapped. Choose a property that holds numbers, and it is added up for each cohort.")
            return
        question = ValueQuestion(asked.target, chosen, None, asked.period, asked.periods, asked.clock, asked.week_start)
        value = measured(page, measure_value, question)
        title.subheader(f"Value per customer since joining{in_currency(value)}", anchor=False)
        if not valued_cohorts(value):
            st.caption("Nobody joined in this period, so nothing was brought.")
            return
        st.caption(literal(told_value(value)))
        cell = _pictures(value)
    _show_cell(page, value, cell)
    counted(page, value.evidence, key="value_counted")


def _choose_value(names: list[str], mapped: bool) -> str:
    first = REVENUE if mapped else ""
    options = [first, *dict.fromkeys(name for name in names if name != first)]
    told = {REVENUE: "Mapped revenue"} if mapped else {"": "Choose a value"}
    return select("Value", options, "retention_value", 178, lambda name: told.get(name, name))


def told_value(value: CohortValue) -> str:
    """What a customer has brought by the last period that at least half of them have completed."""
    whole = [(k, worth) for k, worth in enumerate(value.mean) if worth is not None]
    period, everyone = value.question.period, value.evidence.population
    if not whole:
        return f"No {period} is over yet. So far {several(everyone, 'customer')} joined."
    place, worth = [(k, worth) for k, worth in whole if 2 * worth.size >= whole[0][1].size][-1]
    return (
        f"By the end of {period} {place} a customer has brought {told_worth(value, worth)} on average, those who brought nothing included: "
        f"{count(worth.earning)} of {count(worth.size)} brought any. Each {period} is the mean over cohorts that have completed it, "
        f"so a later one is of fewer, older customers."
    )


def _pictures(value: CohortValue) -> Cell | None:
    told = told_value(value)
    heatmap = derived(value_heatmap, value)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Added up from {value.question.period} 0, the one they joined in", width="stretch")
        st.caption(f"Hatched: {value.question.period} not over yet · {PALER}", width="content")
    _take(value, draw(heatmap, "value_heatmap", clicks=True, min_width=720, alt=told))
    cell = _choose_cell(value)
    if sum(worth is not None for worth in value.mean) > 1:
        draw(derived(value_curve, value), "value_curve", min_width=520, alt=told)
    show_table(value_table(value), "value_table")
    with st.container(horizontal=True):
        download_table("value_by_cohort", value_table(value))
        download_figure("value_heatmap", heatmap)
    return cell


def _take(value: CohortValue, clicked: dict | None) -> None:
    """A clicked cell sets the two selects below; what a browser sends is checked first."""
    if not clicked or clicked.get("kind") != "point":
        return
    row, place, rows = clicked.get("y"), clicked.get("x"), valued_cohorts(value)
    if isinstance(row, int) and isinstance(place, int) and 0 <= row < len(rows) and 0 <= place < sum(rows[row].begun) and rows[row].size:
        st.session_state.value_cohort = _name(value, rows[row])
        st.session_state.value_place = _place_name(value, place)


def _choose_cell(value: CohortValue) -> Cell | None:
    cohorts = {_name(value, cohort): cohort for cohort in reversed(valued_cohorts(value)) if cohort.size}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Cohort", list(cohorts), index=None, placeholder="Choose a cohort", key="value_cohort", bind="query-params", width=178
        )
        cohort = cohorts.get(chosen or "")
        places = {} if cohort is None else {_place_name(value, k): k for k in range(sum(cohort.begun))}
        when = st.selectbox(
            "By", list(places), index=None, placeholder="Choose a period", key="value_place", bind="query-params", width=178
        )
        place = places.get(when or "")
        if cohort is None or place is None:
            return None
        side = st.segmented_control("Who", [EARNED, REST], default=EARNED, format_func=str.capitalize, key="value_who", bind="query-params")
    return Cell(cohort, place, side != REST)


def _show_cell(page: Page, value: CohortValue, cell: Cell | None) -> None:
    """The customers of the cohort who had brought value by then, or those who had not."""
    if cell is None:
        return
    mark = {"cohort": cell.cohort.start, "period": cell.place, "earned": cell.earned}
    people = answer(page.con, page.version, value_customers, value.question, page.scope, mark)
    start, when = _name(value, cell.cohort), f"{value.question.period} {cell.place}"
    title = f"{count(people.count)} of {count(cell.cohort.size)} who joined {start} {EARNED if cell.earned else REST} by {when}"
    total = money(cell.cohort.worth[cell.place].value, value.currency)
    if cell.earned:
        title += f", {total} together"
    rule = {"cohort_value": value.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    show_people(page, people, title, rule, f"Joined {start}, {EARNED if cell.earned else REST} by {when}")


def _name(value: CohortValue, cohort: ValueCohort) -> str:
    return label(cohort.start, value.question.period, value.timezone, [row.start for row in valued_cohorts(value)])


def _place_name(value: CohortValue, place: int) -> str:
    return f"{value.question.period.capitalize()} {place}"


def value_table(value: CohortValue) -> pl.DataFrame:
    """One row per cohort and period: the sum and the mean per customer with its 95% interval, and whether the period is over."""
    rows = []
    for cohort in value.cohorts:
        for place in range(sum(cohort.begun)):
            worth = cohort.worth[place]
            low, high = worth.interval or (None, None)
            rows.append(
                {
                    "joined": local_iso(cohort.start, value.timezone)[:10],
                    "customers": worth.size,
                    "by " + value.question.period: place,
                    "brought any": worth.earning,
                    "value": round(worth.value, 2),
                    "per customer": worth.mean,
                    "95% from": low,
                    "to": high,
                    "complete": cohort.complete[place],
                }
            )
    return pl.DataFrame(rows)
