"""Whether a run stands for whole weeks, and whether its effect is another on some weekdays."""

import numpy as np
import polars as pl
import pytest

from journey.experiments.checks.weekdays import heterogeneity, weekdays_in
from journey.experiments.judge.effect import Effect, Side
from journey.experiments.metric import ExperimentMetric
from journey.experiments.units import Units

DAY = 86_400_000
MONDAY = 1772409600000  # 2026-03-02


def units(days: int, each: int = 20, effect: dict[int, float] | None = None, start: int = MONDAY) -> Units:
    """So many units of either variant on each day from a Monday on; half do it, of the treated on these weekdays more."""
    day = np.repeat(np.arange(days), 2 * each)
    treated = np.tile(np.repeat([0, 1], each), days)
    chance = 0.5 + treated * np.array([(effect or {}).get(int(d) % 7, 0.0) for d in day])
    did = (np.tile(np.arange(each), 2 * days) + 0.5) / each < chance
    frame = pl.DataFrame(
        {
            "unit": np.arange(len(day)),
            "arm": np.where(treated, "b", "a"),
            "exposed_at": start + day * DAY,
            "y0": did.astype(float),
            "x0": 1.0,
        }
    )
    return Units(frame, ("a", "b"), (ExperimentMetric("did", role="primary"),), 0, (0,))


@pytest.mark.parametrize(
    ("days", "running", "state", "told"),
    [
        (14, False, "fine", "It ran for 14 days, 2 whole weeks: every weekday counts alike."),
        (
            10,
            False,
            "fine",
            "It ran for 10 days, from a Monday to a Wednesday, which is 1 whole week and 3 more: Monday to Wednesday count",
        ),
        (8, True, "fine", "Monday counts once more than the others. With Sunday, 15 March 2026 it would have whole weeks."),
        (3, True, "look", "It has run for 3 days so far, less than a week: it has seen Monday to Wednesday only, and other days bring"),
        (1, False, "look", "It ran for 1 day, less than a week: it has seen Monday only"),
    ],
)
def test_how_long_it_ran_is_said_in_weeks(days: int, running: bool, state: str, told: str) -> None:
    found = weekdays_in(units(days), 0, "UTC", running)
    assert found.state == state and told in found.sentence
    assert [row["times seen"] for row in found.rows] == [days // 7 + (n < days % 7) for n in range(7)]


def test_days_are_those_of_the_zone() -> None:
    found = weekdays_in(units(1, start=MONDAY + DAY - 1), 0, "Asia/Tokyo", False)
    assert "it has seen Tuesday only" in found.sentence


def test_an_effect_that_differs_by_weekday_is_told_with_the_days_it_is_greatest_and_least() -> None:
    found = weekdays_in(units(28, 100, {5: 0.3, 6: 0.3}), 0, "UTC", False)
    assert found.state == "look" and "differs by weekday" in found.sentence and "on Saturdays" in found.sentence
    assert "not told apart between weekdays" in weekdays_in(units(28, 100, dict.fromkeys(range(7), 0.2)), 0, "UTC", False).sentence
    assert "Too few units a weekday" in weekdays_in(units(7, 5), 0, "UTC", False).sentence


def test_cochrans_q_is_that_of_another_implementation() -> None:
    from scipy.stats import chi2
    from statsmodels.stats.meta_analysis import combine_effects

    rng = np.random.default_rng(2)
    sizes, errors = rng.normal(0, 1, 6), rng.uniform(0.2, 1.5, 6)
    effects = [Effect(Side(1, 0.0, 0.0, 0.0), Side(1, size, size, error**2)) for size, error in zip(sizes, errors, strict=True)]
    theirs = combine_effects(sizes, errors**2).q
    assert heterogeneity(effects) == pytest.approx(chi2.sf(theirs, 5), rel=1e-9)
    assert heterogeneity(effects[:1]) is None
