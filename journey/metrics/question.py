"""What a metric is, as plain data: a name of metrics.toml, or which events, counted how, over what.

A metric is one number x, or a ratio x / y of two.  Each side is a step and a way of counting it:
customers (who did it), sessions (that hold it), count (how often), sum (of a property).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from journey.errors import QuestionError
from journey.scope import PERIODS, WEEK_STARTS, choose, read_duration, refuse_unknown

OF = ("customers", "count", "sum", "mean", "ratio", "sessions", "new", "return")
WAYS = ("customers", "count", "sum", "sessions")
SHAPE = ("event", "where", "any_of", "of", "property", "denominator", "numerator", "within", "revenue")
RETURN_MS = 30 * 86_400_000


@dataclass(frozen=True)
class Side:
    """A step, and how it is counted.  property: only for way "sum".  needs_value: only events that carry the property."""

    step: Any
    way: str
    property: str | None = None
    needs_value: bool = False


@dataclass(frozen=True)
class Shape:
    """What is measured.

    of: as in OF.  over: what the first side is divided by, or None for a plain count or sum.
    within: ms after a customer's first such event in which they must be back; only for "return".
    revenue: the event and the property are those of the workspace's revenue.
    """

    of: str
    side: Side
    over: Side | None = None
    within: int | None = None
    revenue: bool = False

    @property
    def is_share(self) -> bool:
        """Whether it is a share of customers, between 0 and 1."""
        return self.of == "return" or (self.over is not None and self.side.way == self.over.way == "customers")

    @property
    def is_cohort(self) -> bool:
        """Whether it looks at each customer's first event ever rather than at every event of a period."""
        return self.of in ("new", "return")


@dataclass(frozen=True)
class Named:
    """A metric with a name.

    good: up | down, the direction one wishes for.  unit: how its number is written.  scale: the most a score can be.
    factors: what the links of its chain are called (see moved.py).
    target, by: where it should be, and when; None where nobody set one.
    """

    name: str
    definition: str
    owner: str
    role: str
    good: str
    unit: str
    shape: Shape
    target: float | None = None
    by: date | None = None
    scale: float | None = None
    factors: tuple[str, ...] = ()


@dataclass(frozen=True)
class MetricQuestion:
    """metric: a name of metrics.toml, one of its metrics as read, or a Shape.

    edges: "whole" widens the scope to whole periods; "cut" keeps the scope's own ends, and the periods they cut are
    incomplete.  compare: the same span just before, or a year earlier (52 weeks by week).
    """

    metric: str | Named | Shape
    period: str = "day"
    breakdown: str | None = None
    compare: str | None = None
    week_start: str = "monday"
    edges: str = "whole"


def read_metric(plain: Mapping[str, Any]) -> MetricQuestion:
    """A question from plain data.

    Raises: QuestionError: an unknown key or option, a missing property or denominator.
    """
    refuse_unknown(plain, ("metric", "period", "breakdown", "compare", "week_start", "edges"), "a metric question")
    if "metric" not in plain:
        raise QuestionError('A metric question needs "metric": a name of metrics.toml, or {"event": ..., "of": ...}.')
    metric = plain["metric"]
    breakdown = plain.get("breakdown")
    if breakdown is not None and not isinstance(breakdown, str):
        raise QuestionError(f"breakdown is {breakdown!r}; name a property.")
    return MetricQuestion(
        metric if isinstance(metric, str) else read_shape(metric),
        choose(plain, "period", PERIODS),
        breakdown,
        choose(plain, "compare", (None, "previous", "year")),
        choose(plain, "week_start", WEEK_STARTS),
        choose(plain, "edges", ("whole", "cut")),
    )


def read_shape(plain: Any) -> Shape:
    """{"event", "where", "of", "property", "denominator", ...} -> what is measured.

    A ratio's numerator is counted like its denominator unless a property makes it a sum, or "numerator" says otherwise:
    customers over customers is a share of those who did the denominator; count over customers is events per customer.
    """
    if not isinstance(plain, Mapping):
        raise QuestionError(f'metric is {plain!r}; write a name, or {{"event": ..., "of": "customers"}}.')
    refuse_unknown(plain, SHAPE, "a metric")
    of, step, named = choose(plain, "of", OF), _step(plain), plain.get("property")
    revenue = plain.get("revenue", False)
    if of in ("sum", "mean") and named is None and not revenue:
        raise QuestionError(f'A metric of "{of}" needs a "property" whose values it takes.')
    if of != "ratio" and ("denominator" in plain or "numerator" in plain):
        raise QuestionError(f'Only a metric of "ratio" has a denominator; this one is of "{of}".')
    if of == "mean":
        return Shape(of, Side(step, "sum", named, True), Side(step, "count", named, True), revenue=revenue)
    if of == "ratio":
        return _ratio(plain, step, named, revenue)
    if of == "return":
        return Shape(of, Side(step, "customers"), within=read_duration(plain.get("within", "30d"), "within") or RETURN_MS)
    way = "customers" if of == "new" else of
    return Shape(of, Side(step, way, named if of == "sum" else None), revenue=revenue)


def _ratio(plain: Mapping[str, Any], step: Any, named: str | None, revenue: bool) -> Shape:
    if "denominator" not in plain:
        raise QuestionError('A metric of "ratio" needs a "denominator": an event, or {"event": ..., "of": "customers"}.')
    over = _denominator(plain["denominator"])
    way = choose(plain, "numerator", ("sum" if named or revenue else over.way, *WAYS))
    if way == "sum" and named is None and not revenue:
        raise QuestionError('A numerator of "sum" needs a "property" whose values it takes.')
    return Shape("ratio", Side(step, way, named if way == "sum" else None), over, revenue=revenue)


def _denominator(plain: Any) -> Side:
    """A step, whose events are counted; or {"event", "where", "of", "property"}."""
    if not isinstance(plain, Mapping):
        return Side(plain, "count")
    refuse_unknown(plain, ("event", "where", "any_of", "of", "property"), "a denominator")
    way, named = choose(plain, "of", ("count", "customers", "sum", "sessions")), plain.get("property")
    if way == "sum" and named is None:
        raise QuestionError('A denominator of "sum" needs a "property" whose values it takes.')
    return Side(_step(plain), way, named if way == "sum" else None)


def _step(plain: Mapping[str, Any]) -> Any:
    """The step that a metric names: an event, one of several, or any event; with its conditions."""
    if "any_of" in plain:
        if plain.get("event") is not None or plain.get("where"):
            raise QuestionError('A metric names "any_of" or "event" with "where", not both. Put the conditions into the steps of any_of.')
        return {"any_of": list(plain["any_of"])} if isinstance(plain["any_of"], list | tuple) else {"any_of": [plain["any_of"]]}
    event, where = plain.get("event"), plain.get("where")
    if where is not None and not isinstance(where, Mapping):
        raise QuestionError(f'"where" maps properties to what they must be, such as {{"device": "mobile"}}; it was given {where!r}.')
    return {"event": event, "where": dict(where)} if where else event
