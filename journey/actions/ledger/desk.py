"""The guardrails as they stand within one change of the ledger, each decision of that change counted as it falls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey.actions.catalog import Action
from journey.actions.guardrails import Contact, Standing, Veto, blocking, is_quiet, spent_on_actions, vetoes, wishes
from journey.actions.ledger.facts import facts_of
from journey.actions.ledger.proposal import Entry, Proposal, Refused
from journey.actions.ledger.rows import entries_of, no_proposal
from journey.actions.ledger.states import HANDED, OPEN
from journey.warehouse import Warehouse

COMMITTED = ("approved", *HANDED)


@dataclass(frozen=True)
class Taken:
    """A proposal that counts against others of its customer.  handed_at: ms, None where it was not handed over yet."""

    proposal: Proposal
    state: str
    handed_at: int | None

    @property
    def held_out(self) -> bool:
        return self.proposal.arm == "holdout"


class Desk:
    """catalog: in force.  at: ms by the machine's clock.  spent: money within the budget's stretch, with what this change adds.

    entries: everything ever proposed for these customers, by key, as it was before this change.
    """

    def __init__(self, con: Warehouse, customer_ids: Iterable[str], at: int) -> None:
        asked = sorted(set(customer_ids))
        facts = facts_of(con, asked, at)
        self.at, self.as_of, self.catalog, self.facts = at, facts.as_of, facts.catalog, facts
        self.spent = spent_on_actions(con, facts.catalog.guardrails, at)
        self.asked = wishes(con, [facts.known_by.get(one, one) for one in asked])
        self.taken: dict[str, dict[str, Taken]] = {}
        self.entries = {entry.proposal.proposal: entry for entry in entries_of(con, facts.ids_of(asked))}
        for entry in self.entries.values():
            self._count(entry.proposal, entry.state, handed_at(entry))

    def action(self, name: str) -> Action | None:
        return self.catalog.action(name)

    def entry(self, key: str) -> Entry:
        """Raises: QuestionError: there is none for these customers."""
        if key not in self.entries:
            raise no_proposal(key)
        return self.entries[key]

    def standing(self, customer_id: str) -> Standing | None:
        return self.facts.standings.get(self._person(customer_id))

    def of(self, customer_id: str) -> dict[str, Taken]:
        """Key -> what counts against other proposals of this person."""
        return self.taken.setdefault(self._person(customer_id), {})

    def take(self, proposal: Proposal, state: str) -> None:
        """Count a step of this change for all that follow in it."""
        before = self.of(proposal.customer_id).pop(proposal.proposal, None)
        was = before is not None and before.state in COMMITTED
        if was != (state in COMMITTED):
            self.spent += -proposal.cost if was else proposal.cost
        self._count(proposal, state, self.at if state in HANDED else None)

    def forbids(self, proposal: Proposal, beside: Sequence[str] = OPEN, instead_of: str = "") -> tuple[Veto, ...]:
        """Every guardrail that forbids the proposal now, in their order; () where none does.

        Its own row does not count against it.  beside: states in which another proposal of the customer is in its way.
        instead_of: the key of one more that does not count, as it gives way to this.
        """
        action, standing = self.action(proposal.action), self.standing(proposal.customer_id)
        if action is None:
            return (Veto(proposal.action, "off", f"The catalog holds no action {proposal.action!r} any more."),)
        if standing is None:
            return (Veto(proposal.action, "requirement", f"Nobody in the log has the id {proposal.customer_id!r}."),)
        taken = self.of(proposal.customer_id)
        others = [each for key, each in taken.items() if key not in (proposal.proposal, instead_of)]
        own = taken.get(proposal.proposal)
        spent = self.spent - (proposal.cost if own is not None and own.state in COMMITTED else 0.0)
        seen = replace(standing, asked=self.asked.get(standing.customer_id), **_of_ledger(standing, others, beside, self.at))
        found = vetoes(replace(action, cost=proposal.cost), seen, self.catalog.guardrails, self.as_of, self.at, spent)
        return found if proposal.arm == "treated" else blocking(found)

    def has_lapsed(self, proposal: Proposal) -> bool:
        """Whether it is too late, by the machine's clock or because the log has come further."""
        return self.at >= proposal.lapses_at or proposal.act_by < self.as_of

    def is_quiet(self, proposal: Proposal) -> bool:
        """Whether the customer's clock shows an hour in which nothing is sent."""
        standing = self.standing(proposal.customer_id)
        return standing is not None and is_quiet(standing, self.catalog.guardrails, self.at)

    def _person(self, customer_id: str) -> str:
        return self.facts.known_by.get(customer_id, customer_id)

    def _count(self, proposal: Proposal, state: str, handed: int | None) -> None:
        if state in (*OPEN, *HANDED):
            self.of(proposal.customer_id)[proposal.proposal] = Taken(proposal, state, handed)


def refused_by(veto: Veto, proposal: Proposal) -> Refused:
    return Refused(proposal.proposal, proposal.customer_id, proposal.action, veto.guardrail, veto.why)


def handed_at(entry: Entry) -> int | None:
    """When it was handed over: exported, or sent where it was not exported before; None where that failed, or is to come."""
    found: int | None = None
    for step in entry.steps:
        if step.state in HANDED and found is None:
            found = step.done_at
        elif step.state == "failed":
            found = None
    return found


def _of_ledger(standing: Standing, others: Sequence[Taken], beside: Sequence[str], at: int) -> dict[str, Any]:
    """Contacts and open proposals of a standing, those of the ledger as they are within this change."""
    waits = [each for each in others if each.state in OPEN and each.state in beside and not each.held_out]
    in_log = (each for each in standing.contacts if each.clock == "log")
    return {
        "contacts": (*in_log, *(_contact(each, at) for each in others if _reaches(each))),
        "open": tuple(each.proposal.action for each in waits),
        "open_channels": tuple(each.proposal.channel for each in waits),
    }


def _reaches(one: Taken) -> bool:
    return one.state in COMMITTED or one.held_out


def _contact(one: Taken, at: int) -> Contact:
    """What is approved counts as made now.  So does what bears a later time, where the machine's clock was set back.

    To who is held out a proposal counts as if it had been sent, so that they are chosen for as often as the others.
    """
    made = one.proposal.proposed_at if one.held_out else one.handed_at
    return Contact(one.proposal.channel, one.proposal.action, at if made is None else min(made, at), "ledger")
