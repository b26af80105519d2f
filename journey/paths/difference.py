"""What a comparison of paths is made of: for each flow the share of either group, their difference, and how sure it is.

Paths of one customer resemble each other: intervals and q count them as so many independent ones as their spread over
customers is worth.  Where each customer has one path, that is as many as there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from journey.inference import Interval, difference_of_shares, wilson
from journey.inference.differences import p_of_shares


@dataclass(frozen=True)
class Part:
    """What one group has of a mark.  count: paths, of `total`; customers: theirs.

    squares, products: over customers, the sums of their paths here squared, and times all their paths; total_squares: of
    all their paths squared.  They say how much paths of one customer resemble each other.
    """

    count: int = 0
    customers: int = 0
    total: int = 0
    squares: int = 0
    products: int = 0
    total_squares: int = 0
    average_seconds: float | None = None

    @property
    def share(self) -> float | None:
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's, at the effective number of paths; None without a path."""
        here = design_effect((self,))
        return wilson(self.count / here, self.total / here)


@dataclass(frozen=True)
class ComparedNode:
    """a, b: paths of each group that are at the event in this column."""

    step: int
    event: str
    a: Part
    b: Part


@dataclass(frozen=True)
class ComparedLink:
    """A flow in both groups.  p: of the difference in share; q: p, adjusted for all flows of the picture (Benjamini, Hochberg).

    Both are None where a group has no path, or where all paths of both take this flow.
    """

    step: int
    source: str
    target: str
    a: Part
    b: Part
    q: float | None = None

    @cached_property
    def effect(self) -> float:
        """By how much paths of one customer resemble each other: the paths count as so many times fewer independent ones.

        Source: Kish 1965, "Survey Sampling", section 5.4; never below 1.
        """
        return design_effect((self.a, self.b))

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """(share of a - share of b, low, high): Newcombe's interval at the effective numbers of paths; None without paths in a group."""
        if not self.a.total or not self.b.total:
            return None
        here = self.effect
        return difference_of_shares(self.a.count / here, self.a.total / here, self.b.count / here, self.b.total / here)

    @property
    def p(self) -> float | None:
        here = self.effect
        (k1, n1), (k2, n2) = ((round(part.count / here), round(part.total / here)) for part in (self.a, self.b))
        return p_of_shares(k1, n1, k2, n2)

    def as_plain(self) -> dict[str, Any]:
        difference = self.difference
        return {
            "step": self.step,
            "source": self.source,
            "target": self.target,
            "count": self.a.count,
            "customers": self.a.customers,
            "average_seconds": self.a.average_seconds,
            "count_b": self.b.count,
            "customers_b": self.b.customers,
            "share": self.a.share,
            "share_b": self.b.share,
            "difference": None if difference is None else difference[0],
            "interval": None if difference is None else list(difference[1:]),
            "q": self.q,
        }


@dataclass(frozen=True)
class Comparison:
    """count, count_b: paths of each group; population_b: customers of the second."""

    count: int
    count_b: int
    population: int
    population_b: int
    nodes: tuple[ComparedNode, ...]
    links: tuple[ComparedLink, ...]


def design_effect(parts: Iterable[Part]) -> float:
    """The spread of customers' paths about the shares, over that of as many paths of customers with one each."""
    spread = alone = total = squares = 0.0
    for part in parts:
        if part.total:
            share = part.count / part.total
            spread += part.squares - 2 * share * part.products + share * share * part.total_squares
            alone += part.count * (1 - share)
            total, squares = total + part.total, squares + part.total_squares
    if alone > 0:
        return max(1.0, spread / alone)
    return squares / total if total else 1.0
