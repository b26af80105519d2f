"""Whether a difference is one: its interval, the interval that holds however often one looks, and what it would take to tell."""

import math
from dataclasses import dataclass
from typing import Any

from journey.actions.effects.added import FEWEST
from journey.actions.effects.weighed import Difference
from journey.inference import Interval
from journey.inference.sequences import always_valid_half

MOST = 1_000_000  # customers: a difference that so many could not tell is none that matters
WORKS, HARMS, OPEN, FEW, OFF = "works", "does harm", "cannot be told yet", "not enough data yet", "not to be trusted"


@dataclass(frozen=True)
class Lift:
    """What doing the action added, for each on whom it was done.

    difference, se: of the means.  customers: different ones on both sides, whose decisions are taken together.
    share: whether it is a share of customers (told in points) or money.
    """

    difference: float
    se: float
    customers: int
    share: bool = True

    @property
    def interval(self) -> Interval:
        """95%, right where it is looked at once, at a time that was set before."""
        found = Difference(self.difference, self.se, 0.0, 0.0, 0, 0, self.customers).interval
        return found or (self.difference, self.difference)

    @property
    def always_valid(self) -> Interval | None:
        """95%, right however often it is looked at, and whenever one stops."""
        half = always_valid_half(self.se**2 * self.customers, self.customers)
        return None if half is None else (self.difference - half, self.difference + half)

    @property
    def verdict(self) -> str:
        """By the interval that is always valid, so that it may be asked every day."""
        low, high = self.always_valid or (-1.0, 1.0)
        return WORKS if low > 0 else HARMS if high < 0 else OPEN

    @property
    def more(self) -> int | None:
        """About how many more customers it would take to tell this difference from none; None where no number in reach would.

        Of two figures: it rests on the difference seen so far, which is itself uncertain.
        """
        if self.verdict != OPEN:
            return 0
        variance, n = self.se**2 * self.customers, self.customers
        while (half := always_valid_half(variance, n)) is None or half >= abs(self.difference):
            n = math.ceil(n * 1.05) + 1
            if n > MOST:
                return None
        return _rounded(n - self.customers)

    @property
    def sentence(self) -> str:
        """For a person, with the interval it goes by."""
        if self.always_valid is None:
            return "Cannot be told: too few customers."
        low, high = self.always_valid
        unit = f"{100 * self.difference:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}]"
        told = unit if self.share else f"{self.difference:+,.2f} each [{low:+,.2f}, {high:+,.2f}]"
        if self.verdict != OPEN:
            return f"{'Works' if self.verdict == WORKS else 'Does harm'}: {told}, however often one looks."
        if self.more is None:
            return f"Cannot be told yet: {told}. So small a difference would take over {MOST:,} customers to tell from none."
        return f"Cannot be told yet: {told}. If it stays so, about {self.more:,} more customers would tell it from none."

    def as_plain(self) -> dict[str, Any]:
        valid = self.always_valid
        return {
            "difference": self.difference,
            "interval": list(self.interval),
            "always_valid_interval": None if valid is None else list(valid),
            "customers": self.customers,
            "verdict": self.verdict,
            "more_needed": self.more,
            "sentence": self.sentence,
        }


def lift_of(found: Difference | None, share: bool = True) -> Lift | None:
    return None if found is None or found.se is None or not found.se > 0 else Lift(found.mean, found.se, found.customers, share)


def too_few(treated: int, control: int) -> str:
    """The verdict where nothing is measured."""
    return f"Not enough data yet: {treated:,} of {FEWEST} decisions with it whose time is over, {control:,} of {FEWEST} without."


def _rounded(n: int) -> int:
    step = 10 ** max(0, len(str(n)) - 2)
    return math.ceil(n / step) * step
