"""Whether groups of customers are treated alike by a score: who is chosen, who is found, whether the chances hold.

The measures exclude each other where base rates differ, so all are told and none is called the fair one.
Source: Chouldechova 2017, "Fair prediction with disparate impact", Big Data 5, 153.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from journey.inference import Interval, difference_of_shares, wilson

FEWEST = 50  # customers in a group, below which nothing is said of it
FEWEST_CAME = 10  # of them with the outcome, and without it, below which nothing is said of who is found

FEWEST_CHOSEN = 5  # customers in one of two groups, below which their difference is an anecdote


@dataclass(frozen=True)
class Treatment:
    """One group of n.  came: with the outcome; chosen: by the score; caught: both.  predicted: the mean chance they were given."""

    group: str
    n: int
    came: int
    chosen: int
    caught: int
    predicted: float

    @property
    def selection(self) -> float | None:
        """The share that is chosen."""
        return self.chosen / self.n if self.n else None

    @property
    def found(self) -> float | None:
        """Of those with the outcome, the share that is chosen (true positive rate)."""
        return self.caught / self.came if self.came else None

    @property
    def false_alarms(self) -> float | None:
        """Of those without it, the share that is chosen (false positive rate)."""
        return (self.chosen - self.caught) / (self.n - self.came) if self.n > self.came else None

    @property
    def precision(self) -> float | None:
        """Of those chosen, the share with the outcome."""
        return self.caught / self.chosen if self.chosen else None

    @property
    def calibration(self) -> tuple[float, Interval] | None:
        """By how much the share with the outcome lies above the mean chance that was given, with its interval."""
        interval = wilson(self.came, self.n)
        return None if interval is None else (self.came / self.n - self.predicted, _moved(interval, self.predicted))

    @property
    def is_large(self) -> bool:
        """Whether enough is known to compare whom the score finds."""
        return self.n >= FEWEST and self.came >= FEWEST_CAME and self.n - self.came >= FEWEST_CAME

    def as_plain(self) -> dict[str, Any]:
        shares = {
            "selection": (self.selection, wilson(self.chosen, self.n)),
            "tpr": (self.found, wilson(self.caught, self.came)),
            "fpr": (self.false_alarms, wilson(self.chosen - self.caught, self.n - self.came)),
            "precision": (self.precision, wilson(self.caught, self.chosen)),
            "calibration": self.calibration or (None, None),
        }
        told = {name: value for name, (value, _) in shares.items()}
        intervals = {name: None if interval is None else list(interval) for name, (_, interval) in shares.items()}
        counts = {"n": self.n, "came": self.came, "chosen": self.chosen, "caught": self.caught, "predicted": self.predicted}
        return {"group": self.group, **counts, **told, "intervals": intervals, "enough": self.is_large}


@dataclass(frozen=True)
class Fairness:
    """by: what groups are told apart by.  groups: largest first, those too small to compare among them.

    chosen_by: who is chosen, as words.
    """

    by: str
    groups: tuple[Treatment, ...]
    chosen_by: str = ""

    @property
    def compared(self) -> tuple[Treatment, ...]:
        """Groups that are large enough; those of whom it is not known belong to no group."""
        return tuple(group for group in self.groups if group.is_large and group.group)

    @property
    def selection_difference(self) -> float | None:
        """The largest share chosen less the smallest (demographic parity difference); None below two groups."""
        return _range([group.selection for group in self.compared])

    @property
    def selection_ratio(self) -> float | None:
        """The smallest share chosen over the largest; None below two groups, or where nobody is chosen."""
        shares = [share for group in self.compared if (share := group.selection) is not None]
        return min(shares) / max(shares) if len(shares) > 1 and max(shares) else None

    @property
    def odds_difference(self) -> float | None:
        """The larger of the ranges of true and false positive rates (equalized odds difference)."""
        ranges = [_range([group.found for group in self.compared]), _range([group.false_alarms for group in self.compared])]
        known = [one for one in ranges if one is not None]
        return max(known) if known else None

    def apart(self) -> tuple[str, ...]:
        """Sentences of what differs by more than chance, at 95% for all pairs together (Bonferroni)."""
        pairs = list(combinations(self.compared, 2))
        level = 1 - 0.05 / max(1, 2 * len(pairs))
        told = []
        for one, other in pairs:
            for what, sides in (("found", ("caught", "came")), ("chosen", ("chosen", "n"))):
                k1, n1, k2, n2 = (getattr(side, name) for side in (one, other) for name in sides)
                difference = difference_of_shares(k1, n1, k2, n2, level)
                if max(k1, k2) >= FEWEST_CHOSEN and difference is not None and (difference[1] > 0 or difference[2] < 0):
                    more, less = (one, other) if difference[0] > 0 else (other, one)
                    told.append(_sentence(what, more, less))
        return tuple(told)

    def as_plain(self) -> dict[str, Any]:
        return {
            "by": self.by,
            "chosen_by": self.chosen_by,
            "groups": [group.as_plain() for group in self.groups],
            "selection_difference": self.selection_difference,
            "selection_ratio": self.selection_ratio,
            "odds_difference": self.odds_difference,
            "apart": list(self.apart()),
        }


def measure_fairness(
    by: str, group: Sequence[str | None], label: np.ndarray, p: np.ndarray, chosen: np.ndarray, chosen_by: str = ""
) -> Fairness:
    """Of customers (n,) with a known outcome: label 0 or 1, the chance they were given, and whether they were chosen (bool).

    group: None where it is not known; those make a group of their own, "".
    """
    names = np.array(["" if one is None else one for one in group], dtype=object)
    found = []
    for name in sorted(set(names.tolist())):
        of = names == name
        caught = int((label[of] * chosen[of]).sum())
        found.append(Treatment(str(name), int(of.sum()), int(label[of].sum()), int(chosen[of].sum()), caught, float(p[of].mean())))
    return Fairness(by, tuple(sorted(found, key=lambda one: (-one.n, one.group))), chosen_by)


def _range(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) - min(known) if len(known) > 1 else None


def _moved(interval: Interval, by: float) -> Interval:
    return interval[0] - by, interval[1] - by


def _sentence(what: str, more: Treatment, less: Treatment) -> str:
    high, low = (one.found if what == "found" else one.selection for one in (more, less))
    among = " for whom it came true" if what == "found" else ""
    return f'Of "{more.group}"{among} {high:.0%} are chosen, of "{less.group}" {low:.0%}: a difference beyond chance.'
