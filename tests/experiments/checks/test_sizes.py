"""Too few units, outliers, and units in several variants."""

import numpy as np
import polars as pl
import pytest

from journey.experiments.checks.sizes import crossed_in, outliers_in, small_in
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.units import Units

SHARE = ExperimentMetric("did", role="primary")
MONEY = ExperimentMetric("money", "mean", value=Counted("buy", "sum", "price"))


def units(metric: ExperimentMetric, a: np.ndarray, b: np.ndarray, crossed: int = 0) -> Units:
    y = np.concatenate([a, b]).astype(float)
    frame = pl.DataFrame({"unit": np.arange(len(y)), "arm": ["a"] * len(a) + ["b"] * len(b), "exposed_at": 0, "y0": y, "x0": 1.0})
    return Units(frame, ("a", "b"), (metric,), crossed, (0,))


def doers(did: int, n: int) -> np.ndarray:
    return np.repeat([1, 0], [did, n - did])


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (doers(20, 60), doers(50, 500), "Only 60 units of a for did (100 are wanted)"),
        (doers(50, 500), doers(4, 500), "Only 4 of b did it for did (10 are wanted)"),
        (doers(497, 500), doers(450, 500), "Only 3 of a did not do it for did (10 are wanted)"),
        (doers(50, 500), doers(60, 450), "There are enough units (450 in the smallest variant)"),
    ],
)
def test_too_few_for_the_intervals_is_said(a: np.ndarray, b: np.ndarray, told: str) -> None:
    found = small_in(units(SHARE, a, b))
    assert told in found.sentence and found.state == ("fine" if "enough" in told else "look")


def test_skewness_harms_only_where_variants_are_unlike_in_size() -> None:
    """Both as skewed as can be: alike in size it takes itself away; nine to one it is that of a single mean, nearly."""
    rng = np.random.default_rng(4)
    values = rng.lognormal(0, 2, 20_000)
    assert small_in(units(MONEY, values[:10_000], values[10_000:])).state == "fine"
    found = small_in(units(MONEY, values[:18_000], values[18_000:]))
    assert found.state == "look" and "Winsorising it would help" in found.sentence
    apart = np.concatenate([values[:18_000] - values[:18_000].mean(), values[18_000:] - values[18_000:].mean()])
    single = (apart**3).mean() / (apart**2).mean() ** 1.5
    by_hand = single * (1 / 2000**2 - 1 / 18_000**2) / (1 / 2000 + 1 / 18_000) ** 1.5
    assert found.rows[0]["skewness"] == pytest.approx(by_hand)


def test_a_few_great_values_that_carry_the_estimate_are_told_with_it_cut() -> None:
    a = np.tile([0.0, 1.0, 2.0, 3.0], 300)
    b = a.copy()
    b[:10] = 200.0
    found = outliers_in(units(MONEY, a, b), units(MONEY, a, b))
    assert found is not None and found.state == "look" and "A few great values matter for money of b" in found.sentence
    assert "It is read uncut" in found.sentence
    row = found.rows[0]
    assert (row["cut at"], row["quantile"]) == (3.0, 0.99)
    assert row["difference uncut"] == pytest.approx(b.mean() - a.mean()) and abs(row["difference cut"]) < 0.02
    assert row["share of the greatest 1%"] == pytest.approx((10 * 200 + 14 * 3) / (a.sum() + b.sum()))


def test_steady_means_are_told_to_be_steady_and_shares_are_passed_over() -> None:
    steady = units(MONEY, np.tile([1.0, 2.0], 200), np.tile([1.0, 3.0], 200))
    found = outliers_in(steady, steady)
    assert found is not None and found.state == "fine"
    share, nothing = units(SHARE, doers(5, 10), doers(5, 10)), units(MONEY, np.zeros(50), np.zeros(50))
    assert outliers_in(share, share) is None and outliers_in(nothing, nothing) is None


def test_where_few_have_any_the_greatest_of_those_are_cut() -> None:
    """4 of 1,000 have any, one of them a thousand: the 99% quantile of all would cut everything to nought."""
    a, b = np.zeros(500), np.zeros(500)
    a[:2], b[:2] = 10.0, (10.0, 1000.0)
    found = outliers_in(units(MONEY, a, b), units(MONEY, a, b))
    assert found is not None and found.rows[0]["quantile"] == pytest.approx(1 - 0.01 * 0.004)
    assert 10 < found.rows[0]["cut at"] < 1000


@pytest.mark.parametrize(("crossed", "state"), [(0, "fine"), (1, "fine"), (5, "look"), (60, "alarm")])
def test_units_in_several_variants_are_counted(crossed: int, state: str) -> None:
    found = crossed_in(units(SHARE, doers(5, 100), doers(5, 100), crossed))
    assert found.state == state
    assert (f"{crossed:,} unit" in found.sentence) == bool(crossed)


def test_numbers_without_bounds_are_said_to_tell_nothing() -> None:
    a, b = np.geomspace(1e290, 1e300, 200), np.geomspace(1e290, 1e300, 150)
    found = outliers_in(units(MONEY, a, b), units(MONEY, a, b))
    assert found is not None and "its uncertainty is not known" in found.sentence
    assert small_in(units(MONEY, a, b)).rows[0]["skewness"] is not None
