"""On random data the answers are those of peer libraries, wherever the method is the same."""

import math

import numpy as np
import pandas as pd
import pytest
import tea_tasting as tt
from scipy.stats import beta, chisquare, ttest_ind
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from tea_tasting.metrics.mean import MeanResult

from journey.experiments.judge import HowRead, compare, split_of
from journey.experiments.judge.bayes import belief_of_normal, belief_of_shares, interval_of_shares
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.moments import Moments, moments_of, moments_of_share
from journey.experiments.result import Comparison
from journey.inference.boundaries import boundaries, p_of_look
from journey.inference.differences import holm

FIXED = HowRead("fixed")
SEEDS = range(6)


def drawn_units(seed: int) -> pd.DataFrame:
    """Units of two unlike variants: sessions, orders that depend on them, revenue that depends on what was spent before."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(40, 400))
    variant = rng.integers(0, 2, n)
    before = rng.gamma(2, 20, n)
    sessions = 1 + rng.poisson(1 + 0.3 * variant + before / 60, n)
    orders = rng.binomial(sessions, 0.3 + 0.1 * variant)
    revenue = orders * rng.lognormal(2 + 0.1 * variant, 0.7, n) + 0.4 * before
    return pd.DataFrame({"variant": variant, "before": before, "sessions": sessions, "orders": orders, "revenue": revenue})


def moments(units: pd.DataFrame, y: str, x: str | None = None, c: str | None = None) -> tuple[Moments, Moments]:
    sides = [units[units["variant"] == arm] for arm in (0, 1)]
    first, second = (
        moments_of(side[y].to_numpy(float), *(None if name is None else side[name].to_numpy(float) for name in (x, c))) for side in sides
    )
    return first, second


def same(found: Comparison, peer: MeanResult) -> None:
    assert found.interval is not None and found.relative_interval is not None
    ours = (found.difference, *found.interval, found.relative, *found.relative_interval, found.p)
    theirs = (
        *(peer.effect_size, peer.effect_size_ci_lower, peer.effect_size_ci_upper),
        *(peer.rel_effect_size, peer.rel_effect_size_ci_lower, peer.rel_effect_size_ci_upper, peer.pvalue),
    )
    assert ours == pytest.approx(theirs, abs=1e-9, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_means_ratios_and_both_adjusted_are_those_of_tea_tasting(seed: int) -> None:
    units = drawn_units(seed)
    peer = tt.Experiment(
        mean=tt.Mean("revenue"),
        ratio=tt.RatioOfMeans("orders", "sessions"),
        adjusted=tt.Mean("revenue", "before"),
        adjusted_ratio=tt.RatioOfMeans("orders", "sessions", "before"),
    ).analyze(units)
    mean, ratio = ExperimentMetric("revenue", "mean"), ExperimentMetric("rate", "ratio", over=Counted(column="sessions"))
    same(compare(mean, *moments(units, "revenue"), FIXED), peer["mean"])
    same(compare(ratio, *moments(units, "orders", "sessions"), FIXED), peer["ratio"])
    same(compare(mean, *moments(units, "revenue", c="before"), FIXED), peer["adjusted"])
    same(compare(ratio, *moments(units, "orders", "sessions", "before"), FIXED), peer["adjusted_ratio"])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_difference_of_means_is_that_of_scipy(seed: int) -> None:
    units = drawn_units(seed)
    found = compare(ExperimentMetric("revenue", "mean"), *moments(units, "revenue"), FIXED)
    peer = ttest_ind(*(units.loc[units["variant"] == arm, "revenue"] for arm in (1, 0)), equal_var=False)
    low, high = peer.confidence_interval()
    assert (found.p, *(found.interval or ())) == pytest.approx((peer.pvalue, low, high), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_and_splits_are_those_of_statsmodels_and_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    (n1, n0), p = rng.integers(200, 5_000, 2).tolist(), rng.uniform(0.1, 0.9)
    k1, k0 = int(rng.binomial(n1, p)), int(rng.binomial(n0, p))
    found = compare(ExperimentMetric("conversion"), moments_of_share(k0, n0), moments_of_share(k1, n1), FIXED)
    low, high = confint_proportions_2indep(k1, n1, k0, n0, method="newcomb", compare="diff")
    assert (found.p, *(found.interval or ())) == pytest.approx((proportions_ztest([k1, k0], [n1, n0])[1], low, high), abs=1e-9)
    split = split_of({"a": n1, "b": n0}, {"a": 2, "b": 1})
    peer = chisquare([n1, n0], [(n1 + n0) * 2 / 3, (n1 + n0) / 3])
    assert (split.chi2, split.p) == pytest.approx((peer.statistic, peer.pvalue), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_holm_is_that_of_statsmodels(seed: int) -> None:
    ps = np.random.default_rng(seed).random(7) ** 3
    assert holm(ps.tolist()) == pytest.approx(multipletests(ps, method="holm")[1], abs=1e-12)
    assert holm([None, *ps.tolist()])[0] is None and holm([None, *ps.tolist()])[1:] == holm(ps.tolist())


@pytest.mark.parametrize("k1, n1, k0, n0", [(130, 1_000, 100, 1_000), (3, 40, 9, 35), (0, 50, 2, 60), (5_200, 50_000, 5_000, 50_000)])
def test_the_chance_to_be_better_is_that_of_draws(k1: int, n1: int, k0: int, n0: int) -> None:
    rng = np.random.default_rng(3)
    treated, control = (beta(k + 1, n - k + 1).rvs(300_000, random_state=rng) for k, n in ((k1, n1), (k0, n0)))
    found, gap = belief_of_shares(k1, n1, k0, n0), treated - control
    error = gap.std() / 300_000**0.5
    assert found.above == pytest.approx((gap > 0).mean(), abs=0.004)
    assert found.loss_up == pytest.approx(np.maximum(-gap, 0).mean(), abs=4 * error)
    assert found.loss_down == pytest.approx(np.maximum(gap, 0).mean(), abs=4 * error)
    assert interval_of_shares(k1, n1, k0, n0) == pytest.approx(np.quantile(gap, [0.025, 0.975]), abs=10 * error)


def test_the_chance_to_be_better_is_the_published_closed_form() -> None:
    """Evan Miller, "Formulas for Bayesian A/B Testing", equation 6: a sum over beta functions."""
    (k1, n1), (k0, n0) = (13, 100), (10, 100)

    def log_beta(a: float, b: float) -> float:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    a1, b1, a0, b0 = k1 + 1, n1 - k1 + 1, k0 + 1, n0 - k0 + 1
    exact = sum(math.exp(log_beta(a0 + i, b1 + b0) - math.log(b1 + i) - log_beta(1 + i, b1) - log_beta(a0, b0)) for i in range(a1))
    assert belief_of_shares(k1, n1, k0, n0).above == pytest.approx(exact, abs=1e-10)


def test_a_normal_belief_is_that_of_draws() -> None:
    gap = np.random.default_rng(1).normal(1.5, 2.0, 300_000)
    found = belief_of_normal(1.5, 2.0)
    assert found is not None
    expected = ((gap > 0).mean(), np.maximum(-gap, 0).mean(), np.maximum(gap, 0).mean())
    assert (found.above, found.loss_up, found.loss_down) == pytest.approx(expected, abs=0.01)


def test_a_planned_reading_of_one_look_is_the_ordinary_one() -> None:
    assert boundaries(1)[0] == pytest.approx(1.959964, abs=1e-6)
    assert p_of_look(1.2, 1, 1) == pytest.approx(math.erfc(1.2 / math.sqrt(2)), abs=2e-3)


@pytest.mark.parametrize("look", [3, 7, 14])
def test_the_p_of_a_look_is_alpha_where_the_boundary_is_crossed(look: int) -> None:
    for alpha in (0.05, 0.1, 0.037):
        z = boundaries(14, alpha)[look - 1]
        assert p_of_look(z + 1e-6, look, 14, alpha) < alpha < p_of_look(z - 1e-6, look, 14, alpha)
        assert p_of_look(-z, look, 14) == pytest.approx(alpha, rel=0.02)
