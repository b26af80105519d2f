"""Intervals against statsmodels and published values, and what they cover in a simulation."""

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from journey.inference import difference_of_shares, mean_interval, ratio_interval, wilson


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 1000), (81, 263)])
def test_wilson_agrees_with_statsmodels(k: int, n: int) -> None:
    assert wilson(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)


def test_newcombe_gives_the_published_interval() -> None:
    """Newcombe 1998, table II, contrast (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    assert difference_of_shares(56, 70, 48, 80) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_newcombe_agrees_with_statsmodels() -> None:
    low, high = confint_proportions_2indep(9, 10, 3, 10, method="newcomb")
    assert difference_of_shares(9, 10, 3, 10) == pytest.approx((0.6, low, high), abs=1e-9)


def test_nothing_is_said_of_an_empty_group() -> None:
    assert wilson(0, 0) is None
    assert difference_of_shares(1, 2, 0, 0) is None
    assert mean_interval(1.0, 0.0, 1) is None
    assert ratio_interval(0, 0, 0, 0, 0, 5) is None


def test_wilson_covers_a_rare_share_as_often_as_it_says() -> None:
    draws = np.random.default_rng(1).binomial(300, 0.01, 4000)
    inside = [low <= 0.01 <= high for low, high in (wilson(int(k), 300) for k in draws)]
    assert 0.93 < np.mean(inside) < 0.98


def test_the_ratio_interval_covers_when_orders_cluster_by_customer() -> None:
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(600):
        orders = rng.poisson(2, 400)
        value = orders * rng.gamma(2, 10, 400)
        low, high = ratio_interval(value.sum(), orders.sum(), (value**2).sum(), (orders**2).sum(), (value * orders).sum(), 400)
        inside.append(low <= 20 <= high)
    assert 0.925 < np.mean(inside) < 0.975
