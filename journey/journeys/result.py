"""What the journeys answer: facts with their denominators; rates are properties."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence
from journey.inference import Interval, difference_of_shares, wilson
from journey.journeys.catalog import Journey


@dataclass(frozen=True)
class Timing:
    """Seconds that `n` customers took.  median with the 95% interval of its order statistics, None below six."""

    n: int
    median: float
    interval: Interval | None

    def as_plain(self) -> dict[str, Any]:
        return {"n": self.n, "median_seconds": self.median, "interval": _plain(self.interval)}


@dataclass(frozen=True)
class Passed:
    """A milestone.  count: customers who reached it; first: who began; previous: who reached the one before.

    left: who reached it and none after it; 0 at the last.  time: from the milestone before, of those who reached both.
    """

    name: str
    count: int
    first: int
    previous: int | None
    left: int
    time: Timing | None

    @property
    def share(self) -> float | None:
        return self.count / self.first if self.first else None

    @property
    def interval(self) -> Interval | None:
        """Wilson 95% of the share of those who began; None at the first milestone, where it is 1 by definition."""
        return None if self.previous is None else wilson(self.count, self.first)

    @property
    def share_of_previous(self) -> float | None:
        return self.count / self.previous if self.previous else None

    @property
    def left_share(self) -> float | None:
        return self.left / self.count if self.count else None

    @property
    def left_interval(self) -> Interval | None:
        return wilson(self.left, self.count)

    def as_plain(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "count": self.count,
            "share": self.share,
            "interval": _plain(self.interval),
            "share_of_previous": self.share_of_previous,
            "left": self.left,
            "time": None if self.time is None else self.time.as_plain(),
        }


@dataclass(frozen=True)
class Velocity:
    """Whether customers complete faster than in the period before: medians of those who completed inside the window.

    difference: seconds, now less before, with its interval; None with `why` where it is not told.
    """

    now: Timing | None
    before: Timing | None
    difference: float | None
    interval: Interval | None
    why: str | None

    @property
    def word(self) -> str:
        """faster | slower | "not told apart" | "not compared"."""
        if self.interval is None:
            return "not compared"
        low, high = self.interval
        return "faster" if high < 0 else "slower" if low > 0 else "not told apart"

    def as_plain(self) -> dict[str, Any]:
        return {
            "word": self.word,
            "difference_seconds": self.difference,
            "interval": _plain(self.interval),
            "before": None if self.before is None else self.before.as_plain(),
            "why": self.why,
        }


@dataclass(frozen=True)
class Told:
    """One journey.  milestones: of customers whose window has closed.  open: who began, and whose window has not.

    total: the time from the first milestone to the last.  before: (completed, began) of the period before, likewise.
    confidence: of the intervals of changes, so that those of all journeys hold together with 95%.
    """

    journey: Journey
    milestones: tuple[Passed, ...]
    open: int
    total: Timing | None
    velocity: Velocity
    before: tuple[int, int] | None
    confidence: float

    @property
    def began(self) -> int:
        """Customers whose window has closed."""
        return self.milestones[0].count

    @property
    def completed(self) -> int:
        return self.milestones[-1].count

    @property
    def rate(self) -> float | None:
        return self.completed / self.began if self.began else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.completed, self.began)

    @property
    def change(self) -> tuple[float, float, float] | None:
        """(completion rate now less before, low, high) by Newcombe; None where there is nothing to compare with."""
        if self.before is None:
            return None
        return difference_of_shares(self.completed, self.began, *self.before, self.confidence)

    @property
    def changed(self) -> bool:
        return self.change is not None and not self.change[1] <= 0 <= self.change[2]

    @property
    def leak(self) -> int | None:
        """The milestone after which most customers leave, by head count; of equals the earlier.  None where nobody left."""
        most = max(self.milestones, key=lambda milestone: milestone.left)
        return self.milestones.index(most) if most.left else None

    def as_plain(self) -> dict[str, Any]:
        leak = None if self.leak is None else self.milestones[self.leak]
        return {
            "journey": self.journey.name,
            "question": self.journey.question,
            "owner": self.journey.owner,
            "window_seconds": self.journey.window / 1000,
            "derived": self.journey.derived,
            "left_out": list(self.journey.left_out),
            "began": self.began,
            "open": self.open,
            "completed": self.completed,
            "completion_rate": self.rate,
            "interval": _plain(self.interval),
            "median_seconds": None if self.total is None else self.total.median,
            "median_interval": None if self.total is None else _plain(self.total.interval),
            "velocity": self.velocity.as_plain(),
            "change": None if self.change is None else {"difference": self.change[0], "interval": list(self.change[1:])},
            "confidence_of_changes": self.confidence,
            "largest_leak": None if leak is None or self.leak is None else self._leak_plain(leak, self.leak),
            "milestones": [milestone.as_plain() for milestone in self.milestones],
        }

    def _leak_plain(self, leak: Passed, place: int) -> dict[str, Any]:
        return {
            "after": leak.name,
            "before": self.milestones[place + 1].name,
            "count": leak.left,
            "share": leak.left_share,
            "interval": _plain(leak.left_interval),
        }


@dataclass(frozen=True)
class Journeys:
    """journeys: in the order of the catalog, the most important first.  why_not: why nothing is compared, None where it is."""

    journeys: tuple[Told, ...]
    why_not: str | None
    evidence: Evidence

    def find(self, name: str) -> Told | None:
        return next((told for told in self.journeys if told.journey.name == name), None)

    def as_plain(self) -> dict[str, Any]:
        return {"journeys": [told.as_plain() for told in self.journeys], "not_compared": self.why_not, **self.evidence.as_plain()}


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)
