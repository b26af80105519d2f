"""An experiment in words: a metric's numbers in its own unit, what each row of a picture says, and the plan it is held to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from journey.charts.words import between, count, day, decimal, money, percent, points, several, signed
from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import BROKEN, HARMED, HELD, RUNNING, SHIP, STOP, Course, Estimate, Finding, Point, Reading, Split
from journey.inference import Interval

ICONS = {SHIP: "rocket_launch", STOP: "block", RUNNING: "hourglass_top", BROKEN: "report"}
STATES = {SHIP: "Ship", STOP: "Stop", RUNNING: "Keep running", BROKEN: "Broken"}
BETTER, WORSE, UNTOLD, MUTE = "better", "worse", "open", "mute"
READINGS = {
    "always_valid": "Always valid",
    "planned": "Planned looks",
    "fixed": "Fixed horizon",
    "bayesian": "Bayesian",
}
FINDINGS = {"fine": "check_circle", "look": "warning", "alarm": "report"}
RARE = 0.02
SHORT_HEAD, LONGEST_HEAD = 60, 170


def is_money(metric: ExperimentMetric) -> bool:
    """Whether its numbers are amounts of the workspace's revenue, each or per something."""
    return metric.value.revenue and not (metric.over is not None and metric.over.revenue)


def value_told(metric: ExperimentMetric, x: float | None, currency: str | None = None) -> str:
    """The metric's number: "12.4%", "€38.20", "1.27"."""
    if metric.kind == "share":
        return percent(x, 2 if x is not None and 0 < x < RARE else 1)
    return money(x, currency) if is_money(metric) else _number(x)


def difference_told(metric: ExperimentMetric, x: float | None, currency: str | None = None) -> str:
    """With its sign: "+1.2 pts", "−€0.40"."""
    if metric.kind == "share":
        return points(x, 2 if x is not None and abs(x) < RARE / 2 else 1)
    if x is None or not math.isfinite(x):
        return "–"
    if is_money(metric):
        said = money(x, currency)
        return f"+{said}" if x > 0 and said != money(0, currency) else said
    return signed(x, _digits(x))


def interval_told(metric: ExperimentMetric, interval: Interval | None, currency: str | None = None) -> str:
    """ "+0.4 to +2.0"; both ends with as many digits as the finer needs."""
    if interval is None:
        return ""
    low, high = interval
    if metric.kind == "share":
        digits = 2 if max(abs(low), abs(high)) < RARE / 2 else 1
        return between(points(low, digits).removesuffix(" pts"), points(high, digits))
    if is_money(metric):
        return between(difference_told(metric, low, currency), difference_told(metric, high, currency))
    digits = _digits(max(abs(low), abs(high)))
    return between(signed(low, digits), signed(high, digits))


def _digits(x: float) -> int:
    size = abs(x)
    return 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 or not size else 4 if size < 0.01 else 3


def _number(x: float | None) -> str:
    return decimal(x, 2 if x is None else _digits(x))


@dataclass(frozen=True)
class Row:
    """One row of the picture of intervals.

    share, low, high: the difference and its interval over control's value; None where control has none to divide by.
    margin: of a guardrail, the harm still tolerated, over control's value, on the side of harm.
    state: better | worse | open of a metric; of a guardrail held is better, broken worse; mute where nothing may be told from it.
    """

    name: str
    under: str
    value: str
    around: str
    share: float | None
    low: float | None
    high: float | None
    state: str
    margin: float | None = None
    primary: bool = False


def unjudged(reading: Reading) -> str:
    """Why nothing may be called by its numbers, in words that follow "is not judged"; "" where something may.

    Readings that are right at one look say nothing before it: who called by them on the way would peek.
    """
    if reading.split.alarm or reading.verdict.state == BROKEN:
        return "while the split is broken"
    if reading.reading in ("fixed", "bayesian") and reading.verdict.state == RUNNING:
        return "before its end: this way of reading is right at one look"
    return ""


