"""No guardrail is passed at any of the ledger's doors, by whomever, in whatever order, however many try at once."""

import polars as pl
import pytest

from journey.actions.guardrails import ASKED
from journey.actions.ledger import book, decide, find_entry, health, ledger_of, mark, withdraw
from journey.catalogs import catalog_text, write_catalog
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.warehouse import Warehouse, one
from tests.actions.shop import CATALOG, DAY, HOUR, NOW, consents, new_shop, proposal, ready, shop
from tests.lent import empty_warehouse


def guardrails_of(con: Warehouse, *proposals: str, at: int = NOW) -> list[str]:
    return [each.guardrail for each in mark(con, proposals, "sent", by="hook", at=at).refused]


def test_booking_refuses_what_is_forbidden_and_remembers_it_once_a_run() -> None:
    con = shop()
    made = [proposal("eve"), proposal("fay"), proposal("hal", arm="treated"), proposal("nobody"), proposal("ann", "Fax")]
    for _ in range(2):
        found = book(con, made, by="daily 1", at=NOW)
        assert [each.guardrail for each in found.refused] == ["consent", "protected", "holdout", "requirement", "off"]
    assert found.refused[0].why == "Nothing is recorded of consent to marketing, which means no."
    assert health(con, NOW).refused == 5
    book(con, made[:1], by="daily 2", at=NOW)
    counted = {each.guardrail: each.count for each in health(con, NOW).refusals}
    assert counted == {"consent": 2, "protected": 1, "holdout": 1, "requirement": 1, "off": 1}
    assert one(con, "select count(*) from proposals") == 0


def test_consent_that_is_withdrawn_after_the_proposal_stops_it_at_every_door() -> None:
    con = new_shop()
    waiting = book(con, [proposal("bob")], by="daily 1", at=NOW).new[0]
    sending = ready(con, "ann")
    consents(con, {"ann": False, "bob": False}, "2026-05-31")
    assert guardrails_of(con, sending) == ["consent"]
    with pytest.raises(QuestionError, match="They do not allow marketing"):
        decide(con, waiting, "approved", by="Ann", at=NOW)
    assert book(con, [proposal("ann", occasion="june")], by="daily 2", at=NOW).refused[0].guardrail == "consent"
    assert {each.door for each in health(con, NOW).refusals} == {"approval", "delivery", "booking"}


def test_consent_that_was_said_to_end_on_a_day_ends_on_it() -> None:
    con = new_shop()
    consents(con, {"ann": False}, "2026-06-02")
    key = ready(con)
    assert guardrails_of(con, key, at=NOW + DAY) == ["consent"]


def test_who_asked_not_to_be_contacted_is_left_alone_until_they_allow_it_again() -> None:
    con = new_shop()
    key = book(con, [proposal("ann")], by="daily 1", at=NOW).new[0]
    decide(con, key, "rejected", by="Bea", reason=ASKED, at=NOW)
    year = NOW + 365 * DAY
    found = book(con, [proposal("ann", "Note", "next year")], by="daily 2", at=year)
    assert [each.guardrail for each in found.refused] == ["asked"]
    assert found.refused[0].why == ("They asked not to be contacted, as Bea noted 365 days ago. Consent that is loaded later lifts it.")
    assert book(con, [proposal("bob", "Note")], by="daily 2", at=NOW).new
    consents(con, {"ann": True}, "2026-06-09")
    assert book(con, [proposal("ann", "Note", "next year")], by="daily 3", at=year).new


def test_an_action_that_was_switched_off_is_not_sent() -> None:
    con = shop()
    key = ready(con)
    write_catalog(con, "actions", catalog_text(con, "actions").replace('name = "Mail"', 'name = "Mail"\non = false'))
    assert guardrails_of(con, key) == ["off"]


