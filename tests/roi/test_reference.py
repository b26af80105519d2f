"""The published calculator, the corrected model and its simulation: every figure that is known of ROI."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from journey.ask import ask
from tests.lent import empty_warehouse

FOLDER = os.environ.get("JOURNEY_CASES")
CASES = [case for case in json.loads((Path(FOLDER) / "reference_values.json").read_text()) if case["area"] == "roi"] if FOLDER else []
EXAMPLE = {"customers": 10_000, "churn": 0.05, "lift": 0.1, "revenue_per_month": 100, "cost_per_treated": 5, "tool_per_month": 500}
CORRECTED = {**EXAMPLE, "treated": 0.1, "recall": 0.5, "adoption": 0.6, "margin": 0.7, "setup": 20_000, "discount": 0.01}


def roi(**question: Any) -> dict[str, Any]:
    return ask(empty_warehouse(), {"ask": "roi", **question})


@pytest.mark.parametrize("question", [{}, EXAMPLE])
def test_the_published_calculator_is_reproduced(question: dict[str, Any]) -> None:
    found = roi(preset="saved_only", **question)
    assert found["monthly"] == [4_250] * 12
    assert found["total"] == 51_000
    assert found["payback_month"] == pytest.approx(3 * 500 / 4_250)
    assert found["break_even_lift"] == pytest.approx(0.010526, abs=1e-6)
    for left_out in ("only the customers who are saved", "one month", "no margin", "no set-up", "no adoption", "no uncertainty"):
        assert left_out in found["note"]


def test_the_model_with_a_tenth_treated() -> None:
    assert roi(**EXAMPLE, treated=0.1)["total"] == pytest.approx(260_684, abs=0.5)


def test_the_corrected_model() -> None:
    found = roi(**CORRECTED)
    assert found["total"] == pytest.approx(3_911.62, abs=0.005)
    assert found["payback_month"] == 11
    assert found["break_even_lift"] == pytest.approx(0.0938, abs=5e-5)


@pytest.mark.skipif(not CASES, reason="JOURNEY_CASES does not name the folder of reference values")
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_reference_value_holds(case: Mapping[str, Any]) -> None:
    found = {"monte_carlo_p10_p50_p90": simulated, "breakeven_lift_corrected": broken_even}[case["name"]](case["inputs"])
    tolerance = {"rel": case["tolerance"]["rel"]} if isinstance(case["tolerance"], Mapping) else {"abs": case["tolerance"]}
    wanted = {key: value for key, value in case["expected"].items() if key != "mean"}
    assert {key: found[key] for key in wanted} == pytest.approx(wanted, **tolerance)
    if "mean" in case["expected"]:  # 1,445, of draws that spread over 27,000: what is known of it is its standard error
        assert abs(found["mean"] - case["expected"]["mean"]) < 2 * found["mean_error"]


def simulated(given: Mapping[str, Any]) -> dict[str, Any]:
    spreads = {
        "lift": {"beta": [8, 72]},
        "churn": {"beta": [50, 950]},
        "revenue_per_month": {"normal": [100, 10]},
        "margin": {"triangular": [0.6, 0.7, 0.8]},
        "adoption": {"triangular": [0.3, 0.6, 0.9]},
        "recall": {"triangular": [0.3, 0.5, 0.7]},
        "cost_per_treated": {"triangular": [3, 5, 8]},
    }
    rest = {"treated": given["share"], "tool_per_month": given["tool"], "setup": given["setup"], "discount": given["d"]}
    asked = {"months": given["months"], "seed": given["seed"], "draws": given["N"], "customers": 10_000}
    found = roi(**spreads, **rest, **asked)
    return found | {"p_positive": 1 - found["p_loss"]}


def broken_even(given: Mapping[str, Any]) -> dict[str, Any]:
    names = {"churn": "churn", "lift": "lift", "revenue_per_month": "arpu", "margin": "mar", "adoption": "adp", "recall": "rec"}
    base = {name: given["base"][short] for name, short in names.items()} | {"cost_per_treated": given["base"]["c"]}
    rest = {"setup": given["setup"], "tool_per_month": given["tool"], "months": given["months"]}
    found = roi(**base, **rest, customers=10_000, treated=0.1, discount=0.01)
    return {"lift": found["break_even_lift"]}
