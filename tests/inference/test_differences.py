"""Tests of two groups, against scipy and statsmodels, and what they refuse to say."""

import numpy as np
import pytest
from scipy.stats import chisquare, fisher_exact, ttest_ind_from_stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from journey.inference.differences import adjusted, difference_of_means, p_of_counts, p_of_shares
from tests.actions.cases import case


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(1, 10, 0, 990), (0, 4, 7, 9), (3, 3, 0, 3), (2, 500, 4, 400), (0, 7, 1, 900)])
def test_few_are_told_apart_by_the_exact_test(k1: int, n1: int, k2: int, n2: int) -> None:
    assert p_of_shares(k1, n1, k2, n2) == pytest.approx(fisher_exact([[k1, n1 - k1], [k2, n2 - k2]])[1], rel=1e-9)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(30, 100, 50, 100), (500, 5000, 300, 2000)])
def test_many_are_told_apart_by_the_z_test(k1: int, n1: int, k2: int, n2: int) -> None:
    assert p_of_shares(k1, n1, k2, n2) == pytest.approx(proportions_ztest([k1, k2], [n1, n2])[1], rel=1e-9)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(0, 10, 0, 10), (10, 10, 5, 5), (0, 0, 1, 2)])
def test_where_nobody_or_everybody_did_it_nothing_is_tested(k1: int, n1: int, k2: int, n2: int) -> None:
    assert p_of_shares(k1, n1, k2, n2) is None


@pytest.mark.parametrize("name", ["srm_ok_5050", "srm_15752_15257", "hillstrom_srm"])
def test_groups_are_held_to_the_sizes_they_were_meant_to_have(name: str) -> None:
    told = case(name)["inputs"]["n"]
    counts = list(told.values()) if isinstance(told, dict) else told
    assert p_of_counts(counts) == pytest.approx(case(name)["expected"]["p"], abs=1e-6)


def test_shares_that_were_not_alike_are_meant_as_they_were() -> None:
    assert p_of_counts([130, 870], [0.1, 0.9]) == pytest.approx(chisquare([130, 870], [100, 900]).pvalue, rel=1e-9)
    assert p_of_counts([5, 0]) == pytest.approx(chisquare([5, 0]).pvalue, rel=1e-9)
    assert [p_of_counts([]), p_of_counts([4]), p_of_counts([0, 0]), p_of_counts([4, 4], [1.0, 0.0])] == [None] * 4


def test_means_are_compared_as_welch_does() -> None:
    found = difference_of_means(5.0, 4.0, 20, 6.5, 9.0, 12)
    reference = ttest_ind_from_stats(5.0, 2.0, 20, 6.5, 3.0, 12, equal_var=False)
    assert found is not None
    assert found[0] == -1.5
    assert found[3] == pytest.approx(reference.pvalue, rel=1e-9)
    freedom = (4 / 20 + 9 / 12) ** 2 / ((4 / 20) ** 2 / 19 + (9 / 12) ** 2 / 11)
    from scipy.stats import t

    half = t.ppf(0.975, freedom) * np.sqrt(4 / 20 + 9 / 12)
    assert found[1:3] == pytest.approx((-1.5 - half, -1.5 + half), rel=1e-9)


@pytest.mark.parametrize(("variance", "n"), [(0.0, 5), (2.0, 1)])
def test_means_without_spread_or_of_one_value_are_not_compared(variance: float, n: int) -> None:
    assert difference_of_means(1.0, variance, n, 2.0, variance, n) is None


def test_many_tests_are_adjusted_as_by_benjamini_and_hochberg() -> None:
    ps = list(np.random.default_rng(4).uniform(size=40) ** 3)
    assert adjusted(ps) == pytest.approx(list(multipletests(ps, method="fdr_bh")[1]))
    assert adjusted([None, 0.04, None, 0.01]) == [None, pytest.approx(0.04), None, pytest.approx(0.02)]
    assert adjusted([]) == []