def test_caps_hold_across_actions_and_people() -> None:
    con = shop()
    assert not guardrails_of(con, ready(con))
    found = book(con, [proposal("ann", "Note", "later")], by="Bea", at=NOW + HOUR * 23)
    assert [each.guardrail for each in found.refused] == ["cap"]
    assert not guardrails_of(con, ready(con, "ann", "Note", "next day", NOW + DAY), at=NOW + DAY)
    third = book(con, [proposal("ann", "Note", "third")], by="Bea", at=NOW + 3 * DAY)
    assert third.refused[0].why == "They had 2 of at most 2 contacts in 7 days."
    assert book(con, [proposal("ann", "Note", "third")], by="Bea", at=NOW + 7 * DAY).new


def test_one_channel_at_a_time_and_one_proposal_at_a_time() -> None:
    con = shop()
    key = ready(con, "ann", "Call")
    assert [each.guardrail for each in book(con, [proposal("ann", "Note")], by="daily 2", at=NOW).refused] == ["channel"]
    mark(con, [key], "sent", by="Bea", at=NOW)
    assert [each.guardrail for each in book(con, [proposal("ann", "Note")], by="daily 2", at=NOW).refused] == ["channel"]


def test_the_budget_holds_and_what_is_withdrawn_gives_its_money_back() -> None:
    con = shop("budget = { most = 6.0, within = '30d' }")
    ann, bob, cid = (ready(con, one, "Call") if one != "cid" else one for one in ("ann", "bob", "cid"))
    assert [each.guardrail for each in book(con, [proposal(cid, "Call")], by="daily 1", at=NOW).refused] == ["budget"]
    assert not guardrails_of(con, ann)
    withdraw(con, proposals=[bob], by="Ann", reason="No need", at=NOW)
    assert not guardrails_of(con, ready(con, "cid", "Call"))
    assert book(con, [proposal("dee", "Call")], by="daily 1", at=NOW + 29 * DAY).refused
    assert book(con, [proposal("dee", "Call")], by="daily 1", at=NOW + 30 * DAY).new


def test_nothing_is_sent_in_a_quiet_hour_but_a_file_may_be_made() -> None:
    con = shop()
    key, night = ready(con), NOW + 9 * HOUR  # 21:00 where they live
    found = mark(con, [key], "sent", by="hook", at=night)
    assert found.refused[0].why == "It is a quiet hour where they live. It may be sent from 2026-06-02 08:00 UTC."
    assert mark(con, [key], "exported", by="Bea", at=night).done == (key,)


def test_a_person_cannot_pass_a_guardrail_by_changing_the_action() -> None:
    con = shop()
    key = book(con, [proposal("eve", "Call")], by="daily 1", at=NOW).new[0]
    with pytest.raises(QuestionError, match="Nothing is recorded of consent"):
        decide(con, key, "replaced", by="Ann", reason="A mail is cheaper", action="Mail", at=NOW)
    assert find_entry(con, key).state == "waiting"
    assert [(each.guardrail, each.door) for each in health(con, NOW).refusals] == [("consent", "approval")]


def test_a_contact_counts_though_the_clock_was_set_back() -> None:
    con = shop()
    assert not guardrails_of(con, ready(con))
    assert book(con, [proposal("ann", "Call")], by="daily 2", at=NOW - 5 * HOUR).refused


def test_who_is_found_to_be_one_person_has_the_contacts_of_both() -> None:
    con = empty_warehouse()
    write_catalog(con, "actions", CATALOG.replace('did = "buy"', 'did = "view"').replace("holdout = 0.1", "holdout = 0"))
    mapping = {"customer": "customer", "anonymous": "device"}
    frame = pl.DataFrame({"device": ["d1", None], "customer": [None, "mia"], "event": "view", "ts": ["2026-03-01", "2026-03-02"]})
    load_events(con, frame, mapping)
    before, open_still = ready(con, "d1", "Note"), ready(con, "mia", "Call")
    mark(con, [before], "sent", by="hook", at=NOW)
    load_events(con, pl.DataFrame({"device": ["d1"], "customer": ["mia"], "event": "view", "ts": ["2026-03-03"]}), mapping)
    assert guardrails_of(con, open_still) == ["channel"]
    assert "twice" in next(iter(book(con, [proposal("mia", "Note")], by="daily 2", at=NOW + HOUR).held.values()))
    assert [entry.proposal.customer_id for entry in ledger_of(con, "mia")] == ["mia", "d1", "mia"]
