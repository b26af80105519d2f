"""Drift: exact values, what chance alone makes of few customers, and a shift of many that matters to nobody."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm

from journey.inference.drift import counted, drift_of, largest_gap, spread_of, stability_index

FOLDER = os.environ.get("JOURNEY_CASES")
needs_cases = pytest.mark.skipif(not FOLDER, reason="JOURNEY_CASES does not name the folder of reference values")


def reference(name: str) -> dict[str, Any]:
    values = json.loads((Path(FOLDER or "") / "reference_values.json").read_text())
    return next(one["expected"] for one in values if one["name"] == name)


@needs_cases
@pytest.mark.parametrize(("name", "shift"), [("psi_normal_shift_0.1", 0.1), ("psi_normal_shift_0.5", 0.5)])
def test_the_index_of_a_shifted_normal_is_the_exact_one(name: str, shift: float) -> None:
    edges = norm.ppf(np.arange(1, 10) / 10)
    before, now = np.full(10, 0.1), np.diff(norm.cdf(np.concatenate([[-np.inf], edges, [np.inf]]) - shift))
    assert stability_index(before, now) == pytest.approx(reference(name)["psi"], abs=1e-6)


@needs_cases
@pytest.mark.parametrize(("name", "size"), [("psi_null_n100", 100), ("psi_null_n500", 500)])
def test_without_drift_the_index_is_what_chance_makes_of_it(name: str, size: int) -> None:
    rng, wanted = np.random.default_rng(5), reference(name)
    reference_draws = spread_of(rng.normal(size=10_000))
    drawn = [drift_of(reference_draws.counts, counted(rng.normal(size=size), reference_draws)) for _ in range(3000)]
    index = np.array([one.index for one in drawn], dtype=float)
    assert index.mean() == pytest.approx(wanted["mean"], rel=0.06)
    assert np.quantile(index, 0.95) == pytest.approx(wanted["p95"], rel=0.06)
    assert (index > 0.1).mean() == pytest.approx(wanted["frac_over_0p1"], abs=0.03)
    assert drawn[0].by_chance is not None and drawn[0].by_chance[0] == pytest.approx(wanted["approx_mean"], rel=0.01)
    # the null's own alarm is rare where the usual rule of "over 0.1" cries wolf
    assert np.mean([one.is_drift for one in drawn]) < 0.01


@needs_cases
def test_a_trifling_shift_of_many_is_certain_and_no_drift() -> None:
    wanted = reference("ks_big_n_trap")
    assert largest_gap_p(wanted["D"], 100_000) == pytest.approx(wanted["p"], rel=0.05)
    rng = np.random.default_rng(3)
    before, now = rng.normal(size=100_000), rng.normal(0.02, size=100_000)
    spread = spread_of(before)
    found = drift_of(spread.counts, counted(now, spread))
    gap = largest_gap(before, now)
    assert gap is not None and gap[1] < 0.01
    assert found.index is not None and found.index < 0.002
    assert not found.is_drift


def largest_gap_p(gap: float, size: int) -> float:
    from scipy.special import kolmogorov

    return float(kolmogorov(np.sqrt(size / 2) * gap))


def test_the_largest_gap_agrees_with_scipy() -> None:
    rng = np.random.default_rng(1)
    before, now = rng.normal(size=400), rng.normal(0.1, size=300)
    wanted, found = ks_2samp(before, now, method="asymp"), largest_gap(before, now)
    assert found is not None and found[0] == pytest.approx(wanted.statistic)
    assert found[1] == pytest.approx(wanted.pvalue, rel=0.15)
    assert largest_gap(before, now[:0]) is None


def test_equal_numbers_are_never_parted_and_the_unknown_are_counted() -> None:
    values = np.array([0.0] * 70 + [1.0] * 20 + [5.0] * 5 + [np.nan] * 5)
    spread = spread_of(values)
    assert spread.counts[-1] == 5 and sum(spread.counts) == 100
    assert spread.counts[0] == 70
    assert counted(values, spread) == spread.counts


def test_a_real_shift_is_drift() -> None:
    rng = np.random.default_rng(2)
    spread = spread_of(rng.normal(size=2000))
    assert drift_of(spread.counts, counted(rng.normal(1, size=500), spread)).is_drift


@pytest.mark.parametrize(("before", "now", "why"), [([0, 0], [1, 2], "nobody to compare with"), ([5, 0], [0, 0], "nobody to compare")])
def test_of_nobody_nothing_is_said(before: list[float], now: list[float], why: str) -> None:
    found = drift_of(before, now)
    assert (found.index, found.p, found.why, found.is_drift) == (None, None, why, False)


def test_where_all_are_alike_there_is_no_drift() -> None:
    assert drift_of([10, 0], [7, 0]).as_plain()["psi"] == 0.0


def test_an_empty_bin_stays_finite() -> None:
    found = drift_of([50, 50, 0], [40, 40, 20])
    assert found.index is not None and np.isfinite(found.index) and found.is_drift
