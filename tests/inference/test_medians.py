"""Intervals of medians: by hand, against published ranks, and by how often they hold the truth."""

import numpy as np
import pytest
from scipy.stats import quantile_test

from journey.inference.medians import difference_of_medians, median_interval

LOOKS = 1500


def test_nine_values_lie_between_the_second_and_the_eighth() -> None:
    """P(B <= 1) of 9 tosses is 10/512 = .0195, P(B <= 2) is 46/512 = .09: the second from each end covers 96.1%."""
    assert median_interval([9, 1, 8, 2, 7, 3, 6, 4, 5]) == (2, 8)


def test_too_few_values_have_no_interval() -> None:
    """Of five, the smallest and the largest cover the median with 1 - 2/32 = 93.75% only."""
    assert median_interval([1, 2, 3, 4, 5]) is None
    assert median_interval([]) is None
    assert median_interval([1, 2, 3, 4, 5, 6]) == (1, 6)
    assert difference_of_medians([1] * 5, [1] * 9) is None


@pytest.mark.parametrize(("n", "rank"), [(10, 2), (15, 4), (20, 6), (25, 8), (50, 18), (100, 40)])
def test_ranks_are_those_of_the_sign_test(n: int, rank: int) -> None:
    """Source: Conover 1999, Practical Nonparametric Statistics, table A3, binomial with p = 1/2."""
    assert median_interval(range(1, n + 1)) == (rank, n + 1 - rank)


def test_a_second_implementation_agrees() -> None:
    values = np.random.default_rng(3).exponential(size=80)
    told = quantile_test(values, q=0, p=0.5).confidence_interval(confidence_level=0.95)
    assert median_interval(values) == (pytest.approx(told.low), pytest.approx(told.high))


def test_the_interval_of_a_median_holds_it_as_often_as_it_says() -> None:
    rng, truth = np.random.default_rng(1), np.log(2)
    held = sum(low <= truth <= high for low, high in (median_interval(rng.exponential(size=41)) or (1, 0) for _ in range(LOOKS)))
    assert 0.94 <= held / LOOKS <= 0.98


@pytest.mark.parametrize(("n", "m"), [(12, 15), (40, 120), (400, 300)])
def test_the_interval_of_a_difference_holds_it_as_often_as_it_says(n: int, m: int) -> None:
    """Skewed times, the second group 1.5 times as slow: 95% within what 1,500 looks can tell, and never far below."""
    rng, truth = np.random.default_rng(n), np.exp(1) - 1.5 * np.exp(1)
    held = 0
    for _ in range(LOOKS):
        _, low, high = difference_of_medians(rng.lognormal(1, 1, n), 1.5 * rng.lognormal(1, 1, m)) or (0, 1, 0)
        held += low <= truth <= high
    assert 0.93 <= held / LOOKS <= 0.985


def test_a_difference_is_that_of_the_medians_and_turns_with_its_sides() -> None:
    first, second = [1, 2, 3, 4, 5, 6, 7], [11, 12, 13, 14, 15, 16, 17, 18]
    difference, low, high = difference_of_medians(first, second) or (0, 0, 0)
    assert difference == 4 - 14.5 and low < difference < high
    assert difference_of_medians(second, first) == pytest.approx((-difference, -high, -low))
