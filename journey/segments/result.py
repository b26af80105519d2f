"""What a comparison of two segments answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence
from journey.inference import Interval
from journey.segments.question import CompareQuestion

SHARES = ("event", "property", "outcome")


@dataclass(frozen=True)
class Difference:
    """One thing that can be told of customers, in a and in b.

    kind: event (share of customers who did it), times (how often, per customer), property (share who carry the value),
    mean (of a number, over customers who have one), outcome (share of those who did one step who did another, too).
    of: event | customer, whose property it is.  value: of a property, as text.
    a, b: the share or the mean; n_a, n_b: out of how many customers; count_a, count_b: how many are behind the mark.
    difference: a - b.  interval: its 95% interval.  p, q: before and after allowing for all that was compared.
    why: why there is no interval or no p.  by_definition: the segments are defined by this event or property, so that it
    differs as a matter of course: it has no q and counts as no discovery.
    """

    kind: str
    of: str
    name: str
    value: str | None
    a: float | None
    b: float | None
    n_a: int
    n_b: int
    count_a: int
    count_b: int
    difference: float | None
    interval: Interval | None
    p: float | None
    q: float | None
    why: str | None = None
    by_definition: bool = False

    @property
    def is_share(self) -> bool:
        return self.kind in SHARES

    @property
    def found(self) -> bool:
        """Whether it is called a difference, with at most 5% false discoveries among all that are."""
        return self.q is not None and self.q <= 0.05

    @property
    def least(self) -> float:
        """How large the difference is at the least, by its interval; 0 where it may be none."""
        if self.interval is None or self.interval[0] <= 0 <= self.interval[1]:
            return 0.0
        return min(abs(self.interval[0]), abs(self.interval[1]))

    @property
    def mark(self) -> dict[str, Any]:
        """What `compare_customers` reads, but for the side."""
        return {"kind": self.kind, "of": self.of, "name": self.name, **({} if self.value is None else {"value": self.value})}

    def as_plain(self) -> dict[str, Any]:
        names = ("kind", "of", "name", "value", "a", "b", "n_a", "n_b", "count_a", "count_b", "difference")
        plain = {name: getattr(self, name) for name in names}
        interval = None if self.interval is None else list(self.interval)
        return {**plain, "interval": interval, "p": self.p, "q": self.q, "why": self.why, "by_definition": self.by_definition}


@dataclass(frozen=True)
class Comparison:
    """n_a, n_b: customers of either segment; both: who are in both.  differences: the clearest first."""

    question: CompareQuestion
    n_a: int
    n_b: int
    both: int
    differences: tuple[Difference, ...]
    evidence: Evidence

    def clearest(self, most: int) -> tuple[Difference, ...]:
        """Shares that were found to differ and do not by definition, by how far apart they are at the least."""
        found = [one for one in self.differences if one.is_share and one.found and one.least > 0 and not one.by_definition]
        return tuple(sorted(found, key=lambda one: (-one.least, one.kind, one.name, one.value or ""))[:most])

    def as_plain(self) -> Mapping[str, Any]:
        return {
            "n_a": self.n_a,
            "n_b": self.n_b,
            "both": self.both,
            "differences": [one.as_plain() for one in self.differences],
            **self.evidence.as_plain(),
        }
