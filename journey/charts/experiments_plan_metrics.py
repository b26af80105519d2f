"""A metric of a plan as a row of choices: which of the usual ways to count it is, and back; what is more than a row stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.charts.experiments_said import difference_told
from journey.charts.words import percent
from journey.experiments.metric import ExperimentMetric

WAYS = {
    "share": "Share who do",
    "count": "Times each does",
    "revenue": "Revenue of each",
    "sum": "Total of each, of",
    "value": "Revenue per",
    "mean": "Mean per event, of",
    "per": "Times for each time of another",
}
NEEDS_EVENT = ("share", "count", "sum", "value", "mean", "per")
NEEDS_PROPERTY = ("sum", "mean")
NEEDS_REVENUE = ("revenue", "value")


@dataclass(frozen=True)
class Row:
    """way: a key of WAYS.  event: whose occurrences count.  summed: a property.  below: the event under the line of `per`."""

    way: str
    event: str | None = None
    summed: str | None = None
    below: str | None = None

    @property
    def name(self) -> str:
        """What the metric is called where nobody named it."""
        return {
            "share": f"Share with {self.event}",
            "count": f"{self.event} per customer",
            "revenue": "Revenue per customer",
            "sum": f"{self.summed} of {self.event} per customer",
            "value": f"Revenue per {self.event}",
            "mean": f"{self.summed} per {self.event}",
            "per": f"{self.event} per {self.below}",
        }[self.way][:100]


def row_of(plain: Mapping[str, Any]) -> Row | None:
    """The row that holds what is counted; None where no row can, so that nothing of it is lost."""
    if any(key in plain for key in ("where", "any_of", "column", "covariate")):
        return None
    below = plain.get("denominator")
    event, named, revenue = plain.get("event"), plain.get("property"), bool(plain.get("revenue"))
    if below is None:
        return _alone(plain.get("of", "did"), event, named, revenue)
    if not isinstance(below, Mapping) or set(below) - {"event", "of"} or below.get("of", "count") != "count" or not below.get("event"):
        return None
    under = str(below["event"])
    if revenue:
        return Row("value", under) if event in (None, under) else None
    if named is not None:
        return Row("mean", event, named) if event == under else None
    return Row("per", event, None, under) if event and plain.get("of") in (None, "count") else None


def _alone(of: str, event: str | None, named: str | None, revenue: bool) -> Row | None:
    if revenue:
        return Row("revenue") if event is None else None
    if event is None:
        return None
    if named is not None:
        return Row("sum", event, named)
    return Row("share", event) if of == "did" else Row("count", event) if of == "count" else None


def counted_by(row: Row) -> dict[str, Any]:
    """What is counted, as `read_metric` takes it."""
    under = {"event": row.event, "of": "count"}
    counted: dict[str, dict[str, Any]] = {
        "share": {"event": row.event, "of": "did"},
        "count": {"event": row.event, "of": "count"},
        "revenue": {"revenue": True},
        "sum": {"event": row.event, "property": row.summed},
        "value": {"event": row.event, "revenue": True, "denominator": under},
        "mean": {"event": row.event, "property": row.summed, "denominator": under},
        "per": {"event": row.event, "of": "count", "denominator": {"event": row.below, "of": "count"}},
    }
    return counted[row.way]


def is_share(plain: Mapping[str, Any]) -> bool:
    """Whether it is a share, that is told in percent and points."""
    found = row_of(plain)
    return found.way == "share" if found else plain.get("kind", "share") == "share" and plain.get("denominator") is None


def role_told(metric: ExperimentMetric, currency: str | None) -> str:
    """ "decides, should rise", or "guardrail, at most 1.0 pts lower"."""
    worse = "lower" if metric.good == "up" else "higher"
    if metric.role == "guardrail" and metric.margin is not None:
        most = (
            f"{percent(metric.margin)} of control"
            if metric.relative
            else difference_told(metric, metric.margin, currency).removeprefix("+")
        )
        return f"guardrail: at most {most} {worse}"
    role = "decides" if metric.role == "primary" else "watched"
    return f"{role}, should {'rise' if metric.good == 'up' else 'fall'}"
