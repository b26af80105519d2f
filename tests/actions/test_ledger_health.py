"""How it goes, in numbers a person can check on their fingers."""

from journey.actions.ledger import book, decide, expire, health, mark
from tests.actions.shop import DAY, HOUR, NOW, proposal, ready, shop


def test_an_empty_ledger_is_well() -> None:
    found = health(shop(), NOW)
    assert found.sentence == "Nothing waits for a person, and nothing has failed."
    assert (found.waiting, found.oldest_ms, found.median_ms, found.refused, found.held) == (0, None, None, 0, ())
    assert len(found.days) == 14 and found.as_plain()["days"][-1]["day"] == "2026-06-01"


def test_what_waits_is_told_with_its_age_and_what_soon_lapses() -> None:
    con = shop()
    for place, one in enumerate(("ann", "bob", "cid")):
        book(con, [proposal(one)], by="daily 1", at=NOW + place * DAY)
    book(con, [proposal("dee", expected_value=-1.0)], by="daily 1", at=NOW)
    found = health(con, NOW + 2 * DAY + HOUR)
    assert (found.waiting, found.oldest_ms, found.median_ms, found.lapsing) == (3, 2 * DAY + HOUR, DAY + HOUR, 1)
    assert [(each.action, each.count, each.oldest_ms) for each in found.held] == [("Mail", 1, 2 * DAY + HOUR)]
    assert found.sentence == "1 held and 3 waiting for a decision."


def test_each_day_tells_what_was_proposed_decided_and_handed_over() -> None:
    con = shop()
    keys = [ready(con, one) for one in ("ann", "bob")]
    mark(con, keys[:1], "sent", by="hook", at=NOW + DAY)
    mark(con, keys[1:], "failed", by="hook", at=NOW + DAY)
    (late,) = book(con, [proposal("cid")], by="daily 2", at=NOW + DAY).new
    book(con, [proposal("hal")], by="daily 2", at=NOW + DAY)
    expire(con, NOW + 5 * DAY)
    found = health(con, NOW + 5 * DAY)
    told = {each.start // DAY - NOW // DAY: (each.proposed, dict(each.steps)) for each in found.days}
    assert told[0] == (2, {"waiting": 2, "approved": 2})
    assert told[1] == (1, {"waiting": 1, "sent": 1, "failed": 1})
    assert told[5] == (0, {"expired": 2}) and sum(proposed for proposed, _ in told.values()) == 3
    assert (found.expired_unseen, found.expired_unsent, found.in_state("sent"), found.failed) == (1, 1, 1, 0)
    assert found.sentence == "1 expired unseen in 14 days."
    assert health(con, NOW + 30 * DAY).expired_unseen == 0 and late
    assert health(con, NOW - DAY).refused == 0


def test_attempts_are_told_by_receiver_with_what_came_back_last() -> None:
    con = shop()
    rows = [(1, 200, "ok"), (2, 503, "busy"), (3, None, "timeout"), (4, 204, "")]
    for number, status, told in rows:
        con.connection.execute("insert into deliveries values (?, 'p', 'crm', ?, ?, ?, ?, null)", [number, number, NOW, status, told])
    con.connection.execute("insert into deliveries values (5, 'p', 'file:a', 1, ?, null, '', null)", [NOW])
    (target,) = health(con, NOW).targets
    assert (target.name, target.attempts, target.failed, target.told) == ("crm", 4, 2, "timeout")


def test_a_refusal_counts_once_however_often_sending_is_tried() -> None:
    con = shop()
    key = ready(con)
    for minute in range(5):
        mark(con, [key], "sent", by="hook", at=NOW + 9 * HOUR + minute)
    decide(con, ready(con, "bob", "Call"), "approved", by="Ann", at=NOW)
    assert [(each.guardrail, each.door, each.count) for each in health(con, NOW + 10 * HOUR).refusals] == [("quiet", "delivery", 1)]
