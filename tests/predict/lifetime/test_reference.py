"""Published values of the models of lifetime value, and those that a second implementation gave."""

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from journey.ask import ask
from journey.inference import wilson
from journey.predict.lifetime.dropout import BG_NBD, MBG_NBD
from journey.predict.lifetime.pareto import PARETO_NBD
from journey.predict.lifetime.renewal import constant_churn_value, fit_renewal, log_survival
from journey.predict.lifetime.spend import expected_spend
from journey.predict.waiting.curve import log_rank
from tests.lent import empty_warehouse
from tests.predict.lifetime.cdnow import FILE, cdnow
from tests.predict.waiting.test_curve import PLACEBO, TREATED

CASES = Path(os.environ.get("JOURNEY_CASES", "/nowhere")) / "reference_values.json"
CASE_LIST = [case for case in json.loads(CASES.read_text()) if case["area"] == "ltv"] if CASES.exists() else []
HERE = {"time_to_convert_censoring"}  # a simulation: tests/predict/waiting
QUESTION = {"ask": "lifetime_value", "event": "order", "value": "price", "calibration_end": "1997-10-01", "horizon": "273d"}
real = pytest.mark.skipif(not FILE.exists(), reason="JOURNEY_DATA names no folder with cdnow")


def close(expected: float, case: dict[str, Any]) -> Any:
    tolerance = case["tolerance"]
    return pytest.approx(expected, rel=tolerance["rel"]) if isinstance(tolerance, dict) else pytest.approx(expected, abs=tolerance)


@pytest.mark.skipif(not CASE_LIST, reason="JOURNEY_CASES names no folder of cases")
@pytest.mark.parametrize("case", [case for case in CASE_LIST if case["name"] not in HERE], ids=lambda case: case["name"])
def test_reference_value(case: dict[str, Any]) -> None:
    found = answers(case)
    assert set(found) == set(case["expected"])
    for name, value in case["expected"].items():
        wanted = value if isinstance(value, list) else [value]
        got = found[name] if isinstance(found[name], list) else [found[name]]
        assert got == [close(one, case) for one in wanted], name


def answers(case: dict[str, Any]) -> dict[str, Any]:
    name, inputs = case["name"], case["inputs"]
    if name in ("pareto_nbd_cdnow", "mbg_nbd_cdnow"):
        if not FILE.exists():
            pytest.skip("JOURNEY_DATA names no folder with cdnow")
        parameters = ask(cdnow(), QUESTION | {"model": name.removesuffix("_cdnow")})["parameters"]
        return {key: parameters[key] for key in case["expected"]}
    if name == "gamma_gamma_cond_exp":
        theta = np.array([inputs["p"], inputs["q"], inputs["v"]])
        worth = expected_spend(theta, np.array([0, 2, 10]), np.array([0.0, 22.35, 50.0]))
        return dict(zip(("pop_mean", "E_x2_m22_35", "E_x10_m50"), worth.tolist(), strict=True))
    if name == "logrank_freireich":
        waited = np.array(inputs["placebo"] + TREATED, float)
        found = log_rank(waited, np.array([True] * 21 + [k < 9 for k in range(21)]), np.repeat([0, 1], [len(PLACEBO), 21]))
        assert found is not None
        return {"chi2": found[0], "p": found[1]}
    if name == "ltv_constant_churn_5pct":
        worth = constant_churn_value(inputs["arpu"], inputs["churn"]), constant_churn_value(inputs["arpu"], inputs["churn"], 0.01)
        return {"ltv": worth[0], "with_1pct_discount": worth[1]}
    if name.startswith("retention_wilson"):
        interval = wilson(inputs["x"], inputs["n"])
        assert interval is not None
        return {"p": inputs["x"] / inputs["n"], "lo": interval[0], "hi": interval[1]}
    return renewals(inputs["survivors"], case["expected"])


def renewals(survivors: list[int], expected: dict[str, Any]) -> dict[str, Any]:
    answer = ask(empty_warehouse(), {"ask": "lifetime_value", "contract": {"survivors": survivors}})
    share = {period["period"]: period["expected"] for period in answer["survival"]}
    later = {name: share[int(name[1:])] for name in expected if name[0] == "S"}
    if "proj_5_7" in expected:  # what came is no answer of the model
        later |= {"proj_5_7": [share[k] for k in (5, 6, 7)], "actual_5_7": expected["actual_5_7"]}
    return answer["parameters"] | later


@real
def test_cdnow_has_the_published_parameters_and_expects_1653_orders_of_which_1882_came() -> None:
    """Fader, Hardie, Lee 2005, table 2; Fader, Hardie 2013 on 946 customers."""
    answer = ask(cdnow(), QUESTION)
    wanted = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258, "p": 6.249, "q": 3.745, "v": 15.448}
    assert answer["parameters"] == {name: pytest.approx(value, rel=1e-3) for name, value in wanted.items()}
    assert answer["log_likelihood"] == pytest.approx(-9582.43, abs=0.005) and answer["spend"]["customers"] == 946
    held = answer["holdout"]
    assert (held["orders"], round(held["expected_orders"]), held["days"]) == (1882, 1653, 273)
    assert held["within"] is False and any("narrow" in warning for warning in answer["warnings"])
    assert held["rmse"] < min(guess["rmse"] for guess in answer["baselines"].values())
    assert held["tracking"][-1]["orders"] == 1882 and held["tracking"][-1]["expected"] == pytest.approx(held["expected_orders"])
    assert answer["baselines"]["nobody_returns"]["mean_absolute_error"] == pytest.approx(1882 / 2357)
    assert sum(customer["expected_orders"] for customer in answer["customers"]) == pytest.approx(held["expected_orders"])
    once = [customer for customer in answer["customers"] if customer["p_alive"] == 1]
    assert len(once) == 1411 and any("1,411" in warning for warning in answer["warnings"])


@real
def test_pareto_has_the_published_likelihood() -> None:
    """Fader, Hardie, Lee 2005, table 2: LL -9595.0."""
    assert ask(cdnow(), QUESTION | {"model": "pareto_nbd"})["log_likelihood"] == pytest.approx(-9595.0, abs=0.05)


def test_the_second_parameters_of_the_regular_cohort_are_the_published_ones() -> None:
    """Fader, Hardie 2007: .704, 1.182 on seven renewals."""
    survivors = np.array([1000, 631, 468, 382, 326, 289, 262, 241])
    there = np.zeros(8)
    there[7] = 241
    found = fit_renewal(-np.diff(survivors), there)
    assert [round(value, 3) for value in found.values] == [0.704, 1.182]
    assert math.exp(log_survival(found.values, np.array([12]))[0]) == pytest.approx(0.17, abs=0.001)


def test_models_have_names_of_their_own() -> None:
    assert [model.name for model in (BG_NBD, MBG_NBD, PARETO_NBD)] == ["bg_nbd", "mbg_nbd", "pareto_nbd"]
