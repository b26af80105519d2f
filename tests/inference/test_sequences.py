"""Confidence sequences, against published and peer values, and by how seldom they leave the truth out over many looks."""

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from journey.inference import Z95
from journey.inference.sequences import TUNED_AT, always_valid_half, sequence_rho

CASES = os.environ.get("JOURNEY_CASES")


def case(name: str) -> dict[str, Any]:
    if CASES is None:
        pytest.skip("JOURNEY_CASES names no folder with reference values")
    found = json.loads((Path(CASES) / "reference_values.json").read_text())
    return next(one for one in found if one["name"] == name)


def test_the_width_is_the_published_one() -> None:
    told, expected = case("asympCS_halfwidth_n500")["inputs"], case("asympCS_halfwidth_n500")["expected"]
    half = always_valid_half(told["sigma2"], told["n"], told["alpha"], told["tuned_at"])
    assert sequence_rho(told["alpha"], told["tuned_at"]) == pytest.approx(expected["rho"], abs=1e-8)
    assert half == pytest.approx(expected["halfwidth"], abs=1e-8)
    assert half is not None and half / (Z95 / math.sqrt(told["n"])) == pytest.approx(expected["ratio_to_fixed_z"], abs=1e-8)


def ever_left_out(always: bool, runs: int, days: int = 14, a_day: int = 500, chance: float = 0.2) -> float:
    """The share of experiments without any effect in which some day's 95% interval of the difference leaves out zero."""
    rng = np.random.default_rng(11)
    done = rng.binomial(a_day, chance, (runs, 2, days)).cumsum(axis=2)
    n = a_day * np.arange(1, days + 1)
    share = done / n
    spread = (share * (1 - share)).sum(axis=1) / n
    unit = np.array([always_valid_half(1.0, int(2 * one)) or 0.0 for one in n]) * np.sqrt(2 * n)
    return float((np.abs(share[:, 0] - share[:, 1]) > np.sqrt(spread) * (unit if always else Z95)).any(axis=1).mean())


def test_of_experiments_without_effect_looked_at_daily_few_are_called_different() -> None:
    assert ever_left_out(always=True, runs=20_000) == pytest.approx(0.012, abs=0.004)


def test_of_the_same_an_ordinary_interval_calls_a_fifth_different() -> None:
    assert ever_left_out(always=False, runs=20_000) == pytest.approx(0.222, abs=0.02)


@pytest.mark.parametrize("n", [50, 500, 5_000, 500_000])
def test_it_is_wider_than_an_interval_of_one_look_and_closes(n: int) -> None:
    half = always_valid_half(1.0, n)
    assert half is not None and Z95 / math.sqrt(n) < half < 3 * Z95 / math.sqrt(n) * max(1, math.sqrt(500 / n))


def test_it_is_tightest_where_it_is_tuned() -> None:
    here = always_valid_half(1.0, TUNED_AT)
    assert here is not None
    for elsewhere in (TUNED_AT // 5, TUNED_AT * 5):
        assert here < (always_valid_half(1.0, TUNED_AT, tuned_at=elsewhere) or 0)


@pytest.mark.parametrize(("variance", "n"), [(1.0, 1), (1.0, 0), (float("nan"), 10), (-1.0, 10)])
def test_nothing_is_said_of_too_few_or_of_no_variance_at_all(variance: float, n: int) -> None:
    assert always_valid_half(variance, n) is None
