"""What the retention page lets a person choose, kept in the address, and the question that makes."""

import streamlit as st

from journey.answers import extent
from journey.retention import RetentionQuestion, read_retention, write_brackets
from journey.rules import event_names, known_properties
from pages.parts.frame import Page, literal
from pages.parts.retention_brackets import choose_brackets
from pages.parts.retention_steps import choose_event, choose_filter, select, told_step
from pages.parts.workspace import answer

DAY = 86_400_000
MODES = {"on": "In that very period", "on_or_after": "Then or later", "brackets": "In brackets of periods"}
PERIODS = {"day": "Days", "week": "Weeks", "month": "Months"}
CLOCKS = {"calendar": "Calendar", "rolling": "Each customer's own clock"}
FIRSTS = {"ever": "First time ever", "recurring": "Every time"}
WEEKS = {"monday": "Monday", "sunday": "Sunday"}
USUAL, MOST = 12, 60


def choose_question(page: Page) -> RetentionQuestion:
    """The controls in one row, the rarer ones behind two buttons; below, what of these is in force, as sentences."""
    names = answer(page.con, page.version, event_names)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        first = choose_event("First event", names, "retention_first")
        back = choose_event("Return event", names, "retention_return")
        mode = _option("Came back", MODES, "retention_mode", 186)
        period = _period(page)
        with st.popover("Filter", icon=":material/filter_alt:"):
            target = choose_filter(page, "First event", first, names, "retention_first")
            returning = choose_filter(page, "Return event", back, names, "retention_return")
        with st.popover("More", icon=":material/tune:"):
            rest = _choose_rest()
    brackets = choose_brackets(period) if mode == "brackets" else None
    question = read_retention({"target": target, "returning": returning, "mode": mode, "period": period, "brackets": brackets, **rest})
    if told := told_options(question):
        st.caption(literal(" · ".join(told)))
    return question


def _choose_rest() -> dict[str, object]:
    return {
        "clock": _option("Periods by", CLOCKS, "retention_clock", 260),
        "first": _option("Joins", FIRSTS, "retention_joins", 260),
        "week_start": _option("Weeks start on", WEEKS, "retention_week", 260),
        "minimum_occurrences": _whole("Return events needed in a period", 1, 100, 1, "retention_least"),
        "periods": _whole("Periods to look at", 1, MOST, USUAL, "retention_periods"),
    }


def _whole(label: str, low: int, high: int, usual: int, key: str) -> int:
    """A whole number; what an address holds is brought within its bounds."""
    found = st.number_input(label, low, high, usual, key=key, bind="query-params", width=260)
    return min(high, max(low, int(found or usual)))


def told_options(question: RetentionQuestion) -> list[str]:
    """Every option that is not the usual one, as a short sentence."""
    told, period = [], question.period
    for what, step in (("First event", question.target), ("Return event", question.returning)):
        if isinstance(step, dict):
            told.append(f"{what}: {told_step(step)}")
    if question.mode == "brackets":
        told.append(f"Came back within {period}s {write_brackets(question.brackets)}")
    if question.clock == "rolling":
        told.append(f"Every customer’s {period}s run from their own first event")
    if question.first == "recurring":
        told.append(f"A customer joins anew in every {period} with the first event")
    if period == "week" and question.week_start != "monday":
        told.append(f"Weeks start on {question.week_start.capitalize()}")
    if question.minimum_occurrences > 1:
        told.append(f"Back only with {question.minimum_occurrences} return events or more")
    if question.periods != USUAL and question.mode != "brackets":
        told.append(f"Looked at for {question.periods} {period}{'s' if question.periods > 1 else ''}")
    return told


def choose_breakdown(page: Page) -> str | None:
    """A property to split the curve by, or None."""
    names = [prop.name for prop in answer(page.con, page.version, known_properties) if prop.type in ("varchar", "boolean")]
    if not names:
        return None
    options = ["", *dict.fromkeys(names)]
    return select("Split by", options, "retention_split", 170, lambda name: name or "No split") or None


def _option(label: str, options: dict[str, str], key: str, width: int = 178) -> str:
    return select(label, list(options), key, width, lambda name: options.get(name, name))


def _period(page: Page) -> str:
    usual = usual_period(page)
    options = {"": f"{PERIODS[usual]} (automatic)", **PERIODS}
    return select("Periods", list(options), "retention_period", 172, lambda name: options.get(name, name)) or usual


def usual_period(page: Page) -> str:
    """Days for up to six weeks of data, weeks for up to a year and a bit, else months."""
    first, last = answer(page.con, page.version, extent)
    start = first if page.scope.start is None else max(first, page.scope.start)
    stop = last if page.scope.stop is None else min(last, page.scope.stop)
    return "day" if stop - start <= 42 * DAY else "week" if stop - start <= 400 * DAY else "month"
