"""Sending to a real receiver that loses, hangs, fails and restarts: each proposal is accepted once, and marked as sent only then."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from journey.actions.delivery import Clock, Delivered, Patience, Target, deliver, keep_target, switch_target
from journey.actions.delivery.post import Answer
from journey.actions.delivery.ready import read_ready
from journey.actions.delivery.target import secret_of
from journey.actions.ledger.book import book
from journey.actions.ledger.decide import decide_all
from journey.actions.ledger.mark import withdraw
from journey.actions.ledger.proposal import Proposal, proposal_key
from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.ingest import load_consent, load_events
from journey.warehouse import Warehouse, ask_sql
from tests.actions.receiver import OK, Receiver, receiving
from tests.drawn import drawn_frame
from tests.lent import lent_as

DAY, HOUR = 86_400_000, 3_600_000
NOON = 1_772_539_200_000  # 2026-03-03 12:00 UTC, a day after the log
CATALOG = """
[guardrails]
caps = [{ times = 1, within = "1d" }]
quiet = [20, 8]
holdout = 0.0
[[action]]
name = "Reminder"
channel = "email"
cost = 0.1
wanted = { did = "buy", within = "7d" }
variant = [{ name = "Plain", message = "Still here.", offer = "none" }]
[[action]]
name = "Call"
channel = "phone"
wanted = { did = "buy", within = "7d" }
"""


class Hurried(Clock):
    """A clock on which waiting takes no time."""

    def __init__(self, at: int = NOON) -> None:
        self.at, self.slept = at, []

    def now(self) -> int:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += round(seconds * 1000)


def shop(people: int = 6, catalog: str = CATALOG) -> Warehouse:
    """So many customers who left a basket and allow mails; their proposals are approved by a person."""
    con = lent_as(f"deliveries to {people}", lambda con: allowing(con, people))
    write_catalog(con, "actions", catalog)
    return con


def allowing(con: Warehouse, people: int) -> None:
    import polars as pl

    load_events(con, drawn_frame("zoe 09:00 buy", *[f"c{number} 09:00 visit 09:05 cart" for number in range(people)]))
    rows = {"customer": [f"c{number}" for number in range(people)], "purpose": ["marketing"] * people, "given": ["yes"] * people}
    load_consent(con, pl.DataFrame(rows | {"ts": ["2026-03-01"] * people}))


def approve(con: Warehouse, people: Sequence[str], at: int = NOON - HOUR, action: str = "Reminder", **other: object) -> list[str]:
    """Proposals of this action for these people, booked and approved at `at`."""
    one = Proposal(
        "", "", action, "Plain" if action == "Reminder" else "", "email" if action == "Reminder" else "phone", "", "Shopping", "treated",
        0.5, 1.0, 2.5, 1.0, 4.0, 0.1, NOON - DAY, NOON + 3 * DAY, at, "test",
    )  # fmt: skip
    found = [replace(one, proposal=proposal_key(each, action, at), customer_id=each, **other) for each in people]
    booked = book(con, found, by="test", at=at, eligible={action: 100 * len(people)})
    assert len(booked.new) == len(people), booked
    assert len(decide_all(con, booked.new, "approved", by="ann", at=at).done) == len(people)
    return list(booked.new)


def hook(con: Warehouse, receiver: Receiver, name: str = "crm", **other: object) -> None:
    keep_target(con, replace(Target(name, receiver.url, on=True, nearby=True, timeout_s=1.0), **other))
    receiver.secret = secret_of(con, name)


def states(con: Warehouse) -> dict[str, int]:
    now = "select state, count(*) from (select arg_max(state, step) as state from action_steps group by proposal) group by state order by 1"
    return dict(ask_sql(con, now).rows())


def sent(con: Warehouse, clock: Clock | None = None, patience: Patience | None = None, seed: int = 7) -> Delivered:
    return deliver(con, clock=clock or Hurried(), patience=patience or Patience(wait_s=1e9), rng=np.random.default_rng(seed))


def test_what_is_approved_arrives_signed_with_its_key_and_all_that_is_to_be_known() -> None:
    con = shop(1)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        [key] = approve(con, ["c0"])
        done = sent(con)
    told = receiver.accepted[key]
    assert (done.sent, states(con), receiver.refused) == (1, {"sent": 1}, 0)
    assert told["type"] == "action.approved" and told["timestamp"] == "2026-03-03T11:00:00Z"
    assert told["data"] == {
        "idempotency_key": key, "customer": "c0", "action": "Reminder", "variant": "Plain", "offer": "none", "message": "Still here.",
        "channel": "email", "stage": "Shopping", "expected_value": 2.5, "interval": [1.0, 4.0], "propensity": 0.5,
        "variant_propensity": 1.0, "act_by": "2026-03-07T11:00:00Z",
    }  # fmt: skip
    assert receiver.headers[0]["webhook-id"] == key and receiver.headers[0]["webhook-timestamp"] == str(NOON // 1000)
    assert sent(con).attempts == 0, "what is sent is never sent again"


@pytest.mark.parametrize("seed", range(2))
def test_under_lost_answers_timeouts_and_faults_each_is_accepted_once(seed: int) -> None:
    """Every kind of fault, at random: the receiver has done each once, knows repeats by their key, and the ledger agrees with it."""
    con, rng = shop(8), np.random.default_rng(seed)
    plan = [
        str(what)
        for what in rng.choice(
            [OK, "lose", "cut", "hang", "500", "429", "503", "408"], size=400, p=[0.4, 0.1, 0.1, 0.02, 0.1, 0.1, 0.1, 0.08]
        )
    ]
    plan[:4] = ["lose", "500", "hang", "cut"]
    with receiving(Receiver(b"", plan=lambda call: plan[call])) as receiver:
        hook(con, receiver)
        keys = approve(con, [f"c{number}" for number in range(8)])
        clock = Hurried()
        for _ in range(20):
            if states(con) == {"sent": 8}:
                break
            sent(con, clock, Patience(in_a_row=50, wait_s=1e9), seed)
            assert states(con).get("sent", 0) <= len(receiver.accepted), "nothing is marked as sent that was not accepted"
            clock.at += 1000
    assert states(con) == {"sent": 8} and set(receiver.accepted) == set(keys) and receiver.refused == 0
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values()), "each attempt has the same bytes"
    tried = ask_sql(
        con,
        "select count(*) as calls, max(attempt) as attempt, count(*) filter (where status = 204) as yes from deliveries group by proposal",
    )
    assert tried["calls"].to_list() == tried["attempt"].to_list() and tried["yes"].to_list() == [1] * 8


def test_a_receiver_that_is_killed_and_comes_back_gets_the_rest() -> None:
    con, clock = shop(6), Hurried()
    receiver = Receiver(b"")
    with receiving(receiver):
        hook(con, receiver)
        keys = approve(con, [f"c{number}" for number in range(6)])
        receiver.plan = lambda call: OK if call < 2 else "lose"
        first = sent(con, clock)
    assert (first.sent, first.unanswered) == (2, 4) and "left alone" in first.faults[0]
    down = sent(con, clock)
    assert down.sent == 0 and down.attempts == 5 and states(con) == {"approved": 4, "sent": 2}
    receiver.plan = lambda call: OK
    with receiving(receiver):
        last = sent(con, clock)
    assert last.sent == 4 and states(con) == {"sent": 6} and set(receiver.accepted) == set(keys)


def test_a_receiver_that_asks_to_be_left_alone_is_left_alone() -> None:
    con, clock = shop(2), Hurried()
    with receiving(Receiver(b"", plan=lambda call: "429" if call == 0 else OK, retry_after="45")) as receiver:
        hook(con, receiver)
        approve(con, ["c0", "c1"])
        done = sent(con, clock)
    assert done.sent == 2 and clock.slept[0] >= 45 and clock.at - NOON < 60_000


def test_patience_ends_and_the_next_delivery_goes_on_where_it_was() -> None:
    con, clock = shop(1), Hurried()
    with receiving(Receiver(b"", plan=lambda call: "503" if call == 0 else OK, retry_after="600")) as receiver:
        hook(con, receiver)
        approve(con, ["c0"])
        first = sent(con, clock, Patience(wait_s=120))
        assert (first.attempts, first.unanswered, clock.slept) == (1, 1, [])
        again = sent(con, clock, Patience(wait_s=120))
        assert again.attempts == 0 and again.unanswered == 1, "not before the receiver asked for it, after a restart either"
        clock.at += 600_000
        assert sent(con, clock).sent == 1
    assert ask_sql(con, "select attempt, status from deliveries order by delivery").rows() == [(1, 503), (2, 204)]


@pytest.mark.parametrize("what", ["400", "301"])
def test_a_refusal_for_good_is_not_tried_again(what: str) -> None:
    con = shop(1)
    with receiving(Receiver(b"", plan=lambda _: what)) as receiver:
        hook(con, receiver)
        approve(con, ["c0"])
        done = sent(con)
        again = sent(con)
    assert (done.refused, done.attempts, again.attempts, states(con)) == (1, 1, 0, {"failed": 1})


def test_a_receiver_that_refuses_everything_is_left_alone_after_a_few() -> None:
    con = shop(8)
    with receiving(Receiver(b"", plan=lambda _: "403")) as receiver:
        hook(con, receiver)
        approve(con, [f"c{number}" for number in range(8)])
        done = sent(con)
    assert (done.refused, done.unanswered, done.attempts) == (5, 3, 5) and "5 times in a row" in done.faults[0]


def test_a_message_that_always_fails_does_not_hold_up_the_others() -> None:
    con = shop(4)
    bad = proposal_key("c0", "Reminder", NOON - HOUR)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        approve(con, [f"c{number}" for number in range(4)])
        receiver.take = lambda headers, body, take=receiver.take: "500" if headers["Idempotency-Key"] == bad else take(headers, body)  # type: ignore[method-assign]
        done = sent(con)
    assert (done.sent, done.unanswered, done.attempts) == (3, 1, 8), "five attempts of one delivery, and no more"


def test_nothing_is_sent_in_the_quiet_hours_and_it_goes_at_their_end() -> None:
    con = shop(1)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        evening = NOON + 7 * HOUR + HOUR // 2
        approve(con, ["c0"], at=evening)
        clock = Hurried(evening + HOUR)
        for hour in range(5):  # 20:30 to 08:30, looked at every three hours
            done = sent(con, clock)
            shown = (clock.at // HOUR) % 24
            quiet = shown >= 20 or shown < 8
            assert done.sent == (0 if quiet else 1) and len(receiver.calls) == done.sent, hour
            assert not quiet or (done.later == 1 and done.first_at == NOON + 20 * HOUR)
            if done.sent:
                break
            clock.at += 3 * HOUR
    assert shown == 8 and states(con) == {"sent": 1}


def test_a_retry_that_would_fall_into_the_quiet_hours_waits_for_the_morning() -> None:
    con, clock = shop(1), Hurried(NOON + 8 * HOUR - 5_000)
    with receiving(Receiver(b"", plan=lambda call: "503" if call == 0 else OK, retry_after="30")) as receiver:
        hook(con, receiver)
        approve(con, ["c0"])
        done = sent(con, clock)
        assert (done.attempts, done.sent, done.later) == (1, 0, 1)
        clock.at = NOON + 20 * HOUR
        assert sent(con, clock).sent == 1


def test_a_variant_waits_for_its_hour_once() -> None:
    con = shop(1, CATALOG.replace('message = "Still here."', 'message = "Still here.", hour = 15'))
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        approve(con, ["c0"])
        assert sent(con, Hurried(NOON)).first_at == NOON + 3 * HOUR
        assert sent(con, Hurried(NOON + 5 * HOUR)).sent == 1, "late is better than a day later"


def test_a_target_that_is_off_or_takes_something_else_is_not_called() -> None:
    con = shop(2)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver, on=False)
        hook(con, receiver, "letters", channels=("post",))
        approve(con, ["c0"])
        done = sent(con)
        assert (done.untaken, done.attempts) == (1, 0) and "export them" in done.sentence
        hook(con, receiver, "reminders", actions=("Reminder",))
        assert sent(con).sent == 1


def test_what_was_tried_at_one_receiver_goes_to_no_other() -> None:
    con = shop(1)
    with receiving(Receiver(b"", plan=lambda _: "lose")) as lossy, receiving(Receiver(b"")) as other:
        hook(con, lossy, "a")
        approve(con, ["c0"])
        sent(con)
        switch_target(con, "a", False)
        hook(con, other, "b")
        done = sent(con, Hurried(NOON + HOUR))
    assert done.attempts == 0 and other.calls == [] and "may have arrived there" in done.faults[0]


def test_consent_that_was_withdrawn_after_the_approval_ends_it() -> None:
    import polars as pl

    con = shop(2)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        approve(con, ["c0", "c1"])
        load_consent(con, pl.DataFrame({"customer": ["c0"], "purpose": ["marketing"], "given": ["no"], "ts": ["2026-03-02T08:00"]}))
        done = sent(con)
    assert (done.sent, done.withdrawn, states(con)) == (1, 1, {"sent": 1, "withdrawn": 1})
    assert [told["data"]["customer"] for told in receiver.accepted.values()] == ["c1"]


def test_an_action_that_is_switched_off_after_the_approval_waits_and_says_why() -> None:
    con = shop(1)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        approve(con, ["c0"])
        write_catalog(con, "actions", CATALOG.replace("cost = 0.1", "cost = 0.1\non = false"))
        done = sent(con)
        assert (done.attempts, done.barred, states(con)) == (0, 1, {"approved": 1}) and "switched off" in done.sentence
        write_catalog(con, "actions", CATALOG)
        assert sent(con).sent == 1


def test_what_is_withdrawn_while_it_stands_in_line_is_not_sent() -> None:
    con = shop(2)
    keys = approve(con, ["c0", "c1"])
    keep_target(con, Target("crm", "https://example.com", on=True))

    def post(target: Target, body: bytes, headers: dict[str, str]) -> Answer:
        other = next(key for key in keys if key != headers["Idempotency-Key"])
        withdraw(con, proposals=[other], by="ann", reason="Not these.", at=NOON)
        return Answer(200, "200 OK")

    done = deliver(con, clock=Hurried(), send=post)
    assert (done.sent, states(con)) == (1, {"sent": 1, "withdrawn": 1})


def test_a_process_that_ended_between_the_answer_and_the_ledger_does_not_send_again(monkeypatch: pytest.MonkeyPatch) -> None:
    con = shop(1)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        approve(con, ["c0"])
        with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
            cut.setattr("journey.actions.delivery.line.mark", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt()))
            sent(con)
        assert states(con) == {"approved": 1}
        done = sent(con)
    assert (done.sent, done.attempts, len(receiver.calls), states(con)) == (1, 0, 1, {"sent": 1})


def test_one_delivery_at_a_time() -> None:
    con = shop(1)
    approve(con, ["c0"])
    keep_target(con, Target("crm", "https://example.com", on=True))

    def post(target: Target, body: bytes, headers: dict[str, str]) -> Answer:
        with con.cursor() as other, pytest.raises(QuestionError, match="being handed over just now"):
            deliver(other, NOON)
        return Answer(200, "200 OK")

    assert deliver(con, clock=Hurried(), send=post).sent == 1


def test_nobody_held_out_is_ever_sent_anything() -> None:
    con = shop(2, CATALOG.replace("holdout = 0.0", "holdout = 1.0"))
    one = Proposal(
        "k",
        "c0",
        "Reminder",
        "Plain",
        "email",
        "",
        "Shopping",
        "holdout",
        1.0,
        1.0,
        1.0,
        0.0,
        2.0,
        0.1,
        NOON - DAY,
        NOON + DAY,
        NOON,
        "test",
    )
    book(con, [one], by="test", at=NOON)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        assert sent(con).attempts == 0 and receiver.calls == []
    assert read_ready(con, ("waiting", "approved")) == ()


def test_messages_are_json_of_plain_text_whatever_they_hold() -> None:
    con = shop(1, CATALOG.replace("Still here.", "Don\\u2019t <b>wait</b> =1+1"))
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        [key] = approve(con, ["c0"])
        sent(con)
    assert receiver.accepted[key]["data"]["message"] == "Don\u2019t <b>wait</b> =1+1" and json.dumps(receiver.accepted[key])
