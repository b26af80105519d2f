"""What becomes known while a delivery runs holds from the next message on, and what arrived is kept whatever forbade it."""

from dataclasses import dataclass
from typing import Any

from journey.actions.delivery import Clock, Target, deliver, keep_target
from journey.actions.delivery.post import Answer
from journey.actions.ledger import find_entry, health
from tests.actions.shop import NOW, consents, new_shop, ready


@dataclass
class Noon(Clock):
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> int:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += round(seconds * 1000)


def test_consent_withdrawn_while_a_delivery_runs_stops_the_messages_after_it() -> None:
    con, clock, called = new_shop(), Noon(), []
    keys = [ready(con, one) for one in ("ann", "bob")]
    keep_target(con, Target("crm", "https://crm.example/hook", on=True))

    def send(*told: Any) -> Answer:
        called.append(told)
        consents(con, {"ann": False, "bob": False}, "2026-05-31")
        return Answer(200, "taken")

    done = deliver(con, clock=clock, send=send)
    assert (len(called), done.sent, done.withdrawn) == (1, 1, 1) and done.faults == []
    assert sorted(find_entry(con, key).state for key in keys) == ["sent", "withdrawn"]
    assert {(each.door, each.guardrail) for each in health(con, NOW).refusals} == {("delivery", "consent")}
