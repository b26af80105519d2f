"""Whom an action helps: planted effects are found, constant ones are called noise, and published figures are met."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.actions.uplift import measure_uplift, read_uplift
from journey.actions.uplift.learners import LEARNERS, Learned, doubly_robust, learn_uplift
from journey.actions.uplift.question import UpliftQuestion
from journey.actions.uplift.result import HETEROGENEOUS, NOISE, Uplift
from journey.ask import ask
from journey.errors import LoadError, QuestionError
from journey.rules.saved import save_segment
from journey.scope import Scope
from tests.actions.campaigns import half, logged
from tests.actions.cases import FEATURES, case, data
from tests.lent import empty_warehouse

OF_TABLE = {"treatment": "arm", "control": "none", "outcome": "bought", "features": ["x", "kind"]}


def table(n: int = 2_000, differs: float = 0.4, seed: int = 1) -> pl.DataFrame:
    """Half got the mail; it adds `differs` for half of the customers (x above 0) and nothing for the others."""
    rng = np.random.default_rng(seed)
    x, mailed = rng.normal(size=n), rng.random(n) < 0.5
    bought = rng.random(n) < 0.2 + differs * (x > 0) * mailed
    kinds = np.array(["a", "b", "c"])[rng.integers(0, 3, n)]
    return pl.DataFrame(
        {"arm": np.where(mailed, "mail", "none"), "bought": bought, "x": x, "kind": kinds, "who": [f"c{k}" for k in range(n)]}
    )


def measured(**more: Any) -> Uplift:
    plain = {**OF_TABLE, "draws": 40, **more}
    return measure_uplift(empty_warehouse(), read_uplift({"table": table(), **plain}), Scope())


@pytest.mark.parametrize("learner", LEARNERS)
def test_an_effect_that_differs_is_found(learner: str) -> None:
    found = measured(learner=learner, split="halves")
    assert found.verdict == HETEROGENEOUS
    first, last = found.deciles[0].added, found.deciles[-1].added
    assert first.interval is not None and last.interval is not None and first.interval[0] > last.interval[1]


def test_trees_find_it_too() -> None:
    assert measured(learner="t", base="boosted", split="halves", draws=20).verdict == HETEROGENEOUS


def test_an_effect_that_is_the_same_for_all_is_called_noise() -> None:
    even = table().with_columns(
        bought=pl.Series(np.random.default_rng(5).random(2_000) < 0.2 + 0.2 * (table()["arm"] == "mail").to_numpy())
    )
    found = measured(table=even)
    assert found.verdict == NOISE
    assert found.average.interval is not None and found.average.interval[0] < 0.2 < found.average.interval[1]


def test_of_actions_that_help_all_alike_few_are_called_heterogeneous() -> None:
    called = 0
    for seed in range(16):
        rng = np.random.default_rng(seed)
        mailed = rng.random(400) < 0.5
        rows = pl.DataFrame(
            {
                "arm": np.where(mailed, "mail", "none"),
                "bought": rng.random(400) < 0.2 + 0.2 * mailed,
                "x": rng.normal(size=400),
                "kind": "a",
            }
        )
        called += measured(table=rows, learner="t", split="halves", draws=40).verdict == HETEROGENEOUS
    assert called <= 2  # 2.5% of 16 are .4; three and more have a chance of .7%


def test_the_average_of_the_doubly_robust_effects_is_the_effect() -> None:
    rows = table(8_000)
    mailed = (rows["arm"] == "mail").to_numpy()
    learned = Learned(rows["x"].to_numpy()[:, None], rows["bought"].to_numpy().astype(float), mailed.astype(int), np.full(8_000, 0.5))
    found = doubly_robust(learned, "logistic", 7)
    assert found.mean() == pytest.approx(0.2, abs=4 * found.std() / np.sqrt(8_000))


def test_what_others_got_tells_what_customers_do_and_not_what_the_action_adds() -> None:
    """Three actions at chances that differ by customer: from the whole log the doubly robust mean is right."""
    rng = np.random.default_rng(6)
    x = rng.random(12_000) < 0.5
    chances = np.where(x[:, None], [0.2, 0.2, 0.6], [0.4, 0.4, 0.2])  # of the action, of nothing, of another
    arm = np.array([1, 0, -1])[(rng.random(12_000)[:, None] > np.cumsum(chances, axis=1)).sum(axis=1)]
    outcome = (rng.random(12_000) < 0.1 + 0.3 * x * (arm == 1)).astype(float)
    chance = np.select([arm == 1, arm == 0], [chances[:, 0], chances[:, 1]], chances[:, 2])
    rows = Learned(x[:, None].astype(float), outcome, arm, chance)
    found = doubly_robust(rows, "logistic", 7)
    assert found.mean() == pytest.approx(0.15, abs=4 * found.std() / np.sqrt(12_000))
    score = learn_uplift(rows, "dr", "logistic", 7)(np.array([[0.0], [1.0]]))
    assert score[1] - score[0] == pytest.approx(0.3, abs=0.08)


def test_a_customer_of_several_rows_is_never_scored_by_a_model_that_saw_another() -> None:
    from journey.actions.uplift.learners import folds

    people = np.array([1, 1, 2, 3, 2, 4, 5, 5, 5, 6])
    for fold in folds(10, 7, people):
        assert not set(people[fold]) & set(people[~fold])


def test_deciles_are_tenths_and_name_their_customers() -> None:
    con, question = empty_warehouse(), {"ask": "uplift", "table": table(605), "customer": "who", "learner": "t", "draws": 20, **OF_TABLE}
    answer = ask(con, question)
    assert sum(one["customers"] for one in answer["deciles"]) == 605
    assert max(one["customers"] for one in answer["deciles"]) - min(one["customers"] for one in answer["deciles"]) <= 1
    for one in (answer["deciles"][0], answer["deciles"][9]):
        people = ask(con, {**question, "customers": {"decile": one["decile"]}})["customers"]
        assert people["count"] == one["customers"] == len(set(people["ids"]))
    assert one["predicted"] < answer["deciles"][0]["predicted"]


def test_the_same_seed_gives_the_same_answer() -> None:
    first, second = measured(learner="t"), measured(learner="t")
    assert first.qini is not None and second.qini is not None
    assert (first.qini.coefficient, first.qini.band) == (second.qini.coefficient, second.qini.band)


def test_too_few_rows_say_what_is_missing() -> None:
    found = measured(table=table(150))
    assert (found.verdict, found.qini) == (None, None)
    assert "of 100 rows needed" in found.missing
    assert found.average.difference is not None  # the average can still be told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"treatment": "weapon"}, "no column 'weapon'"),
        ({"control": "blank"}, "No row has 'blank'"),
        ({"treated": "none"}, "both"),
        ({"treated": "post"}, "No row has 'post'"),
        ({"outcome": "who"}, "holds texts"),
        ({"features": []}, "one at least"),
        ({"features": ["bought"]}, "what came of it"),
        ({"features": ["who"]}, "different texts"),
        ({"propensity": 1.5}, "between 0 and 1"),
        ({"propensity": "x"}, "between 0 and 1"),
        ({"learner": "s"}, "'dr', 'x', 't'"),
        ({"draws": 1}, "20 to 5,000"),
        ({"action": "Mail"}, 'or about an "action"'),
        ({"table": []}, "list of rows"),
        ({"table": "no such file.csv"}, "no file"),
        ({"colour": 1}, "Known are"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(change: dict[str, Any], told: str) -> None:
    with pytest.raises((QuestionError, LoadError), match=told):
        ask(empty_warehouse(), {"ask": "uplift", "table": table(300), **OF_TABLE, **change})


def test_a_page_and_a_rule_name_no_file() -> None:
    plain = {"table": "/etc/hostname", **OF_TABLE, "customer": "who"}
    with pytest.raises(QuestionError, match="names a file"):
        read_uplift(plain, files=False)
    con = empty_warehouse()
    save_segment(con, "sly", {"uplift": plain, "decile": 1})
    with pytest.raises(QuestionError, match="names a file"):
        ask(con, {"ask": "segment", "where": "sly"})


def test_rows_may_be_written_into_the_question() -> None:
    rows = table(400).to_dicts()
    answer = ask(empty_warehouse(), {"ask": "uplift", "table": rows, "learner": "t", "draws": 20, **OF_TABLE, "propensity": 0.5})
    assert answer["average"]["n"] + answer["average"]["control_n"] == 400
    assert answer["warnings"] == []


def test_the_effect_of_a_campaign_of_the_log_is_that_of_its_dice() -> None:
    con = logged(*half("mailed", "mail", 120, 60), *half("left", "nothing", 120, 24), *half("held", "nothing", 30, 6, chance=1.0))
    answer = ask(con, {"ask": "uplift", "action": "Mail", "learner": "t", "draws": 20})
    assert answer["average"]["difference"] == pytest.approx(0.5 - 0.2)
    assert (answer["average"]["n"], answer["average"]["control_n"]) == (120, 120)
    assert any("30 decisions" in warning for warning in answer["warnings"])
    assert answer["verdict"] == NOISE  # everybody is alike
    money = ask(con, {"ask": "uplift", "action": "Mail", "outcome": "money", "learner": "t", "draws": 20})
    assert money["average"]["difference"] == pytest.approx(20.0 * 0.3)
    people = ask(con, {"ask": "uplift", "action": "Mail", "learner": "t", "draws": 20, "customers": {"decile": 1}})["customers"]
    assert people["count"] == answer["deciles"][0]["customers"]


def test_an_action_without_a_campaign_says_so() -> None:
    con = logged(*half("mailed", "mail", 5, 1))
    assert "no campaign of 'Call'" in ask(con, {"ask": "uplift", "action": "Call"})["enough"]
    with pytest.raises(QuestionError, match="no action 'Mial'"):
        ask(con, {"ask": "uplift", "action": "Mial"})


def hillstrom(arm: str, **more: Any) -> Uplift:
    plain = {"table": data("hillstrom/hillstrom.csv.gz"), "treatment": "segment", "treated": arm, "control": "No E-Mail"}
    question = read_uplift(
        {**plain, "outcome": "visit", "features": FEATURES, "learner": "t", "split": "halves", "seed": 42, "draws": 40, **more}
    )
    return measure_uplift(empty_warehouse(), question, Scope())


@pytest.mark.parametrize(("arm", "verdict"), [("Mens E-Mail", NOISE), ("Womens E-Mail", HETEROGENEOUS)])
def test_the_mails_of_hillstrom_are_told_apart(arm: str, verdict: str) -> None:
    expected = case(f"hillstrom_ate_{arm}")["expected"]["visit"]
    published = case("hillstrom_uplift_visit_qini")["expected"][f"{arm}|logit|T"]
    found = hillstrom(arm, split="folds", seed=7, features=FEATURES[:5])
    assert (found.average.difference, *(found.average.interval or ())) == pytest.approx(
        (expected["ate"], expected["lo"], expected["hi"]), abs=1e-6
    )
    assert found.verdict == verdict
    assert found.qini is not None and found.qini.coefficient == pytest.approx(published["qini"], abs=0.015)


def test_the_spending_of_hillstrom_has_the_published_interval() -> None:
    for arm in ("Mens E-Mail", "Womens E-Mail"):
        expected = case(f"hillstrom_ate_{arm}")["expected"]["spend"]
        found = hillstrom(arm, outcome="spend", draws=20, features=["recency", "history"])
        assert (found.average.difference, *(found.average.interval or ())) == pytest.approx(
            (expected["ate"], expected["lo"], expected["hi"]), abs=1e-6
        )


def test_random_orders_of_half_of_hillstrom_reach_as_far_as_published() -> None:
    expected = case("qini_null_Mens E-Mail")["expected"]
    found = hillstrom("Mens E-Mail", features=["recency", "history"], draws=150)
    assert found.qini is not None
    assert found.qini.null.std() == pytest.approx(expected["sd"], abs=0.003)
    assert found.qini.null.mean() == pytest.approx(expected["mean"], abs=0.003)


def test_a_question_reads_back_what_it_was() -> None:
    read = read_uplift({"action": "Mail", "outcome": "money", "base": "boosted"})
    assert read == UpliftQuestion(action="Mail", outcome="money", base="boosted")
