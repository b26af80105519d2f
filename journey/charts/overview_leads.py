"""Three things to look at next, each with its number, its interval, why, and where to go with it."""

from dataclasses import dataclass, field
from typing import Any

from journey.charts.overview_words import change_words, difference_words, interval_words, margin_words, part_words, units_words, value_words
from journey.charts.words import count, percent, short
from journey.funnels import Funnel
from journey.inference import wilson
from journey.metrics import Metric, Moved, Named, Point
from journey.metrics.overview import ENOUGH


@dataclass(frozen=True)
class Lead:
    """title, value, interval, why: texts; interval may be empty.  action: the button.  page, state: where it leads.

    segment: (name, rule) to keep and to set there, or None.
    """

    title: str
    value: str
    interval: str
    why: str
    action: str
    page: str
    state: dict[str, str] = field(default_factory=dict)
    segment: tuple[str, dict[str, Any]] | None = None


def leak_lead(funnel: Funnel, state: dict[str, str]) -> Lead | None:
    """The step that loses the largest share of those before it; None where too few came or nobody left."""
    k = funnel.worst
    if k is None:
        return None
    step = funnel.steps[k]
    before = funnel.steps[k - 1]
    lost = wilson(step.lost, step.previous or 0)
    if lost is None or (step.previous or 0) < ENOUGH:
        return None
    return Lead(
        title=f"{short(before.event, 22)} to {short(step.event, 22)}",
        value=f"{percent(step.lost / (step.previous or 1), 0)} leave",
        interval=f"{percent(lost[0], 0)} to {percent(lost[1], 0)}",
        why=f"{count(step.lost)} of the {count(step.previous)} who reach {short(before.event, 24)} do not go on: "
        "the largest loss of the way.",
        action="Open the funnel",
        page="funnels.py",
        state=state,
    )


def part_lead(moved: Moved, named: Named, currency: str | None) -> Lead | None:
    """The part that pulled the north star the wrong way by most, and is told from noise; None where there is none."""
    sign = 1 if named.good == "up" else -1
    bad = [part for part in moved.parts if part.told_from_noise and part.change * sign < 0 and part.kind == "factor"]
    if not bad:
        return None
    worst = min(bad, key=lambda part: part.change * sign)
    low, high = worst.interval or (0.0, 0.0)
    return Lead(
        title=short(part_words(worst, moved), 48),
        value=difference_words(named, worst.change, currency),
        interval=f"{difference_words(named, low, currency)} to {difference_words(named, high, currency)}",
        why=f"Its part in the change of {named.name.lower()} from {value_words(named, moved.before, currency)} "
        f"to {value_words(named, moved.value, currency)}.",
        action=f"See {short(worst.group, 20)} on the map" if worst.group else "See the journey map",
        page="journey_map.py",
        segment=_segment(moved.by, worst.group),
    )


def group_lead(named: Named, metric: Metric, group: str, point: Point) -> Lead:
    """The group of customers that is worst off, against everyone."""
    total = metric.now.total
    by = metric.question.breakdown
    return Lead(
        title=f"{named.name} is {'lowest' if named.good == 'up' else 'highest'} for {short(group, 24)}",
        value=value_words(named, point.value, metric.currency),
        interval=interval_words(named, point.interval, metric.currency),
        why=f"Of all: {value_words(named, total.value if total else None, metric.currency)}. Grouped by {by}; {count(point.n)} counted.",
        action=f"See {short(group, 20)} on the map",
        page="journey_map.py",
        segment=_segment(by, group),
    )


def metric_lead(named: Named, metric: Metric) -> Lead:
    """A metric that rose or fell."""
    total, before = metric.now.total, metric.before and metric.before.total
    rose = metric.change is not None and metric.change.difference > 0
    margin = margin_words(named, metric)
    target = f" Its target is {value_words(named, named.target, metric.currency)}." if named.target is not None else ""
    now = value_words(named, total.value if total else None, metric.currency)
    return Lead(
        title=f"{named.name} {'rose' if rose else 'fell'}",
        value=change_words(named, metric) or "",
        interval=margin or "",
        why=f"From {value_words(named, before.value if before else None, metric.currency)} to {now}.{target} {named.definition}",
        **_where(named),
    )


def back_lead(named: Named, metric: Metric) -> Lead | None:
    """How a share or another estimate stands, where nothing can be compared."""
    total = metric.now.total
    if total is None or total.value is None or total.interval is None or total.n < ENOUGH:
        return None
    return Lead(
        title=named.name,
        value=value_words(named, total.value, metric.currency),
        interval=interval_words(named, total.interval, metric.currency),
        why=f"{named.definition} Over {units_words(named, total.n)}.",
        **_where(named),
    )


def _where(named: Named) -> dict[str, Any]:
    """The page that shows most about a metric of this kind."""
    if named.shape.is_cohort or named.shape.of == "customers":
        return {"action": "See who comes back", "page": "retention.py"}
    if named.shape.is_share:
        return {"action": "Open the funnel", "page": "funnels.py"}
    return {"action": "See the journey map", "page": "journey_map.py"}


def _segment(by: str | None, group: str | None) -> tuple[str, dict[str, Any]] | None:
    """Customers with such an event, or of whom it holds, as a segment with a name."""
    if not by or not group or group == "other":
        return None
    return f"{by}: {group}", {"property": by, "op": "eq", "value": group}
