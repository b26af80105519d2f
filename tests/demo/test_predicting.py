"""What a model learns from the planted drivers of leaving: their signs and order, and chances that come true as often as told."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from journey.demo import Shop
from journey.demo.leaving import DRIVERS
from journey.predict.table import TablePrediction, predict_from_table
from tests.demo.test_leaving import _week

MONDAYS = range(0, 21, 3)  # every third week from the fifth on


@pytest.fixture(scope="module")
def learned(shop: Shop, events: pl.DataFrame) -> TablePrediction:
    """One row a customer and Monday."""
    left = {name: date.fromisoformat(day) for name, day in shop.truth["leaving"]["left"].items()}
    signup = shop.customers.select("customer", "signup")
    first = date.fromisoformat(shop.truth["window"]["start"]) + timedelta(days=28)
    monday = first + timedelta(days=-first.weekday() % 7)
    weeks = [monday + timedelta(weeks=week) for week in MONDAYS]
    rows = pl.concat([_week(events, week, signup, left).with_columns(customer=pl.col("customer") + f" {week}") for week in weeks])
    return predict_from_table(rows, "left", True, "customer")


def test_the_planted_drivers_are_found_with_their_signs_and_in_their_order(shop: Shop, learned: TablePrediction) -> None:
    """Log-odds a unit, within three standard errors and what the ridge takes; a driver clearly stronger is told as stronger."""
    fitted, truth = learned.fitted, shop.truth["leaving"]["log_odds"]
    spread = np.array(fitted.scaling.spread)
    found = dict(zip(fitted.features, fitted.slope * fitted.weights[: len(spread)] / spread, strict=True))
    errors = dict(zip(fitted.features, fitted.slope * np.sqrt(np.diag(fitted.covariance))[1 : len(spread) + 1] / spread, strict=True))
    for name in DRIVERS:
        assert abs(found[name] - truth[name]) < 3 * errors[name] + 0.05 * abs(truth[name]), name
        assert found[name] * truth[name] > 0, name
    told = sorted(DRIVERS, key=lambda name: found[name])
    for lower, upper in pairwise(told):
        assert truth[lower] < truth[upper] + 2 * (errors[lower] + errors[upper])


def test_chances_come_true_as_often_as_told_and_no_better_than_can_be(shop: Shop, learned: TablePrediction) -> None:
    """Of the ten groups by chance, nine at least hold the told chance in the 99% interval of what came."""
    outside = 0
    for one in learned.proof.bins:
        error = np.sqrt(one.predicted * (1 - one.predicted) / one.n)
        outside += abs(one.share - one.predicted) > 2.58 * error
    assert outside <= 1
    assert learned.proof["auc"] == pytest.approx(shop.truth["leaving"]["best_possible_auc"], abs=0.03)
