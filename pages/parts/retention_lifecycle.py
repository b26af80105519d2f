"""Where the active customers of each period come from, and on how many days people are active."""

from typing import Any

import streamlit as st

from journey.charts.lifecycle import LOOKS, lifecycle_bars, period_start_label, shown_periods, stickiness_bars
from journey.charts.words import count, decimal, percent, several
from journey.lifecycle import (
    Lifecycle,
    LifecycleQuestion,
    StickinessQuestion,
    lifecycle_customers,
    measure_lifecycle,
    measure_stickiness,
)
from journey.retention import RetentionQuestion
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, literal, measured
from pages.parts.people import show_people
from pages.parts.workspace import answer

NAMES = {name: state for state, (_, name) in LOOKS.items()}


def show_lifecycle(page: Page, asked: RetentionQuestion) -> None:
    """Two cards: the states of each period, and the days people are active; the people of a bar below them."""
    question = LifecycleQuestion(asked.returning, asked.period, asked.week_start)
    lifecycle = measured(page, measure_lifecycle, question)
    if not shown_periods(lifecycle):
        return
    left, right = st.columns([3, 2])
    with left, st.container(border=True, height="stretch"):
        with st.container(horizontal=True):
            st.subheader("Who is active, and where they come from", anchor=False)
        st.caption(literal(_told(lifecycle)))
        picked = draw(lifecycle_bars(lifecycle), "lifecycle", select=True, min_width=520, alt=_told(lifecycle))
        _take(lifecycle, picked)
        chosen = _choose(lifecycle)
    with right, st.container(border=True, height="stretch"):
        _stickiness(page, asked)
    if chosen:
        start, state = chosen
        mark = {"period": start, "state": state}
        people = answer(page.con, page.version, lifecycle_customers, question, page.scope, mark)
        rule = {"lifecycle": question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
        name = f"{LOOKS[state][1]}, {question.period} of {st.session_state.lifecycle_start}"
        show_people(page, people, name, rule, name)
    counted(page, lifecycle.evidence, key="lifecycle_counted")


def _told(lifecycle: Lifecycle) -> str:
    """The last period that is over, in words; nothing is said of one that is not."""
    period = lifecycle.question.period
    over = [entry for entry in shown_periods(lifecycle) if entry.complete]
    if not over:
        return f"No {period} is over yet."
    last = over[-1]
    kept = "" if last.kept_share is None else f" {percent(last.kept_share, 0)} of those active the {period} before stayed."
    return (
        f"The {period} of {period_start_label(lifecycle, last)}: {several(last.active, 'customer')} active, "
        f"{count(last.new)} of them new, "
        f"{count(last.resurrected)} back after a break; {count(last.dormant)} fell away.{kept}"
    )


def _take(lifecycle: Lifecycle, picked: Any) -> None:
    """A clicked bar sets the selects below, once: the chart keeps its selection over later runs."""
    points = picked.get("selection", {}).get("points", []) if picked else []
    spot = (points[0].get("curve_number"), points[0].get("point_index")) if points else None
    if spot == st.session_state.get("lifecycle_spot"):
        return
    st.session_state.lifecycle_spot = spot
    periods = shown_periods(lifecycle)
    if spot and isinstance(spot[0], int) and isinstance(spot[1], int) and spot[0] < len(NAMES) and spot[1] < len(periods):
        st.session_state.lifecycle_start = period_start_label(lifecycle, periods[spot[1]])
        st.session_state.lifecycle_state = list(NAMES)[spot[0]]


def _choose(lifecycle: Lifecycle) -> tuple[int, str] | None:
    starts = {period_start_label(lifecycle, period): period.start for period in reversed(shown_periods(lifecycle))}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        start = st.selectbox(
            lifecycle.question.period.capitalize(),
            list(starts),
            index=None,
            placeholder=f"Choose a {lifecycle.question.period}",
            key="lifecycle_start",
            bind="query-params",
            width=178,
        )
        state = st.selectbox(
            "Customers", list(NAMES), index=None, placeholder="Choose whom to see", key="lifecycle_state", bind="query-params", width=200
        )
    return (starts[start], NAMES[state]) if start in starts and state in NAMES else None


def _stickiness(page: Page, asked: RetentionQuestion) -> None:
    sticky = measured(page, measure_stickiness, StickinessQuestion(asked.returning, "day", asked.week_start))
    with st.container(horizontal=True):
        st.subheader("On how many days", anchor=False)
    if not sticky.rows:
        st.caption("Nobody was active in this period.")
        return
    whom = several(sticky.evidence.population, "active customer")
    told = f"On {decimal(sticky.mean)} of {several(sticky.periods, 'day')} on average. Shares of {whom}."
    st.caption(literal(told))
    draw(stickiness_bars(sticky), "stickiness", alt=told)
