"""What an experiment brought, as one may take it elsewhere: the lift of a share with its interval, or why there is none to take."""

from dataclasses import dataclass

from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import SHIP, Comparison, Estimate, Reading

ADDED, AVOIDED = "added", "avoided"
MONTH_MS = 30 * 86_400_000


@dataclass(frozen=True)
class Lift:
    """value, low, high: of a share one wishes up, what it added to it; of one wished down, a churn say, the share avoided.

    The interval is the one that is right at one look: it says how wide the lift is spread, the verdict whether it is one.
    units: exposed in all; a_month: in 30 days, at the pace of the experiment, None where it took no time.  The lift is of these
    and of nobody else.  cautions: what to beware of, as sentences.
    """

    experiment: str
    arm: str
    metric: ExperimentMetric
    value: float
    low: float
    high: float
    confidence: float
    units: int
    a_month: int | None
    cautions: tuple[str, ...]
    shipped: bool

    @property
    def kind(self) -> str:
        return ADDED if self.metric.good == "up" else AVOIDED


def lifts_of(reading: Reading) -> dict[str, Lift] | str:
    """Kind -> the lift of its primary metric, of the best variant; a sentence where there is none, or none to be trusted."""
    if reading.split.alarm:
        return f"“{reading.name}” is not taken: its split is broken, so that its variants cannot be compared."
    found: dict[str, Lift] = {}
    for estimate in sorted(reading.primary, key=lambda one: -(one.compared.difference or 0.0)):
        lift = _lift(reading, estimate)
        if lift is not None:
            found.setdefault(lift.kind, lift)
    return found or f"“{reading.name}” is not taken: its primary metric is no share of customers with an interval, which a lift is."


def _lift(reading: Reading, estimate: Estimate) -> Lift | None:
    found, metric = estimate.compared, estimate.metric
    sized = _difference(found) if metric.good == "up" else _avoided(found)
    if metric.kind != "share" or sized is None:
        return None
    value, low, high = sized
    if not low < value < high or max(abs(low), abs(high)) > 1:
        return None
    units = sum(arm.units for arm in reading.split.arms)
    shipped, a_month = reading.verdict.state == SHIP, _a_month(reading, units)
    return Lift(
        reading.name, estimate.arm, metric, value, low, high, reading.confidence, units, a_month, _cautions(reading, found), shipped
    )


def _a_month(reading: Reading, units: int) -> int | None:
    if reading.start is None or reading.stop is None or reading.stop <= reading.start:
        return None
    return round(units * MONTH_MS / (reading.stop - reading.start))


def _difference(found: Comparison) -> tuple[float, float, float] | None:
    ends = found.fixed_interval or found.interval
    return None if found.difference is None or ends is None else (found.difference, ends[0], ends[1])


def _avoided(found: Comparison) -> tuple[float, float, float] | None:
    ends = found.relative_interval
    return None if found.relative is None or ends is None else (-found.relative, -ends[1], -ends[0])


def _cautions(reading: Reading, found: Comparison) -> tuple[str, ...]:
    cautions = []
    if reading.verdict.state != SHIP:
        cautions.append(f"Its verdict is not to ship: {reading.verdict.sentence}")
    elif reading.verdict.hint:
        cautions.append(f"Its verdict is no more than a hint: {reading.verdict.sentence}")
    if reading.split.warn:
        cautions.append("Its split is nearly too uneven to trust.")
    if found.interval and not found.told_from_none:
        units = found.n + found.control_n
        cautions.append(f"No difference is told from chance with {units:,} units: the lift may be none, or harm.")
    return tuple(cautions)
