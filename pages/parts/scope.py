"""Period, segment and comparison: the three choices at the head of every page, kept in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from journey.answers import extent
from journey.charts.words import date, day
from journey.rules.outcome import is_by_outcome
from journey.rules.saved import saved_segments
from journey.scope import Scope, period_start, to_datetime, to_ms
from journey.warehouse import Warehouse, setting
from pages.parts.choices import segment_choices
from pages.parts.workspace import answer, resolved

DAY = 86_400_000
PERIODS = {"7d": ("Last 7 days", 7), "30d": ("Last 30 days", 30), "90d": ("Last 90 days", 90), "365d": ("Last 12 months", 365)}
COMPARISONS = {"previous": "Previous period", "year": "Year before", "none": "No comparison"}


@dataclass(frozen=True)
class Chosen:
    """before: the scope to compare with; None where there is none, and where one was asked for, no_comparison says why."""

    scope: Scope
    before: Scope | None
    period: str
    segment: str
    no_comparison: str | None


def choose_scope(con: Warehouse, version: int, compare: bool, choose_period: bool = True) -> Chosen:
    """The scope, what it is compared with, and both in words.  Without a choice of period it is all of the log."""
    first, last = answer(con, version, extent)
    zone = setting(con, "timezone", "UTC")
    period = _choose_period(first, last, zone) if choose_period else "all"
    segments = answer(con, version, segment_choices)
    name = _choose_segment(list(segments))
    against = _choose_comparison() if compare else "none"
    scope = _bounded(period, last, zone, segments[name])
    before = _before(scope, against)
    why = None if before is None else _why_not(con, before, first)
    return Chosen(
        resolved(con, version, scope),
        None if before is None or why else resolved(con, version, before),
        _told(scope, first, last),
        name,
        why,
    )


def _choose_period(first: int, last: int, zone: str) -> str:
    options = [key for key, (_, days) in PERIODS.items() if days * DAY < last - first] + ["all"]
    _hold("period", {_period_label(key): key for key in options})
    usual = options.index(_usual(options, _days_of_data(first, last, zone)))
    return (
        st.selectbox(
            "Period",
            options,
            index=0 if "period" in st.session_state else usual,
            format_func=_period_label,
            key="period",
            bind="query-params",
            persist_state="session",
            label_visibility="collapsed",
            icon=":material/calendar_today:",
            width=158,
        )
        or "all"
    )


def _period_label(key: str) -> str:
    return PERIODS[key][0] if key in PERIODS else "All time"


def _usual(options: list[str], days: int) -> str:
    """A quarter where there is another to compare it with; a month of a short log; all of a tiny or a very long one."""
    wanted = "all" if days > 4 * 365 else "90d" if days >= 180 else "30d" if days >= 60 else "all"
    return wanted if wanted in options else "all"


def _days_of_data(first: int, last: int, zone: str) -> int:
    """Calendar days from the first event's to the last one's, both counted."""
    return round((period_start(last, "day", zone) - period_start(first, "day", zone)) / DAY) + 1


def _hold(key: str, options: Mapping[str, str]) -> None:
    """Hold a choice when the page is turned, the one of an address too: a bound widget would begin anew there.

    options: as an address writes them -> as the widget holds them.  What is no option any more is forgotten.
    """
    held = st.session_state.get(key, options.get(st.query_params.get(key, "")))
    if held in options.values():
        st.session_state[key] = held
    else:
        st.session_state.pop(key, None)


def _choose_segment(options: list[str]) -> str:
    _hold("segment", {name: name for name in options})
    return (
        st.selectbox(
            "Segment",
            options,
            key="segment",
            bind="query-params",
            persist_state="session",
            label_visibility="collapsed",
            icon=":material/group:",
            width=178,
        )
        or options[0]
    )


def _choose_comparison() -> str:
    _hold("compare", {told: key for key, told in COMPARISONS.items()})
    return (
        st.selectbox(
            "Compare with",
            list(COMPARISONS),
            format_func=COMPARISONS.__getitem__,
            key="compare",
            bind="query-params",
            persist_state="session",
            label_visibility="collapsed",
            icon=":material/compare_arrows:",
            width=182,
        )
        or "none"
    )


def _bounded(period: str, last: int, zone: str, segment: Any) -> Scope:
    """The last N whole days up to the day of the last event, in the zone."""
    if period not in PERIODS:
        return Scope(None, None, zone, segment)
    stop = period_start(period_start(last, "day", zone) + 30 * 3_600_000, "day", zone)
    return Scope(_days_before(stop, PERIODS[period][1], zone), stop, zone, segment)


def _days_before(ms: int, days: int, zone: str) -> int:
    """Midnight that many calendar days earlier: a day with a clock change is not 24 hours long."""
    return period_start(ms - days * DAY + DAY // 2, "day", zone)


def _before(scope: Scope, against: str) -> Scope | None:
    """The span that was asked for, whether or not it can be compared with."""
    if against == "none" or scope.start is None or scope.stop is None:
        return None
    if against == "previous":
        days = round((scope.stop - scope.start) / DAY)
        start, stop = _days_before(scope.start, days, scope.timezone), scope.start
    else:
        start, stop = (_year_before(ms, scope) for ms in (scope.start, scope.stop))
    return Scope(start, stop, scope.timezone, scope.segment)


def _why_not(con: Warehouse, before: Scope, first: int) -> str | None:
    """Why no page may compare with this span; None where all may.  The data must hold the whole of it."""
    if before.segment is not None and is_by_outcome(before.segment, saved_segments(con)):
        return "not compared: chosen by what they did in a period"
    if before.stop is not None and first >= before.stop:
        return "not compared: no data lie in the period before"
    if before.start is not None and period_start(first, "day", before.timezone) > before.start:
        return "not compared: the data begin inside the period before"
    return None


def _year_before(ms: int, scope: Scope) -> int:
    when = to_datetime(ms, scope.zone)
    leap = when.month == 2 and when.day == 29
    return to_ms(when.replace(year=when.year - 1, day=28 if leap else when.day))


def _told(scope: Scope, first: int, last: int) -> str:
    start = first if scope.start is None else scope.start
    stop = last if scope.stop is None else min(last, scope.stop - 1)
    told = date if to_datetime(start, scope.zone).year != to_datetime(stop, scope.zone).year else day
    return f"{told(start, scope.timezone)} to {told(stop, scope.timezone)}"
