"""Random operations on a workspace beside the model of it, closed, reopened and killed in between."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

from journey.actions.ledger import HANDED
from journey.catalogs import write_catalog
from journey.warehouse import Warehouse, open_warehouse
from tests.actions.ledger_model import BUDGET, CAPS, COOLDOWN, World, perform
from tests.actions.shop import CATALOG, DAY, new_shop

STEPS = "select proposal, state, done_at, by_person from action_steps order by step"
RUNS = """
select p.proposal, p.customer_id, p.action, p.channel, p.arm, p.cost, list((s.state, s.done_at, s.by_person) order by s.step) as steps
from proposals p
join action_steps s on s.proposal = p.proposal
group by all"""


def prepared(folder: Path | None) -> Warehouse:
    """The shop of the tests in this folder, or in memory."""
    con = new_shop(None if folder is None else open_warehouse(folder))
    write_catalog(con, "actions", CATALOG.replace("# more", f"most_value = 500\n{BUDGET}"))
    return con


def differences(con: Warehouse, world: World) -> list[str]:
    """Where the tables are not what the model holds: a step lost, repeated or in another order."""
    steps = con.connection.execute(STEPS).fetchall()
    keys = {key for (key,) in con.connection.execute("select proposal from proposals").fetchall()}
    told = []
    if steps != world.log:
        place = next((place for place, (a, b) in enumerate(zip(steps, world.log, strict=False)) if a != b), min(len(steps), len(world.log)))
        here, there = steps[place : place + 2], world.log[place : place + 2]
        told.append(f"{len(steps)} steps for {len(world.log)}; they part at {place}: {here}, {there}")
    if keys != set(world.kept):
        told.append(f"Lost {sorted(set(world.kept) - keys)[:3]}, invented {sorted(keys - set(world.kept))[:3]}")
    return told


def breaches(con: Warehouse) -> list[str]:
    """What the tables hold that no order of decisions may bring about, looked for without the model or the guardrails."""
    told: list[str] = []
    contacts: dict[str, list[tuple[int, str, str]]] = {}
    for key, customer, action, channel, arm, _, steps in con.connection.execute(RUNS).fetchall():
        states = [step[0] for step in steps]
        if any(step[0] in HANDED for step in steps) and "failed" not in states:
            contacts.setdefault(customer, []).append((min(at for state, at, _ in steps if state in HANDED), action, channel))
        told += _breaches_of(key, customer, action, arm, steps)
    for customer, reached in contacts.items():
        told += _crowded(customer, sorted(reached))
    doubles = "select count(*) - count(distinct step) + count(*) - count(distinct step_key) from action_steps"
    doubled = con.connection.execute(doubles).fetchall()
    return told + (["A step or its key stands twice."] if doubled[0][0] else [])


def _breaches_of(key: str, customer: str, action: str, arm: str, steps: list[Any]) -> list[str]:
    told, states = [], [step[0] for step in steps]
    reached = any(state in HANDED for state in states)
    if reached and (arm == "holdout" or customer == "hal"):
        told.append(f"{key} reached {customer}, who is held out.")
    if reached and action != "Note" and not any(state == "approved" and person for state, _, person in steps):
        told.append(f"{key} was handed over without a person's approval.")
    if reached and ((customer == "eve" and action == "Mail") or (customer == "fay" and action != "Call")):
        told.append(f"{key} reached {customer} against their consent or protection.")
    if states.count("sent") > 1:
        told.append(f"{key} was sent twice.")
    for before, after in pairwise(states):
        if before in ("sent", "rejected", "replaced", "expired", "withdrawn"):
            told.append(f"{key} went on from {before} to {after}.")
    return told


def _crowded(customer: str, reached: list[tuple[int, str, str]]) -> list[str]:
    """reached: (when, action, channel), the earliest first."""
    told = []
    for times, within in CAPS:
        for (first, *_), (last, *_) in zip(reached, reached[times:], strict=False):
            if last - first < within:
                told.append(f"{customer} was reached {times + 1} times within {within // DAY} days.")
    for place, (at, action, channel) in enumerate(reached):
        for later, other, other_channel in reached[place + 1 :]:
            if other == action and later - at < COOLDOWN[action]:
                told.append(f"{customer} got {action} again within its cooldown.")
            if other_channel != channel and later - at < DAY:
                told.append(f"{customer} was reached by two channels within a day.")
    return told


def tried(folder: Path | None, operations: int, seed: int, most: int = 3, every: int = 250) -> dict[str, int]:
    """Make so many calls, each about at most so many proposals -> how many of each kind, and what came of them.

    What is answered is compared with the model every time, the tables now and then.

    Raises: AssertionError: they differ, or a guardrail was passed.
    """
    rng, world = random.Random(seed), World(most)
    counts = {"operations": 0}
    con = prepared(folder)
    for number in range(1, operations + 1):
        done = world.next(rng)
        counts[done["do"]] = counts.get(done["do"], 0) + 1
        counts["operations"] += len(done.get("proposals", "1"))
        foretold = world.apply(done)
        if done["do"] == "reopen":
            con = _reopened(con, folder)
        else:
            answered = perform(con, done)
            assert answered == foretold, (number, done, answered, foretold)
        if number % every == 0 or number == operations or (done["do"] == "reopen" and number % 5 == 0):
            assert not (told := differences(con, world) + breaches(con)), (number, told)
    con.close()
    return {**counts, **world.taken}


def _reopened(con: Warehouse, folder: Path | None) -> Warehouse:
    if folder is None:
        return con
    con.close()
    return open_warehouse(folder)
