"""The effect of every action of the catalog, from the surest source there is for each."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from journey.actions.catalog import Action, ActionCatalog, Assumed, Logged, Wanted
from journey.actions.effects.added import FEWEST_OF_STAGE, added_chance
from journey.actions.effects.decided import NOT_SEEN, Decisions, campaign_of, of_action, proposed
from journey.actions.effects.effect import Effect, Effects
from journey.actions.effects.habit import Habit, habits
from journey.actions.effects.weighed import Difference
from journey.inference import Z95
from journey.inference.pooling import Pooled, pooled
from journey.rules import Binder
from journey.rules.held import hold
from journey.rules.segment import as_of
from journey.scope import Scope
from journey.warehouse import Warehouse, one

FEWEST_STAGES = 3  # measured stages, below which nothing says how far another lies from them
FIELDS: tuple[Callable[[Effects], Mapping[Any, Any]], ...] = (lambda of: of.found, lambda of: of.together, lambda of: of.elsewhere)
WIDEST = 1.0  # the largest spread between stages that is thought possible: chances differ by no more
PROPOSED = "select count(*) from proposals where action = $action"
HEIGHT = "select (select count(*) from proposals) + (select coalesce(max(step), 0) from action_steps)"


@dataclass(frozen=True)
class Measured:
    """An added chance.  all: over every stage; each: by stage, those with enough decisions alone."""

    all: Difference
    each: dict[str, Difference]


def effects_of(con: Warehouse, catalog: ActionCatalog, scope: Scope) -> Effects:
    """What each action adds to the chance of its outcome, by stage where that is known, as of the scope's stop.

    Measured in our own ledger against its holdout, and in a campaign of the log that was drawn at random; of both, the mean
    weighed by precision, each stage drawn toward the others as far as they agree (`journey.inference.pooling`).  Else what
    somebody assumes; else what came of trying, by Beta(1, 1); else nothing is known.  The segment of the scope plays no part.
    """
    moment = as_of(Binder(con), scope)
    asked = (catalog.actions, moment, scope.stop is None, ledger_height(con))
    return hold(con, "effects of actions", asked, lambda: _effects_of(con, catalog, moment, scope.stop is None), most=4)


def ledger_height(con: Warehouse) -> int:
    """A number that rises with every line of the ledger."""
    return int(one(con, HEIGHT))


def campaigns(con: Warehouse, catalog: ActionCatalog, moment: int) -> dict[str, Decisions]:
    """Action -> the decisions of its campaign; actions of one campaign share one reading of it."""
    named = [action for action in catalog.actions if action.logged is not None and not action.lacking]
    return {action.name: campaign(con, action.logged, action.wanted, moment) for action in named if action.logged is not None}


def campaign(con: Warehouse, logged: Logged, wanted: Wanted, moment: int) -> Decisions:
    """Every decision of a campaign of the log, of all its actions."""
    whole = replace(logged, is_="")  # whose name is looked for makes no other campaign
    return hold(con, "campaigns", (whole, wanted, moment), lambda: campaign_of(con, whole, wanted, moment))


def _effects_of(con: Warehouse, catalog: ActionCatalog, moment: int, present: bool) -> Effects:
    logs = campaigns(con, catalog, moment)
    known = habits(con, [action for action in catalog.actions if not action.lacking], moment)
    parts = []
    for action in catalog.actions:
        own = proposed(con, action.name, action.wanted, moment).rows if present and _was_proposed(con, action) else None
        log = of_action(logs[action.name].rows, action.logged) if action.name in logs and action.logged else None
        measured = [one for one in (measured_by(log), measured_by(own)) if one is not None]
        if measured:
            parts.append(by_experiment(action, measured))
        else:
            parts.append(Effects({(one.action, one.stage): one for one in _unmeasured(action, own, known.get(action.name))}))
    return Effects(*({key: one for part in parts for key, one in of(part).items()} for of in FIELDS))


def _was_proposed(con: Warehouse, action: Action) -> bool:
    return not action.lacking and int(one(con, PROPOSED, {"action": action.name})) > 0


def _unmeasured(action: Action, own: pl.DataFrame | None, habit: Habit | None) -> list[Effect]:
    if action.assumed is not None:
        return [_assumed(action, action.assumed, habit)]
    if action.lacking:
        lacks = " or ".join(action.lacking)
        return [Effect(action.name, None, None, None, 0, 0, None, "unknown", f"What it adds is not known: the log holds no {lacks}.")]
    return [] if habit is None else _trying(action, own, habit)


def measured_by(rows: pl.DataFrame | None) -> Measured | None:
    """The added chance in the rows of Decisions; None where too few had the action, or had it not."""
    if rows is None or not (whole := added_chance(rows)):
        return None
    by_stage = rows.filter(~pl.col("stage").is_in(["", NOT_SEEN])).partition_by("stage", as_dict=True)
    parts = {str(stage): added_chance(part, FEWEST_OF_STAGE) for (stage,), part in by_stage.items()}
    return Measured(whole, {stage: part for stage, part in sorted(parts.items()) if part})


def by_experiment(action: Action, measured: Sequence[Measured]) -> Effects:
    """The effect of all stages, of each that has decisions enough, and of the others."""
    whole = _told(action, None, _combined([one.all for one in measured]))
    names = sorted({stage for one in measured for stage in one.each})
    each = [_combined([one.each[stage] for one in measured if stage in one.each]) for stage in names]
    drawn = pooled([one.mean for one in each], [one.se or 0.0 for one in each], WIDEST)
    if drawn is None:
        return Effects({(action.name, None): whole})
    shrunk = [replace(part, mean=mean, se=sd) for part, mean, sd in zip(each, drawn.means, drawn.sds, strict=True)]
    stages: dict[tuple[str, str | None], Effect] = {
        (action.name, stage): _told(action, stage, part) for stage, part in zip(names, shrunk, strict=True)
    }
    return Effects(
        found={(action.name, None): whole, **stages},
        together={action.name: (tuple(names), drawn.covariance)},
        elsewhere={action.name: _elsewhere(whole, drawn)} if len(names) >= FEWEST_STAGES else {},
    )


def _elsewhere(whole: Effect, drawn: Pooled) -> Effect:
    """Of a stage in which it was hardly tried: what stages have in common, as uncertain as stages differ."""
    mean, sd = drawn.mean, drawn.sd_of_another
    told = (
        f"Hardly tried in this stage; by what the other stages have in common: {100 * mean:+.1f} points "
        f"[{100 * (mean - Z95 * sd):+.1f}, {100 * (mean + Z95 * sd):+.1f}]."
    )
    return replace(whole, mean=mean, sd=sd, told=told)


def _combined(parts: Sequence[Difference]) -> Difference:
    """The mean weighed by precision; counts added up."""
    precision = [1 / (part.se or 1.0) ** 2 for part in parts]
    total = sum(precision)

    def mean(values: Sequence[float]) -> float:
        return sum(value * weight for value, weight in zip(values, precision, strict=True)) / total

    return Difference(
        mean=mean([part.mean for part in parts]),
        se=1 / math.sqrt(total),
        treated=mean([part.treated for part in parts]),
        control=mean([part.control for part in parts]),
        decisions=sum(part.decisions for part in parts),
        controls=sum(part.controls for part in parts),
        customers=sum(part.customers for part in parts),
    )


def _told(action: Action, stage: str | None, found: Difference) -> Effect:
    low, high = found.interval or (found.mean, found.mean)
    told = (
        f"By experiment{f', in the stage {stage}' if stage else ''}: {100 * found.mean:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}] "
        f"on {100 * found.control:.1f}% without, from {found.decisions:,} decisions with it and {found.controls:,} without."
    )
    return Effect(action.name, stage, found.mean, found.se, found.decisions, found.controls, found.control, "experiment", told)


def _assumed(action: Action, assumed: Assumed, habit: Habit | None) -> Effect:
    """Normal, by the interval that somebody is 95% sure of; its middle is what they hold most likely."""
    sd = (assumed.high - assumed.low) / (2 * Z95)
    told = (
        f"Assumed, not measured: {100 * assumed.likely:+.1f} points [{100 * assumed.low:+.1f}, {100 * assumed.high:+.1f}]. {assumed.source}"
    )
    return Effect(action.name, None, assumed.likely, sd, 0, 0, None if habit is None else habit.share(None), "assumed", told)


def _trying(action: Action, own: pl.DataFrame | None, habit: Habit) -> list[Effect]:
    """Beta(1, 1) and what came of trying, less what customers do anyway: of all, and of each stage with customers enough."""
    effects = []
    for stage in (None, *habit.stages):
        base = habit.share(stage)
        if base is not None:
            effects.append(_tried(action, stage, base, habit.error(stage), *_outcomes(own, stage)))
    return effects


def _outcomes(own: pl.DataFrame | None, stage: str | None) -> tuple[int, int]:
    """-> (how often it was done and its window is over, how often the outcome came)."""
    if own is None:
        return 0, 0
    rows = own.filter(pl.col("done") & (pl.lit(stage is None) | (pl.col("stage") == (stage or ""))))
    return rows.height, int(rows["did"].sum())


def _tried(action: Action, stage: str | None, base: float, base_error: float, times: int, did: int) -> Effect:
    a, b = 1 + did, 1 + times - did
    mean, variance = a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))
    done = f"Not measured: done {times:,} times, {did:,} with the outcome" if times else "Never done, so what it adds is not known"
    told = f"{done}. The outcome comes to {100 * base:.1f}% anyway. It is tried to learn."
    return Effect(action.name, stage, mean - base, math.hypot(math.sqrt(variance), base_error), times, 0, base, "trying", told)
