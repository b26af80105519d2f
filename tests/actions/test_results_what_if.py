"""What if each action were done now: for whom, what it would bring, and what stands in the way."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.effects import Effect, Effects
from journey.actions.results import measure_what_if, read_what_if, what_if_customers
from journey.actions.results.plan import One, best_of, plan
from journey.ask import ask
from journey.errors import QuestionError
from journey.scope import Scope
from journey.warehouse import Warehouse, open_warehouse
from tests.actions.campaigns import CATALOG, half, logged

RULES = (
    CATALOG
    + """
[[trigger]]
name = "Looked"
action = "Mail"
when = { did_not = "buy" }
why = "They looked and did not buy."

[[trigger]]
name = "Bought"
action = "Note"
when = { did = "buy" }
why = "They bought."
"""
)


@pytest.fixture(scope="module")
def con() -> Warehouse:
    """An effect of 20 points on 10%, an order of 40 of which half is kept: 4 for a mail of .50; of 121, 24 bought."""
    return logged(*half("m", "mail", 60, 18, revenue=40.0), *half("n", "nothing", 60, 6, revenue=40.0), catalog=RULES)


def options(con: Warehouse, **more: Any) -> dict[str, dict[str, Any]]:
    found = ask(con, {"ask": "what_if", **more})
    assert json.loads(json.dumps(found)) == found
    return {one["action"]: one for one in found["actions"]}


def test_due_are_those_for_whom_a_rule_holds_and_allowed_are_the_rest_of_the_guardrails(con: Warehouse) -> None:
    mail = options(con)["Mail"]
    assert mail["due"] == 97 and mail["in_the_way"] == {}
    assert mail["allowed"] + mail["held_out"] == 97 and 1 <= mail["held_out"] <= 25  # a tenth by the dice


def test_what_it_would_bring_is_the_effect_times_the_worth_less_the_cost(con: Warehouse) -> None:
    mail = options(con)["Mail"]
    n = mail["allowed"]
    assert mail["all"]["customers"] == n and mail["all"]["cost"] == pytest.approx(0.5 * n)
    assert mail["all"]["outcomes"]["value"] == pytest.approx(0.2 * n, rel=0.01)
    assert mail["all"]["net"]["value"] == pytest.approx(3.5 * n, rel=0.01)
    low, high = mail["all"]["outcomes"]["low"], mail["all"]["outcomes"]["high"]
    sd = mail["effect"]["sd"]
    assert high - low == pytest.approx(2 * 1.96 * sd * n, rel=0.01)  # one unknown for all: it does not average out
    assert mail["sentence"].startswith(f"Done for the best {n}")


def test_what_is_not_known_has_no_money_and_says_so(con: Warehouse) -> None:
    found = options(con)
    assert found["Note"]["due"] == 24 and found["Note"]["all"]["net"] is None
    assert "not known yet" in found["Note"]["sentence"]
    assert found["Parcel"]["due"] == 0 and "the log holds no unheard" in found["Parcel"]["sentence"]


def test_an_action_without_rules_is_for_everybody_it_is_for(con: Warehouse) -> None:
    assert options(con)["Call"]["due"] == 121


def test_the_most_money_comes_first_and_of_the_unknown_the_least_effort(con: Warehouse) -> None:
    found = list(options(con))
    assert found[0] == "Mail" and found.index("Call") < found.index("Note")


def test_a_budget_and_a_capacity_limit_the_best(con: Warehouse) -> None:
    mail = options(con, budget=5.2)["Mail"]
    assert mail["best"]["customers"] == 10 and mail["best"]["cost"] == 5.0
    assert options(con, capacity=3)["Mail"]["best"]["customers"] == 3
    assert options(con, budget=0)["Mail"]["best"]["customers"] == 0


def test_the_limit_of_the_catalog_holds_where_no_budget_is_named() -> None:
    text = RULES.replace("holdout = 0.1", 'holdout = 0.0\nbudget = { most = 2, within = "30d" }', 1)
    con = logged(*half("m", "mail", 60, 18, revenue=40.0), *half("n", "nothing", 60, 6, revenue=40.0), catalog=text)
    assert options(con)["Mail"]["best"]["customers"] == 4


def test_what_stands_in_the_way_of_everybody_is_said() -> None:
    con = logged(
        *half("m", "mail", 3, 1),
        catalog=RULES.replace('purpose = ""', 'purpose = "marketing"', 1).replace("holdout = 0.1", "holdout = 0.0"),
    )
    mail = options(con)["Mail"]
    assert (mail["due"], mail["allowed"], mail["in_the_way"]) == (3, 0, {"consent": 3})
    assert mail["sentence"] == "It is due for 3 and allowed for nobody: consent 3."
    assert what_if_customers(con, read_what_if({}), Scope(), {"action": "Mail", "guardrail": "consent"}).ids == ("m 001", "m 002", "zoe")


def test_a_segment_narrows_who_is_looked_at(con: Warehouse) -> None:
    found = options(con, scope={"segment": {"customers": ["m 058", "m 059", "m 000"]}})
    assert (found["Mail"]["due"], found["Note"]["due"], found["Call"]["due"]) == (2, 1, 3)


def test_each_number_has_its_customers(con: Warehouse) -> None:
    question = read_what_if({})
    for option in measure_what_if(con, question, Scope()).options:
        plain = option.as_plain()
        marks = {group: plain[group] for group in ("due", "allowed", "held_out")} | {"best": plain["best"]["customers"]}
        for group, count in marks.items():
            people = what_if_customers(con, question, Scope(), {"action": option.action.name, "group": group})
            assert people.count == count == len(set(people.ids))
        for guardrail, count in plain["in_the_way"].items():
            assert what_if_customers(con, question, Scope(), {"action": option.action.name, "guardrail": guardrail}).count == count


@pytest.mark.parametrize(
    "mark", [{}, {"action": "Mail"}, {"action": "Mail", "group": "x"}, {"action": "Mail", "guardrail": "cap"}, {"a": 1}]
)
def test_a_mark_that_is_none_is_refused(con: Warehouse, mark: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match=r"can be|Known are"):
        what_if_customers(con, read_what_if({}), Scope(), mark)


@pytest.mark.parametrize(
    "plain", [{"budget": -1}, {"budget": "much"}, {"budget": True}, {"capacity": 1.5}, {"capacity": -1}, {"colour": 1}]
)
def test_a_question_that_cannot_be_read_is_refused(con: Warehouse, plain: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        options(con, **plain)


def test_an_empty_workspace_has_actions_for_nobody() -> None:
    found = measure_what_if(open_warehouse(":memory:"), read_what_if({}), Scope())
    assert found.as_of is None and all(not one.due for one in found.options)


EFFECTS = Effects({("a", None): Effect("a", None, 0.1, 0.02, 99, 99, 0.1, "experiment", "")})
people = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 10)), max_size=12)


@settings(max_examples=15, deadline=None)
@given(people, st.one_of(st.none(), st.floats(0, 30)), st.one_of(st.none(), st.integers(0, 6)))
def test_the_best_pay_and_fit_and_none_better_is_left_out_for_no_reason(
    drawn: list[tuple[float, float]], budget: float | None, capacity: int | None
) -> None:
    everybody = [One(f"c{place}", "s", EFFECTS.of("a"), worth, 1.0, cost) for place, (worth, cost) in enumerate(drawn)]
    best = best_of(everybody, budget, capacity)
    assert all((one.value or 0) > 0 for one in best)
    assert budget is None or sum(one.cost for one in best) <= budget + 1e-9
    assert capacity is None or len(best) <= capacity
    paying = [one for one in everybody if (one.value or 0) > 0]
    if budget is None and (capacity is None or capacity >= len(paying)):
        assert len(best) == len(paying)
    told = plan("a", best, EFFECTS)
    assert told.outcomes is not None and told.outcomes.value == pytest.approx(0.1 * len(best))
    assert told.brought is not None and told.net is not None
    assert told.net.value == pytest.approx(sum(one.value or 0 for one in best), abs=1e-6)
