"""Who is due, and what a rule would have done in the past: worked by hand, against each moment alone, and every mark."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from journey.actions.catalog import Trigger, keep_catalog
from journey.actions.triggers import due, due_all, measure_dry_run, read_dry_run
from journey.ask import ask
from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.rules.saved import save_segment
from journey.scope import Scope
from journey.warehouse import Warehouse, write
from tests.actions.ledgers import proposals
from tests.drawn import drawn

START = datetime(2026, 3, 2, tzinfo=UTC)
CATALOG = """
[guardrails]
caps = []
[guardrails.contacts]
email = ["mail"]
phone = [{ event = "task", where = { kind = "call" } }]
[[action]]
name = "Note"
channel = "email"
cooldown = "3d"
wanted = { did = "buy", within = "7d" }
[[trigger]]
name = "Basket"
action = "Note"
why = "A basket was left."
when = { stall = "cart", for = "12h", until = "buy", within = "2d" }
[[trigger]]
name = "Looker"
action = "Note"
why = "They looked."
when = { did = "look", within = "7d" }
"""
LOG = """
ann +1d 09:00 look 10:00 cart +4d 10:00 cart
bob +1d 11:00 cart 11:30 buy
cid +2d 09:00 cart +1d 09:00 mail
dee +2d 08:00 task{kind=call} 09:00 cart 09:10 task{kind=note}
eve +6d 12:00 end
"""


def at(days: float) -> int:
    return int((START + timedelta(days=days)).timestamp() * 1000)


@pytest.fixture(scope="module")
def shop() -> Iterator[Warehouse]:
    with drawn(LOG) as con:
        keep_catalog(con, CATALOG, by="test")
        yield con


@pytest.fixture(scope="module")
def rich() -> Iterator[Warehouse]:
    with drawn(RICH) as con:
        keep_catalog(con, CATALOG.split("[[trigger]]")[0], by="test")
        write_catalog(con, "stages", STAGES)
        save_segment(con, "buyers", {"did": "buy"})
        with write(con) as connection:
            connection.execute(
                SCORED,
                [at(3)],
            )
        yield con


def trigger(when: Any) -> Trigger:
    return Trigger("tried", "Note", when, "")


def run(con: Warehouse, **question: Any) -> dict[str, Any]:
    return ask(con, {"ask": "dry_run", "trigger": "Basket", "from": "2026-03-03", "to": "2026-03-08", **question})


def behind(con: Warehouse, mark: dict[str, Any], **question: Any) -> list[str]:
    found: list[str] = run(con, customers=mark, **question)["customers"]["ids"]
    return found


def test_a_basket_is_due_from_twelve_hours_on_and_no_longer_than_two_days(shop: Warehouse) -> None:
    basket = trigger({"stall": "cart", "for": "12h", "until": "buy", "within": "2d"})
    assert due(shop, basket, at(1.9)) == ()  # ann's is twelve hours old at 22:00
    assert due(shop, basket, at(2)) == ("ann",)
    assert due(shop, basket, at(3)) == ("ann", "cid", "dee")
    assert due(shop, basket, at(4)) == ("cid", "dee")


def test_a_dry_run_says_who_came_due_when_and_how_often(shop: Warehouse) -> None:
    answer = run(shop)
    assert [look["at"][:10] for look in answer["looks"]] == [f"2026-03-0{day}" for day in range(3, 9)]
    assert [look["due"] for look in answer["looks"]] == [0, 1, 3, 2, 0, 1]
    assert [look["newly"] for look in answer["looks"]] == [0, 1, 2, 0, 0, 1]
    assert answer["reached"]["customers"] == 3 and answer["occasions"] == answer["population"] == 4
    assert answer["times"] == [{"times": 1, "customers": 2}, {"times": 2, "customers": 1}]
    assert behind(shop, {"day": "2026-03-05"}) == ["cid", "dee"] and behind(shop, {"times": 2}) == ["ann"]


def test_the_cooldown_of_the_action_leaves_out_what_comes_too_soon(shop: Warehouse) -> None:
    assert [look["proposed"] for look in run(shop)["looks"]] == [0, 1, 2, 0, 0, 1]  # ann again after four days
    daily = run(shop, trigger=None, rule={"did": "cart"}, action="Note")
    assert [look["proposed"] for look in daily["looks"]] == [0, 2, 2, 0, 2, 2]  # whoever stays due is proposed every third day
    assert run(shop, trigger=None, rule={"did": "cart"})["proposed"] is None  # without an action there is no cooldown


def test_what_comes_later_changes_no_look() -> None:
    question = read_dry_run({"rule": {"stall": "cart", "for": "12h"}, "from": "2026-03-03", "to": "2026-03-05"})
    with drawn(LOG) as whole, drawn(*[line.split(" +4d")[0] for line in LOG.splitlines() if "eve" not in line]) as cut:
        assert measure_dry_run(whole, question, Scope()).looks == measure_dry_run(cut, question, Scope()).looks


ASKED = [
    {"did_not": "buy", "since": "cart"},
    {"sum": "price", "of": "cart", "op": "ge", "value": 5, "within": "2d"},
    {"trend": "look", "recent": "2d", "before": "2d", "change": "<0"},
    {"date": "renews", "in": "3d"},
    {"entered": "basket", "within": "3d"},
    {"left": "basket", "within": "3d", "to": "bought"},
    {"stage": "basket"},
    {"score": "churn", "op": "gt", "value": 0.5},
    {"sequence": ["look", "cart"], "in": "session"},
    {"time_since": "cart", "op": "le", "value": "1d"},
    {"all": ["buyers", {"distinct": "session", "of": "look", "op": "ge", "value": 1}]},
    {"property": "device", "op": "eq", "value": "m"},
]
SCORED = """insert into scores (name, version, customer_id, as_of, dataset, probability, low, high, tier)
values ('churn', 1, 'bob', ?, 1, 0.7, 0.6, 0.8, 'high')"""
STAGES = """
[[stage]]
name = "bought"
rule = { did = "buy" }
[[stage]]
name = "basket"
rule = { did = "cart" }
[[stage]]
name = "looking"
"""
RICH = """
ann 09:00 look{device=m} 09:05 cart{price=6} +2d 10:00 look +1d 10:00 cart{price=2}
bob 10:00 look{renews=2026-03-07,device=d} +1d 11:00 cart{price=9} +1d 11:30 buy{price=9} +2d 09:00 look
cid +1d 09:00 look +1d 09:00 look{renews=2026-03-05} +2d 09:00 buy{price=4}
"""


@pytest.mark.parametrize("rule", ASKED, ids=str)
def test_every_condition_can_propose_and_every_look_is_the_rule_at_that_moment(rich: Warehouse, rule: Any) -> None:
    question = {"ask": "dry_run", "rule": rule, "from": "2026-03-03", "to": "2026-03-07"}
    looks = ask(rich, question)["looks"]
    alone = [due(rich, trigger(rule), at(day)) for day in range(1, 6)]
    assert [look["due"] for look in looks] == [len(found) for found in alone]
    assert any(alone)
    fullest = max(range(5), key=lambda place: len(alone[place]))
    assert tuple(ask(rich, {**question, "customers": {"due": looks[fullest]["at"]}})["customers"]["ids"]) == alone[fullest]


def test_who_is_behind_a_mark_of_another_answer_can_be_due(shop: Warehouse) -> None:
    left = {"funnel": {"steps": ["cart", "buy"]}, "dropped_after": 0}
    assert due(shop, trigger({"all": [left, {"did": "look"}]}), at(7)) == ("ann",)
    save_segment(shop, "left", left)
    assert due(shop, trigger("left"), at(7)) == ("ann", "cid", "dee")
    assert "one by one" in run(shop, trigger=None, rule=left)["warnings"][0]


def test_several_triggers_in_one_query_are_each_alone(shop: Warehouse) -> None:
    both = [Trigger("a", "Note", {"did": "look"}, ""), Trigger("b", "Note", {"did": "cart", "within": "3d"}, "", lacking=())]
    at_rest = Trigger("c", "Note", {"did": "look"}, "", lacking=("swim",))
    assert due_all(shop, [*both, at_rest], at(7)) == {"a": ("ann",), "b": ("ann",), "c": ()}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"rule": {"did": "look"}}, "either a rule"),
        ({"trigger": "Baskets"}, "nearest known is 'Basket'"),
        ({"action": "Nod"}, "No action is named 'Nod'"),
        ({"from": "2026-03-09"}, "begins"),
        ({"every": "1m"}, "120 are the most"),
        ({"every": 0}, "how often"),
        ({"customers": {"day": "2026-04-05"}}, "no look"),
        ({"customers": {"overlap": "Basket"}}, "no other trigger"),
        ({"customers": {"day": "2026-03-05", "stage": "decision"}}, "one of"),
        ({"trigger": None, "rule": {"did": "look", "colour": 1}}, "The rule cannot be used: Unknown"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_a_sentence(shop: Warehouse, question: dict[str, Any], sentence: str) -> None:
    with pytest.raises(QuestionError, match=sentence):
        run(shop, **question)


def test_the_window_is_four_weeks_of_days_until_the_end_of_the_data(shop: Warehouse) -> None:
    looks = ask(shop, {"ask": "dry_run", "trigger": "Looker"})["looks"]
    assert len(looks) == 28 and looks[-1]["at"] == "2026-03-08T12:00:00.001000Z"
    assert looks[-1]["due"] == len(due(shop, trigger({"did": "look", "within": "7d"}), at(6.5) + 1)) == 1


def test_one_customer_and_one_moment_have_a_dry_run() -> None:
    with drawn("ann 09:00 look") as con:
        answer = ask(con, {"ask": "dry_run", "rule": {"did": "look"}})
        assert answer["reached"]["customers"] == answer["occasions"] == 1
        assert [look["newly"] for look in answer["looks"]] == [0] * 27 + [1]


def test_the_answer_tells_the_catalog_in_force_and_who_is_due(shop: Warehouse) -> None:
    answer = ask(shop, {"ask": "actions", "customers": {"trigger": "Looker"}})
    assert [(one["name"], one["due"], one["effect_from"]) for one in answer["actions"]] == [("Note", 1, "unknown")]
    assert {one["name"]: one["due"] for one in answer["triggers"]} == {"Basket": 1, "Looker": 1}
    assert answer["triggers"][1]["when_told"] == "did look within 7 days" and answer["due"] == 1
    assert answer["customers"] == {"count": 1, "ids": ["ann"]}
    with pytest.raises(QuestionError, match=r"No trigger is named 'Lookers'\. The nearest known is 'Looker'"):
        ask(shop, {"ask": "actions", "customers": {"trigger": "Lookers"}})


def test_other_rules_and_contacts_of_the_same_customers_are_told(shop: Warehouse) -> None:
    answer = run(shop)
    assert [(one["trigger"], one["customers"]) for one in answer["overlaps"]] == [("Looker", 1)]
    assert behind(shop, {"overlap": "Looker"}) == ["ann"]
    proposals(shop, "Note", {"ann": "sent", "cid": "rejected"}, as_of=at(1.5))
    contacts = {(one["by"], one["in"]): one["customers"] for one in run(shop)["contacts"]}
    assert contacts == {("task (kind is call)", "log"): 1, ("Note", "ledger"): 1}  # cid's mail came after they were due
    assert behind(shop, {"treated": True}) == ["ann", "dee"] and behind(shop, {"treated": "Note", "in": "ledger"}) == ["ann"]
