"""What each action brought: who got it and who did not, what came of either, and what it came to in money."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.actions.effects import Effect
from journey.actions.results.lift import FEW, OFF, Lift, too_few
from journey.actions.results.question import ResultsQuestion
from journey.answers import Evidence, iso
from journey.inference import Interval, wilson

LEDGER, CAMPAIGN = "ledger", "campaign"
SOURCES = (LEDGER, CAMPAIGN)


@dataclass(frozen=True)
class Group:
    """Those with the action, or those without.

    decisions: whose window is over.  customers, did, advanced: different people; those with the outcome after one decision at
    least, and those who came a stage further.  share, advanced_share: of decisions, weighed.  effective: how many unweighed
    decisions would tell as much.
    """

    decisions: int
    customers: int
    did: int
    advanced: int
    share: float | None
    advanced_share: float | None
    effective: float

    @property
    def interval(self) -> Interval | None:
        return self._around(self.share)

    @property
    def advanced_interval(self) -> Interval | None:
        return self._around(self.advanced_share)

    def _around(self, share: float | None) -> Interval | None:
        return None if share is None else wilson(share * self.effective, self.effective)

    def as_plain(self) -> dict[str, Any]:
        keys = ("decisions", "customers", "did", "advanced", "share", "advanced_share")
        intervals = {"interval": self.interval, "advanced_interval": self.advanced_interval}
        return {key: getattr(self, key) for key in keys} | {key: None if one is None else list(one) for key, one in intervals.items()}


@dataclass(frozen=True)
class Sum:
    """Money, with 95% of where it lies."""

    value: float
    low: float
    high: float

    def as_plain(self) -> dict[str, float]:
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Money:
    """each: what one action added to net revenue within the window, margin applied.  done: how often it was done.

    brought: of all that were done.  cost: money.  net: what is left.
    """

    each: Sum
    done: int
    brought: Sum
    cost: float

    @property
    def net(self) -> Sum:
        return Sum(self.brought.value - self.cost, self.brought.low - self.cost, self.brought.high - self.cost)

    @property
    def sentence(self) -> str:
        net = self.net
        if net.low > 0:
            return "It pays for itself."
        return "It costs more than it brings." if net.high < 0 else "Whether it pays for itself cannot be told yet."

    def as_plain(self) -> dict[str, Any]:
        parts = {"each": self.each.as_plain(), "done": self.done, "brought": self.brought.as_plain(), "cost": self.cost}
        return parts | {"net": self.net.as_plain(), "sentence": self.sentence}


@dataclass(frozen=True)
class Point:
    """A day after the decision, from 1.  treated, control: net revenue per decision until its end.  difference: with its band."""

    day: int
    treated: float
    control: float
    difference: Sum

    def as_plain(self) -> dict[str, Any]:
        return {"day": self.day, "treated": self.treated, "control": self.control, **self.difference.as_plain()}


@dataclass(frozen=True)
class StageResult:
    """One stage as of the decision.  effect: drawn toward what the stages have in common; None where the stage has too few."""

    stage: str
    treated: Group
    control: Group
    lift: Lift | None
    effect: Effect | None

    def as_plain(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "treated": self.treated.as_plain(),
            "control": self.control.as_plain(),
            "lift": None if self.lift is None else self.lift.as_plain(),
            "effect": None if self.effect is None else self.effect.as_plain(),
        }


@dataclass(frozen=True)
class Compared:
    """An action against doing nothing, in one record of decisions.

    source: "ledger" (our own proposals and their holdout) or "campaign" (of the log, drawn at random).  told: which record.
    lift: of the outcome; advanced: of coming a stage further; both None below 50 decisions on a side.  money: None without
    revenue.  over_time: () where too few decisions are old enough.  alarm: a sentence where the dice did not fall as they were
    said to; then there is no verdict.
    """

    source: str
    told: str
    treated: Group
    control: Group
    lift: Lift | None
    advanced: Lift | None
    money: Money | None
    over_time: tuple[Point, ...]
    stages: tuple[StageResult, ...]
    alarm: str = ""

    @property
    def verdict(self) -> str:
        if self.alarm:
            return OFF
        return FEW if self.lift is None else self.lift.verdict

    @property
    def sentence(self) -> str:
        if self.alarm:
            return self.alarm
        return too_few(self.treated.decisions, self.control.decisions) if self.lift is None else self.lift.sentence

    def as_plain(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "told": self.told,
            "treated": self.treated.as_plain(),
            "control": self.control.as_plain(),
            "lift": None if self.lift is None else self.lift.as_plain(),
            "advanced": None if self.advanced is None else self.advanced.as_plain(),
            "money": None if self.money is None else self.money.as_plain(),
            "over_time": [point.as_plain() for point in self.over_time],
            "stages": [stage.as_plain() for stage in self.stages],
            "alarm": self.alarm,
            "verdict": self.verdict,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Tally:
    """Of the ledger.  proposals: rows; customers: different ones."""

    proposals: int
    customers: int

    def as_plain(self) -> dict[str, int]:
        return {"proposals": self.proposals, "customers": self.customers}


@dataclass(frozen=True)
class ActionResult:
    """counts: what became of the ledger's proposals, by a name of counts.COUNTED.  compared: by record, the ledger first.

    effect: the one that choices go by, of all stages.
    """

    action: str
    what: str
    counts: Mapping[str, Tally]
    compared: tuple[Compared, ...]
    effect: Effect

    def by(self, source: str) -> Compared | None:
        return next((one for one in self.compared if one.source == source), None)

    @property
    def best(self) -> Compared | None:
        """The record that tells most: our own where it has enough, else the campaign of the log."""
        told = [one for one in self.compared if one.lift is not None]
        return told[0] if told else self.compared[0] if self.compared else None

    def as_plain(self) -> dict[str, Any]:
        return {
            "action": self.action,
            "what": self.what,
            "counts": {name: tally.as_plain() for name, tally in self.counts.items()},
            "compared": [one.as_plain() for one in self.compared],
            "effect": self.effect.as_plain(),
        }


@dataclass(frozen=True)
class Results:
    """actions: in the order of the catalog.  as_of: events before it were seen."""

    question: ResultsQuestion
    actions: tuple[ActionResult, ...]
    as_of: int | None
    currency: str | None
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            **self.evidence.as_plain(),
            **self.question.as_plain(),
            "as_of": iso(self.as_of),
            "currency": self.currency,
            "actions": [one.as_plain() for one in self.actions],
        }
