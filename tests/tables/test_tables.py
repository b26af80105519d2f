"""Tables that a question brings: what cannot be told from them is said, and the published figures of one are met."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.actions.off_policy import Logs, estimate, overlap
from journey.ask import ask
from journey.errors import QuestionError
from journey.tables import design, read_table
from tests.actions.cases import case, data
from tests.lent import empty_warehouse

ARMS = ("Mens E-Mail", "Womens E-Mail", "No E-Mail")
OUTCOMES = ("visit", "conversion", "spend")


def rows(n: int = 600) -> pl.DataFrame:
    rng = np.random.default_rng(2)
    arm = np.where(rng.random(n) < 0.5, "mail", "none")
    return pl.DataFrame({"arm": arm, "bought": rng.random(n) < 0.3, "x": rng.normal(size=n), "who": [f"c{k % 10}" for k in range(n)]})


def uplift(table: pl.DataFrame, **more: Any) -> dict[str, Any]:
    plain = {"treatment": "arm", "control": "none", "outcome": "bought", "features": ["x"], "learner": "t", "split": "halves", "draws": 20}
    return ask(empty_warehouse(), {"ask": "uplift", "table": table, **plain, **more})


def test_a_feature_that_is_the_same_for_all_tells_nothing_and_stops_nothing() -> None:
    table = rows().with_columns(same=pl.lit("a"), empty=pl.lit(None), one=pl.lit(1.0))
    found = design(table, ["same", "empty", "one"])
    assert found.values.shape == (600, 3) and np.isfinite(found.values).all() and not np.ptp(found.values, axis=0).any()
    assert uplift(table, features=["same", "empty", "one"])["verdict"] == "not distinguishable from noise"


def test_a_column_of_lists_is_refused() -> None:
    with pytest.raises(QuestionError, match=r"'x' holds lists\. Name one of numbers or texts"):
        uplift(rows().with_columns(x=pl.lit([1, 2])))


def test_a_few_customers_of_many_rows_are_too_few_to_learn_from() -> None:
    found = uplift(rows(), customer="who")
    assert found["enough"] == "the rows with 'mail' are of 10 customers; 20 different ones are needed" and found["verdict"] is None


def test_groups_of_other_sizes_than_the_dice_that_are_stated_are_not_to_be_trusted() -> None:
    """Of 100 and 200 at one half: 150 are meant of each, and chi-square is 2 x 50 x 50 / 150 = 33."""
    table = pl.DataFrame({"arm": ["mail"] * 100 + ["none"] * 200, "bought": [k % 3 == 0 for k in range(300)], "x": range(300)})
    told = uplift(table, propensity=0.5)["warnings"]
    assert len(told) == 1 and told[0].startswith("Not to be trusted: of 300 rows 100 were treated, where the propensity means 150.")
    assert uplift(table, propensity=0.33)["warnings"] == []


def logs(target: list[float], chance: float = 0.5) -> Logs:
    n = len(target)
    return Logs(np.tile([0.0, 1.0], n // 2), np.full(n, chance), np.array(target), np.arange(n), np.zeros(n), np.zeros(n))


def test_of_a_policy_that_never_does_what_was_done_only_today_is_told() -> None:
    found = estimate(logs([0.0] * 20))
    assert [one.value for one in (found.ips, found.snips, found.dm, found.dr, found.difference)] == [None] * 5
    assert found.today.value == 0.5


def test_one_decision_has_no_standard_error() -> None:
    found = estimate(logs([0.0, 0.5] + [0.0] * 18))
    assert found.snips.value == 1 and found.snips.standard_error is None and found.snips.interval is None


def test_a_hundred_decisions_of_equal_weight_are_a_hundred() -> None:
    """.2 over .5, a hundred times, comes to 99.99999999999993 in floats."""
    assert not any("Little overlap:" in told for told in overlap(logs([0.2] * 100)).warnings)
    assert any("Little overlap:" in told for told in overlap(logs([0.2] * 98)).warnings)


@cache
def hillstrom() -> pl.DataFrame:
    return read_table(data("hillstrom/hillstrom.csv.gz"), ["segment", "mens", *OUTCOMES]).frame


@pytest.mark.parametrize("arm", ["Mens E-Mail", "No E-Mail"])
def test_each_arm_of_hillstrom_to_all_is_worth_what_it_brought(arm: str) -> None:
    expected = case(f"hillstrom_{arm}")["expected"]
    for outcome in OUTCOMES[arm != "No E-Mail" :]:  # visits of the men's arm are held elsewhere
        plain = {"log": hillstrom(), "action": "segment", "reward": outcome, "policy": arm}
        found = ask(empty_warehouse(), {"ask": "policy_value", **plain})
        assert found["overlap"]["agreeing"] == expected["n"] and found["snips"]["value"] == pytest.approx(expected[outcome], abs=1e-6)


@pytest.mark.parametrize("arm", ARMS[:2])
def test_the_mails_of_hillstrom_add_the_published_conversions(arm: str) -> None:
    expected = case(f"hillstrom_ate_{arm}")["expected"]["conversion"]
    found = uplift(hillstrom(), treatment="segment", treated=arm, control="No E-Mail", outcome="conversion", features=["mens"])["average"]
    assert (found["difference"], *found["interval"]) == pytest.approx((expected["ate"], expected["lo"], expected["hi"]), abs=1e-6)
