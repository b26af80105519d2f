"""What an answer of power says: units, days and the smallest effect under each way of reading, by formulas with names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence
from journey.experiments.power.baseline import Baseline

WEEK, FEWEST = 7, 2


@dataclass(frozen=True)
class Size:
    """One way of reading.  n: units of control, unrounded; None with a reason (why) where no number will do.

    total: units of all variants, whole.  effect: the change of the metric it tells, in its unit.  power: the chance that it does.
    days: until so many have come; None where nothing is known of the traffic, or nobody new comes.
    tuned_at: of an always-valid reading, units of two variants at which its interval is the tightest.
    """

    reading: str
    n: float | None = None
    total: int | None = None
    effect: float | None = None
    power: float | None = None
    days: int | None = None
    looks: int | None = None
    tuned_at: int | None = None
    why: str = ""

    @property
    def weeks(self) -> int | None:
        """Whole weeks that hold the days, so that each weekday counts alike; one at least."""
        return None if self.days is None else max(1, -(-self.days // WEEK))

    def as_plain(self) -> dict[str, Any]:
        told = {"reading": self.reading, "n_per_arm": None if self.n is None else whole_units(self.n), "total": self.total}
        more = {"effect": self.effect, "power": self.power, "days": self.days, "weeks": self.weeks}
        return {**told, **more, "looks": self.looks, "tuned_at": self.tuned_at, "why": self.why}


@dataclass(frozen=True)
class Offered:
    """The same by another formula.  n: units of control, unrounded, or effect, whichever was asked."""

    formula: str
    named: str
    n: float | None
    effect: float | None

    def as_plain(self) -> dict[str, Any]:
        return {"formula": self.formula, "name": self.named, "n_per_arm": self.n, "effect": self.effect}


@dataclass(frozen=True)
class ByDays:
    """What some days of traffic tell.  effect: the smallest, by the reading in force; None where none can be told.

    chance: to have told by then the effect that was asked about; None where none was.
    """

    days: int
    total: int
    effect: float | None
    chance: float | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"days": self.days, "total": self.total, "effect": self.effect, "chance": self.chance}


@dataclass(frozen=True)
class Power:
    """reading: which of the sizes was asked for; sizes: all of them, in the order fixed, planned, always valid.

    split: share of each variant, control first.  alpha_each: of one comparison, where the family keeps alpha.
    measured: from the log, None where the baseline was given.  by_days: over the weeks to come; () where the traffic is unknown.
    """

    kind: str
    baseline: float | None
    variance: float | None
    power: float
    alpha: float
    alpha_each: float
    two_sided: bool
    split: tuple[float, ...]
    reading: str
    formula: str
    sizes: tuple[Size, ...]
    offered: tuple[Offered, ...]
    evidence: Evidence
    daily: float | None = None
    traffic: float = 1.0
    measured: Baseline | None = None
    by_days: tuple[ByDays, ...] = ()

    @property
    def size(self) -> Size:
        """Of the reading that was asked for."""
        return next(size for size in self.sizes if size.reading == self.reading)

    def units_of(self, size: Size) -> tuple[int, ...]:
        """Units of each variant, control first, whole."""
        return () if size.n is None else tuple(whole_units(size.n * share / self.split[0]) for share in self.split)

    @property
    def with_cuped(self) -> int | None:
        """Units of control where the same number before the exposure is used as a covariate; None where its gain is not known."""
        gain = None if self.measured is None else self.measured.cuped
        return None if gain is None or self.size.n is None else max(FEWEST, whole_units(self.size.n * (1 - gain)))

    def relative(self, effect: float | None) -> float | None:
        """An effect as a share of the baseline; None of a baseline of 0."""
        return effect / abs(self.baseline) if effect is not None and self.baseline else None

    def as_plain(self) -> dict[str, Any]:
        found = self.size
        said: Mapping[str, Any] = {
            "kind": self.kind,
            "baseline": self.baseline,
            "variance": self.variance,
            "power": found.power,
            "alpha": self.alpha,
            "alpha_each": self.alpha_each,
            "two_sided": self.two_sided,
            "arms": len(self.split),
            "split": list(self.split),
            "n_by_arm": list(self.units_of(found)),
            "daily": self.daily,
            "traffic": self.traffic,
            "formula": self.formula,
            "n_per_arm_with_cuped": self.with_cuped,
        }
        sizes = [{**size.as_plain(), "relative": self.relative(size.effect)} for size in self.sizes]
        offered = [one.as_plain() for one in self.offered]
        measured = None if self.measured is None else self.measured.as_plain()
        days = [{**one.as_plain(), "relative": self.relative(one.effect)} for one in self.by_days]
        asked = {**found.as_plain(), "relative": self.relative(found.effect)}
        return {**asked, **said, "readings": sizes, "formulas": offered, "measured": measured, "by_days": days, **self.evidence.as_plain()}


def whole_units(n: float) -> int:
    """The next whole number; a hair above one is that one."""
    return -int(-(n - 1e-6) // 1)