def rows_of(reading: Reading, currency: str | None = None) -> tuple[Row, ...]:
    """A row per metric and variant: the primary first, guardrails last.  Nothing is called that may not be judged."""
    order = {"primary": 0, "secondary": 1, "guardrail": 2}
    several_arms = len({one.arm for one in reading.estimates}) > 1
    mute = bool(unjudged(reading))
    kept = sorted(reading.estimates, key=lambda one: order[one.metric.role])
    return tuple(_row(one, several_arms, mute, currency) for one in kept)


def _row(one: Estimate, several_arms: bool, mute: bool, currency: str | None) -> Row:
    metric, found = one.metric, one.compared
    base = abs(found.control_estimate) if found.control_estimate else None
    drawn = base is not None and found.difference is not None
    told = [one.arm] if several_arms else []
    told += ["guardrail"] if metric.role == "guardrail" else []
    told.append(f"{value_told(metric, found.estimate, currency)} against {value_told(metric, found.control_estimate, currency)}")
    return Row(
        name=metric.name,
        under=" · ".join(told),
        value="not yet" if found.difference is None else difference_told(metric, found.difference, currency),
        around=interval_told(metric, found.interval, currency),
        share=found.difference / base if drawn and base and found.difference is not None else None,
        low=found.interval[0] / base if drawn and base and found.interval else None,
        high=found.interval[1] / base if drawn and base and found.interval else None,
        state=MUTE if mute else state_of(one),
        margin=_margin(metric, base),
        primary=metric.role == "primary",
    )


def _margin(metric: ExperimentMetric, base: float | None) -> float | None:
    if metric.role != "guardrail" or not metric.margin or not base:
        return None
    size = metric.margin if metric.relative else metric.margin / base
    return -size if metric.good == "up" else size


def state_of(one: Estimate) -> str:
    """better | worse | open, in the direction that is wished for."""
    found = one.compared
    if one.metric.role == "guardrail" and found.held is not None:
        return {HELD: BETTER, HARMED: WORSE}.get(found.held, UNTOLD)
    if not found.told_from_none or found.difference is None:
        return UNTOLD
    return BETTER if (found.difference > 0) == (one.metric.good == "up") else WORSE


def estimate_line(one: Estimate, metrics: int = 1, currency: str | None = None) -> str:
    """What one metric says, as a sentence that follows its name.  metrics: how many comparisons its p was adjusted for."""
    found, metric = one.compared, one.metric
    if found.difference is None or found.interval is None:
        return f"cannot be told yet: {found.why or 'there are too few units.'}"
    if metric.role == "guardrail":
        margin = _margin_told(metric, currency)
        told = {HELD: f"holds: more harm than {margin} is ruled out", HARMED: f"is broken: harm beyond {margin} is shown"}
        return told.get(found.held or "", f"is open: harm beyond {margin} is not ruled out yet") + "."
    words = {BETTER: "is better, told from no difference", WORSE: "is worse, told from no difference"}
    return words.get(state_of(one), "cannot be told from no difference") + _chance(one, metrics) + "."


def _chance(one: Estimate, metrics: int) -> str:
    found = one.compared
    if found.p is None:
        return "" if found.p_better is None else f"; the chance that it is the better one is {percent(found.p_better)}"
    if found.p_adjusted is None or metrics < 2:
        return f": {p_said(found.p)}"
    return f": {p_said(found.p_adjusted)} after adjusting for {metrics} comparisons"


def p_told(p: float | None) -> str:
    """ ".032", "below .001"; no chance is a certainty: "above .999"."""
    if p is None:
        return "–"
    return "below .001" if p < 0.001 else "above .999" if p > 0.999 else f"{p:.3f}".removeprefix("0")


def p_said(p: float | None, letter: str = "p") -> str:
    """ "p = .032", "p below .001"."""
    told = p_told(p)
    return f"{letter} = {told}" if told.startswith(".") else f"{letter} {told}"


def _margin_told(metric: ExperimentMetric, currency: str | None) -> str:
    if metric.margin is None:
        return "its margin"
    if metric.relative:
        return f"{percent(metric.margin)} of control"
    return difference_told(metric, metric.margin, currency).lstrip("+")


