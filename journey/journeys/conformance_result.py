"""What conformance answers: who follows a journey, where the others leave it, and what going back costs."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence
from journey.inference import Interval, wilson
from journey.journeys.catalog import Journey
from journey.journeys.result import Timing

KINDS = {"ended": "ended", "repeated": "repeated", "back": "went back", "skipped": "skipped ahead"}


@dataclass(frozen=True)
class Deviation:
    """Runs whose first departure from the journey is this one.

    after: the milestone they had come to.  instead: the milestone they did next, "(end)" where none came.
    of: all runs.  completed: how many reached the last milestone all the same; total: the time they took for it.
    """

    after: str
    instead: str
    kind: str
    count: int
    of: int
    completed: int
    total: Timing | None

    @property
    def share(self) -> float:
        return self.count / self.of

    @property
    def interval(self) -> Interval | None:
        return wilson(self.count, self.of)

    def as_plain(self) -> dict[str, Any]:
        return {
            "after": self.after,
            "instead": self.instead,
            "kind": KINDS[self.kind],
            "count": self.count,
            "share": self.share,
            "interval": _plain(self.interval),
            "completed": self.completed,
            "median_seconds": None if self.total is None else self.total.median,
        }


class _OfRuns:
    """A part of all runs, one per customer."""

    customers: int
    of: int

    @property
    def share(self) -> float:
        return self.customers / self.of

    @property
    def interval(self) -> Interval | None:
        return wilson(self.customers, self.of)


@dataclass(frozen=True)
class Loop(_OfRuns):
    """Returns from one milestone to an earlier one.  count: returns; customers: who made one at least, `of` all runs.

    regained: how many returns came back to where they had been, or further; cost: how long that took.
    """

    source: str
    target: str
    count: int
    customers: int
    of: int
    regained: int
    cost: Timing | None

    def as_plain(self) -> dict[str, Any]:
        return {
            "from": self.source,
            "to": self.target,
            "count": self.count,
            "customers": self.customers,
            "share": self.share,
            "interval": _plain(self.interval),
            "regained": self.regained,
            "median_seconds": None if self.cost is None else self.cost.median,
        }


@dataclass(frozen=True)
class Rework(_OfRuns):
    """A milestone done again.  count: times beyond the first; customers: whose run has one at least, `of` all runs.

    cost: from its first time to its last in a run, over those customers.
    """

    milestone: str
    count: int
    customers: int
    of: int
    cost: Timing | None

    def as_plain(self) -> dict[str, Any]:
        return {
            "milestone": self.milestone,
            "count": self.count,
            "customers": self.customers,
            "share": self.share,
            "interval": _plain(self.interval),
            "median_seconds": None if self.cost is None else self.cost.median,
        }


@dataclass(frozen=True)
class Conformance:
    """paths: runs whose window has closed, one per customer.  follows + the counts of all deviations = paths.

    completed: runs that reached the last milestone, in whatever way.  open: runs whose window has not closed; apart.
    journey: None where the log can tell no journey.
    """

    journey: Journey | None
    paths: int
    follows: int
    completed: int
    open: int
    total: Timing | None
    deviations: tuple[Deviation, ...]
    loops: tuple[Loop, ...]
    rework: tuple[Rework, ...]
    evidence: Evidence

    @property
    def share(self) -> float | None:
        return self.follows / self.paths if self.paths else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.follows, self.paths)

    def as_plain(self) -> dict[str, Any]:
        return {
            "journey": None if self.journey is None else self.journey.name,
            "paths": self.paths,
            "open": self.open,
            "completed": self.completed,
            "follows": {
                "count": self.follows,
                "share": self.share,
                "interval": _plain(self.interval),
                "median_seconds": None if self.total is None else self.total.median,
            },
            "deviations": [deviation.as_plain() for deviation in self.deviations],
            "loops": [loop.as_plain() for loop in self.loops],
            "rework": [rework.as_plain() for rework in self.rework],
            **self.evidence.as_plain(),
        }


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)
