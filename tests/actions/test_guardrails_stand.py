"""How customers stand: consent, flags and zones from tables, contacts from the log and the ledger, as of a moment."""

import polars as pl
import pytest

from journey.actions.catalog import actions_in_force
from journey.actions.guardrails import Contact, Rejection, Standing, rejections, spent_on_actions, standings, vetoes
from journey.actions.guardrails.holdout import holdout_salt, in_holdout
from journey.actions.guardrails.known import is_marked, lacking_flags
from journey.actions.ledger import book, decide, mark
from journey.catalogs import write_catalog
from journey.ingest import load_consent, load_customers
from journey.scope import read_time, read_zone
from journey.warehouse import Warehouse
from tests.actions.shop import DAY, END, NOW, consents, new_shop, proposal, shop
from tests.drawn import drawn

MAIL = """
[[action]]
name = "Mail"
channel = "email"
wanted = { did = "buy" }
"""


def time(text: str) -> int:
    return read_time(text, read_zone("UTC"), "time") or 0


def stand(con: Warehouse, who: str = "ann", as_of: int = END + 1, at: int = NOW) -> Standing:
    return standings(con, [who], as_of, at, actions_in_force(con))[who]


def test_consent_flags_and_holdout_are_read_for_many_at_once() -> None:
    con = shop()
    found = standings(con, ["ann", "eve", "fay", "hal", "nobody"], END + 1, NOW, actions_in_force(con))
    assert {one: (it.consent["marketing"], it.protected, it.holdout) for one, it in found.items()} == {
        "ann": (True, False, False),
        "eve": (None, False, False),
        "fay": (True, True, False),
        "hal": (True, False, True),
    }
    assert found["ann"].zone == "UTC" and found["ann"].stage and not found["ann"].contacts


def test_the_last_word_on_consent_counts_and_of_two_at_once_the_withdrawal() -> None:
    con = new_shop()
    consents(con, {"ann": False}, "2026-03-02T13:00")
    assert [stand(con, as_of=moment).consent["marketing"] for moment in (END, END + 1)] == [True, False]  # said after the last event
    consents(con, {"ann": True, "bob": False}, "2026-03-02T13:00")
    assert not stand(con).consent["marketing"] and not stand(con, "bob").consent["marketing"]
    consents(con, {"ann": True}, "2026-03-02T14:00")
    assert stand(con).consent["marketing"]
    consents(con, {"ann": False}, "2027-01-01")  # is said of a day that has not come
    assert stand(con).consent["marketing"]


def test_purposes_are_the_same_however_they_are_written() -> None:
    con = new_shop()
    load_consent(con, pl.DataFrame({"customer": ["eve"], "purpose": ["Marketing"], "given": [True], "ts": ["2026-03-01"]}))
    assert stand(con, "eve").consent["marketing"]


@pytest.mark.parametrize(
    ("value", "marked"),
    [(None, False), ("false", False), ("No", False), ("0", False), (" ", False), ("true", True), ("1", True), ("unknown", True)],
)
def test_a_flag_marks_unless_it_is_missing_or_plainly_a_no(value: str | None, marked: bool) -> None:
    assert is_marked(value) is marked


def test_a_zone_that_is_none_falls_back_and_missing_flags_are_told() -> None:
    con = drawn("ann 09:00 buy", "bob 10:00 buy")
    load_customers(con, pl.DataFrame({"customer": ["ann", "bob"], "timezone": [" asia/tokyo", "Mars/North"]}))
    assert (stand(con, "ann").zone, stand(con, "bob").zone) == ("Asia/Tokyo", "UTC")
    assert lacking_flags(con, actions_in_force(con).guardrails) == (
        "No customer property is named 'minor' or 'vulnerable', so nobody is known to be protected by that.",
        "'Mars/North' is no time zone: for them quiet hours go by the workspace's.",
    )


def test_contacts_of_the_log_are_read_by_channel_and_assignments_by_what_they_assigned() -> None:
    con = drawn(
        "ann 09:00 mail_sent +1d 09:00 drawn{what=remind} +1d 09:00 drawn{what=none} +1d 09:00 drawn{what=ring} +1d 09:00 drawn{what=odd}",
        "bob +30d 09:00 buy",
    )
    logged = 'logged = {{ event = "drawn", property = "what", is = "{0}", nothing = "none" }}'
    call = MAIL.replace('"Mail"', '"Call"').replace("email", "phone") + logged.format("ring")
    contacts = '[guardrails.contacts]\nemail = ["mail_sent", "drawn"]\n'
    write_catalog(con, "actions", contacts + MAIL + logged.format("remind") + call)
    day = time("2026-03-02T09:00")
    assert stand(con, as_of=day + 30 * DAY).contacts == (
        Contact("email", "", day),
        Contact("email", "Mail", day + DAY),
        Contact("", "Call", day + 3 * DAY),  # a call is no mail: it counts for its own cooldown
        Contact("email", "", day + 4 * DAY),  # an action of another catalog
    )
    assert stand(con, as_of=day + DAY).contacts == (Contact("email", "", day),)  # what comes at the moment is not seen


