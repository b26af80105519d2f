"""Other experiments at the same time: who is in both, whether the dice are independent, whether one acts on the other."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2_contingency

from journey.experiments.checks.overlap import independent, overlap_in, overlap_with, seen_elsewhere
from journey.experiments.metric import ExperimentMetric
from journey.experiments.read import exposures
from journey.experiments.units import Units
from tests.drawn import drawn


def both(n: int, chance: dict[tuple[str, str], float], joint: float = 0.5, seed: int = 3) -> tuple[Units, pl.DataFrame]:
    """n units here, all in another experiment; joint: chance of its b for who is b here (1 - joint for who is a)."""
    rng = np.random.default_rng(seed)
    here = np.where(rng.random(n) < 0.5, "b", "a")
    there = np.where(rng.random(n) < np.where(here == "b", joint, 1 - joint), "b", "a")
    y = (rng.random(n) < [chance.get((h, t), 0.2) for h, t in zip(here, there, strict=True)]).astype(float)
    frame = pl.DataFrame({"unit": np.arange(n), "arm": here, "exposed_at": 0, "y0": y, "x0": 1.0})
    elsewhere = pl.DataFrame({"experiment": "other", "unit": np.arange(n), "arm": there})
    return Units(frame, ("a", "b"), (ExperimentMetric("did", role="primary"),), 0, (0,)), elsewhere


def test_nobody_in_another_is_fine() -> None:
    told, elsewhere = both(50, {})
    assert overlap_in(told, 0, elsewhere.head(0)).sentence == "No unit was in another experiment at the same time."


def test_independent_dice_are_told_to_be_even_with_the_share_in_both() -> None:
    told, elsewhere = both(2000, {})
    found = overlap_in(told, 0, elsewhere.head(500))
    assert found.state == "fine" and found.sentence.startswith("25% of the units were in 'other' as well. Their variants are spread evenly")
    assert sum(row["units in a"] + row["units in b"] for row in found.rows) == 500


def test_shared_dice_raise_an_alarm() -> None:
    found = overlap_in(*_with(both(1000, {}, joint=0.7)))
    assert found.state == "alarm" and "share their dice" in found.sentence


def test_two_that_act_on_each_other_are_told_with_how_much() -> None:
    """Each alone does nothing; together they add 15 points."""
    told, elsewhere = both(6000, {("b", "b"): 0.35})
    found = overlap_in(told, 0, elsewhere)
    assert found.state == "look" and "the two act on each other" in found.sentence
    act = overlap_with(told, 0, "other", elsewhere, told.frame.select("unit", "arm")).interactions[0]
    assert act.interval[0] < 0.15 < act.interval[1] and (act.arm, act.other_arm, act.against) == ("b", "b", "a")


def test_the_difference_of_effects_worked_by_hand() -> None:
    """100 units a cell.  There a: 20 and 30 did it; there b: 20 and 50.  Effects .1 and .3; the difference is .2."""
    cells = [("a", "a", 20), ("b", "a", 30), ("a", "b", 20), ("b", "b", 50)]
    rows = [(here, there, float(n < did)) for here, there, did in cells for n in range(100)]
    frame = pl.DataFrame({"unit": range(400), "arm": [row[0] for row in rows], "exposed_at": 0, "y0": [row[2] for row in rows], "x0": 1.0})
    told = Units(frame, ("a", "b"), (ExperimentMetric("did", role="primary"),), 0, (0,))
    there = pl.DataFrame({"experiment": "other", "unit": range(400), "arm": [row[1] for row in rows]})
    act = overlap_with(told, 0, "other", there, frame.select("unit", "arm")).interactions[0]
    error = np.sqrt((0.2 * 0.8 * 2 + 0.3 * 0.7 + 0.5 * 0.5) / 100)
    assert act.difference == pytest.approx(0.2)
    assert act.interval == pytest.approx((0.2 - 1.959964 * error, 0.2 + 1.959964 * error), abs=1e-6)


def test_independence_is_that_of_another_implementation() -> None:
    table = np.array([[30.0, 50.0, 20.0], [45.0, 40.0, 35.0]])
    assert independent(table) == pytest.approx(chi2_contingency(table).pvalue, rel=1e-9)
    assert independent(np.array([[3.0, 5.0], [4.0, 1.0]])) is None and independent(np.array([[30.0, 50.0]])) is None


def test_who_saw_another_in_this_time_is_read_from_the_log() -> None:
    con = drawn(
        "ann 09:00 seen{experiment=x,variant=a} 10:00 seen{experiment=y,variant=b} +9d seen{experiment=z,variant=a}",
        "bob 09:00 seen{experiment=y,variant=a} +1d 09:00 seen{experiment=y,variant=b}",
    )
    where = exposures(con)
    assert where is not None
    found = seen_elsewhere(con, where, "x", 0, 1772409600000 + 5 * 86_400_000)
    assert found.rows() == [("y", 0, "b")]  # bob saw both of y, ann's z came later


def test_an_experiment_that_began_before_and_still_ran_counts_all_who_saw_it() -> None:
    con = drawn(
        "ann 09:00 seen{experiment=w,variant=a} 10:00 seen{experiment=v,variant=a}",
        "bob +2d 09:00 seen{experiment=w,variant=b} 10:00 seen{experiment=x,variant=a}",
    )
    where = exposures(con)
    assert where is not None
    day = 86_400_000
    found = seen_elsewhere(con, where, "x", 1772409600000 + day, 1772409600000 + 5 * day)
    assert found.rows() == [("w", 0, "a"), ("w", 1, "b")]  # v was over by then


def _with(drawn_both: tuple[Units, pl.DataFrame]) -> tuple[Units, int, pl.DataFrame]:
    return drawn_both[0], 0, drawn_both[1]
