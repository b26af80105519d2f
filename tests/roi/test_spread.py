"""How sure an input is: fitted as it was written, within its bounds, and refused with a sentence where it cannot be."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from journey.errors import QuestionError
from journey.roi import NAMED, from_interval, read_roi, read_spread
from journey.roi.draws import draw

BASE = {"customers": 100, "churn": 0.05, "lift": 0.1, "revenue_per_month": 10}


@pytest.mark.parametrize(
    ("name", "written", "family", "peer"),
    [
        ("lift", {"beta": [8, 72]}, "beta", stats.beta(8, 72)),
        ("revenue_per_month", {"normal": [100, 10]}, "normal", stats.norm(100, 10)),
        ("revenue_per_month", {"normal": [1, 2]}, "normal", stats.truncnorm(-0.5, np.inf, 1, 2)),
        ("margin", {"triangular": [0.6, 0.7, 0.8]}, "triangular", stats.triang(0.5, 0.6, 0.2)),
        ("cost_per_treated", {"low": 3, "mode": 3, "high": 8}, "triangular", stats.triang(0, 3, 5)),
        ("churn", {"mean": 0.05, "sd": 0.01}, "beta", stats.beta(23.7, 450.3)),
        ("revenue_per_month", {"mean": 100, "sd": 50}, "lognormal", stats.lognorm(np.sqrt(np.log(1.25)), scale=100 / np.sqrt(1.25))),
    ],
)
def test_quantiles_and_draws_are_those_of_a_second_implementation(name: str, written: Any, family: str, peer: Any) -> None:
    spread = read_spread(written, NAMED[name])
    assert spread.family == family
    shares = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    assert [spread.at(p) for p in shares] == pytest.approx(peer.ppf(shares), rel=1e-9)
    assert spread.drawn(stats.norm.ppf(shares)) == pytest.approx(peer.ppf(shares), rel=1e-4)
    assert spread.below(float(peer.ppf(0.3))) == pytest.approx(0.3, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "low", "high", "family"),
    [
        ("lift", 0.05, 0.15, "beta"),
        ("lift", -0.02, 0.06, "normal"),
        ("churn", 0.0001, 0.95, "beta"),
        ("churn", 0.9, 0.999, "beta"),
        ("setup", 1, 90_000, "lognormal"),
        ("churn", 0.05, 0.05001, "normal"),
    ],
)
def test_ten_and_ninety_in_a_hundred_lie_below_what_was_said(name: str, low: float, high: float, family: str) -> None:
    spread = read_spread({"p10": low, "p90": high}, NAMED[name])
    assert (spread.p10, spread.p90, spread.family) == (pytest.approx(low, rel=1e-5), pytest.approx(high, rel=1e-5), family)


def test_an_experiments_result_keeps_its_estimate_and_its_interval() -> None:
    spread = read_spread(from_interval(0.012, 0.002, 0.03), NAMED["lift"])
    assert [spread.at(p) for p in (0.025, 0.5, 0.975)] == pytest.approx([0.002, 0.012, 0.03])
    assert 0 < spread.below(0) < 0.025  # that it does harm is kept


def test_what_a_spread_puts_outside_the_bounds_is_cut_off_and_said() -> None:
    spread = read_spread({"normal": [0.9, 0.2]}, NAMED["margin"])
    assert spread.cut == pytest.approx(stats.norm.sf(0.5) + stats.norm.cdf(-4.5)) and spread.at(1 - 1e-12) <= 1


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("churn", 1.5, "a share from 0 to 1"),
        ("lift", -0.1, "Where harm is possible"),
        ("churn", float("nan"), "finite"),
        ("churn", {"p10": float("inf"), "p90": 1}, "finite"),
        ("churn", True, "write a number"),
        ("churn", "5%", "write a number"),
        ("setup", -1, "from 0 to"),
        ("lift", {"p10": 0.2, "p90": 0.1}, "P10 must be the smaller"),
        ("lift", {"p10": 0.1, "p90": 0.1}, "P10 must be the smaller"),
        ("churn", {"p10": 0.0, "p90": 0.1}, "both excluded"),
        ("churn", {"p10": 0.1, "p90": 1.2}, "must stay within"),
        ("setup", {"p10": 0, "p90": 5}, "must be above 0"),
        ("churn", {"mean": 0.5, "sd": 0.6}, "Lower the deviation"),
        ("churn", {"mean": 0.5, "sd": 0}, "must be above 0"),
        ("margin", {"triangular": [0.8, 0.7, 0.9]}, "must rise"),
        ("setup", {"beta": [1, 2]}, "no share"),
        ("churn", {"beta": [0, 2]}, "above 0"),
        ("churn", {"beta": [1]}, "write a number"),
        ("churn", {"p10": 0.1}, "write a number"),
        ("churn", {"p10": 0.1, "p90": 0.2, "p50": 0.15}, "write a number"),
        ("lift", {"estimate": 0.5, "low": 0.4, "high": 0.7, "confidence": 1}, "from 0.5 to 0.9999"),
        ("churn", {"beta": [1e8, 1e8]}, "at most 10,000,000"),
        ("setup", {"mean": 1, "sd": 1_000}, "at most 100 times"),
        ("setup", 1e300, "at most 1,000,000,000,000"),
        ("setup", 10**400, "at most 1,000,000,000,000"),
        ("lift", {"estimate": 0.5, "low": 0.4, "high": 10**400}, "at most 1,000,000,000,000"),
        ("lift", {"estimate": 0.5, "low": 0.6, "high": 0.7}, "inside its interval"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(name: str, written: Any, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_spread(written, NAMED[name])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"months": 0}, "months is 0"),
        ({"months": 121}, "from 1 to 120"),
        ({"months": 1.5}, "whole number"),
        ({"draws": 99}, "from 100 to 200,000"),
        ({"draws": 10**6}, "from 100 to 200,000"),
        ({"seed": -1}, "seed is -1"),
        ({"preset": "generous"}, "saved_only"),
        ({"model": "magic"}, "'retention', 'conversion'"),
        ({"preset": "saved_only", "model": "retention"}, "Leave one of the two out"),
        ({"name": "\ud800"}, "cannot be written"),
        ({"lift": None}, "Without lift"),
        ({"correlate": [["lift", "luck", 0.5]]}, "it can name lift"),
        ({"correlate": [["lift", "churn", 1]]}, "both excluded"),
        ({"correlate": [["lift", "churn", 0.1], ["churn", "lift", 0.2]]}, "twice"),
        ({"correlate": [["lift", "churn", 0.9], ["churn", "margin", 0.9], ["lift", "margin", -0.9]]}, "cannot all hold"),
        ({"colour": 1}, "Known are"),
        ({"model": "conversion", "visitors_per_month": 1, "value_per_order": 1, "conversion": 0.95}, "no more than all can buy"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_a_sentence(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_roi(BASE | changed)


def test_a_question_reads_back_as_itself() -> None:
    question = read_roi(
        BASE
        | {"lift": {"p10": 0.05, "p90": 0.1}, "churn": {"estimate": 0.05, "low": 0.04, "high": 0.07}, "margin": {"triangular": [0, 0.5, 1]}}
        | {"correlate": [["lift", "churn", -0.5]], "months": 6, "name": "calls"}
    )
    assert read_roi(question.as_plain()) == question
    sold = read_roi(
        {"model": "conversion", "visitors_per_month": 5, "lift": {"mean": 0.01, "sd": 0.02}, "value_per_order": {"mean": 9, "sd": 1}}
    )
    assert read_roi(sold.as_plain()) == sold and sold.spread("lift").family == "normal"


def test_draws_are_spread_evenly_and_correlated_as_asked() -> None:
    question = read_roi(
        BASE | {"lift": {"beta": [8, 72]}, "margin": {"triangular": [0.2, 0.5, 0.8]}, "correlate": [["lift", "margin", -0.6]]}
    )
    drawn = draw(question)
    scores = [stats.norm.ppf(stats.rankdata(drawn[name]) / 20_001) for name in ("lift", "margin")]
    assert np.corrcoef(scores)[0, 1] == pytest.approx(-0.6, abs=0.02)
    assert np.quantile(drawn["margin"], [0.1, 0.5, 0.9]) == pytest.approx(
        [question.spread("margin").at(p) for p in (0.1, 0.5, 0.9)], abs=2e-3
    )
    assert np.quantile(drawn["lift"], [0.1, 0.9]) == pytest.approx([question.spread("lift").p10, question.spread("lift").p90], rel=2e-3)
