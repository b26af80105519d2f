"""What a daily run does, step by step: each tells in a sentence what came of it.  A step that fails is told, and the next go on."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.actions.choose.propose import Wanted, proposing_for
from journey.actions.daily.alerts import find_alerts
from journey.actions.daily.inbox import Taken, load_new
from journey.actions.daily.run import read_runs
from journey.actions.delivery import Clock, Delivered, Patience, deliver
from journey.actions.ledger.book import book
from journey.actions.ledger.expire import expire
from journey.answers import data_until
from journey.errors import JourneyError
from journey.predict.store import champions, score
from journey.rules import Binder
from journey.rules.staged import stages_in_force
from journey.rules.stages_at import staged
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, dataset_version

STALE = "select distinct name from scores where name = $name and version = $version and dataset = $dataset"


@dataclass
class Day:
    """A run under way.  name: as the ledger knows it.  at: ms by the machine's clock.  delivered: what the sending brought."""

    con: Warehouse
    name: str
    clock: Clock
    patience: Patience
    sleep: Callable[[float], None] = time.sleep
    delivered: Delivered | None = None


@dataclass(frozen=True)
class Told:
    sentence: str
    facts: dict[str, Any]


class StepError(JourneyError):
    """A step that did part of its work; the sentence says what was done and what was not."""


def load(day: Day) -> Told:
    """What is new in the watched folders."""
    taken: Taken = load_new(day.con, sleep=day.sleep)
    if taken.faults:
        raise StepError(taken.sentence)
    return Told(taken.sentence, {"stored": taken.stored, "files": sum(len(receipt.files) for receipt in taken.receipts)})


def restage(day: Day) -> Told:
    """How many customers are in each stage now, and how that changed since the last run that told it."""
    last = data_until(day.con)
    if last is None:
        return Told("Nobody has a stage: the workspace holds no events.", {})
    rules = stages_in_force(day.con)
    places = staged(Binder(day.con), rules, [last + 1], Scope())["stage"].to_list()
    counts = {rule.name: places.count(place) for place, rule in enumerate(rules)}
    return Told(f"{several(len(places), 'customer')}: {_stages_told(counts, _stages_before(day.con))}.", {"stages": counts})


def _stages_before(con: Warehouse) -> dict[str, int] | None:
    told = (step.facts.get("stages") for run in read_runs(con) for step in run.steps if step.step == "restage")
    return next((dict(stages) for stages in told if stages), None)


def _stages_told(counts: dict[str, int], before: dict[str, int] | None) -> str:
    """ "12 retention (+3), 5 lapsed"; what is as it was is said once."""
    if before == counts:
        return f"{', '.join(f'{number:,} {name}' for name, number in counts.items() if number)}; as many in each as the run before found"
    moved = {name: number - (before or counts).get(name, 0) for name, number in counts.items()}
    return ", ".join(f"{number:,} {name}" + (f" ({moved[name]:+,})" if moved[name] else "") for name, number in counts.items() if number)


def rescore(day: Day) -> Told:
    """Everybody scored anew by the models in use, where the facts or the model changed.  Nothing is trained."""
    used = champions(day.con)
    version = dataset_version(day.con)
    stale = [
        each.name for each in used if ask_sql(day.con, STALE, {"name": each.name, "version": each.version, "dataset": version}).is_empty()
    ]
    if not used:
        return Told("No model is in use, so nobody was scored. Train them on the page Models, or by: python -m journey train.", {})
    if not stale:
        return Told(f"Nothing new: {several(len(used), 'model')} scored what is stored now already.", {})
    scored = score(day.con, stale)
    told = ", ".join(f"{number:,} by {name}" for name, number in scored.items())
    return Told(f"Customers scored anew: {told}.", {"scored": scored})


def lapse(day: Day) -> Told:
    """What is past its time, before anything new is proposed: it stands in nobody's way then."""
    gone = expire(day.con, day.clock.now())
    told = (
        f"{several(len(gone), 'proposal')} {'was' if len(gone) == 1 else 'were'} past their time."
        if gone
        else "No proposal is past its time."
    )
    return Told(told, {"expired": len(gone)})


def propose(day: Day) -> Told:
    """One action, or none, for everybody whom a trigger that is on finds due."""
    if data_until(day.con) is None:
        return Told("Nothing to propose: the workspace holds no events.", {})
    at = day.clock.now()
    # Decided alike as long as the log ends at the same moment, whatever else is loaded: who was given nothing is not drawn for again.
    rng = np.random.default_rng((data_until(day.con) or 0) % 2**63)
    found = proposing_for(day.con, Scope(), Wanted(), run=day.name, rng=rng, at=at)
    booked = book(day.con, found.proposals, by=day.name, at=at)
    arms = {one.proposal: one.arm for one in found.proposals}
    counts = {name: len(getattr(booked, name)) for name in ("new", "known", "refused", "held")}
    counts |= {"holdout": sum(arms[key] == "holdout" for key in booked.new), "without": found.without}
    return Told(_proposed(counts), counts)


def _proposed(counts: dict[str, int]) -> str:
    new, held_out = counts["new"], counts["holdout"]
    told = [several(new, "new proposal") + (f", {held_out:,} of them for customers who are held out" if held_out else "")]
    if not new:
        told = [
            "Nothing new: everybody who is due has an open proposal, or gets none" if counts["without"] else "Nothing new: nobody is due"
        ]
    rest = {"held": "held for a person to look at", "known": "in the ledger already", "refused": "refused by a guardrail"}
    told += [f"{counts[name]:,} {what}" for name, what in rest.items() if counts[name]]
    if new and counts["without"]:
        told.append(f"{counts['without']:,} are due and get nothing, as nothing is allowed or worth its cost")
    return "; ".join(told) + "."


def several(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def hand_over(day: Day) -> Told:
    """What is approved and due, to the webhooks that are on."""
    day.delivered = deliver(day.con, by=day.name, clock=day.clock, patience=day.patience)
    facts = {
        name: getattr(day.delivered, name)
        for name in ("sent", "refused", "unanswered", "later", "barred", "untaken", "withdrawn", "attempts")
    }
    return Told(" ".join([day.delivered.sentence, *day.delivered.faults]), facts)


def alert(day: Day) -> Told:
    """What a person should look at."""
    found = find_alerts(day.con, day.clock.now(), day.delivered)
    return Told(" ".join(found) or "Nothing needs a person's eye.", {"alerts": list(found)})


STEPS: tuple[tuple[str, Callable[[Day], Told]], ...] = (
    ("load", load),
    ("restage", restage),
    ("rescore", rescore),
    ("expire", lapse),
    ("propose", propose),
    ("deliver", hand_over),
    ("alert", alert),
)
