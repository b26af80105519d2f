"""Launching one rule: everybody who is due is proposed, forbidden or left, and nothing is written."""

from collections.abc import Iterator

import pytest

from journey.actions.launch import plan_launch
from journey.actions.ledger import book, queue
from journey.catalogs import keep_text
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.scope import Scope
from journey.warehouse import Warehouse, open_warehouse
from tests.drawn import drawn_frame

CATALOG = """
[guardrails]
quiet = []
holdout = 0.0
explore = false
budget = { most = 2, within = "30d" }
[guardrails.contacts]
email = ["mail"]
[[action]]
name = "Nudge"
channel = "email"
purpose = ""
wanted = { did = "buy", within = "7d" }
assumed = { likely = 0.5, low = 0.4, high = 0.6, source = "a guess" }
worth = 10
cost = 1
[[trigger]]
name = "Left"
action = "Nudge"
when = { all = [{ did = "cart" }, { did_not = "buy" }] }
"""
# ann, bob, cyd and dee left a basket; dee had a mail an hour ago, and one contact a day is the cap; eve bought.
LOG = (
    "ann 09:00 cart{device=m}",
    "bob 09:00 cart{device=d}",
    "cyd 09:00 cart{device=m}",
    "dee 09:00 cart{device=m} 09:30 mail",
    "eve 09:00 cart{device=m} 09:05 buy",
)


@pytest.fixture
def con() -> Iterator[Warehouse]:
    with open_warehouse(":memory:") as opened:
        load_events(opened, drawn_frame(*LOG))
        keep_text(opened, "actions.toml", CATALOG)
        yield opened


def test_everybody_who_is_due_is_proposed_forbidden_or_beyond_the_budget(con: Warehouse) -> None:
    plan = plan_launch(con, "Left", Scope(), run="launch 1")
    assert (plan.action, plan.due, len(plan.treated), plan.held_out) == ("Nudge", 4, 2, 0)
    assert plan.forbidden == {"cap": 1} and plan.proposing.beyond == 1 and plan.unchosen == 0
    assert plan.cost == 2 and plan.value == pytest.approx(2 * (0.5 * 10 - 1))
    assert plan.interval is not None and plan.interval[0] == pytest.approx(2 * 3, abs=0.01)  # 0.4 of 10, less the cost


def test_planning_writes_nothing_and_booking_a_plan_twice_is_booking_it_once(con: Warehouse) -> None:
    plan = plan_launch(con, "Left", Scope(), run="launch 1")
    assert queue(con, ("waiting", "held")) == ()
    assert len(book(con, plan.proposals, by="Ann").new) == 2
    assert book(con, plan.proposals, by="Ann").new == ()


def test_the_segment_narrows_who_is_due(con: Warehouse) -> None:
    plan = plan_launch(con, "Left", Scope(segment={"property": "device", "op": "eq", "value": "d"}), run="launch 1")
    assert (plan.due, [one.customer_id for one in plan.proposals], plan.forbidden) == (1, ["bob"], {})


def test_an_unknown_rule_is_refused_with_the_nearest(con: Warehouse) -> None:
    with pytest.raises(QuestionError, match=r"No rule is named 'Lefd'\. .*Left"):
        plan_launch(con, "Lefd", Scope(), run="launch 1")
