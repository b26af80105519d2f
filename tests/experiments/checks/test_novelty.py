"""Whether an effect wears off: said where it is told from noise, and not otherwise."""

import math

import numpy as np
import polars as pl
import pytest

from journey.experiments.checks.novelty import WEEK_MS, by_week, countable, novelty_in, wear_of
from journey.experiments.metric import Counted, ExperimentMetric

DAY = 86_400_000
BOUGHT = ExperimentMetric("Bought", "share", "primary", value=Counted("buy"), within=DAY)
MONEY = ExperimentMetric("Money", "mean", value=Counted("buy", "sum", "price"))


def drawn_effect(seed: int, first: float, later: float, n: int = 3000, days: int = 28) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Units exposed in the first half; .3 deeds in control's first week and .2 in each later one, times these in the treated."""
    rng = np.random.default_rng(seed)
    exposed, treated = np.sort(rng.integers(0, days // 2 * DAY, n)), rng.random(n) < 0.5
    weeks = np.arange(days // 7 + 1)
    lift = np.where(treated[:, None], np.where(weeks == 0, first, later), 1.0)
    often = rng.poisson(np.where(weeks == 0, 0.3, 0.2) * lift * rng.gamma(2, 0.5, n)[:, None])
    unit, week = (np.repeat(place, often.ravel()) for place in np.indices(often.shape).reshape(2, -1))
    ts = exposed[unit] + week * WEEK_MS + rng.integers(0, WEEK_MS, len(unit))
    units = pl.DataFrame({"unit": np.arange(n), "arm": np.where(treated, "new", "old"), "exposed_at": exposed})
    return units, pl.DataFrame({"unit": unit, "ts": ts, "dy": 1.0, "dx": 0.0}, schema_overrides={"ts": pl.Int64}), days * DAY


def test_shares_are_looked_at_as_how_often_without_limit_of_time() -> None:
    told = countable(BOUGHT)
    assert (told.kind, told.value.of, told.value.step, told.within) == ("mean", "count", "buy", None)
    assert countable(MONEY).value == MONEY.value


def test_an_effect_that_wears_off_is_said_with_its_size() -> None:
    units, changes, until = drawn_effect(1, 1.6, 1.0)
    found = novelty_in(MONEY, ("old", "new"), units, changes, until)
    assert found.state == "look" and "The effect of new on Money wears off" in found.sentence and "novelty" in found.sentence
    assert [row["week since exposure"] for row in found.rows] == [1, 2, 3]
    assert found.rows[0]["low"] > 0.3 and found.rows[1]["low"] < 0 < found.rows[1]["high"]
    grown = novelty_in(MONEY, ("old", "new"), *drawn_effect(1, 1.0, 1.6))
    assert grown.state == "look" and "grows" in grown.sentence


def test_a_lasting_effect_is_not_said_to_wear_off_though_all_do_less_later() -> None:
    spoke = sum(novelty_in(MONEY, ("old", "new"), *drawn_effect(seed, 1.5, 1.5, 1500)).state != "fine" for seed in range(60))
    assert spoke <= 4  # of 60 at one in a hundred; more would be four standard errors above


def test_the_change_and_its_error_worked_by_hand() -> None:
    """Old: 30 of 60 units do it once in their first week, and in the second.  New: 45 of 60, then the others' 30.

    log(45 / 30) and log(30 / 30); the change is -log 1.5.
    """
    arm = ["old"] * 60 + ["new"] * 60
    units = pl.DataFrame({"unit": range(120), "arm": arm, "exposed_at": 0}, schema_overrides={"exposed_at": pl.Int64})
    doers = [(n, 0) for n in (*range(30), *range(60, 105))] + [(n, WEEK_MS) for n in (*range(30), *range(90, 120))]
    changes = pl.DataFrame({"unit": [n for n, _ in doers], "ts": [ts for _, ts in doers], "dy": 1.0, "dx": 0.0})
    wear = wear_of(MONEY, "old", "new", units, by_week(units, changes, 2 * WEEK_MS))
    assert (wear.first.ratio, wear.later.ratio) == (pytest.approx(math.log(1.5)), pytest.approx(0))
    assert wear.change == pytest.approx(-math.log(1.5))
    first, later = np.repeat([1 / 0.75, 0], [45, 15]), np.repeat([0, 1 / 0.5], [30, 30])  # of the old both are the same: nought
    assert wear.error == pytest.approx(float(np.std(later - first, ddof=1)) / math.sqrt(60))


def test_too_few_is_said_and_so_is_nobody() -> None:
    units, changes, until = drawn_effect(2, 1.0, 1.0, 40)
    assert "Too early to tell" in novelty_in(MONEY, ("old", "new"), units, changes, until).sentence
    assert novelty_in(MONEY, ("old", "new"), units.head(0), changes.head(0), until).state == "fine"
