"""The ledger takes every step once, by the ways there are, and says what became of each proposal."""

from typing import Any

import pytest

from journey.actions.ledger import (
    STATES,
    WAYS,
    Entry,
    Proposal,
    book,
    decide,
    decide_all,
    expire,
    find_entry,
    forget,
    health,
    ledger_of,
    mark,
    open_proposals,
    queue,
    withdraw,
)
from journey.errors import QuestionError, WorkspaceError
from journey.warehouse import Warehouse, one, one_moment, write
from tests.actions.shop import DAY, HOUR, NOW, PEOPLE, new_shop, proposal, shop


def booked(con: Warehouse, *proposals: Proposal, at: int = NOW) -> list[str]:
    found = book(con, proposals, by="daily 1", at=at)
    assert not found.refused and not found.held
    return list(found.new)


def approved(con: Warehouse, *proposals: Proposal, at: int = NOW) -> list[str]:
    keys = booked(con, *proposals, at=at)
    for key in keys:
        decide(con, key, "approved", by="Ann", at=at)
    return keys


def states(entry: Entry) -> list[str]:
    return [step.state for step in entry.steps]


def rows(con: Warehouse) -> tuple[int, ...]:
    return tuple(one(con, f"select count(*) from {table}") for table in ("proposals", "action_steps", "action_refusals"))


def test_the_same_proposal_is_booked_once_however_often_it_is_offered() -> None:
    con = shop()
    first = book(con, [proposal("ann"), proposal("bob"), proposal("ann")], by="daily 1", at=NOW)
    again = book(con, [proposal("ann"), proposal("cid")], by="daily 2", at=NOW + HOUR)
    assert len(first.new) == 2 and first.known == ()
    assert again.known == (proposal("ann").proposal,) and len(again.new) == 1
    assert rows(con) == (3, 3, 0)
    assert find_entry(con, proposal("ann").proposal).proposal.proposed_at == NOW


def test_a_proposal_goes_from_the_run_by_a_person_to_its_customer() -> None:
    con = shop()
    (key,) = approved(con, proposal("ann"))
    assert mark(con, [key], "exported", by="Bea", at=NOW + 1).done == (key,)
    assert mark(con, [key], "sent", by="hook", at=NOW + 2).done == (key,)
    entry = find_entry(con, key)
    assert states(entry) == ["waiting", "approved", "exported", "sent"]
    assert [step.done_by for step in entry.steps] == ["daily 1", "Ann", "Bea", "hook"]
    assert [step.by_person for step in entry.steps] == [False, True, False, False]


@pytest.mark.parametrize("verdict, reason", [("approved", ""), ("rejected", "Not them")])
def test_the_same_decision_twice_is_one_step(verdict: str, reason: str) -> None:
    con = shop()
    (key,) = booked(con, proposal("ann"))
    assert not decide(con, key, verdict, by="Ann", reason=reason, key="click 1", at=NOW).again
    assert decide(con, key, verdict, by="Ann", reason=reason, key="click 1", at=NOW).again
    assert decide(con, key, verdict, by="Bob", reason=reason, at=NOW + 1).again
    assert states(find_entry(con, key)) == ["waiting", verdict]


def test_who_decides_otherwise_afterwards_is_told_who_decided_what_and_when() -> None:
    con = shop()
    (key,) = approved(con, proposal("ann"))
    with pytest.raises(QuestionError, match="was approved by Ann on 2026-06-01 12:00 UTC"):
        decide(con, key, "rejected", by="Bob", reason="Too many mails", at=NOW + 1)
    with pytest.raises(QuestionError, match="was approved by Ann"):
        decide(con, key, "replaced", by="Bob", reason="Call them", action="Call", at=NOW + 1)


def test_a_key_makes_one_decision_only() -> None:
    con = shop()
    first, second = booked(con, proposal("ann"), proposal("bob"))
    decide(con, first, "approved", by="Ann", key="click 1", at=NOW)
    with pytest.raises(QuestionError, match="was used for another decision"):
        decide(con, second, "approved", by="Ann", key="click 1", at=NOW)


