"""Proof: each approved proposal is accepted once, however often the sender is killed and the receiver fails or goes away.

The sender is a process of its own, killed without warning (SIGKILL) at random moments.  The receiver loses answers, hangs, says 500
and 429, and is closed and opened again on its port.  It knows repeats by their key alone, and verifies every signature itself.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from journey.actions.delivery import Target, keep_target
from journey.actions.delivery.target import secret_of
from journey.actions.ledger.book import book
from journey.actions.ledger.decide import decide_all
from journey.actions.ledger.proposal import Proposal, proposal_key
from journey.catalogs import write_catalog
from journey.ingest import load_consent, load_events
from journey.warehouse import Warehouse, ask_sql, open_warehouse
from tests.actions.receiver import OK, Receiver, receiving
from tests.drawn import drawn_frame

DAY = 86_400_000
KINDS, CHANCES = (OK, "lose", "cut", "hang", "500", "429", "408"), (0.5, 0.12, 0.12, 0.01, 0.12, 0.01, 0.12)
CATALOG = """
[guardrails]
quiet = []
holdout = 0.0
[[action]]
name = "Reminder"
channel = "email"
valid = "30d"
wanted = { did = "buy", within = "7d" }
"""
SENDER = """
import sys
import numpy as np
from journey.actions.delivery import Patience, deliver
from journey.warehouse import open_warehouse
con = open_warehouse(sys.argv[1])
print("up", flush=True)
while True:
    deliver(con, patience=Patience(base_s=0.02, in_a_row=10**6, attempts=50), rng=np.random.default_rng())
"""
STATES = "select state, count(*) from (select arg_max(state, step) as state from action_steps group by proposal) group by state"


def prove(people: int = 120, most_kills: int = 100, seed: int = 7) -> None:
    """Run until everything is sent, and say what it took."""
    rng, dice = np.random.default_rng(seed), random.Random(seed)
    receiver = Receiver(b"", plan=lambda _: str(rng.choice(KINDS, p=CHANCES)), retry_after="0")
    with tempfile.TemporaryDirectory() as folder:
        workspace, began = Path(folder) / "ws", time.perf_counter()
        with receiving(receiver):
            keys = _prepared(workspace, people, receiver)
        kills = closed = 0
        states: dict[str, int] = {}
        while states.get("sent", 0) < people and kills < most_kills:
            away = kills % 4 == 3
            if away:
                closed += 1
                _killed(workspace, dice.uniform(0.3, 1.0))
            else:
                with receiving(receiver):
                    _killed(workspace, dice.uniform(0.5, 4.0))
            kills += 1
            states = _states(workspace, set(keys), receiver)
        print(f"{people} proposals, {kills} kills of the sender, {closed} times nobody listening, {time.perf_counter() - began:.0f} s")
        print(f"calls {len(receiver.calls)}, bad signatures {receiver.refused}, repeats known by their key {receiver.repeated}")
        print(f"accepted {len(receiver.accepted)}, marked as sent {states.get('sent', 0)}, other states { ({**states, 'sent': 0}) }")


def _prepared(workspace: Path, people: int, receiver: Receiver) -> list[str]:
    names = [f"c{number:04}" for number in range(people)]
    now = time.time_ns() // 1_000_000
    with open_warehouse(workspace) as con:
        load_events(con, drawn_frame("zoe 09:00 buy", *[f"{name} 09:00 cart" for name in names]))
        rows = {"customer": names, "purpose": ["marketing"] * people, "given": ["yes"] * people, "ts": ["2026-03-01"] * people}
        load_consent(con, pl.DataFrame(rows))
        write_catalog(con, "actions", CATALOG)
        numbers = (1.0, 1.0, 1.0, 0.0, 2.0, 0.1, now, now + 30 * DAY, now)
        one = Proposal("", "", "Reminder", "", "email", "", "", "treated", *numbers, "proof")
        offered = [replace(one, proposal=proposal_key(name, "Reminder", "proof"), customer_id=name) for name in names]
        booked = book(con, offered, by="proof", at=now, eligible={"Reminder": 100 * people})
        decide_all(con, booked.new, "approved", by="proof", at=now)
        keep_target(con, Target("crm", receiver.url, on=True, nearby=True, timeout_s=1.0))
        receiver.secret = secret_of(con, "crm")
    return list(booked.new)


def _killed(workspace: Path, after_s: float) -> None:
    """A sender that works for so long once it is up, and is then killed."""
    sender = subprocess.Popen([sys.executable, "-c", SENDER, str(workspace)], stdout=subprocess.PIPE)
    assert sender.stdout is not None
    sender.stdout.readline()
    time.sleep(after_s)
    sender.send_signal(signal.SIGKILL)
    sender.wait()


def _states(workspace: Path, keys: set[str], receiver: Receiver) -> dict[str, int]:
    """What the ledger says after a kill; it must never say more than the receiver knows."""
    with open_warehouse(workspace) as con:
        found = dict(ask_sql(con, STATES).rows())
        _agree(con, keys, receiver)
    return found


def _agree(con: Warehouse, keys: set[str], receiver: Receiver) -> None:
    sent = set(ask_sql(con, "select distinct proposal from action_steps where state = 'sent'")["proposal"].to_list())
    accepted = set(receiver.accepted)
    assert sent <= accepted <= keys, "marked as sent without having been accepted"
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values()), "the same key with other bytes"


if __name__ == "__main__":
    prove()
