"""The answer about stages: facts with their denominators; shares are properties."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.inference import Interval, mean_interval, wilson
from journey.rules.staged import Fit
from journey.stages.flow import Flow
from journey.stages.groups import Group
from journey.stages.pace import Paces

FEWEST = 30


@dataclass(frozen=True)
class Satisfaction:
    """The mean of customers' latest answers; n customers answered, sd is their standard deviation."""

    mean: float
    sd: float
    n: int

    @property
    def interval(self) -> Interval | None:
        return mean_interval(self.mean, self.sd, self.n)


@dataclass(frozen=True)
class Stage:
    """One stage as of a moment.

    customers: in it now, of `known`.  reached: came as far as it or further, gone quiet since or not; None for a stage
    set apart.  stopped: of those the ones who came no further; lost: of those who stopped, the ones now set apart.
    days: median time that those in it have been in it so far; None for nobody.  found, lacking: names of events that its
    rule looks for and that the log holds, or does not; of several that would do, one found is enough.
    """

    name: str
    why: str
    step: int | None
    customers: int
    known: int
    reached: int | None
    stopped: int | None
    lost: int | None
    furthest: bool
    days: float | None
    satisfaction: Satisfaction | None
    found: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def silent(self) -> bool:
        """Its rule looks for events of which the log holds none, so nobody can be in it."""
        return self.step is not None and bool(self.lacking) and not self.found

    @property
    def share(self) -> float | None:
        return self.customers / self.known if self.known else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.customers, self.known)

    @property
    def drop_off(self) -> float | None:
        """Of those who came as far as this stage, the share who came no further; None at the last, and set apart."""
        return self.stopped / self.reached if self.reached and self.stopped is not None and not self.furthest else None

    @property
    def drop_off_interval(self) -> Interval | None:
        return None if self.drop_off is None else wilson(self.stopped or 0, self.reached or 0)

    @property
    def lost_share(self) -> float | None:
        """Of those who came as far as this stage, the share who came no further and are now set apart."""
        return self.lost / self.reached if self.reached and self.lost is not None else None

    def as_plain(self) -> dict[str, Any]:
        score = self.satisfaction
        return {
            "stage": self.name,
            "customers": self.customers,
            "share": self.share,
            "interval": _plain(self.interval),
            "median_days_in_stage": self.days,
            "drop_off": self.drop_off,
            "drop_off_interval": _plain(self.drop_off_interval),
            "csat": None if score is None else score.mean,
            "csat_interval": None if score is None else _plain(score.interval),
            "csat_customers": 0 if score is None else score.n,
            "step": self.step,
            "reached": self.reached,
            "lost": self.lost,
            "signals": {"found": list(self.found), "lacking": list(self.lacking)},
        }


@dataclass(frozen=True)
class Move:
    """Customers in stage `source` when the period began and in `target` now; `source` None: not known then."""

    source: str | None
    target: str
    customers: int
    of: int

    def as_plain(self) -> dict[str, Any]:
        share = self.customers / self.of if self.of else None
        return {
            "from": self.source,
            "to": self.target,
            "customers": self.customers,
            "share": share,
            "interval": _plain(wilson(self.customers, self.of)),
        }


@dataclass(frozen=True)
class Look:
    """How many were in a stage at a moment, ms."""

    moment: int
    stage: str
    customers: int

    def as_plain(self) -> dict[str, Any]:
        return {"as_of": iso(self.moment), "stage": self.stage, "customers": self.customers}


@dataclass(frozen=True)
class Stages:
    """stages: in the order of the journey, then those set apart.  as_of, start: ms.  asked: the property that answers
    of satisfaction come from, with the lowest and the highest ever given; None where the log has none.  groups: of the
    property asked for, None where none was.  fits: how well each starter set of rules would fit the log, the best first."""

    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    over_time: tuple[Look, ...]
    as_of: int
    start: int
    asked: tuple[str, float, float] | None
    flow: Flow
    pace: Paces
    groups: tuple[Group, ...] | None
    fits: tuple[Fit, ...]
    evidence: Evidence

    @property
    def journey(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.step is not None)

    @property
    def aside(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.step is None)

    @property
    def known(self) -> int:
        return self.stages[0].known

    @property
    def worst(self) -> Stage | None:
        """Where most customers went quiet (came no further, where no stage is set apart): by head count, not by share.

        Of stages that 30 customers reached at least; where none is set apart, of those that somebody passed, since
        beyond the last nobody can go.  None where nobody was lost.
        """
        passed = [stage for stage, after in zip(self.journey, self.journey[1:], strict=False) if after.reached]
        large = [stage for stage in (self.journey if self.aside else passed) if (stage.reached or 0) >= FEWEST and self.gone(stage)]
        return max(large, key=lambda stage: self.gone(stage) or 0, default=None)

    @property
    def quiet_share(self) -> float | None:
        """The share of all who are in a stage set apart."""
        return sum(stage.customers for stage in self.aside) / self.known if self.known else None

    def gone(self, stage: Stage) -> int | None:
        """How many of those who came as far as a stage are lost there; None at a stage set apart."""
        return stage.lost if self.aside else None if stage.furthest else stage.stopped

    def loss(self, stage: Stage) -> float | None:
        """The same as a share of those who came so far."""
        return stage.lost_share if self.aside else stage.drop_off

    def stage(self, name: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.name == name), None)

    def as_plain(self) -> dict[str, Any]:
        return {
            "as_of": iso(self.as_of),
            "start": iso(self.start),
            "stages": [stage.as_plain() for stage in self.stages],
            "transitions": [move.as_plain() for move in self.moves],
            "over_time": [look.as_plain() for look in self.over_time],
            "csat_property": None if self.asked is None else self.asked[0],
            "flow": self.flow.as_plain(),
            "pace": self.pace.as_plain(),
            "breakdown": None if self.groups is None else {group.value: group.as_plain() for group in self.groups},
            "sets": [fit.as_plain() for fit in self.fits],
            **self.evidence.as_plain(),
        }


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)
