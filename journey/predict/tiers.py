"""Who is treated: tiers by fixed thresholds or by what a team can do, and what each threshold would catch and cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.errors import QuestionError
from journey.inference import Interval, wilson

TIERS = (("high", 0.7), ("medium", 0.4), ("low", 0.0))
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


def tier_of(probability: float) -> str:
    """By the fixed thresholds: high from .7, medium from .4, low below."""
    return next(name for name, least in TIERS if probability >= least)


@dataclass(frozen=True)
class Treated:
    """What treating everyone from a threshold on would have meant for those tested.

    treated: of n, with at least this chance; caught: those among them for whom the outcome came; came: for whom it came at all.
    """

    threshold: float
    treated: int
    caught: int
    came: int
    n: int

    @property
    def false_alarms(self) -> int:
        return self.treated - self.caught

    @property
    def missed(self) -> int:
        return self.came - self.caught

    @property
    def precision(self) -> float | None:
        return self.caught / self.treated if self.treated else None

    @property
    def precision_interval(self) -> Interval | None:
        return wilson(self.caught, self.treated)

    @property
    def recall(self) -> float | None:
        return self.caught / self.came if self.came else None

    @property
    def recall_interval(self) -> Interval | None:
        return wilson(self.caught, self.came)

    def as_plain(self) -> dict[str, Any]:
        intervals = {"precision": self.precision_interval, "recall": self.recall_interval}
        return {
            "threshold": self.threshold,
            "treated": self.treated,
            "caught": self.caught,
            "false_alarms": self.false_alarms,
            "missed": self.missed,
            "precision": self.precision,
            "recall": self.recall,
            "intervals": {name: None if found is None else list(found) for name, found in intervals.items()},
        }


@dataclass(frozen=True)
class Money:
    """In the currency of what was given.  net: value of those kept less the cost of all treated; interval: of the share caught alone.

    break_even: the share of those caught that the treatment must keep to pay for itself; None where nobody is caught.
    """

    net: float
    interval: Interval | None
    break_even: float | None


def treat_from(label: np.ndarray, p: np.ndarray, threshold: float) -> Treated:
    """label, p: (n,) of those tested."""
    chosen = p >= threshold
    return Treated(float(threshold), int(chosen.sum()), int(label[chosen].sum()), int(label.sum()), len(label))


def money(treated: Treated, value_per_save: float, cost_per_treatment: float, share_saved: float) -> Money:
    """What treating would bring.

    share_saved: of those caught, the share that the treatment keeps; only an experiment can tell it, and 1 is the most it
    can be.  Scores say who is likely to leave, not whom a treatment keeps.
    Raises: QuestionError: a negative value or cost, a share outside 0 to 1.
    """
    if value_per_save < 0 or cost_per_treatment < 0 or not 0 <= share_saved <= 1:
        raise QuestionError(
            f"A save is worth 0 or more, a treatment costs 0 or more, and 0 to 1 of those caught are kept; found {value_per_save}, "
            f"{cost_per_treatment} and {share_saved}."
        )
    cost = treated.treated * cost_per_treatment
    worth = treated.treated * share_saved * value_per_save
    shares = treated.precision_interval
    interval = None if shares is None else (worth * shares[0] - cost, worth * shares[1] - cost)
    whole = treated.caught * value_per_save
    return Money(treated.caught * share_saved * value_per_save - cost, interval, cost / whole if whole else None)
