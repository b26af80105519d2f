"""An action against doing nothing: one record of decisions, judged in customers, stages and money."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.actions.catalog import Action
from journey.actions.effects import Effects
from journey.actions.effects.added import added, enough
from journey.actions.effects.weighed import Difference, matched
from journey.actions.results.lift import lift_of
from journey.actions.results.result import Compared, Group, Money, Point, StageResult, Sum
from journey.inference import Z95

DAY = 86_400_000


@dataclass(frozen=True)
class Record:
    """Decisions of one action.  rows: the columns of Decisions, and `advanced`.

    inside: (decisions,) net revenue within the window; each: (decisions, days) until the end of each day; None without revenue.
    alarm: why it is not to be trusted, "" where nothing says so.
    """

    source: str
    told: str
    rows: pl.DataFrame
    inside: np.ndarray | None
    each: np.ndarray | None
    alarm: str = ""

    def only(self, kept: pl.Series) -> "Record":
        """The decisions for which `kept` is true."""
        flags = kept.to_numpy()
        inside, each = (None if one is None else one[flags] for one in (self.inside, self.each))
        return Record(self.source, self.told, self.rows.filter(kept), inside, each, self.alarm)


def compared(action: Action, record: Record, effects: Effects, margin: float, as_of: int) -> Compared:
    """Everything that is told of it; of coming further and of value over time, against a control that has the stages of the treated."""
    rows = record.rows
    fit = enough(rows)
    return Compared(
        source=record.source,
        told=record.told,
        treated=group(rows.filter("treated")),
        control=group(rows.filter(~pl.col("treated"))),
        lift=lift_of(added(rows, "did", is_share=True)) if fit else None,
        advanced=lift_of(added(_matched(rows), "advanced", is_share=True)) if fit else None,
        money=_money(action, record, margin) if fit else None,
        over_time=_over_time(record, as_of) if fit else (),
        alarm=record.alarm,
        stages=tuple(_stage(action, str(stage), part, effects) for (stage,), part in _by_stage(rows)),
    )


def group(rows: pl.DataFrame) -> Group:
    """Those with the action, or those without, of the rows of one side."""
    weight = rows["weight"].to_numpy()
    total = float(weight.sum())
    shares = {name: float((weight * rows[name].to_numpy()).sum() / total) if total > 0 else None for name in ("did", "advanced")}
    return Group(
        decisions=rows.height,
        customers=rows["customer"].n_unique(),
        did=rows.filter("did")["customer"].n_unique(),
        advanced=rows.filter("advanced")["customer"].n_unique(),
        share=shares["did"],
        advanced_share=shares["advanced"],
        effective=total**2 / float((weight**2).sum()) if total > 0 else 0.0,
    )


def _by_stage(rows: pl.DataFrame) -> list[tuple[tuple[object, ...], pl.DataFrame]]:
    return sorted(rows.partition_by("stage", as_dict=True).items(), key=lambda item: str(item[0]))


def _stage(action: Action, stage: str, rows: pl.DataFrame, effects: Effects) -> StageResult:
    sides = group(rows.filter("treated")), group(rows.filter(~pl.col("treated")))
    effect = effects.of(action.name, stage)
    lift = lift_of(added(rows, "did", is_share=True)) if enough(rows) else None
    return StageResult(stage, *sides, lift, effect if effect.stage == stage else None)


def _matched(rows: pl.DataFrame) -> pl.DataFrame:
    """The control weighed to the stages of the treated."""
    weight = matched(rows["treated"].to_numpy(), rows["weight"].to_numpy(), rows["stage"].to_numpy())
    return rows.with_columns(weight=pl.Series(weight, dtype=pl.Float64))


def _money(action: Action, record: Record, margin: float) -> Money | None:
    if record.inside is None:
        return None
    found = added(record.rows.with_columns(inside=pl.Series(record.inside)), "inside")
    if found is None or found.se is None:
        return None
    done = int((record.rows["treated"] & record.rows["done"]).sum())
    each = _sum(found, margin)
    brought = Sum(each.value * done, each.low * done, each.high * done)
    return Money(each, done, brought, action.cost * done)


def _over_time(record: Record, as_of: int) -> tuple[Point, ...]:
    """Day by day, of the decisions that are old enough for all the days; () where these are too few."""
    if record.each is None:
        return ()
    days = record.each.shape[1]
    old = record.only(record.rows["at"] + days * DAY < as_of)
    if old.each is None or not enough(old.rows):
        return ()
    rows = _matched(old.rows)
    points = []
    for day in range(days):
        found = added(rows.with_columns(until=pl.Series(old.each[:, day])), "until")
        if found is not None:
            points.append(Point(day + 1, found.treated, found.control, _sum(found)))
    return tuple(points)


def _sum(found: Difference, margin: float = 1.0) -> Sum:
    half = Z95 * (found.se or 0.0)
    return Sum(found.mean * margin, (found.mean - half) * margin, (found.mean + half) * margin)
