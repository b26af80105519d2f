"""What came of trying the methods: per method its numbers, per date whom they told what, and which is to be used."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.inference import Interval
from journey.stages.accuracy.scores import Calibration, Estimate

METHODS = ("rules", "learned", "stays", "common")
"""rules: as customers of the same stage moved before; learned: the classifier; stays; common: by how common each stage is."""


@dataclass(frozen=True)
class Method:
    """One method over all dates.  cost: the mean cost of its errors per customer.  confusion: [true][told] tests."""

    name: str
    accuracy: Estimate
    macro_f1: Estimate
    log_loss: Estimate
    cost: Estimate
    calibration: tuple[Calibration, ...]
    confusion: tuple[tuple[int, ...], ...]

    @property
    def ece(self) -> float | None:
        """The mean over the stages of how far what was told lies from what came."""
        gaps = [one.ece for one in self.calibration if one.ece is not None]
        return sum(gaps) / len(gaps) if gaps else None

    def as_plain(self) -> dict[str, Any]:
        numbers = {name: getattr(self, name) for name in ("accuracy", "macro_f1", "log_loss", "cost")}
        return {
            "method": self.name,
            **{name: one.value for name, one in numbers.items()},
            "intervals": {name: one.as_plain()["interval"] for name, one in numbers.items()},
            "ece": self.ece,
            "calibration": [one.as_plain() for one in self.calibration],
            "confusion": [list(row) for row in self.confusion],
        }


@dataclass(frozen=True)
class Cell:
    """Customers of a date whose stage was `told` by a method and came to be `true`."""

    method: str
    true: str
    told: str
    customers: int

    def as_plain(self) -> dict[str, Any]:
        return {"method": self.method, "true": self.true, "told": self.told, "customers": self.customers}


@dataclass(frozen=True)
class Tested:
    """One date, ms.  learned: the dates learned from; rows: customers at those, together.  right: method -> how many of n."""

    as_of: int
    n: int
    learned: tuple[int, ...]
    rows: int
    right: dict[str, int]
    cells: tuple[Cell, ...]

    def as_plain(self) -> dict[str, Any]:
        return {
            "as_of": iso(self.as_of),
            "n": self.n,
            "learned_from": [iso(date) for date in self.learned],
            "rows": self.rows,
            "accuracy": {method: n / self.n for method, n in self.right.items()},
            "confusion": [cell.as_plain() for cell in self.cells],
        }


@dataclass(frozen=True)
class StageAccuracy:
    """stages: names, in the order of the confusion.  methods: empty where there is too little to tell; lacking says what.

    gains: method -> the interval of the learned method's log loss less that one's, over the same tests; below 0 it is
    better.  costs: [true][told].
    """

    stages: tuple[str, ...]
    horizon: int
    methods: tuple[Method, ...]
    dates: tuple[Tested, ...]
    gains: dict[str, Interval | None]
    costs: tuple[tuple[float, ...], ...]
    lacking: str | None
    evidence: Evidence

    def of(self, name: str) -> Method | None:
        return next((method for method in self.methods if method.name == name), None)

    @property
    def beats(self) -> bool:
        """Whether the learned method told what came better than each of the others, by more than chance."""
        return bool(self.gains) and all(gain is not None and gain[1] < 0 for gain in self.gains.values())

    @property
    def used(self) -> str | None:
        """The method to be used: the learned one where it beats all others, else the better of the simpler two."""
        if not self.methods:
            return None
        if self.beats:
            return "learned"
        simple = [method for method in self.methods if method.name in ("stays", "rules")]
        return min(simple, key=lambda method: method.log_loss.value if method.log_loss.value is not None else 1e9).name

    @property
    def verdict(self) -> str:
        """A sentence."""
        if self.lacking is not None:
            return f"Not enough data yet: {self.lacking}."
        if self.beats:
            return "The learned method told the following stage better than the others, and is used."
        return "The learned method is not surely better than the simpler ones, so it is not used."

    def as_plain(self) -> dict[str, Any]:
        return {
            "stages": list(self.stages),
            "horizon_days": self.horizon / 86_400_000,
            "methods": [method.as_plain() for method in self.methods],
            "used": self.used,
            "verdict": self.verdict,
            "gains": {name: None if gain is None else list(gain) for name, gain in self.gains.items()},
            "dates": [date.as_plain() for date in self.dates],
            "costs": [list(row) for row in self.costs],
            "enough": True if self.lacking is None else self.lacking,
            **self.evidence.as_plain(),
        }
