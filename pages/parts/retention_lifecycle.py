"""Where the active customers of each period come from, and on how many days people are active."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.lifecycle import LOOKS, lifecycle_bars, lifecycle_table, period_start_label, shown_periods, told_quick
from journey.charts.words import count, percent, several
from journey.lifecycle import Lifecycle, LifecyclePeriod, LifecycleQuestion, lifecycle_customers, measure_lifecycle
from journey.retention import RetentionQuestion
from journey.rules import event_names
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_table, literal, measured
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.people import show_people
from pages.parts.retention_choices import PERIODS
from pages.parts.retention_steps import ANY, select
from pages.parts.retention_sticky import show_share, show_stickiness, show_stickiness_people
from pages.parts.retention_table import show_table
from pages.parts.workspace import answer

AS_ABOVE, ANY_EVENT = "", "*"
NAMES = {name: state for state, (_, name) in LOOKS.items()}


def show_lifecycle(page: Page, asked: RetentionQuestion) -> None:
    """Cards of the states of each period, of the days people are active, and of a day's share; the people of a mark below."""
    event, period = _choose_active(page, asked)
    question = LifecycleQuestion(event, period, asked.week_start)
    lifecycle = measured(page, measure_lifecycle, question)
    if not shown_periods(lifecycle):
        st.caption("Nobody was active in this period.")
        return
    left, right = st.columns([3, 2])
    with left, st.container(border=True, height="stretch"):
        with st.container(horizontal=True):
            st.subheader("Who is active, and where they come from", anchor=False)
        st.caption(literal(_told(lifecycle)))
        shown = shown_periods(lifecycle)
        axis = Axis(shown[0].start, shown[-1].stop, tuple(period.start for period in shown), width=520)
        picture = noted(page, "lifecycle", axis, lifecycle_bars, lifecycle)
        picked = draw(picture.figure, picture.name, select=True, min_width=520, alt=_told(lifecycle) + picture.told)
        offer_to_hide(picture)
        _take(lifecycle, picked)
        chosen = _choose(lifecycle)
        counted(page, lifecycle.evidence, key="lifecycle_counted")
    with right, st.container(border=True, height="stretch"):
        sticky, bar = show_stickiness(page, event, asked.week_start)
        counted(page, sticky.evidence, key="sticky_counted")
    if chosen:
        _show_people(page, lifecycle, *chosen)
    show_stickiness_people(page, sticky, bar)
    frame = pl.DataFrame(lifecycle_table(lifecycle))
    show_table(frame, "lifecycle_table", "Who is active, as a table")
    download_table("lifecycle", frame)
    show_share(page, event, asked.week_start)


def _choose_active(page: Page, asked: RetentionQuestion) -> tuple[Any, str]:
    """What being active means, and by which periods: as asked above unless chosen here."""
    names = answer(page.con, page.version, event_names)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Activity", anchor=False, width="stretch")
        words = {AS_ABOVE: "As the return event", ANY_EVENT: ANY}
        event = select("Active means", [AS_ABOVE, ANY_EVENT, *names], "life_event", 190, lambda name: words.get(name, name))
        usual = {"": f"{PERIODS[asked.period]} (as above)", **PERIODS}
        period = select("By", list(usual), "life_by", 172, lambda name: usual.get(name, name)) or asked.period
    return (asked.returning if event == AS_ABOVE else None if event == ANY_EVENT else event), period


def _show_people(page: Page, lifecycle: Lifecycle, start: int, state: str) -> None:
    mark = {"period": start, "state": state}
    people = answer(page.con, page.version, lifecycle_customers, lifecycle.question, page.scope, mark)
    rule = {"lifecycle": lifecycle.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    name = f"{LOOKS[state][1]}, {lifecycle.question.period} of {st.session_state.lifecycle_start}"
    show_people(page, people, f"{several(people.count, 'customer')}: {name}", rule, name)


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
        f"{count(last.resurrected)} back after a break; {count(last.dormant)} fell away.{kept}{_told_quick(last)}"
    )


def _told_quick(last: LifecyclePeriod) -> str:
    """The quick ratio with its meaning, as far as its interval carries it."""
    if last.quick_interval is None:
        return ""
    low, high = last.quick_interval
    way = "more won than lost" if low > 1 else "more lost than won" if high < 1 else "won and lost are not told apart"
    return f" Quick ratio {told_quick(last)}, new and back for each who fell away: {way}."


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
