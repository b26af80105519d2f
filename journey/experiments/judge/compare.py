"""One metric of one variant against control, under a way of reading: the difference, its intervals, its p-value."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from scipy.special import stdtr, stdtrit

from journey.experiments.judge.bayes import Belief, belief_of_normal, belief_of_shares, interval_of_normal, interval_of_shares
from journey.experiments.judge.effect import Effect, effect_of
from journey.experiments.judge.enough import FEWEST_DID, fewest_of_share
from journey.experiments.judge.how import HowRead
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import Moments
from journey.experiments.result import Comparison
from journey.inference import Interval, difference_of_shares
from journey.inference.boundaries import boundaries, p_of_look
from journey.inference.differences import p_of_shares
from journey.inference.sequences import always_valid_half, always_valid_p


def compare(metric: ExperimentMetric, control: Moments, treated: Moments, how: HowRead) -> Comparison:
    """The comparison by the reading in force, beside the interval of one look and the one that is always valid.

    Where too little is known it says why, in place of numbers.  `held` is filled by `hold`, `p_adjusted` by `adjust`.
    """
    known = Comparison(treated.n, control.n, treated.value, control.value)
    effect = effect_of(metric, control, treated)
    if isinstance(effect, str):
        return replace(known, why=effect)
    told = replace(known, difference=effect.difference, variance_reduction=effect.reduction, relative=_relative(effect))
    if effect.error == 0 and not _counts(metric, effect):
        return replace(
            told, why=f"Within each variant all units have the same number, {effect.control.value:,.4g} in control: nothing varies."
        )
    read, belief = READ[how.kind](metric, effect, how), _belief(metric, effect)
    return replace(
        told,
        interval=read.interval,
        fixed_interval=_fixed(metric, effect, how).interval,
        always_valid_interval=_always_valid(metric, effect, how).interval,
        relative_interval=read.relative,
        p=read.p,
        p_better=None if belief is None else belief.above if metric.good == "up" else 1 - belief.above,
        expected_loss=None if belief is None else belief.loss_up if metric.good == "up" else belief.loss_down,
        why="" if read.interval else _missing(how),
    )


def _missing(how: HowRead) -> str:
    return "The first look is not due yet." if how.kind == "planned" and how.look < 1 else "Nothing varies in either variant yet."


@dataclass(frozen=True)
class _Read:
    interval: Interval | None = None
    relative: Interval | None = None
    p: float | None = None


def _fixed(metric: ExperimentMetric, effect: Effect, how: HowRead) -> _Read:
    """Shares by Newcombe's interval and the pooled z test, all else by Welch."""
    relative = _around_ratio(effect, lambda freedom: float(stdtrit(freedom, 0.5 + how.confidence / 2)))
    counts = _counts(metric, effect)
    if counts:
        found = difference_of_shares(*counts, how.confidence)
        return _Read(None if found is None else (found[1], found[2]), relative, p_of_shares(*counts))
    if effect.error == 0:
        return _Read()
    half = float(stdtrit(effect.freedom, 0.5 + how.confidence / 2)) * effect.error
    p = float(2 * stdtr(effect.freedom, -abs(effect.difference) / effect.error))
    return _Read((effect.difference - half, effect.difference + half), relative, p)


def _always_valid(metric: ExperimentMetric, effect: Effect, how: HowRead) -> _Read:
    """The asymptotic confidence sequence of the difference; of the ratio, of its log."""
    n = effect.control.n + effect.treated.n
    unit, error = always_valid_half(1.0, n, how.alpha, how.tuned_at), _sturdy_error(metric, effect)
    if unit is None or error == 0:
        return _Read()
    p = always_valid_p(effect.difference / error, n, how.alpha, how.tuned_at)
    return _by_errors(metric, effect, error, unit * math.sqrt(n), p)


def _planned(metric: ExperimentMetric, effect: Effect, how: HowRead) -> _Read:
    """The repeated interval of the look: as many standard errors as its boundary.  Before the first look there is none."""
    error = _sturdy_error(metric, effect)
    if error == 0 or how.look < 1:
        return _Read()
    look = min(how.look, how.looks)
    z = boundaries(how.looks, how.alpha)[look - 1]
    return _by_errors(metric, effect, error, z, p_of_look(effect.difference / error, look, how.looks, how.alpha))


def _bayesian(metric: ExperimentMetric, effect: Effect, how: HowRead) -> _Read:
    """The interval that holds the difference with this chance."""
    counts, relative = _counts(metric, effect), _fixed(metric, effect, how).relative
    if counts:
        return _Read(interval_of_shares(*counts, how.confidence), relative)
    return _Read(interval_of_normal(effect.difference, effect.error, how.confidence), relative) if effect.error else _Read()


READ: dict[str, Callable[[ExperimentMetric, Effect, HowRead], _Read]] = {
    "always_valid": _always_valid,
    "planned": _planned,
    "fixed": _fixed,
    "bayesian": _bayesian,
}


def _sturdy_error(metric: ExperimentMetric, effect: Effect) -> float:
    """The standard error; of a share that hardly anybody did, or hardly anybody did not, that of one more of each.

    Of nobody in a hundred the sample's own variance is nothing, and an interval without width would be called at once.
    Source: Agresti, Caffo 2000, The American Statistician 54, 280.
    """
    counts = _counts(metric, effect)
    if counts is None or (effect.error > 0 and fewest_of_share(*counts) >= FEWEST_DID):
        return effect.error
    k1, n1, k0, n0 = counts
    shares = [((k + 1) / (n + 2), n + 2) for k, n in ((k1, n1), (k0, n0))]
    return math.sqrt(sum(share * (1 - share) / n for share, n in shares))


def _by_errors(metric: ExperimentMetric, effect: Effect, error: float, errors: float, p: float) -> _Read:
    """So many standard errors to each side; two shares lie no further apart than 1."""
    low, high = effect.difference - errors * error, effect.difference + errors * error
    interval = (max(low, -1.0), min(high, 1.0)) if metric.kind == "share" else (low, high)
    return _Read(interval, _around_ratio(effect, lambda _: errors), p)


def _around_ratio(effect: Effect, errors: Callable[[float], float]) -> Interval | None:
    """The interval of treated over control, less 1; errors: how many standard errors, given the degrees of freedom."""
    if effect.log_ratio is None:
        return None
    ratio, error, freedom = effect.log_ratio
    half = errors(freedom) * error
    return math.expm1(ratio - half), _finite(ratio + half)


def _finite(log: float) -> float:
    """Of ratios beyond all measure, the greatest that is a number."""
    return math.expm1(min(log, 700.0))


def _relative(effect: Effect) -> float | None:
    return effect.treated.level / effect.control.level - 1 if effect.control.level > 0 else None


def _counts(metric: ExperimentMetric, effect: Effect) -> tuple[int, int, int, int] | None:
    """(k, n of the treated, k, n of control) of a share that no covariate adjusts."""
    if metric.kind != "share" or effect.reduction is not None:
        return None
    control, treated = effect.control, effect.treated
    return round(treated.value * treated.n), treated.n, round(control.value * control.n), control.n


def _belief(metric: ExperimentMetric, effect: Effect) -> Belief | None:
    counts = _counts(metric, effect)
    return belief_of_shares(*counts) if counts else belief_of_normal(effect.difference, effect.error)
