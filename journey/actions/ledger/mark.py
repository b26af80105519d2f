"""What was handed over, what failed, and calling back what was not handed over yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.actions.guardrails import send_from
from journey.actions.ledger.desk import Desk, refused_by
from journey.actions.ledger.facts import warm
from journey.actions.ledger.proposal import Entry, Refused
from journey.actions.ledger.rows import (
    NewStep,
    append_steps,
    changing,
    customers_of,
    entries_where,
    named,
    remember,
    steps_with,
)
from journey.actions.ledger.states import HANDED, forbidden, read_state, so_far
from journey.answers import iso
from journey.errors import QuestionError
from journey.scope import wall_clock
from journey.warehouse import Warehouse

MARKS = ("exported", "sent", "failed", "withdrawn")
THOUGH = ("expired", "withdrawn")
"""What was under way when it came into these may have been sent all the same."""
WHOLE = ("run", "action", "trigger", "proposals")
NOT_SENT = ("waiting", "held", "approved", "failed")


@dataclass(frozen=True)
class Marked:
    """Keys of proposals.  done: marked now.  known: they were marked so before.  refused: those that may not be, and why."""

    done: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        return {"done": list(self.done), "known": list(self.known), "refused": [each.as_plain() for each in self.refused]}


@dataclass(frozen=True)
class Withdrawn:
    """withdrawn: keys of what will not be sent now.  handed: what was exported or sent before and cannot be called back."""

    withdrawn: tuple[str, ...] = ()
    handed: tuple[Entry, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        return {"withdrawn": list(self.withdrawn), "handed": [each.as_plain() for each in self.handed]}


def mark(
    con: Warehouse,
    proposals: Sequence[str],
    state: str,
    *,
    by: str,
    reason: str = "",
    key: str | None = None,
    at: int | None = None,
    happened: bool = False,
) -> Marked:
    """Say of proposals that they are "exported" or "sent", "failed", or are "withdrawn" as they may not be sent, each once.

    Ask before handing over: what is refused must not be.  The guardrails are looked at again, each marked one counted
    against those after it; nothing is sent in the quiet hours of its customer, nothing that needs approval without a
    person's, nothing to who is held out, nothing that has lapsed.  That an exported one was sent is a fact and only kept.
    by: the run or the person.  key: makes the marks one step each, so that they can be told again after a fault.
    happened: a receiver has it already.  A fact is kept, so that it counts as a contact; what forbade it is remembered.
    Raises: QuestionError: no such state.
    """
    state, by = read_state(state, MARKS), named(by, "Who marks it")
    at, keys = wall_clock() if at is None else at, list(dict.fromkeys(proposals))
    customers = customers_of(con, keys)
    warm(con, customers, at)
    with changing(con):
        found = _Marking(con, Desk(con, customers, at), keys, state, reason, key, happened)
        append_steps(con, found.steps, by, at)
        remember(con, [each for each in (*found.refused, *found.breached) if each.guardrail != "ledger"], "delivery", by, at)
    return Marked(tuple(step.proposal for step in found.steps), tuple(found.known), tuple(found.refused))


class _Marking:
    """What becomes of each proposal that is marked, in the order they were told."""

    def __init__(self, con: Warehouse, desk: Desk, keys: Sequence[str], state: str, reason: str, key: str | None, happened: bool) -> None:
        self.state, self.reason, self.key, self.happened = state, reason, key, happened
        self.desk = desk
        self.used = steps_with(con, [self._step_key(one) for one in keys]) if key else {}
        self.steps: list[NewStep] = []
        self.known: list[str] = []
        self.refused: list[Refused] = []
        self.breached: list[Refused] = []
        for one in keys:
            if one in desk.entries:
                self._mark(desk.entries[one])
            else:
                self.refused.append(Refused(one, "", "", "ledger", f"The ledger holds no proposal {one!r}."))

    def _mark(self, entry: Entry) -> None:
        proposal = entry.proposal
        again = entry.state in HANDED and self.state in HANDED and entry.step_into(self.state) is not None
        if again or entry.state == self.state or self._step_key(proposal.proposal) in self.used:
            self.known.append(proposal.proposal)
            return
        refused = self._refused(entry)
        if refused is not None and not self._is_fact(entry):
            self.refused.append(refused)
        else:
            self.breached += [refused] if refused is not None else []
            step_key = self._step_key(proposal.proposal) if self.key else None
            self.steps.append(NewStep(proposal.proposal, self.state, self.reason, step_key))
            self.desk.take(proposal, self.state)

    def _step_key(self, proposal: str) -> str:
        return f"{self.key}: {self.state}: {proposal}"

    def _is_fact(self, entry: Entry) -> bool:
        """Whether it is to be kept, whatever forbade it."""
        return self.happened and self.state in HANDED and (not forbidden(entry, self.state) or entry.state in THOUGH)

    def _refused(self, entry: Entry) -> Refused | None:
        proposal = entry.proposal
        if proposal.arm == "holdout" and self.state != "withdrawn":
            return _no(entry, "holdout", "They are held out: they never get anything, so that effects can be measured.")
        if why := forbidden(entry, self.state):
            return _no(entry, "ledger", why)
        if self.state not in HANDED or entry.state in HANDED:
            return None
        return self._forbidden(entry)

    def _forbidden(self, entry: Entry) -> Refused | None:
        """What is in the way of handing it over now."""
        proposal, action = entry.proposal, self.desk.action(entry.proposal.action)
        if action is not None and action.approval and not entry.approved_by_person:
            return _no(entry, "ledger", f"{proposal.action} needs a person's approval, and {so_far(entry)}.")
        if self.desk.has_lapsed(proposal):
            return _no(entry, "ledger", "It has lapsed: later it is not worth doing. Propose the action anew.")
        if found := self.desk.forbids(proposal, beside=("approved",)):
            return refused_by(found[0], proposal)
        if self.state == "sent" and self.desk.is_quiet(proposal):
            return _no(entry, "quiet", f"It is a quiet hour where they live. It may be sent from {self._from(proposal.customer_id)} UTC.")
        return None

    def _from(self, customer_id: str) -> str:
        standing = self.desk.standing(customer_id)
        moment = self.desk.at if standing is None else send_from(standing, self.desk.catalog.guardrails, self.desk.at, None)
        return (iso(moment) or "")[:16].replace("T", " ")


def withdraw(
    con: Warehouse,
    *,
    run: str | None = None,
    action: str | None = None,
    trigger: str | None = None,
    proposals: Sequence[str] | None = None,
    by: str,
    reason: str,
    at: int | None = None,
) -> Withdrawn:
    """Roll back a run, an action, a trigger's campaign or some proposals: everything not yet handed over is withdrawn.

    What was exported or sent is listed: it cannot be called back.  Of several that are named, all must hold.
    Raises: QuestionError: nothing is named, or no reason.
    """
    named_by = {"run": run, "action": action, "trigger": trigger, "proposals": proposals}
    if all(value is None for value in named_by.values()):
        raise QuestionError(f"Name what to withdraw, by one or more of {', '.join(WHOLE)}.")
    by, reason = named(by, "Who withdraws it"), named(reason, "The reason for withdrawing it")
    at = wall_clock() if at is None else at
    condition, bound = _named_by(named_by)
    with changing(con):
        found = entries_where(con, condition, bound)
        undone = [each.proposal.proposal for each in found if each.state in NOT_SENT]
        append_steps(con, [NewStep(one, "withdrawn", reason, f"withdrawn: {one}") for one in undone], by, at, by_person=True)
    return Withdrawn(tuple(undone), tuple(each for each in found if each.state in HANDED))


def _named_by(asked: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    columns = {"run": "p.run = $run", "action": "p.action = $action", "trigger": "p.trigger_name = $trigger"}
    columns["proposals"] = "p.proposal in (select unnest($proposals::varchar[]))"
    bound = {name: list(value) if name == "proposals" else value for name, value in asked.items() if value is not None}
    return " and ".join(columns[name] for name in bound), bound


def _no(entry: Entry, guardrail: str, why: str) -> Refused:
    return Refused(entry.proposal.proposal, entry.proposal.customer_id, entry.proposal.action, guardrail, why)
