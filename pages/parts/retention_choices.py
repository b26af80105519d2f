"""What the retention page lets a person choose, kept in the address, and the question that makes."""

from typing import Any

import streamlit as st

from journey.answers import extent
from journey.retention import RetentionQuestion
from journey.rules import event_names, known_properties
from pages.parts.frame import Page
from pages.parts.workspace import answer

DAY = 86_400_000
ANY = "Any event"
MODES = {"on": "In that very period", "on_or_after": "Then or later"}
PERIODS = {"day": "Days", "week": "Weeks", "month": "Months"}
CLOCKS = {"calendar": "Calendar", "rolling": "Each customer's own clock"}
FIRSTS = {"ever": "First time ever", "recurring": "Every time"}
WEEKS = {"monday": "Monday", "sunday": "Sunday"}


def choose_question(page: Page) -> RetentionQuestion:
    """The controls in one row; the rarer ones behind "More"."""
    names = answer(page.con, page.version, event_names)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        target = _event("First event", names, "retention_first")
        returning = _event("Return event", names, "retention_return")
        mode = _option("Came back", MODES, "retention_mode")
        period = _period(page)
        with st.popover("More", icon=":material/tune:"):
            clock = _option("Periods by", CLOCKS, "retention_clock", 260)
            first = _option("Joins", FIRSTS, "retention_joins", 260)
            week = _option("Weeks start on", WEEKS, "retention_week", 260)
            least = st.number_input("Return events needed in a period", 1, 100, 1, key="retention_least", bind="query-params", width=260)
    return RetentionQuestion(
        target=target,
        returning=returning,
        first=first,
        period=period,
        periods=12,
        mode=mode,
        clock=clock,
        week_start=week,
        minimum_occurrences=min(100, max(1, int(least or 1))),
    )


def choose_breakdown(page: Page) -> str | None:
    """A property to split the curve by, or None."""
    names = [prop.name for prop in answer(page.con, page.version, known_properties) if prop.type in ("varchar", "boolean")]
    if not names:
        return None
    options = ["", *dict.fromkeys(names)]
    return _select("Split by", options, "retention_split", 170, lambda name: name or "Newer and older") or None


def _event(label: str, names: list[str], key: str) -> str | None:
    return _select(label, ["", *names], key, 178, lambda name: name or ANY) or None


def _option(label: str, options: dict[str, str], key: str, width: int = 178) -> str:
    return _select(label, list(options), key, width, lambda name: options.get(name, name)) or next(iter(options))


def _period(page: Page) -> str:
    usual = usual_period(page)
    options = {"": f"{PERIODS[usual]} (automatic)", **PERIODS}
    return _select("Periods", list(options), "retention_period", 178, lambda name: options.get(name, name)) or usual


def usual_period(page: Page) -> str:
    """Days for up to six weeks of data, weeks for up to a year and a bit, else months."""
    first, last = answer(page.con, page.version, extent)
    start = first if page.scope.start is None else max(first, page.scope.start)
    stop = last if page.scope.stop is None else min(last, page.scope.stop)
    return "day" if stop - start <= 42 * DAY else "week" if stop - start <= 400 * DAY else "month"


def _select(label: str, options: list[str], key: str, width: int, told_as: Any) -> str:
    """A choice that an address may hold; one it cannot hold falls back to the first."""
    chosen = st.selectbox(label, options, format_func=told_as, key=key, bind="query-params", width=width)
    return chosen if chosen in options else options[0]
