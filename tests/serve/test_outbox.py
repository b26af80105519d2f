"""The outbox of the running app: what is approved leaves when its hour comes, and only where a webhook is on."""

import threading
import time

from journey.actions.delivery import switch_target
from journey.serve.outbox import Outbox, look
from tests.actions.receiver import Receiver, receiving
from tests.actions.test_delivery import DAY, approve, hook, shop, states

AWAKE = """
[guardrails]
quiet = []
holdout = 0.0
[[action]]
name = "Reminder"
channel = "email"
valid = "30d"
wanted = { did = "buy", within = "7d" }
variant = [{ name = "Plain" }]
"""


def test_nothing_leaves_until_a_webhook_is_on_and_then_each_once() -> None:
    con = shop(2, AWAKE)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver, on=False)
        approve(con, ["c0", "c1"], at=time.time_ns() // 1_000_000 - DAY)
        assert look(con) == 0 and receiver.calls == []
        switch_target(con, "crm", True)
        box = Outbox(every_s=0.02)
        box.open(lambda: con)
        end = time.monotonic() + 20
        while states(con) != {"sent": 2} and time.monotonic() < end:
            time.sleep(0.05)
        box.close()
        assert states(con) == {"sent": 2} and len(receiver.calls) == 2
    assert not any(thread.name == "journey-outbox" for thread in threading.enumerate())
