"""What an experiment's reading says: the split, each metric's difference with its interval, what may be wrong, the verdict."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.experiments.metric import ExperimentMetric
from journey.inference import Interval

READINGS = ("always_valid", "planned", "fixed", "bayesian")
SHIP, STOP, RUNNING, BROKEN = "ship", "stop", "keep running", "broken"
HELD, HARMED, OPEN = "held", "broken", "open"


@dataclass(frozen=True)
class Comparison:
    """One metric of one variant against control.

    estimate, control_estimate: of the metric as it was measured.  difference: estimate - control_estimate, adjusted where
    there is a covariate; interval: of it, by the reading in force; fixed_interval: right at one look; always_valid_interval:
    right however often one looks.  relative, relative_interval: difference over control.  p: by the reading in force, None
    of a Bayesian one; p_adjusted: Holm over the metrics that are no guardrails.
    p_better: that the variant is better in the metric's good direction; expected_loss: of choosing it, in the metric's unit.
    variance_reduction: share of the variance that the covariate took away, None without one.
    held: of a guardrail, that harm beyond its margin is ruled out (held), shown (broken), or neither (open); else None.
    why: what is missing where the difference is None.
    """

    n: int
    control_n: int
    estimate: float | None = None
    control_estimate: float | None = None
    difference: float | None = None
    interval: Interval | None = None
    fixed_interval: Interval | None = None
    always_valid_interval: Interval | None = None
    relative: float | None = None
    relative_interval: Interval | None = None
    p: float | None = None
    p_adjusted: float | None = None
    p_better: float | None = None
    expected_loss: float | None = None
    variance_reduction: float | None = None
    held: str | None = None
    why: str = ""

    @property
    def told_from_none(self) -> bool:
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True)
class Estimate:
    """A comparison, of which metric and variant.  open: units of both left out, since their time is not over."""

    metric: ExperimentMetric
    arm: str
    compared: Comparison
    open: int = 0

    def as_plain(self) -> dict[str, Any]:
        found, told = (
            self.compared,
            ("estimate", "control_estimate", "difference", "relative", "p", "p_adjusted", "p_better", "expected_loss"),
        )
        return {
            "name": self.metric.name,
            "kind": self.metric.kind,
            "role": self.metric.role,
            "arm": self.arm,
            "n": found.n,
            "control_n": found.control_n,
            **{key: getattr(found, key) for key in told},
            **{key: _pair(getattr(found, key)) for key in ("interval", "fixed_interval", "always_valid_interval", "relative_interval")},
            "variance_reduction": found.variance_reduction,
            "guardrail": found.held,
            "open": self.open,
            "why": found.why,
        }


@dataclass(frozen=True)
class Arm:
    """units: that count.  share: meant for it, 0 to 1."""

    name: str
    units: int
    share: float


@dataclass(frozen=True)
class Split:
    """Whether the variants are as large as the dice meant them to be (sample ratio mismatch).

    p: chance of sizes as far off; None of fewer than two variants or nobody.  alarm: p < .001; warn: p < .01.
    """

    arms: tuple[Arm, ...]
    chi2: float | None
    p: float | None

    @property
    def alarm(self) -> bool:
        return self.p is not None and self.p < 0.001

    @property
    def warn(self) -> bool:
        return self.p is not None and self.p < 0.01

    def as_plain(self) -> dict[str, Any]:
        arms = [{"name": arm.name, "n": arm.units, "intended": arm.share} for arm in self.arms]
        return {"chi2": self.chi2, "p": self.p, "alarm": self.alarm, "warn": self.warn, "arms": arms}


@dataclass(frozen=True)
class Verdict:
    """state: ship | stop | keep running | broken.  sentence: for a person, with the figures it rests on.

    until: ms, about when it should be told if it goes on like this; None where that cannot be said, or it is over.
    hint: that it was not reached as planned, and proves nothing.
    """

    state: str
    sentence: str
    until: int | None = None
    hint: bool = False


@dataclass(frozen=True)
class Finding:
    """Something that was checked.  check: split | cause | crossed | novelty | weekdays | overlap | plan | small | ...

    state: fine | look | alarm.  rows: what it rests on, as plain rows for a table.
    """

    check: str
    state: str
    sentence: str
    rows: tuple[dict[str, Any], ...] = ()

    def as_plain(self) -> dict[str, Any]:
        return {"check": self.check, "state": self.state, "sentence": self.sentence, "rows": list(self.rows)}


@dataclass(frozen=True)
class Point:
    """One metric of one variant as it stood at `at` (ms): what had been seen before it.

    low, high: by the reading in force; naive: the interval that is right at one look only.  boundary: of the difference,
    beyond which it would be called then (half the width of the interval); None where the reading has none.
    """

    at: int
    n: int
    control_n: int
    difference: float | None
    low: float | None
    high: float | None
    naive: Interval | None = None
    boundary: float | None = None

    def as_plain(self) -> dict[str, Any]:
        told = {key: getattr(self, key) for key in ("n", "control_n", "difference", "low", "high", "boundary")}
        return {"at": iso(self.at), **told, "naive": _pair(self.naive)}


@dataclass(frozen=True)
class Course:
    """How one metric of one variant went, look by look, one a day.

    peeked: the first of these looks at which an ordinary 95% interval left zero, None where none did: what stopping there
    would have called.
    """

    metric: ExperimentMetric
    arm: str
    points: tuple[Point, ...]
    peeked: int | None = None

    def as_plain(self) -> dict[str, Any]:
        points = [point.as_plain() for point in self.points]
        return {"name": self.metric.name, "arm": self.arm, "points": points, "peeked": iso(self.peeked)}


@dataclass(frozen=True)
class Group:
    """The metric in one group of units.  q: of its difference, Benjamini-Hochberg over the groups."""

    value: str
    metric: ExperimentMetric
    arm: str
    compared: Comparison
    q: float | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"group": self.value, **Estimate(self.metric, self.arm, self.compared).as_plain(), "q": self.q}


@dataclass(frozen=True)
class Reading:
    """An experiment as it stands.

    name: of the experiment, or of the table.  control: the variant others are compared with.  reading: as in READINGS.
    start, stop: ms of the first and the last exposure; None of a table or of sums.  plan_version: 0 without one.
    courses, groups: where they were asked for.  looks, look: of a planned reading, how many there are and which of them the data
    stand at, 0 before the first.
    """

    name: str
    control: str
    reading: str
    confidence: float
    split: Split
    estimates: tuple[Estimate, ...]
    verdict: Verdict
    evidence: Evidence
    findings: tuple[Finding, ...] = ()
    courses: tuple[Course, ...] = ()
    by: str | None = None
    groups: tuple[Group, ...] = ()
    start: int | None = None
    stop: int | None = None
    crossed: int = 0
    looks: int | None = None
    plan_version: int = 0
    assumes: str = ""
    look: int | None = None

    @property
    def primary(self) -> tuple[Estimate, ...]:
        return tuple(one for one in self.estimates if one.metric.role == "primary")

    def as_plain(self) -> dict[str, Any]:
        return {
            "experiment": self.name,
            "control": self.control,
            "reading": self.reading,
            "assumes": self.assumes,
            "confidence": self.confidence,
            "start": iso(self.start),
            "stop": iso(self.stop),
            "looks": self.looks,
            "look": self.look,
            "plan_version": self.plan_version,
            "metrics": [one.as_plain() for one in self.estimates],
            "srm": self.split.as_plain(),
            "crossed": self.crossed,
            "verdict": self.verdict.sentence,
            "state": self.verdict.state,
            "until": iso(self.verdict.until),
            "hint": self.verdict.hint,
            "findings": [one.as_plain() for one in self.findings],
            "courses": [one.as_plain() for one in self.courses],
            "by": self.by,
            "groups": [one.as_plain() for one in self.groups],
            **self.evidence.as_plain(),
        }


def _pair(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)
