"""Several metrics and variants at once: p-values adjusted for their number, and guardrails held to their margins."""

from collections.abc import Sequence
from dataclasses import replace

from journey.experiments.judge.enough import FEWEST
from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import HARMED, HELD, OPEN, Comparison, Estimate
from journey.inference import Interval
from journey.inference.differences import holm


def adjust(estimates: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """`p_adjusted` by Holm over all that are no guardrails, of every variant; guardrails keep theirs: they may only stop.

    The verdict rests on the primary metrics, adjusted among themselves: watching more of the others costs them nothing.
    """
    asked = [one for one in estimates if one.metric.role != "guardrail"]
    found = dict(zip(map(id, asked), holm([one.compared.p for one in asked]), strict=True))
    return tuple(replace(one, compared=replace(one.compared, p_adjusted=found.get(id(one)))) for one in estimates)


def hold(metric: ExperimentMetric, comparison: Comparison) -> str | None:
    """Whether harm beyond the guardrail's margin is ruled out (held), shown (broken), or neither (open); None of no guardrail.

    By the interval of the reading in force: of a 95% interval each end is a one-sided bound of 97.5%.  A relative margin is
    held against the relative interval.  Without a margin none is tolerated, and it holds only where it is better.
    Open too below the fewest units.
    """
    if metric.role != "guardrail":
        return None
    interval = comparison.relative_interval if metric.relative else comparison.interval
    if interval is None or min(comparison.n, comparison.control_n) < FEWEST:
        return OPEN
    least, most = harm(metric, interval)
    margin = metric.margin or 0.0
    return HELD if most < margin else HARMED if least > margin else OPEN


def harm(metric: ExperimentMetric, interval: Interval) -> Interval:
    """An interval of a difference, turned so that more is worse."""
    low, high = interval
    return (low, high) if metric.good == "down" else (-high, -low)
