"""Units of each variant, by formulas whose answers are published, and by peers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize, samplesize_proportions_2indep_onetail

from journey.errors import QuestionError
from journey.experiments.judge import HowRead, compare
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import moments_of_share
from journey.experiments.power import FORMULAS, Design, inflation, planned_inflation, power_at, smallest_effect, units_needed
from journey.experiments.power.looks import power_always_valid, power_of_looks, units_always_valid
from journey.inference.boundaries import boundaries

OBRIEN_FLEMING = tuple(2.0400731748193413 / math.sqrt(look / 5) for look in range(1, 6))
POCOCK = (2.4131762200798934,) * 5


def test_a_share_of_20_that_becomes_25_takes_what_each_source_says() -> None:
    """Evan Miller's page says 1,030."""
    assert {name: math.ceil(units_needed(Design("share", 0.2, formula=name), 0.05)) for name in FORMULAS["share"]} == {
        "pooled": 1094,
        "baseline": 1031,  # 1,030.2: the page rounds
        "arcsine": 1092,
    }


@pytest.mark.parametrize(("p", "q", "alpha", "power"), [(0.2, 0.25, 0.05, 0.8), (0.03, 0.033, 0.01, 0.9), (0.6, 0.5, 0.1, 0.7)])
def test_shares_agree_with_statsmodels(p: float, q: float, alpha: float, power: float) -> None:
    design = Design("share", p, power=power, alpha=alpha)
    theirs = samplesize_proportions_2indep_onetail(q - p, p, power, alpha=alpha, alternative="two-sided")
    assert units_needed(design, q - p) == pytest.approx(theirs, rel=1e-7)
    uneven = samplesize_proportions_2indep_onetail(q - p, p, power, ratio=0.25, alpha=alpha, alternative="two-sided")  # of the other one
    assert units_needed(Design("share", q, None, power, alpha, ratio=0.25), p - q) == pytest.approx(uneven, rel=1e-7)
    by_h = NormalIndPower().solve_power(abs(proportion_effectsize(p, q)), alpha=alpha, power=power, ratio=1)
    assert units_needed(Design("share", p, None, power, alpha, formula="arcsine"), q - p) == pytest.approx(by_h, rel=1e-6)


@pytest.mark.parametrize("ratio", [0.25, 1.0, 3.0])
@pytest.mark.parametrize("two_sided", [True, False])
def test_means_agree_with_statsmodels_whatever_the_split(ratio: float, two_sided: bool) -> None:
    design = Design("mean", 10, 25.0, 0.85, 0.05, two_sided, ratio)
    theirs = TTestIndPower().solve_power(0.2, alpha=0.05, power=0.85, ratio=ratio, alternative="two-sided" if two_sided else "larger")
    assert units_needed(design, 1.0) == pytest.approx(theirs, rel=1e-6)
    few = TTestIndPower().power(0.2, 7, 0.05, ratio, alternative="two-sided" if two_sided else "larger")
    assert power_at(design, -1.0, 7) == pytest.approx(few, abs=1e-9)  # of a handful, where t is no normal; and downwards alike


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["pooled", "baseline", "arcsine"]),
    st.floats(0.02, 0.9),
    st.floats(0.002, 0.09),
    st.floats(0.3, 0.95),
    st.floats(0.2, 4),
)
def test_the_smallest_effect_of_the_units_an_effect_takes_is_that_effect(
    formula: str, baseline: float, effect: float, power: float, ratio: float
) -> None:
    design = Design("share", baseline, None, power, 0.05, True, ratio, formula)
    n = units_needed(design, effect)
    assert smallest_effect(design, n) == pytest.approx(effect, rel=1e-6)
    assert units_needed(design, effect / 2) > 2 * n


def test_downwards_a_share_cannot_fall_below_nothing() -> None:
    found = smallest_effect(Design("share", 0.2), 1000, down=True)
    assert found is not None and -0.2 < found < 0
    assert smallest_effect(Design("share", 0.01), 100, down=True) is None
    with pytest.raises(QuestionError, match=r"0.2 cannot change by 0.9: it would be 1.1"):
        units_needed(Design("share", 0.2), 0.9)


def test_looking_five_times_inflates_as_jennison_and_turnbull_print() -> None:
    """2000, table 2.4 (O'Brien-Fleming, alpha 5%): 1.028 at power .8, 1.026 at .9; table 2.2 (Pocock): 1.229."""
    assert inflation(OBRIEN_FLEMING, 0.05, 0.8) == pytest.approx(1.028, abs=5e-4)
    assert inflation(OBRIEN_FLEMING, 0.05, 0.9) == pytest.approx(1.026, abs=5e-4)
    assert inflation(POCOCK, 0.05, 0.8) == pytest.approx(1.229, abs=1e-3)


def test_without_a_difference_the_looks_call_one_as_often_as_alpha_says() -> None:
    assert power_of_looks(0.0, boundaries(14, 0.05)) == pytest.approx(0.05, abs=1e-6)
    assert planned_inflation(1, 0.05, 0.8) == pytest.approx(1, abs=1e-5)
    assert 1 < planned_inflation(5, 0.05, 0.8) < planned_inflation(14, 0.05, 0.8) < 1.06


def test_an_always_valid_interval_takes_about_twice_the_units_and_then_leaves_out_zero_as_often_as_asked() -> None:
    """Worked: tuned to its own size, its half is 3.035 standard errors, so ((3.035 + .842) / (1.960 + .842))^2 = 1.914 times."""
    design = Design("mean", 0.0, 1.0)
    n = units_always_valid(design, 0.2, None)
    assert n / units_needed(design, 0.2) == pytest.approx(1.914, abs=0.01)
    assert power_always_valid(design, 0.2, n, None) == pytest.approx(0.8, abs=1e-3)
    assert units_always_valid(design, 0.2, 100) > n < units_always_valid(design, 0.2, 10**6)  # tuned elsewhere it takes more


@pytest.mark.parametrize("kind", ["fixed", "always_valid"])
def test_readings_tell_the_effect_as_often_as_was_promised(kind: str) -> None:
    """500 experiments of the size that 20% against 25% takes: 80% of them tell it, give or take three standard errors."""
    design, rng = Design("share", 0.2), np.random.default_rng(5)
    n = math.ceil(units_needed(design, 0.05) if kind == "fixed" else units_always_valid(design, 0.05, 5_000))
    drawn = rng.binomial(n, [0.2, 0.25], (500, 2)).tolist()
    read = [compare(ExperimentMetric("x"), moments_of_share(k, n), moments_of_share(j, n), HowRead(kind)) for k, j in drawn]
    assert np.mean([one.p is not None and one.p < 0.05 for one in read]) == pytest.approx(0.8, abs=3 * math.sqrt(0.16 / 500))