@pytest.mark.parametrize(
    "asked, told",
    [
        ({"verdict": "maybe"}, "it can be approved, rejected, replaced, released"),
        ({"verdict": "rejected"}, "Say why"),
        ({"verdict": "replaced", "reason": "Call"}, "name the action"),
        ({"verdict": "approved", "action": "Call"}, "name the action"),
        ({"verdict": "approved", "by": "  "}, "Who decides is missing"),
        ({"verdict": "replaced", "reason": "x", "action": "Fax"}, "holds no action 'Fax'"),
        ({"verdict": "replaced", "reason": "x", "action": "Mail", "variant": "Noon"}, "no variant 'Noon'. Known are: Morning, Evening"),
        ({"verdict": "replaced", "reason": "x", "action": "Mail", "variant": "Morning"}, "proposed already"),
        ({"verdict": "released"}, "It cannot become waiting"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_a_sentence_and_nothing_is_kept(asked: dict[str, Any], told: str) -> None:
    con = shop()
    (key,) = booked(con, proposal("ann"))
    with pytest.raises(QuestionError, match=told):
        decide(con, key, **{"by": "Ann", "at": NOW, **asked})
    assert states(find_entry(con, key)) == ["waiting"]


def test_no_end_is_left_again_and_nothing_is_sent_without_having_been_approved() -> None:
    assert all(not WAYS[state] for state in ("sent", "rejected", "replaced", "expired", "withdrawn"))
    assert set(WAYS) == set(STATES) and all(set(ways) <= set(STATES) for ways in WAYS.values())
    assert {state for state, ways in WAYS.items() if "sent" in ways} == {"approved", "exported", "failed"}
    assert {state for state, ways in WAYS.items() if "failed" in ways} == {"approved", "exported"}
    assert "expired" not in WAYS["held"]


def test_nothing_that_waits_or_was_rejected_is_sent() -> None:
    con = shop()
    waiting, rejected = booked(con, proposal("ann"), proposal("bob"))
    decide(con, rejected, "rejected", by="Ann", reason="No", at=NOW)
    found = mark(con, [waiting, rejected, "unknown"], "sent", by="hook", at=NOW)
    assert found.done == () and [each.guardrail for each in found.refused] == ["ledger"] * 3
    assert "it is waiting for a decision by daily 1" in found.refused[0].why


def test_what_needs_no_approval_is_approved_by_the_run() -> None:
    con = shop()
    (key,) = booked(con, proposal("ann", "Note"))
    entry = find_entry(con, key)
    assert states(entry) == ["waiting", "approved"] and not entry.approved_by_person
    assert mark(con, [key], "sent", by="hook", at=NOW).done == (key,)


def test_an_action_that_came_to_need_approval_waits_for_a_person() -> None:
    from journey.catalogs import catalog_text, write_catalog

    con = shop()
    (key,) = booked(con, proposal("ann", "Note"))
    write_catalog(con, "actions", catalog_text(con, "actions").replace("approval = false", "approval = true"))
    assert "needs a person's approval" in mark(con, [key], "sent", by="hook", at=NOW).refused[0].why
    decide(con, key, "approved", by="Ann", at=NOW)
    assert mark(con, [key], "sent", by="hook", at=NOW).done == (key,)


def test_who_is_held_out_is_booked_and_never_gets_anything() -> None:
    con = shop()
    (key,) = booked(con, proposal("hal"))
    with pytest.raises(QuestionError, match="held out"):
        decide(con, key, "approved", by="Ann", at=NOW)
    assert mark(con, [key], "sent", by="hook", at=NOW).refused[0].guardrail == "holdout"
    assert queue(con) == () and expire(con, NOW + 30 * DAY) == ()
    assert withdraw(con, run="daily 1", by="Ann", reason="Wrong", at=NOW).withdrawn == (key,)


def test_a_person_who_changes_the_action_makes_a_new_proposal() -> None:
    con = shop()
    (key,) = booked(con, proposal("ann"))
    found = decide(con, key, "replaced", by="Ann", reason="They rather talk", action="Call", at=NOW)
    assert found.instead is not None
    new = found.instead.proposal
    assert states(find_entry(con, key)) == ["waiting", "replaced"] and states(found.instead) == ["waiting", "approved"]
    assert (new.action, new.channel, new.run, new.propensity, new.cost, new.expected_value) == (
        "Call",
        "phone",
        "Ann 20260601",
        1.0,
        3.0,
        None,
    )
    assert decide(con, key, "replaced", by="Ann", reason="Again", action="Call", at=NOW).again
    with pytest.raises(QuestionError, match="was replaced by another action by Ann"):
        decide(con, key, "replaced", by="Bob", reason="No", action="Note", at=NOW)
    assert rows(con) == (2, 4, 0)


def test_of_the_variants_the_likeliest_is_taken_where_none_is_named() -> None:
    con = shop()
    (key,) = booked(con, proposal("ann", "Call"))
    found = decide(con, key, "replaced", by="Ann", reason="Cheaper", action="Mail", at=NOW)
    assert found.instead is not None and found.instead.proposal.variant == "Evening"


def test_rolling_back_withdraws_what_was_not_sent_and_lists_what_was() -> None:
    con = shop()
    ann, bob, cid = booked(con, proposal("ann"), proposal("bob"), proposal("cid"))
    (dee,) = booked(con, proposal("dee", "Call", run="daily 2"))
    for key in (ann, bob):
        decide(con, key, "approved", by="Ann", at=NOW)
    mark(con, [ann], "sent", by="hook", at=NOW)
    found = withdraw(con, action="Mail", by="Bea", reason="The offer was wrong", at=NOW + 1)
    assert set(found.withdrawn) == {bob, cid} and [each.proposal.proposal for each in found.handed] == [ann]
    assert withdraw(con, action="Mail", by="Bea", reason="Again", at=NOW + 2).withdrawn == ()
    assert find_entry(con, dee).state == "waiting"
    assert withdraw(con, run="daily 2", action="Mail", by="Bea", reason="Both must hold", at=NOW).withdrawn == ()
    with pytest.raises(QuestionError, match="was withdrawn by Bea"):
        decide(con, cid, "approved", by="Ann", at=NOW + 3)
    with pytest.raises(QuestionError, match="Name what to withdraw"):
        withdraw(con, by="Bea", reason="?", at=NOW)


def test_what_lapsed_expires_unless_it_is_held_and_is_never_done_late() -> None:
    con = shop()
    waiting, ready = booked(con, proposal("ann"), proposal("bob"))
    decide(con, ready, "approved", by="Ann", at=NOW)
    held = book(con, [proposal("cid", expected_value=-1.0)], by="daily 1", at=NOW).new[0]
    assert expire(con, NOW + 3 * DAY - 1) == ()
    late = NOW + 3 * DAY
    assert "has lapsed" in mark(con, [ready], "exported", by="Bea", at=late).refused[0].why
    with pytest.raises(QuestionError, match="has lapsed"):
        decide(con, waiting, "approved", by="Ann", at=late)
    assert set(expire(con, late)) == {waiting, ready} and expire(con, late) == ()
    assert find_entry(con, held).state == "held"
    assert find_entry(con, waiting).why == "Later it is not worth doing: nobody decided in time."
    assert (health(con, late).expired_unseen, health(con, late).expired_unsent) == (1, 1)


def test_it_lapses_as_well_once_the_log_has_come_further_than_it_is_worth() -> None:
    from journey.ingest import load_events
    from tests.drawn import drawn_frame

    con = new_shop()
    (key,) = booked(con, proposal("ann"))
    load_events(con, drawn_frame("zoe 2026-03-06 12:00 visit"))
    assert expire(con, NOW + 1) == (key,)


def test_what_failed_can_be_tried_again_and_a_mark_told_twice_is_one_step() -> None:
    con = shop()
    (key,) = approved(con, proposal("ann"))
    assert mark(con, [key], "failed", by="hook", key="try 1", at=NOW).done == (key,)
    assert mark(con, [key], "failed", by="hook", key="try 1", at=NOW).known == (key,)
    assert mark(con, [key], "sent", by="hook", key="try 2", at=NOW + 1).done == (key,)
    assert mark(con, [key], "failed", by="hook", key="try 1", at=NOW).known == (key,)
    assert mark(con, [key], "sent", by="other", at=NOW + 2).known == (key,)
    assert states(find_entry(con, key)) == ["waiting", "approved", "failed", "sent"]


def test_what_a_receiver_has_already_is_kept_as_a_fact_and_the_breach_is_remembered() -> None:
    con = shop()
    ann, bob = approved(con, proposal("ann"), proposal("bob"))
    night = NOW + 10 * HOUR
    assert mark(con, [ann], "sent", by="hook", at=night).refused[0].guardrail == "quiet"
    assert mark(con, [ann], "sent", by="hook", at=night, happened=True).done == (ann,)
    withdraw(con, proposals=[bob], by="Ann", reason="Late", at=NOW)
    assert mark(con, [bob], "sent", by="hook", at=NOW, happened=True).done == (bob,)
    assert [(each.guardrail, each.door) for each in health(con, night).refusals] == [("quiet", "delivery")]


def test_the_queue_puts_the_most_valuable_first_then_the_most_urgent() -> None:
    con = shop()
    ann, bob, cid, dee = booked(
        con,
        proposal("ann", expected_value=2.0),
        proposal("bob", expected_value=5.0),
        proposal("cid", "Call", expected_value=None, trigger_name="Renewal"),
        proposal("dee", expected_value=2.0, act_by=proposal().act_by - DAY, stage="New"),
    )
    assert [entry.proposal.proposal for entry in queue(con)] == [bob, dee, ann, cid]
    assert [entry.proposal.proposal for entry in queue(con, limit=1)] == [bob]
    narrowed: tuple[dict[str, Any], ...] = ({"action": "Call"}, {"channel": "phone"}, {"trigger": "Renewal"}, {"owner": "Service"})
    for filters in narrowed:
        assert [entry.proposal.proposal for entry in queue(con, **filters)] == [cid]
    assert [entry.proposal.proposal for entry in queue(con, stage="New", action="Mail")] == [dee]
    assert queue(con, owner="Nobody") == () and queue(con, "approved") == ()
    with pytest.raises(QuestionError, match="state is 'done'"):
        queue(con, "done")


def test_a_customer_s_ledger_is_what_happened_to_them() -> None:
    con = shop()
    first = approved(con, proposal("ann"), proposal("bob"))[0]
    mark(con, [first], "sent", by="hook", at=NOW)
    later = booked(con, proposal("ann", "Mail", "april"), at=NOW + 20 * DAY)[0]
    assert [entry.proposal.proposal for entry in ledger_of(con, "ann")] == [later, first]
    assert ledger_of(con, "nobody") == () and [each.proposal.customer_id for each in open_proposals(con, ["ann"])] == ["ann"]


def test_many_are_decided_at_once_and_those_that_may_not_are_refused_one_by_one() -> None:
    con = shop("budget = { most = 6.5, within = '30d' }")
    keys = booked(con, *(proposal(one, "Call") for one in ("ann", "bob", "cid")))
    found = decide_all(con, [*keys, keys[0]], "approved", by="Ann", key="all", at=NOW)
    assert found.done == tuple(keys[:2]) and [each.guardrail for each in found.refused] == ["budget"]
    assert decide_all(con, keys[:2], "approved", by="Ann", key="all", at=NOW).known == tuple(keys[:2])
    with pytest.raises(QuestionError, match="holds no proposal 'x'"):
        decide_all(con, [keys[2], "x"], "approved", by="Ann", at=NOW)


def test_who_is_forgotten_leaves_nothing_and_the_others_stay() -> None:
    con = shop()
    (ann, _) = approved(con, proposal("ann"), proposal("bob"))
    book(con, [proposal("ann", "Call", "now")], by="daily 2", at=NOW)
    con.connection.execute("insert into deliveries values (1, ?, 'hook', 1, 0, 200, '', null)", [ann])
    assert forget(con, ["ann", "nobody"]).as_plain() == {"proposals": 1, "steps": 2, "deliveries": 1, "refusals": 1}
    assert ledger_of(con, "ann") == () and len(ledger_of(con, "bob")) == 1
    assert book(con, [proposal("ann")], by="daily 3", at=NOW).new == (ann,)


@pytest.mark.parametrize(
    "changed",
    [
        {"arm": "both"},
        {"propensity": 0.0},
        {"propensity": float("nan")},
        {"variant_propensity": 1.1},
        {"cost": -1.0},
        {"act_by": 0},
        {"proposal": ""},
    ],
)
def test_what_cannot_be_a_proposal_is_refused_at_the_door(changed: dict[str, Any]) -> None:
    con = shop()
    with pytest.raises(QuestionError):
        book(con, [proposal("bob"), proposal("ann", **changed)], by="daily 1", at=NOW)
    assert rows(con) == (0, 0, 0)


def test_the_ledger_is_changed_in_a_transaction_of_its_own() -> None:
    con = shop()
    for within in (write, one_moment):
        with pytest.raises(WorkspaceError, match="transaction of its own"), within(con):
            book(con, [proposal("ann")], by="daily 1", at=NOW)
    assert len(book(con, [proposal(one) for one in PEOPLE], by="daily 1", at=NOW).new) == 5
