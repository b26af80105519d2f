"""Proposals for everybody who is due: whom, what, at which chance, and what a second run finds."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.catalog import actions_in_force
from journey.actions.choose import NextQuestion, Proposing, Wanted, measure_next_action, proposing_for
from journey.actions.guardrails import blocking, standings, vetoes
from journey.actions.ledger import Proposal, book, decide
from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.ingest import load_consent, load_customers
from journey.scope import Scope, read_time, read_zone
from journey.warehouse import Warehouse
from tests.drawn import drawn

NOW = read_time("2026-06-01T12:00:00", read_zone("UTC"), "now") or 0
END = read_time("2026-03-02T12:00:00", read_zone("UTC"), "end") or 0
DAY = 86_400_000
PEOPLE = 60
CATALOG = """
[guardrails]
caps = [{ times = 1, within = "1d" }]
holdout_by = "held"
protected = ["minor"]
# more

[[action]]
name = "Mail"
channel = "email"
cost = 1
worth = 40
wanted = { did = "visit", within = "7d" }
assumed = { likely = 0.05, low = 0.01, high = 0.09, source = "The team." }
[[action.variant]]
name = "A"
[[action.variant]]
name = "B"
weight = 3

[[action]]
name = "Call"
channel = "phone"
cost = 3
worth = 80
wanted = { did = "visit", within = "7d" }
assumed = { likely = 0.05, low = 0.01, high = 0.09, source = "The team." }

[[action]]
name = "Note"
channel = "email"
purpose = ""
persuades = false
wanted = { did = "cart", within = "7d" }

[[trigger]]
name = "Cart to mail"
action = "Mail"
when = { did = "cart" }
why = "They left a basket."

[[trigger]]
name = "Cart to call"
action = "Call"
when = { did = "cart" }

