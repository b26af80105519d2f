"""The answer of a funnel: facts per step with their denominators; rates are properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.funnels.rest import AgainstRest, against_rest
from journey.inference import Interval, wilson


@dataclass(frozen=True)
class StepTime:
    """Seconds from the step done before, over those who did both.  bins: (from_s, to_s, count), half-open."""

    median: float
    average: float
    quartiles: tuple[float, float]
    bins: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True)
class FunnelStep:
    """event: the step as a person would write it; title: what its count means, which differs where steps come in any
    order ("3 of 5 steps").  count: units that reached it; left: those that went no deeper.

    first, previous: units at step 0, and at the last step before this one that is not optional.
    value: sum of the value property at this step, None where none was asked.
    """

    event: str
    title: str
    count: int
    left: int
    first: int
    previous: int | None
    time: StepTime | None = None
    value: float | None = None

    @property
    def share_of_first(self) -> float | None:
        return self.count / self.first if self.first else None

    @property
    def share_of_previous(self) -> float | None:
        """None at step 0 and where nobody reached the step before."""
        return self.count / self.previous if self.previous else None

    @property
    def interval(self) -> Interval | None:
        """Wilson 95% of share_of_first; None at step 0."""
        return None if self.previous is None else wilson(self.count, self.first)

    @property
    def lost(self) -> int:
        """Units at the step before that are not at this one; 0 at step 0."""
        return 0 if self.previous is None else self.previous - self.count

    def as_plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "event": self.event,
            "count": self.count,
            "share_of_first": self.share_of_first,
            "share_of_previous": self.share_of_previous,
            "interval": None if self.interval is None else list(self.interval),
            "left": self.left,
            "median_seconds": self.time and self.time.median,
            "average_seconds": self.time and self.time.average,
            "quartile_seconds": list(self.time.quartiles) if self.time else None,
            "value": self.value,
        }
        return plain


@dataclass(frozen=True)
class Entered:
    """One period of entry dates.  start, stop: ms.  complete: it has ended, and so has the window of all who entered in it."""

    start: int
    stop: int
    entered: int
    converted: int
    complete: bool

    @property
    def interval(self) -> Interval | None:
        return wilson(self.converted, self.entered)

    @property
    def share(self) -> float | None:
        return self.converted / self.entered if self.entered else None

    def as_plain(self) -> dict[str, Any]:
        return {
            "start": iso(self.start),
            "entered": self.entered,
            "converted": self.converted,
            "interval": None if self.interval is None else list(self.interval),
            "complete": self.complete,
        }


@dataclass(frozen=True)
class Curve:
    """Time from the first step to the last, over the `n` who made both.

    points: (seconds, share of them that had converted by then), rising.  median, ninety: seconds.
    """

    n: int
    points: tuple[tuple[float, float], ...]
    median: float
    ninety: float


@dataclass(frozen=True)
class Funnel:
    """steps: of all units.  groups: the same per value of the breakdown, the largest first; "" is missing.

    unit: what is counted: customers, sessions, or values of a property.  window: ms or None.
    still_open: units not yet at the last step that have a start whose window reaches beyond the data's end; without a
    window, which never closes, all that are not at the last step.
    """

    order: str
    steps: tuple[FunnelStep, ...]
    groups: Mapping[str, tuple[FunnelStep, ...]]
    still_open: int
    trend: tuple[Entered, ...]
    curve: Curve | None
    unit: str
    window: int | None
    evidence: Evidence

    @property
    def entered(self) -> int:
        return self.steps[0].count

    @property
    def converted(self) -> int:
        return self.steps[-1].count

    @property
    def worst(self) -> int | None:
        """The step with the largest share lost since the step before; None where nobody was lost."""
        losses = {k: 1 - step.share_of_previous for k, step in enumerate(self.steps) if step.share_of_previous is not None}
        deepest = max(losses, key=lambda k: (losses[k], -k), default=None)
        return deepest if deepest is not None and losses[deepest] > 0 else None

    @property
    def against_rest(self) -> dict[str, AgainstRest]:
        """Each group's conversion to the last step against that of all others; empty where groups share units."""
        return against_rest({name: (steps[0].count, steps[-1].count) for name, steps in self.groups.items()}, self.entered)

    def as_plain(self) -> dict[str, Any]:
        rest = self.against_rest
        bins = [
            {"step": k, "from_s": start, "to_s": stop, "count": count}
            for k, step in enumerate(self.steps)
            if step.time
            for start, stop, count in step.time.bins
        ]
        return {
            "steps": [step.as_plain() for step in self.steps],
            "breakdown": {
                group: {"steps": [step.as_plain() for step in steps], "rest": rest[group].as_plain() if group in rest else None}
                for group, steps in self.groups.items()
            },
            "still_open": self.still_open,
            "trend": [period.as_plain() for period in self.trend],
            "histogram": bins,
            **self.evidence.as_plain(),
        }