def test_what_the_ledger_holds_counts_now_and_not_in_history() -> None:
    con = shop()
    book(con, [proposal("ann"), proposal("bob"), proposal("cid"), proposal("hal")], by="test", at=NOW)
    waiting = stand(con)
    assert (waiting.open, waiting.open_channels, waiting.contacts) == (("Mail",), ("email",), ())
    decide(con, proposal("bob").proposal, "approved", by="Kim", at=NOW)
    later = NOW + DAY
    approved = stand(con, "bob", at=later)
    assert approved.open == ("Mail",) and approved.contacts == (Contact("email", "Mail", later, "ledger"),)  # it will be one
    mark(con, [proposal("bob").proposal], "exported", by="Kim", reason="", key="x", at=later)
    assert stand(con, "bob", at=later + DAY).contacts == (Contact("email", "Mail", later, "ledger"),)
    held_out = stand(con, "hal", at=later)  # chosen for as often as the others, so a proposal stands for a contact
    assert held_out.open == () and held_out.contacts == (Contact("email", "Mail", NOW, "ledger"),)
    past = stand(con, "bob", as_of=END, at=later)
    assert past.open == () and past.contacts == ()


def test_what_a_person_rejected_is_remembered_with_who_and_why() -> None:
    con = shop()
    book(con, [proposal("ann")], by="test", at=NOW)
    decide(con, proposal("ann").proposal, "rejected", by="Kim", reason="Just called.", at=NOW)
    standing = stand(con, at=NOW + DAY)
    assert standing.rejected == (Rejection("Mail", NOW, "Kim", "Just called."),) and not (standing.open or standing.contacts)
    mail, call = (actions_in_force(con).action(name) for name in ("Mail", "Call"))
    assert mail is not None and call is not None
    [veto] = rejections(mail, standing, NOW + DAY)
    assert (veto.guardrail, veto.lifts_at) == ("rejected", NOW + 14 * DAY)
    assert veto.why == "Kim rejected it for them 1 day ago: “Just called”."
    assert rejections(mail, standing, NOW + 14 * DAY) == rejections(call, standing, NOW) == ()
    assert not vetoes(mail, standing, actions_in_force(con).guardrails, END + 1, NOW, 0.0)  # a person may think better of it


def test_a_proposal_that_waits_can_be_left_out() -> None:
    con = shop()
    book(con, [proposal("ann"), proposal("bob")], by="test", at=NOW)
    decide(con, proposal("bob").proposal, "approved", by="Kim", at=NOW)
    found = standings(con, ["ann", "bob"], END + 1, NOW, actions_in_force(con), undecided=False)
    assert (found["ann"].open, found["bob"].open) == ((), ("Mail",))


def test_money_is_spent_when_it_is_approved_and_until_the_stretch_is_over() -> None:
    con = shop('budget = { most = 10, within = "30d" }')
    guardrails = actions_in_force(con).guardrails
    book(con, [proposal("ann", "Call"), proposal("bob", "Call")], by="test", at=NOW)
    assert spent_on_actions(con, guardrails, NOW) == 0
    key = proposal("ann", "Call").proposal
    decide(con, key, "approved", by="Kim", at=NOW)
    assert spent_on_actions(con, guardrails, NOW + 90 * DAY) == 3  # it will be sent
    mark(con, [key], "sent", by="Kim", reason="", key="x", at=NOW)
    assert [spent_on_actions(con, guardrails, NOW + days * DAY) for days in (29, 30)] == [3, 0]


def test_a_requirement_holds_or_says_that_it_does_not() -> None:
    con = drawn("ann 09:00 cart", "bob 09:00 visit")
    write_catalog(con, "actions", MAIL.replace('"buy"', '"visit"') + 'when = { did = "cart" }')
    assert stand(con).unmet == {} and stand(con, "bob").unmet == {"Mail": "Its requirement does not hold for them."}


def test_the_dice_of_the_holdout_fall_alike_every_time_and_hold_out_the_share() -> None:
    con = drawn("ann 09:00 buy")
    salt = holdout_salt(con)
    assert salt == holdout_salt(con) and len(salt) == 32
    held = [in_holdout(f"c{number}", salt, 0.1) for number in range(5_000)]
    assert held == [in_holdout(f"c{number}", salt, 0.1) for number in range(5_000)]
    assert 0.08 < sum(held) / 5_000 < 0.12  # four standard errors to each side
    wider = [in_holdout(f"c{number}", salt, 0.2) for number in range(5_000)]
    assert all(wide or not narrow for wide, narrow in zip(wider, held, strict=True))  # who is held out stays so as the share grows