[[trigger]]
name = "Looked"
action = "Note"
when = { did = "look" }
"""
BUILT: list[Warehouse] = []


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    yield
    while BUILT:
        BUILT.pop().close()


def name(number: int) -> str:
    return f"c{number:02}"


def shop(guardrails: str = "") -> Warehouse:
    """c00 to c39 left a basket, c40 to c59 looked; every tenth is held out, c01 is a minor, c02 allows nothing."""
    if not BUILT:
        con = drawn(*(f"{name(number)} 09:00 {'cart' if number < 40 else 'look'}" for number in range(PEOPLE)), "zoe 12:00 visit")
        ids = [name(number) for number in range(PEOPLE)]
        told = {"held": [number % 10 == 0 for number in range(PEOPLE)], "minor": [number == 1 for number in range(PEOPLE)]}
        load_customers(con, pl.DataFrame({"customer": ids, **told}))
        said = {"purpose": ["marketing"] * PEOPLE, "given": [number != 2 for number in range(PEOPLE)], "ts": ["2026-03-01"] * PEOPLE}
        load_consent(con, pl.DataFrame({"customer": ids, **said}))
        BUILT.append(con)
    con = BUILT[0]
    con.connection.execute("delete from action_steps; delete from proposals; delete from action_refusals")
    write_catalog(con, "actions", CATALOG.replace("# more", guardrails))
    return con


def run(con: Warehouse, seed: int = 1, scope: Scope | None = None, at: int = NOW, **wanted: Any) -> Proposing:
    return proposing_for(con, scope or Scope(), Wanted(**wanted), run="daily 1", rng=np.random.default_rng(seed), at=at)


def decisions(found: Proposing) -> list[tuple[str, str, str, float]]:
    return [(one.customer_id, one.action, one.variant, one.propensity) for one in found.proposals]


def test_everybody_who_is_due_gets_one_action_or_none_and_the_held_out_are_chosen_for() -> None:
    found = run(shop("explore = false"))
    got = {one.customer_id: one for one in found.proposals}
    assert len(got) == len(found.proposals) == 58  # all but the minor, who was due for what persuades, and who allows nothing
    assert name(1) not in got and name(2) not in got and "zoe" not in got
    assert {one.action for one in got.values()} == {"Mail", "Note"}  # .05 x 40 - 1 = 1 against .05 x 80 - 3 = 1: the first of equals
    assert {one.customer_id for one in got.values() if one.arm == "holdout"} == {name(number) for number in range(0, PEOPLE, 10)}
    assert (found.eligible, found.without, found.beyond) == ({"Mail": 38, "Call": 38, "Note": 20}, 2, 0)


def test_a_proposal_keeps_what_was_expected_of_it_and_the_card_says_why() -> None:
    first, last = (run(shop("explore = false")).proposals[place] for place in (0, -1))
    assert (first.action, first.trigger_name, first.expected_value, first.cost) == ("Mail", "Cart to mail", pytest.approx(1.0), 1.0)
    assert first.low is not None and first.low == pytest.approx(1 - 40 * 0.04) and first.high == pytest.approx(1 + 40 * 0.04)
    assert (first.as_of, first.act_by, first.proposed_at) == (END + 1, END + 1 + 3 * DAY, NOW)
    card = json.loads(first.card)
    assert card["reasons"][0]["text"] == "They left a basket." and card["said"].startswith("Mail is expected to bring 1.00")
    assert (last.action, last.expected_value, last.low, last.variant, last.variant_propensity) == ("Note", None, None, "", 1.0)


def test_a_run_that_explores_tries_both_and_keeps_the_chance_of_each() -> None:
    found = [one for one in run(shop()).proposals if one.action != "Note"]
    chance = {one.action: one.propensity for one in found}
    # Mail and Call are each the best in a good part of the draws, nothing in the rest.
    assert set(chance) == {"Mail", "Call"} and 0.5 < sum(chance.values()) < 1
    assert all(one.propensity == chance[one.action] for one in found)
    learning = [json.loads(one.card) for one in found if one.action == "Call"]
    assert learning and all(card["said"].startswith("Call is proposed to learn") for card in learning)
    assert {one.variant: one.variant_propensity for one in found if one.action == "Mail"} == {"A": 0.25, "B": 0.75}


def test_the_same_facts_are_decided_alike_whoever_else_is_asked_about() -> None:
    con = shop()
    everybody = {one[0]: one for one in decisions(run(con))}
    half = decisions(run(con, scope=Scope(segment={"customers": [name(number) for number in range(0, PEOPLE, 2)]})))
    assert half and all(everybody[one[0]] == one for one in half)
    assert decisions(run(con)) == list(everybody.values())


def test_what_is_booked_is_proposed_once_and_nothing_else_beside_it() -> None:
    con = shop("explore = false")
    first = run(con).proposals
    booked = book(con, first, by="daily 1", at=NOW)
    assert len(booked.new) == len(first) and not booked.refused
    again = run(con, at=NOW + 60_000).proposals
    assert not again
    assert not book(con, first, by="daily 2", at=NOW + 60_000).new


def test_what_a_person_rejected_is_not_proposed_to_them_again_but_the_next_best_is() -> None:
    con = shop("explore = false")
    first = next(one for one in run(con).proposals if one.customer_id == name(5))
    book(con, [first], by="daily 1", at=NOW)
    decide(con, first.proposal, "rejected", by="Kim", reason="wrong moment", at=NOW)
    again = next(one for one in run(con, at=NOW + 60_000).proposals if one.customer_id == name(5))
    assert (first.action, again.action) == ("Mail", "Call") and json.loads(again.card)["vetoed"][0]["guardrail"] == "rejected"
    later = next(one for one in run(con, at=NOW + 14 * DAY).proposals if one.customer_id == name(5))
    assert later.action == "Mail"


def test_a_list_for_a_person_shows_what_each_card_does() -> None:
    con = shop()
    found = run(con, by_value=True, explore=False).proposals
    assert found and all(one.propensity == 1 for one in found)
    for one in found[:3]:
        card = measure_next_action(con, NextQuestion(one.customer_id), Scope(), NOW)
        assert (card.action, card.expected_value, card.variant and card.variant.name) == (one.action, one.expected_value, one.variant)


def test_a_capacity_takes_the_best_first_and_the_held_out_use_up_none() -> None:
    found = run(shop("explore = false"), capacity=5)
    treated = [one for one in found.proposals if one.arm == "treated"]
    assert len(treated) == 5 and all(one.action == "Mail" for one in found.proposals) and found.beyond == 58 - len(found.proposals)
    with pytest.raises(QuestionError, match="capacity"):
        run(shop(), capacity=0)


def test_a_budget_is_never_overspent_by_a_run_with_what_was_spent_before() -> None:
    con = shop('explore = false\nbudget = { most = 4.5, within = "30d" }')
    found = run(con).proposals
    assert sum(one.cost for one in found if one.arm == "treated") == 4 and sum(one.action == "Note" for one in found) == 20
    assert len(book(con, found, by="daily 1", at=NOW).refused) == 0


def test_the_held_out_end_where_the_budget_ends_for_the_others() -> None:
    """All are worth alike: the dice say who is reached, not the order of the ids, and no one behind the fifth is held out."""
    order = [(one.customer_id, one.arm) for one in run(shop("explore = false"), actions=["Mail"]).proposals]
    con = shop('explore = false\nbudget = { most = 5.5, within = "30d" }')
    found = [(one.customer_id, one.arm) for one in run(con, actions=["Mail"]).proposals]
    assert [arm for _, arm in found].count("treated") == 5 and found[-1][1] == "treated" and found == order[: len(found)]
    assert sorted(order) != order and ("holdout" in [arm for _, arm in order[len(found) :]])


def test_a_launch_looks_at_the_named_actions_for_everybody_and_by_value_at_all_that_are_valued() -> None:
    con = shop("explore = false")
    launched = run(con, actions=["Note"]).proposals
    assert {one.action for one in launched} == {"Note"} and len(launched) == PEOPLE + 1  # nothing forbids it, not even to a minor
    assert {one.trigger_name for one in launched} == {"", "Looked"}
    valued = run(con, by_value=True).proposals
    assert {name(40 + number) for number in range(20)} <= {one.customer_id for one in valued if one.action == "Mail"}
    assert {one.action for one in run(con, triggers=["Looked"]).proposals} == {"Note"}
    with pytest.raises(QuestionError, match="nearest known is 'Looked'"):
        run(con, triggers=["Loked"])
    with pytest.raises(QuestionError, match="nearest known is 'Note'"):
        run(con, actions=["Not"])


def test_history_is_proposed_as_it_was() -> None:
    con = shop("explore = false")
    book(con, run(con).proposals, by="daily 1", at=NOW)
    assert len(run(con, scope=Scope(stop=END)).proposals) == 58  # at the last event: the ledger was not there yet
    assert run(con, scope=Scope(stop=END - DAY)).proposals == ()


def test_nobody_and_an_empty_catalog_propose_nothing() -> None:
    con = shop()
    assert run(con, scope=Scope(segment={"customers": []})).proposals == ()
    write_catalog(con, "actions", "")
    assert run(con).proposals == ()


@settings(max_examples=3, deadline=None)
@given(
    caps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["1d", "7d"])), max_size=2),
    budget=st.none() | st.integers(0, 30),
    explore=st.booleans(),
    seed=st.integers(0, 99),
    before=st.integers(0, 30),
)
def test_no_guardrail_is_broken_and_every_proposal_can_be_booked(
    caps: list[tuple[int, str]], budget: int | None, explore: bool, seed: int, before: int
) -> None:
    """Some are treated first; then all is proposed, held to the guardrails one by one, and booked without a refusal."""
    listed = ", ".join(f'{{ times = {times}, within = "{within}" }}' for times, within in caps)
    spent = "" if budget is None else f'budget = {{ most = {budget}, within = "30d" }}'
    con = shop()
    text = CATALOG.replace("# more", f"explore = {str(explore).lower()}\n{spent}")
    text = text.replace('[{ times = 1, within = "1d" }]', f"[{listed}]")
    write_catalog(con, "actions", text)
    book(con, run(con, seed).proposals[:before], by="daily 0", at=NOW)
    later = NOW + 2 * DAY
    found = run(con, seed + 1, at=later)
    _hold_to_guardrails(con, found.proposals, later)
    assert not book(con, found.proposals, by="daily 1", at=later).refused


def _hold_to_guardrails(con: Warehouse, found: tuple[Proposal, ...], at: int) -> None:
    catalog = actions_in_force(con)
    stand = standings(con, [one.customer_id for one in found], END + 1, at, catalog)
    assert len({one.customer_id for one in found}) == len(found)
    for one in found:
        action = catalog.action(one.action)
        assert action is not None and (one.customer_id != name(2) or action.purpose is None)
        assert not blocking(vetoes(action, stand[one.customer_id], catalog.guardrails, END + 1, at, 0.0))
        assert 0 < one.propensity <= 1 and 0 < one.variant_propensity <= 1
        assert (one.arm == "holdout") == (int(one.customer_id[1:]) % 10 == 0)
