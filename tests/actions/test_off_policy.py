"""What another policy would have brought: by hand, on public logs, and by how often the intervals hold the truth."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.off_policy import Logs, estimate, measure_policy_value, overlap, read_policy_value
from journey.actions.off_policy.estimates import effective_size, weights
from journey.actions.off_policy.result import PolicyValue
from journey.ask import ask
from journey.errors import QuestionError
from journey.rules.saved import save_segment
from journey.scope import Scope
from tests.actions.campaigns import CATALOG, half, logged, person
from tests.actions.cases import case, data
from tests.lent import empty_warehouse

# Four decisions between a and b; b was drawn at one in four, and the policy takes it four times in five.
ROWS = [
    {"did": "a", "came": 1, "chance": 0.5, "who": "ann", "next": "b", "p_a": 0.2, "p_b": 0.8},
    {"did": "b", "came": 0, "chance": 0.25, "who": "ann", "next": "b", "p_a": 0.2, "p_b": 0.8},
    {"did": "b", "came": 1, "chance": 0.25, "who": "bob", "next": "a", "p_a": 0.2, "p_b": 0.8},
    {"did": "a", "came": 1, "chance": 0.5, "who": "cid", "next": "a", "p_a": 0.2, "p_b": 0.8},
] * 5
OF_TABLE: dict[str, Any] = {"log": ROWS, "action": "did", "reward": "came", "propensity": "chance"}


def valued(**more: Any) -> PolicyValue:
    return measure_policy_value(empty_warehouse(), read_policy_value({**OF_TABLE, **more}), Scope())


def test_four_decisions_worked_by_hand() -> None:
    told, expected = case("ope_tiny")["inputs"], case("ope_tiny")["expected"]
    guesses, action = np.array(told["q"]), np.array(told["action"])
    chances = np.where(action == 0, told["pi_e"], 1 - np.array(told["pi_e"]))  # of the first action, in each decision
    direct = chances * guesses[:, 0] + (1 - chances) * guesses[:, 1]
    logs = Logs(np.array(told["reward"]), np.array(told["p"]), np.array(told["pi_e"]), np.arange(4), direct, guesses[np.arange(4), action])
    found = estimate(logs)
    for name in ("ips", "snips", "dm", "dr"):
        assert getattr(found, name).value == pytest.approx(expected[name], abs=1e-12), name
    assert effective_size(weights(logs)) == pytest.approx(expected["ess"], abs=1e-12)


def test_the_same_decisions_as_a_table() -> None:
    found = valued(policy={"chances": {"a": "p_a", "b": "p_b"}})
    assert found.estimates is not None and found.overlap is not None
    assert found.estimates.ips.value == pytest.approx(1.0)
    assert found.estimates.snips.value == pytest.approx(5 / 9)
    assert found.estimates.today.value == 0.75
    assert found.overlap.effective_size == pytest.approx(5 * 2.492307692307693)


def test_the_chance_of_what_was_done_is_enough_for_all_but_the_model() -> None:
    rows = [row | {"p_done": 0.2 if row["did"] == "a" else 0.8} for row in ROWS]
    found = valued(log=rows, policy={"chance": "p_done"}).estimates
    assert found is not None and (found.ips.value, found.dr.value, found.best) == (pytest.approx(1.0), None, "snips")


def test_an_action_that_all_get_is_worth_its_mean_where_chances_were_alike() -> None:
    rows = [{"did": "ab"[k % 2], "came": k % 3 == 0} for k in range(60)]
    found = valued(log=rows, propensity=None, policy="b")
    assert found.estimates is not None
    assert found.estimates.snips.value == pytest.approx(np.mean([row["came"] for row in rows if row["did"] == "b"]))
    assert any("drawn with its share" in warning for warning in found.evidence.warnings)


def test_a_column_names_what_the_policy_would_have_chosen() -> None:
    found = valued(policy={"column": "next"})
    assert found.overlap is not None and found.overlap.agreeing == 10  # the second and the last of each four
    assert [choice.share for choice in found.choices] == [0.5, 0.5]


def test_a_choice_that_was_never_tried_is_told() -> None:
    rows = [row | {"next": "c"} if k % 4 == 0 else row for k, row in enumerate(ROWS)]
    found = valued(log=rows, policy={"column": "next"})
    assert found.overlap is not None and found.overlap.unheard == 0.25
    assert any("never tried" in warning for warning in found.evidence.warnings)


def test_today_as_a_policy_is_worth_what_today_brought() -> None:
    rng = np.random.default_rng(1)
    reward, chance = rng.random(50), rng.uniform(0.1, 0.9, 50)
    found = estimate(Logs(reward, chance, chance, np.arange(50)))
    assert found.ips == found.today and found.snips.value == found.today.value
    assert found.differences["snips"].value == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.05, 1), st.floats(0, 1)), min_size=2, max_size=30), st.floats(-3, 3))
def test_a_reward_moved_for_all_moves_snips_and_dr_by_as_much(rows: list[tuple[float, float, float]], moved: float) -> None:
    reward, chance, target = (np.array(part) for part in zip(*rows, strict=True))
    group = np.arange(len(rows))
    guess = np.zeros(len(rows))
    first = estimate(Logs(reward, chance, target, group, guess, guess))
    second = estimate(Logs(reward + moved, chance, target, group, guess + moved, guess + moved))
    for name in ("snips", "dr"):
        before, after = getattr(first, name).value, getattr(second, name).value
        assert (before is None and after is None) or after == pytest.approx(before + moved, abs=1e-6)


def test_decisions_of_one_customer_count_as_one() -> None:
    rng = np.random.default_rng(2)
    reward, chance = rng.random(100), np.full(100, 0.5)
    alone = estimate(Logs(reward, chance, chance, np.arange(100))).today.standard_error
    twice = estimate(Logs(np.repeat(reward, 2), np.repeat(chance, 2), np.repeat(chance, 2), np.repeat(np.arange(100), 2))).today
    assert twice.standard_error == pytest.approx(alone)


def simulated(rng: np.random.Generator, n: int) -> tuple[Logs, float]:
    """Half of the customers answer to b; the log drew it at .3 or .6, the policy takes it for those who answer.

    Two decisions about each customer, whose rewards hang together.  The model of rewards is wrong on purpose.
    """
    answers = np.repeat(rng.random(n // 2) < 0.5, 2)
    luck = np.repeat(rng.normal(0, 0.3, n // 2), 2)
    chance_b = np.where(answers, 0.3, 0.6)
    did_b = rng.random(n) < chance_b
    reward = 1 + answers * did_b + luck + rng.normal(0, 1, n)
    target = np.where(answers == did_b, 1.0, 0.0)
    guessed = 1 + 0.5 * did_b
    expected = 1 + 0.5 * answers
    return Logs(reward, np.where(did_b, chance_b, 1 - chance_b), target, np.repeat(np.arange(n // 2), 2), expected, guessed), 1.5


def covered(name: str, runs: int = 200) -> int:
    hits = 0
    for seed in range(runs):
        logs, truth = simulated(np.random.default_rng(seed), 300)
        found = estimate(logs)
        one = found.differences[name[5:]] if name.startswith("less ") else getattr(found, name)
        against = truth - (1 + 0.5 * 0.3) if name.startswith("less ") else truth
        hits += one.interval[0] <= against <= one.interval[1]
    return hits


@pytest.mark.parametrize("name", ["ips", "snips", "dr", "less dr", "less snips"])
def test_the_intervals_hold_the_truth_in_95_of_100(name: str) -> None:
    assert 180 <= covered(name) <= 199  # of 200; outside with a chance of 1 in 500


def test_the_difference_is_told_more_closely_than_its_parts() -> None:
    logs, _ = simulated(np.random.default_rng(3), 2_000)
    found = estimate(logs)
    assert found.difference.standard_error is not None and found.dr.standard_error is not None and found.today.standard_error is not None
    assert found.difference.standard_error < np.hypot(found.dr.standard_error, found.today.standard_error)


def test_a_policy_the_log_hardly_tried_is_warned_of() -> None:
    rng = np.random.default_rng(5)
    did = rng.random(2_000) < 0.005
    logs = Logs(rng.random(2_000), np.where(did, 0.005, 0.995), did.astype(float), np.arange(2_000))
    told = " ".join(overlap(logs).warnings)
    assert all(words in told for words in ("Little overlap", "One decision bears", "One decision in a hundred"))
    clipped = overlap(logs, clip=10.0)
    assert clipped.largest == 10.0 and "clipped" in " ".join(clipped.warnings)
    assert not overlap(Logs(logs.reward, logs.chance, logs.chance, logs.group)).warnings


def test_weights_that_do_not_average_one_are_warned_of() -> None:
    logs = Logs(np.ones(500), np.full(500, 0.5), np.full(500, 0.2), np.arange(500))
    assert any("average 0.40" in warning for warning in overlap(logs).warnings)


def test_a_policy_that_never_does_what_was_done_is_not_known() -> None:
    rows = [{"did": "a", "came": k % 2, "next": "b"} for k in range(20)]
    found = valued(log=rows, propensity=0.5, policy={"column": "next"})
    assert found.estimates is not None
    assert (found.estimates.snips.value, found.estimates.snips.interval) == (None, None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"policy": "c"}, "No row did 'c'"),
        ({"policy": None}, "write an action"),
        ({"policy": {"uniform": 1}}, "true or left out"),
        ({"policy": {"all": ["a"]}}, "names the action"),
        ({"policy": {"uniform": True, "column": "next"}}, "write an action"),
        ({"policy": {"column": "nowhere"}}, "no column 'nowhere'"),
        ({"policy": {"chance": "did"}}, "must hold the policy's chances"),
        ({"policy": {"chances": {"a": "p_b", "b": "p_b"}}}, "sum up to 1.6"),
        ({"policy": "catalog"}, "No row did 'catalog'"),
        ({"policy": "a", "propensity": "came"}, "above 0"),
        ({"policy": "a", "reward": "who"}, "holds texts"),
        ({"policy": "a", "clip": -1}, "above 0"),
        ({"policy": "a", "log": "events", "reward": "did"}, "names part of a table"),
        ({"policy": "a", "log": 5}, "list of rows"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(change: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        ask(empty_warehouse(), {"ask": "policy_value", **OF_TABLE, **change})


def test_a_page_and_a_rule_name_no_file() -> None:
    plain = {**OF_TABLE, "log": "/etc/hostname", "policy": "a"}
    with pytest.raises(QuestionError, match="names a file"):
        read_policy_value(plain, files=False)
    with pytest.raises(QuestionError, match="names a file"):
        read_policy_value({**OF_TABLE, "policy": {"like": "/etc/hostname"}}, files=False)
    con = empty_warehouse()
    save_segment(con, "sly", {"policy_value": plain, "agrees": True})
    with pytest.raises(QuestionError, match="names a file"):
        ask(con, {"ask": "segment", "where": "sly"})


def test_the_customers_that_agree_are_as_many_as_told() -> None:
    question = {"ask": "policy_value", **OF_TABLE, "customer": "who", "policy": {"column": "next"}}
    answer = ask(empty_warehouse(), {**question, "customers": {"agrees": True}})
    assert answer["customers"] == {"count": 2, "ids": ["ann", "cid"]}
    assert answer["agreeing_customers"] == 2


def test_the_catalog_is_worth_more_than_the_dice_where_the_mail_pays() -> None:
    """A mail adds 30 points to a purchase of 20 of which half is kept, for 0.50: 2.50 each."""
    con = logged(*half("mailed", "mail", 200, 100), *half("left", "nothing", 200, 40), *half("held", "nothing", 20, 4, chance=1.0))
    answer = ask(con, {"ask": "policy_value", "policy": "catalog"})
    assert answer["unit"] == "money" and answer["n"] == 400
    assert answer["today"]["value"] == pytest.approx((0.5 * 10 - 0.5 + 0.2 * 10) / 2)
    assert answer["snips"]["value"] == pytest.approx(0.5 * 10 - 0.5)
    assert answer["difference"]["value"] == pytest.approx(1.25, abs=0.01)
    assert answer["difference"]["interval"][0] > 0
    assert {one["action"] for one in answer["planned"]} == {"Mail"}
    assert answer["customers_decided_on"] == 400 and answer["agreeing_customers"] == 200
    nothing = ask(con, {"ask": "policy_value", "policy": "nothing", "reward": "did"})
    assert (nothing["unit"], nothing["snips"]["value"]) == ("share", pytest.approx(0.2))


def test_the_catalog_does_nothing_where_the_mail_does_not_pay() -> None:
    con = logged(*half("mailed", "mail", 100, 20), *half("left", "nothing", 100, 21))
    answer = ask(con, {"ask": "policy_value", "policy": "catalog"})
    assert {one["action"] for one in answer["planned"]} == {"nothing"}


def test_an_action_that_is_off_or_not_for_the_stage_is_not_chosen() -> None:
    people = (*half("mailed", "mail", 100, 60), *half("left", "nothing", 100, 20))
    for more in ("on = false", 'stages = ["lapsed"]'):
        catalog = CATALOG.replace('name = "Mail"', f'name = "Mail"\n{more}')
        answer = ask(logged(*people, catalog=catalog), {"ask": "policy_value", "policy": "catalog"})
        assert {one["action"] for one in answer["planned"]} == {"nothing"}, more


def test_an_assignment_that_names_nothing_is_passed_over() -> None:
    odd = person("odd", "mail", True)
    odd[1].pop("action")
    answer = ask(logged(*half("mailed", "mail", 20, 9), *half("left", "nothing", 20, 4), odd), {"ask": "policy_value", "policy": "Mail"})
    assert answer["n"] == 40


def test_without_a_campaign_it_is_said_what_is_missing() -> None:
    answer = ask(empty_warehouse(), {"ask": "policy_value", "policy": "catalog"})
    assert "no campaign" in answer["enough"] and answer["snips"] is None


def test_the_mens_mail_to_all_is_worth_what_its_arm_brought() -> None:
    visit = case("hillstrom_Mens E-Mail")["expected"]["visit"]
    plain = {"log": data("hillstrom/hillstrom.csv.gz"), "action": "segment", "reward": "visit", "propensity": 1 / 3}
    question = read_policy_value({**plain, "policy": "Mens E-Mail", "features": ["recency", "history", "newbie"]})
    found = measure_policy_value(empty_warehouse(), question, Scope())
    assert found.estimates is not None and not found.evidence.warnings
    for name in ("snips", "dr"):
        one = getattr(found.estimates, name)
        assert abs(one.value - visit) < one.standard_error < 0.003, name
    assert found.estimates.dr.standard_error < found.estimates.snips.standard_error


def test_the_random_log_tells_of_thompsons_policy_what_its_own_log_says() -> None:
    log, own = data("open_bandit/random_all.parquet"), data("open_bandit/bts_all.parquet")
    plain = {"log": log, "action": "item_id", "reward": "click", "propensity": "propensity_score"}
    found = measure_policy_value(empty_warehouse(), read_policy_value({**plain, "policy": {"like": own, "by": ["position"]}}), Scope())
    clicks = float(pl.read_parquet(own)["click"].mean())  # type: ignore[arg-type]
    assert found.estimates is not None and found.overlap is not None
    assert found.estimates.today.value == pytest.approx(0.0038, abs=5e-5) and clicks == pytest.approx(0.0042, abs=5e-5)
    for name in ("ips", "snips", "dr"):
        low, high = getattr(found.estimates, name).interval
        assert low < clicks < high, name
    assert found.overlap.effective_size < 0.3 * found.overlap.n
    assert any("Little overlap" in warning for warning in found.evidence.warnings)
