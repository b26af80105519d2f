"""Fairness by group: the definitions of fairlearn, minimum sizes, and differences told only beyond chance."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from journey.inference.fairness import Fairness, Treatment, measure_fairness

FOLDER = os.environ.get("JOURNEY_CASES")


def cells(tp: int, fp: int, fn: int, tn: int) -> tuple[np.ndarray, np.ndarray]:
    """(label, chosen)."""
    return np.repeat([1, 0, 1, 0], [tp, fp, fn, tn]), np.repeat([True, True, False, False], [tp, fp, fn, tn])


@pytest.mark.skipif(not FOLDER, reason="JOURNEY_CASES does not name the folder of reference values")
def test_the_rates_are_those_of_fairlearn() -> None:
    values = json.loads((Path(FOLDER or "") / "reference_values.json").read_text())
    case = next(one for one in values if one["name"] == "fairness_tiny")
    parts = {name: cells(**case["inputs"][name]) for name in ("A", "B")}
    label, chosen = (np.concatenate([parts[name][side] for name in ("A", "B")]) for side in (0, 1))
    group = [name for name in ("A", "B") for _ in parts[name][0]]
    found, wanted = measure_fairness("plan", group, label, chosen * 0.5, chosen), case["expected"]
    for treatment in found.groups:
        rates = treatment.as_plain()
        assert {name: rates[name] for name in ("selection", "tpr", "fpr", "precision")} == pytest.approx(wanted[treatment.group], abs=1e-12)
    assert found.selection_difference == pytest.approx(wanted["dp_diff"], abs=1e-12)
    assert found.selection_ratio == pytest.approx(wanted["dp_ratio"], abs=1e-12)
    assert found.odds_difference == pytest.approx(wanted["eo_diff"], abs=1e-12)


def test_small_groups_are_shown_and_not_compared() -> None:
    found = Fairness("plan", (Treatment("free", 500, 100, 50, 30, 0.2), Treatment("plus", 40, 20, 40, 20, 0.2)))
    assert (found.selection_difference, found.odds_difference, found.apart()) == (None, None, ())
    assert [group["enough"] for group in found.as_plain()["groups"]] == [True, False]


def test_differences_are_told_beyond_chance_only() -> None:
    alike = Fairness("plan", (Treatment("free", 500, 100, 50, 30, 0.2), Treatment("plus", 400, 80, 44, 27, 0.2)))
    apart = Fairness("plan", (Treatment("free", 500, 100, 50, 30, 0.2), Treatment("plus", 400, 80, 120, 70, 0.2)))
    few = Fairness("plan", (Treatment("free", 5000, 2000, 0, 0, 0.2), Treatment("plus", 170, 50, 2, 2, 0.2)))
    assert alike.apart() == few.apart() == ()
    assert apart.apart()[0] == 'Of "plus" for whom it came true 88% are chosen, of "free" 30%: a difference beyond chance.'


def test_calibration_is_what_came_beside_what_was_promised() -> None:
    label = np.array([1] * 30 + [0] * 70)
    found = measure_fairness("plan", [None] * 100, label, np.full(100, 0.2), np.zeros(100, bool)).groups[0]
    assert found.calibration is not None
    assert found.calibration[0] == pytest.approx(0.1)
    assert found.calibration[1][0] == pytest.approx(0.2189 - 0.2, abs=1e-3)
    assert found.group == "" and found.precision is None


def test_those_whose_group_is_not_known_are_shown_and_compared_with_nobody() -> None:
    found = Fairness("plan", (Treatment("", 500, 100, 400, 90, 0.2), Treatment("free", 400, 80, 40, 27, 0.2)))
    assert (len(found.groups), found.selection_difference, found.apart()) == (2, None, ())
