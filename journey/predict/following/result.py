"""What an answer about what comes next holds."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence
from journey.inference import Interval, wilson
from journey.predict.following.question import NextQuestion


@dataclass(frozen=True)
class Likely:
    """One thing that may come next.

    probability: of it, after what was asked.  seen: how often it came next after the history that backs the answer;
    customers: how many of them it was so for.  observations: independent ones that this history is worth: how often it was
    seen, less the more its customers repeat themselves.
    """

    next: str
    probability: float
    seen: int
    customers: int
    observations: float

    @property
    def interval(self) -> Interval | None:
        """95%: Wilson around the probability, by the observations; None where the history was never seen."""
        return wilson(self.probability * self.observations, self.observations)

    def as_plain(self) -> dict[str, Any]:
        interval = None if self.interval is None else list(self.interval)
        return {
            "next": self.next,
            "probability": self.probability,
            "interval": interval,
            "seen": self.seen,
            "customers": self.customers,
        }


@dataclass(frozen=True)
class Next:
    """after: the history that was asked after, as far as it is known, the latest at the end.

    order: how much of it backs the answer: its latest `order` were seen together `times` times.  now: customers who are
    there now.  likely: the likeliest first.  lacking: why there is nothing to tell, a sentence; None where there is.
    """

    question: NextQuestion
    after: tuple[str, ...]
    order: int
    times: int
    now: int
    likely: tuple[Likely, ...]
    lacking: str | None
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            "next": [one.as_plain() for one in self.likely],
            "after": list(self.after),
            "order": self.order,
            "times": self.times,
            "now": self.now,
            "enough": True if self.lacking is None else self.lacking,
            **self.evidence.as_plain(),
        }
