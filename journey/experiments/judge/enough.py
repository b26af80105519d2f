"""How many units it takes before anything is said, and how many would tell if the difference stays as it is."""

import math

from journey.experiments.judge.how import HowRead
from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import Comparison
from journey.inference.sequences import always_valid_half

FEWEST = 100
"""Units in each variant.  Below it, sums are not yet spread as every interval takes them to be."""
FEWEST_DID = 20
"""Of a share: units of both variants that did it, and units that did not."""
FARTHEST = 100.0
"""Times the units so far, beyond which no projection is told."""


def fewest_of_share(k1: int, n1: int, k0: int, n0: int) -> int:
    """Of both variants together, how many did it, or how many did not: whichever are fewer."""
    return min(k1 + k0, n1 + n0 - k1 - k0)


def missing(metric: ExperimentMetric, comparison: Comparison, arm: str, control: str) -> str:
    """What there is too little of, with the number needed; "" where there is enough."""
    for name, n in ((arm, comparison.n), (control, comparison.control_n)):
        if n < FEWEST:
            return f"{n:,} of {FEWEST} units needed in {name}"
    did, others = _did(metric, comparison) or (FEWEST_DID, FEWEST_DID)
    few = min(did, others)
    return f"{few} of {FEWEST_DID} units needed {'with' if did == few else 'without'} {metric.name}" if few < FEWEST_DID else ""


def times_missing(metric: ExperimentMetric, comparison: Comparison) -> float | None:
    """How many times the units so far until there is enough; None where nobody knows."""
    few = min(_did(metric, comparison) or (FEWEST_DID,))
    least = min(comparison.n, comparison.control_n)
    return max(1.0, FEWEST / least, FEWEST_DID / few) if few and least else None


def _did(metric: ExperimentMetric, comparison: Comparison) -> tuple[int, int] | None:
    """Of a share: units of both variants that did it, and units that did not."""
    if metric.kind != "share" or comparison.estimate is None or comparison.control_estimate is None:
        return None
    did = round(comparison.estimate * comparison.n) + round(comparison.control_estimate * comparison.control_n)
    return did, comparison.n + comparison.control_n - did


def times_needed(comparison: Comparison, how: HowRead, far: float, tests: int = 1) -> float | None:
    """How many times the units so far until the always-valid interval is narrower, on either side, than `far`.

    far: above 0, in the metric's unit.  tests: among how many it has to be told, each at its part of alpha.  None where that
    is beyond 100 times, or unknown.  About: the spread is taken to stay as it is.
    """
    interval, n = comparison.always_valid_interval, comparison.n + comparison.control_n
    unit = always_valid_half(1.0, n, how.alpha, how.tuned_at)
    if interval is None or not unit or not far > 0:
        return None
    spread = (interval[1] - interval[0]) / 2 / unit  # of the difference, were it a mean of n values

    def half(times: float) -> float:
        return spread * (always_valid_half(1.0, round(n * times), how.alpha / tests, how.tuned_at) or math.inf)

    low, high = 1.0, FARTHEST
    if half(high) > far:
        return None
    while high / low > 1.001:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if half(middle) > far else (low, middle)
    return high
