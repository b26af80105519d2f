"""What both ways to a retention answer, the definition in SQL and the index: its counts, their spread, and who is behind them."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from journey.periods import Periods
from journey.retention.question import RetentionQuestion

Array = np.ndarray[Any, Any]
MOST_GROUPS = 100
NEVER = -(2**62)


@dataclass(frozen=True)
class Counts:
    """groups: values of the breakdown that are told, the largest first.  values: how many it has in all.

    customers: (1 + groups, cohorts, entries), everyone first; entry 0 is the cohort itself.
    latest: (1 + groups, cohorts) ms, when the last of a cohort joined, NEVER where nobody did.
    """

    groups: list[str]
    values: int
    customers: Array
    latest: Array


class Marks(Protocol):
    """One way to the numbers."""

    def counts(self) -> Counts: ...

    def population(self) -> int:
        """Customers in any cohort."""

    def sums(self, groups: list[str], complete: Array) -> Array:
        """How customers in several cohorts spread.

        complete: (1 + groups, cohorts, entries) u8, the cells that are asked about.  Answers (1 + groups, entries, 6), over
        the customers of those cells: how many they are, and sums of x, y, xx, xy and yy, where a customer is in x of the
        cells of one entry, and came back in y.
        """

    def behind(self, cohorts: list[int], place: int, group: str | None, came_back: bool) -> list[str]:
        """The ids of the members of cohorts who count in an entry, or who do not; group None is everyone."""


def entries(question: RetentionQuestion, periods: Periods) -> int:
    """How many entries a cohort can have in this scope, the cohort itself with them."""
    return 1 + (question.places if question.mode == "brackets" else min(question.places, periods.scoped - 1))


def most_groups(periods: Periods) -> int:
    """How many values of a breakdown are told."""
    return max(1, min(MOST_GROUPS, 20_000 // periods.scoped))
