"""What a person makes of the card: each way through it leaves in the ledger what was proposed and what became of it."""

import numpy as np
import pytest

from journey.actions.choose import Card, NextQuestion, measure_next_action, propose_for
from journey.actions.choose.by_person import accept, change, reject
from journey.actions.ledger import book, ledger_of
from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.actions.shop import CATALOG, NOW, shop

PAID = 'worth = 10\nassumed = { likely = 0.5, low = 0.4, high = 0.6, source = "a guess" }\n'


def valued(*names: str) -> Warehouse:
    """The shop in which these actions are known to be worth their cost."""
    con = shop()
    text = CATALOG
    for name in names:
        text = text.replace(f'name = "{name}"\n', f'name = "{name}"\n{PAID}')
    write_catalog(con, "actions", text)
    return con


def card(con: Warehouse, customer: str) -> Card:
    return measure_next_action(con, NextQuestion(customer), Scope(), NOW)


def states(con: Warehouse, customer: str) -> dict[str, list[str]]:
    return {entry.proposal.action: [step.state for step in entry.steps] for entry in ledger_of(con, customer)}


def test_accepting_books_and_approves_once_however_often_it_is_pressed() -> None:
    con = valued("Mail", "Call")
    said = card(con, "ann")
    assert accept(con, said, by="Kim", at=NOW).sentence == "Mail is approved by Kim."
    assert accept(con, said, by="Kim", at=NOW + 1).sentence == "Mail was approved by Kim before."
    assert states(con, "ann") == {"Mail": ["waiting", "approved"]}
    kept = ledger_of(con, "ann")[0].proposal
    assert (kept.run, kept.propensity, kept.expected_value) == ("Kim 20260601", 1.0, pytest.approx(4.9))


def test_rejecting_keeps_what_was_proposed_and_why_not() -> None:
    con = valued("Mail")
    with pytest.raises(QuestionError, match="Say why"):
        reject(con, card(con, "bob"), by="Kim", reason=" ", at=NOW)
    reject(con, card(con, "bob"), by="Kim", reason="Already solved", at=NOW)
    assert states(con, "bob") == {"Mail": ["waiting", "rejected"]} and ledger_of(con, "bob")[0].why == "Already solved"


def test_what_needs_no_approval_is_taken_back_when_it_is_rejected() -> None:
    con = valued("Note")
    reject(con, card(con, "cid"), by="Kim", reason="No", at=NOW)
    assert states(con, "cid") == {"Note": ["waiting", "approved", "withdrawn"]}


def test_another_action_takes_the_place_of_the_proposed_one_and_the_card_need_not_propose_any() -> None:
    con = valued("Mail", "Call")
    change(con, card(con, "dee"), "Call", None, by="Kim", reason="She asked", at=NOW)
    assert states(con, "dee") == {"Mail": ["waiting", "replaced"], "Call": ["waiting", "approved"]}
    con = valued()
    assert card(con, "dee").chosen is None
    change(con, card(con, "dee"), "Mail", "Morning", by="Kim", reason="She asked", at=NOW)
    assert states(con, "dee") == {"Mail": ["waiting", "approved"]} and ledger_of(con, "dee")[0].proposal.variant == "Morning"
    with pytest.raises(QuestionError, match="was not considered"):
        change(con, card(con, "dee"), "Fly", None, by="Kim", reason="She asked", at=NOW)


def test_what_waits_gives_way_to_what_the_card_says_now() -> None:
    con = valued("Mail", "Call")
    run = propose_for(con, Scope(), run="daily 1", rng=np.random.default_rng(1), at=NOW, actions=["Mail"])
    book(con, [one for one in run if one.customer_id == "ann"], by="daily 1", at=NOW)
    write_catalog(con, "actions", CATALOG.replace('name = "Call"\n', f'name = "Call"\n{PAID}'))
    assert card(con, "ann").action == "Call"
    accept(con, card(con, "ann"), by="Kim", at=NOW + 1)
    assert states(con, "ann") == {"Mail": ["waiting", "replaced"], "Call": ["waiting", "approved"]}


def test_nobody_held_out_or_without_consent_is_ever_reached() -> None:
    con = valued("Mail")
    for decision in (accept, lambda *a, **k: reject(*a, reason="No", **k), lambda c, s, **k: change(c, s, "Call", None, reason="No", **k)):
        with pytest.raises(QuestionError, match="held out"):
            decision(con, card(con, "hal"), by="Kim", at=NOW)
    assert card(con, "eve").chosen is None and states(con, "hal") == states(con, "eve") == {}
    with pytest.raises(QuestionError, match="consent"):
        change(con, card(con, "eve"), "Mail", None, by="Kim", reason="She asked", at=NOW)
