"""Why a metric moved, as a question and its answer: the change, its parts by factor and group, and mix against rate."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from journey.answers import Evidence, People
from journey.errors import QuestionError
from journey.metrics.answer import measure_metric
from journey.metrics.moved import Brought, Moved, Part, brought, explain_change
from journey.metrics.overview import can_be_judged
from journey.metrics.question import MetricQuestion, read_metric
from journey.metrics.result import Metric
from journey.metrics.spans import BEFORE, NOW
from journey.scope import Scope, choose, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

KEYS = ("metric", "period", "breakdown", "compare", "week_start", "edges", "parts")
FEWEST, USUAL, MOST = 2, 7, 40


@dataclass(frozen=True)
class MovedQuestion:
    """of: the metric, its groups and what it is compared with.  parts: the most that are told apart."""

    of: MetricQuestion
    parts: int = USUAL


@dataclass(frozen=True)
class Why:
    """metric: the number itself, with its change.  moved: its parts; None where there is nothing to explain: `why` says why.

    judged: whether the change may be spoken of: the data hold both spans, each with 30 units or more.
    """

    question: MovedQuestion
    metric: Metric
    moved: Moved | None
    why: str | None
    judged: bool
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        now, before, change = self.metric.now.total, self.metric.before and self.metric.before.total, self.metric.change
        mixed = self.moved.mixed if self.moved else None
        return {
            "metric": self.metric.name,
            "value": now and now.value,
            "before": before and before.value,
            "difference": change and change.difference,
            "interval": change and change.interval and list(change.interval),
            "relative": change and change.relative,
            "told_from_noise": bool(self.judged and change and change.told_from_noise),
            "factors": list(self.moved.factors) if self.moved else [],
            "parts": [_part_plain(part, self.moved) for part in self.moved.parts] if self.moved else [],
            "by": self.question.of.breakdown,
            "mix_and_rate": None if mixed is None else mixed.as_plain("before", "now"),
            "judged": self.judged,
            "why": self.why,
            **self.evidence.as_plain(),
        }


def _part_plain(part: Part, moved: Moved) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "factor": None if part.factor is None else moved.factors[part.factor],
        "group": part.group,
        "change": part.change,
        "interval": None if part.interval is None else list(part.interval),
    }


def read_moved(plain: Mapping[str, Any]) -> MovedQuestion:
    """{"metric", "breakdown", "compare": "previous" | "year", "period", "week_start", "edges", "parts": the most that are told}.

    Raises: QuestionError: an unknown key or option; nothing to compare with.
    """
    refuse_unknown(plain, KEYS, "a question of what moved a metric")
    parts = plain.get("parts", USUAL)
    if isinstance(parts, bool) or not isinstance(parts, int) or not FEWEST <= parts <= MOST:
        raise QuestionError(f"parts is {parts!r}; write how many are to be told apart, {FEWEST} to {MOST}.")
    compare = choose(plain, "compare", ("previous", "year"))
    rest = {key: value for key, value in plain.items() if key not in ("parts", "compare")}
    return MovedQuestion(read_metric({**rest, "compare": compare}), parts)


def measure_moved(con: Warehouse, question: MovedQuestion, scope: Scope) -> Why:
    """The change of a metric against the span before, in parts that sum to it exactly.

    Raises: QuestionError: no such metric; a property that is no group of this metric.
    """
    metric = measure_metric(con, replace(question.of, breakdown=None), scope)
    moved = explain_change(con, question.of, scope, question.parts)
    judged = metric.before is not None and can_be_judged(metric)
    why = _why(metric, moved, judged)
    return Why(question, metric, moved, why, judged, _evidence(metric, moved, why))


def _evidence(metric: Metric, moved: Moved | None, why: str | None) -> Evidence:
    if moved is None:
        return metric.evidence
    found = moved.evidence
    definition = f"{metric.evidence.definition} {found.definition}"
    return replace(found, definition=definition, warnings=(*found.warnings, *([why] if why else [])))


def _why(metric: Metric, moved: Moved | None, judged: bool) -> str | None:
    """Why there is nothing to explain, or why what is told is not to be trusted; None where all is well."""
    if metric.now.total is None or not metric.now.points:
        return "No events are loaded, so there is nothing to explain."
    if metric.before is None:
        return "No data lie in the span before, so there is no change to explain. Choose a later start."
    if moved is None and metric.shape.over is None:
        return "This metric is no ratio of two numbers over customers, so its change has no factors."
    if moved is None:
        return "The metric is undefined in one of the two spans, so there is no change to explain."
    if not metric.covered:
        return "The data begin inside the span before: the change may be one of how much was recorded. Choose a shorter span."
    return None if judged else "Not enough data yet: fewer than 30 in one of the two spans, too few to say what moved."


def moved_customers(con: Warehouse, question: MovedQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who a group counts: {"group": a value of the breakdown, "span": "now" | "before"}; without a group, all of the span.

    They are the customers who bring anything to the denominator: the group's units.
    Raises: QuestionError: no such group or span.
    """
    refuse_unknown(mark, ("group", "span"), "customers of what moved a metric")
    span = choose(mark, "span", (NOW, BEFORE))
    found = brought(con, question.of, scope)
    if found is None:
        return People(())
    rows = found.rows.filter((pl.col("span") == span) & (pl.col(found.chain.columns[0]) != 0))
    group = mark.get("group")
    if group is not None:
        rows = rows.filter(pl.col("group") == _place(found, group))
    sql = "select id from customers where customer in (select unnest($who)) order by id"
    return People(tuple(ask_sql(con, sql, {"who": rows["customer"].unique().to_list()})["id"].to_list()))


def _place(found: Brought, group: Any) -> int:
    if group not in found.groups:
        known = ", ".join(repr(name) for name in found.groups)
        raise QuestionError(f"There is no group {group!r} in this answer. Its groups are: {known}.")
    return found.groups.index(group)
