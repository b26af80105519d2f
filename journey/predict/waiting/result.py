"""The answer to how long until: the curve of everyone, of each group, and whether groups differ."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence
from journey.inference import Interval
from journey.predict.waiting.curve import Curve
from journey.predict.waiting.question import WaitingQuestion

QUARTILES = (0.25, 0.5, 0.75)
MOST_TOLD = 240


@dataclass(frozen=True)
class By:
    """The share that has done it by `seconds`; None beyond what was seen.  done: customers seen to have done it by then.

    naive: these as a share of all who started, however briefly they were seen: always too low where anyone is.
    """

    seconds: float
    share: float | None
    interval: Interval | None
    done: int
    naive: float | None

    def as_plain(self) -> dict[str, Any]:
        interval = None if self.interval is None else list(self.interval)
        return {"seconds": self.seconds, "share": self.share, "interval": interval, "done": self.done, "naive_share": self.naive}


@dataclass(frozen=True)
class Group:
    """One curve, told.  naive_median: seconds of those alone who have done it."""

    curve: Curve
    by: tuple[By, ...]
    naive_median: float | None

    def as_plain(self) -> dict[str, Any]:
        curve = self.curve
        every = max(1, -(-len(curve.times) // MOST_TOLD))
        places = sorted({*range(0, len(curve.times), every), len(curve.times) - 1}) if len(curve.times) else []
        return {
            "started": curve.customers,
            "done": curve.done,
            "waiting": curve.waiting,
            "median_seconds": curve.quantile(0.5),
            "median_interval": list(curve.quantile_interval(0.5)),
            "quartiles": [
                {"share": share, "seconds": curve.quantile(share), "interval": list(curve.quantile_interval(share))} for share in QUARTILES
            ],
            "at": [by.as_plain() for by in self.by],
            "naive_median_seconds": self.naive_median,
            "longest_seconds": curve.longest,
            "curve": [self._point(float(curve.times[place])) | {"at_risk": int(curve.at_risk[place])} for place in places],
        }

    def _point(self, seconds: float) -> dict[str, Any]:
        share, interval = self.curve.at(seconds)
        return {"seconds": seconds, "share": share, "interval": None if interval is None else list(interval)}


@dataclass(frozen=True)
class Difference:
    """A log-rank test.  group: the one held against all others, None of all groups at once.  q: adjusted over the groups."""

    group: str | None
    chi2: float
    p: float
    freedom: int
    q: float | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"group": self.group, "chi2": self.chi2, "p": self.p, "degrees_of_freedom": self.freedom, "q": self.q}


@dataclass(frozen=True)
class Waiting:
    """everyone: the curve of all.  groups: those of the largest values of the breakdown, the largest first.

    overall: whether those differ; against_rest: each against all others who started.  label, start_label: the two steps.
    """

    question: WaitingQuestion
    label: str
    start_label: str
    everyone: Group
    groups: dict[str, Group]
    overall: Difference | None
    against_rest: tuple[Difference, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            **self.everyone.as_plain(),
            "breakdown": {name: group.as_plain() for name, group in self.groups.items()} if self.question.breakdown else None,
            "test": None if self.overall is None else self.overall.as_plain(),
            "against_rest": [difference.as_plain() for difference in self.against_rest],
            **self.evidence.as_plain(),
        }