def reading_caption(reading: Reading, period: str, segment: str) -> str:
    """Who was counted, since when, and how it is read."""
    arms = " · ".join(f"{arm.name} {count(arm.units)}" for arm in reading.split.arms)
    left = f" · {several(reading.crossed, 'unit')} seen in several variants left out" if reading.crossed else ""
    how = f"{READINGS.get(reading.reading, reading.reading)} at {percent(reading.confidence, 0)}"
    return " · ".join(part for part in (f"{arms}{left}", period, segment, how) if part)


def first_sentence(said: str) -> tuple[str, str]:
    """(what stands large, the rest): a verdict may need several sentences, and a head has room for one."""
    head, *rest = said.split(". ")
    while rest and len(head) < SHORT_HEAD and len(f"{head}. {rest[0]}") <= LONGEST_HEAD:
        head = f"{head}. {rest.pop(0)}"
    return (f"{head}.", ". ".join(rest)) if rest else (head, "")


def split_sentence(split: Split) -> str:
    """Whether the sizes are what the dice meant."""
    arms = [arm for arm in split.arms if arm.units or arm.share]
    total = sum(arm.units for arm in arms)
    if split.p is None or not total:
        return "There are not two variants to compare the sizes of."
    seen = ", ".join(f"{count(arm.units)} in {arm.name}" for arm in arms)
    meant = ", ".join(count(arm.share * total) for arm in arms)
    if split.alarm:
        return f"The split is broken: {seen} where {meant} were meant. Dice alone do this with {p_said(split.p)}."
    if split.warn:
        return f"The split is suspicious: {seen} where {meant} were meant, {p_said(split.p)}."
    return f"The split is as meant: {seen}, {p_said(split.p)}."


def course_sentence(course: Course, timezone: str = "UTC", daily: bool = True) -> str:
    """What stopping at the first look that seemed to show something would have called, and what became of it.

    daily: whether the reading in force may be looked at every day.
    """
    told = [point for point in course.points if point.difference is not None and point.low is not None]
    if not told:
        return "There is no course yet: the first days hold too few units."
    last = told[-1]
    now, end = _side((last.low, last.high)), seen_day(last, timezone)
    called = next((point for point in told if _side((point.low, point.high)) == now), last)
    fooled = next((point for point in course.points if point.at == course.peeked), None)
    side = 0 if fooled is None else _side(fooled.naive)
    if fooled is None or not side:
        return (
            f"Called on {seen_day(called, timezone)}, and it stands." if now else "No look, not even an ordinary one, would have called it."
        )
    peeked = f"Stopping on {seen_day(fooled, timezone)} would have called {_call(course, side)}"
    if now == side and not daily:
        return f"{peeked}; it still is one on {end}, but an interval for one look is right at one look alone."
    if now == side:
        return f"{peeked}; looked at daily it could be called on {seen_day(called, timezone)}, and it stands."
    if now:
        return f"{peeked}; by {end} it was {_call(course, now)}."
    if _side(last.naive) == side:
        return f"{peeked}; an ordinary interval still would on {end}, but looked at daily that is not told from chance."
    return f"{peeked}; by {end} it was none."


def _call(course: Course, side: int) -> str:
    return "a win" if (side > 0) == (course.metric.good == "up") else "a loss"


def seen_day(point: Point, timezone: str = "UTC") -> str:
    """The last day that a look had seen: it is taken at the day's end."""
    return day(point.at - 1, timezone)


def _side(interval: tuple[float | None, float | None] | None) -> int:
    """1 where all of it is above zero, -1 below, else 0."""
    low, high = interval or (None, None)
    return 0 if low is None or high is None else (low > 0) - (high < 0)


def point_told(course: Course, point: Point, timezone: str, currency: str | None) -> str:
    """One look, in words."""
    held = None if point.low is None or point.high is None else (point.low, point.high)
    naive = interval_told(course.metric, point.naive, currency)
    return (
        f"{seen_day(point, timezone)}: {difference_told(course.metric, point.difference, currency)}"
        + (f" ({interval_told(course.metric, held, currency)})" if held else "")
        + (f", ordinary interval {naive}" if naive else "")
        + f"; {count(point.n)} against {count(point.control_n)}"
    )


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """What needs a look first."""
    order = {"alarm": 0, "look": 1, "fine": 2}
    return sorted(findings, key=lambda one: order.get(one.state, 1))
