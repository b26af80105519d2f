"""What a person does with the card: accept it, choose another action, or reject it; each is booked and decided in one go.

    waiting already      card says         accept                          change                    reject
    nothing              A                 A booked and approved           A booked, replaced by B   A booked and rejected
    A                    A                 A approved                      A replaced by B           A rejected
    C                    A                 C replaced by A                 C replaced by B           C rejected
    nothing              nothing           -                               B booked and approved     -

So the ledger holds what was proposed beside what the person made of it.  Whatever is booked passes the guardrails anew.
"""

import json
from dataclasses import dataclass

from journey.actions.choose.candidate import Candidate
from journey.actions.choose.card import Card
from journey.actions.choose.situation import version_of
from journey.actions.ledger.book import book
from journey.actions.ledger.decide import decide
from journey.actions.ledger.mark import withdraw
from journey.actions.ledger.proposal import Entry, Proposal, proposal_key, run_of
from journey.actions.ledger.queue import ledger_of
from journey.actions.ledger.rows import find_entry
from journey.answers import iso
from journey.errors import QuestionError
from journey.scope import wall_clock
from journey.warehouse import Warehouse

CLOSED = ("rejected", "replaced", "expired", "withdrawn", "sent", "exported", "failed")


@dataclass(frozen=True)
class Done:
    """entry: the proposal as it is now.  sentence: what happened, for the person who did it."""

    entry: Entry
    sentence: str


def accept(con: Warehouse, card: Card, *, by: str, at: int | None = None) -> Done:
    """Do what the card says.  at: ms by the machine's clock.

    Raises: QuestionError: it says to do nothing, the customer is held out, a guardrail forbids it by now, or it was decided.
    """
    chosen, at = _chosen(card), _now(at)
    waits = waiting(con, card.customer)
    if waits is not None and waits.proposal.action != chosen.name:
        return _replaced(con, waits, chosen.name, None if card.variant is None else card.variant.name, "the card says so now", by, at)
    entry = waits or _booked(con, card, chosen, by, at)
    if entry.state == "held":
        return Done(entry, f"It stops until somebody releases it under Actions, To approve: {entry.why}")
    if entry.state == "approved":
        told = f"was approved by {entry.last.done_by} before" if entry.last.by_person else "is approved; it needs nobody's approval"
        return Done(entry, f"{chosen.name} {told}.")
    return Done(decide(con, entry.proposal.proposal, "approved", by=by, at=at).entry, f"{entry.proposal.action} is approved by {by}.")


def reject(con: Warehouse, card: Card, *, by: str, reason: str, at: int | None = None) -> Done:
    """Do not do it, and keep why.

    Raises: QuestionError: nothing is proposed, no reason, or it was decided before.
    """
    at = _now(at)
    entry = waiting(con, card.customer) or _booked(con, card, _chosen(card), by, at)
    return Done(_closed(con, entry, by, reason, at), f"{entry.proposal.action} is rejected by {by}.")


def change(con: Warehouse, card: Card, action: str, variant: str | None, *, by: str, reason: str, at: int | None = None) -> Done:
    """Do another action that is allowed in its place, and keep why.

    Raises: QuestionError: it is not among those considered, a guardrail forbids it, or no reason is given.
    """
    at = _now(at)
    other = next((one for one in card.considered if one.name == action), None)
    if other is None:
        raise QuestionError(f"{action!r} was not considered for {card.customer!r}. Open the customer again and choose anew.")
    if not reason.strip():
        raise QuestionError("Say why: the ledger keeps the reason beside the change.")
    waits = waiting(con, card.customer)
    if waits is None and card.chosen is not None and card.needs_approval:
        waits = _booked(con, card, card.chosen, by, at)
    if waits is not None and waits.state == "waiting":
        return _replaced(con, waits, action, variant, reason, by, at)
    entry = _booked(con, card, other, by, at, variant)
    if entry.state == "waiting":
        entry = decide(con, entry.proposal.proposal, "approved", by=by, reason=reason, at=at).entry
    return Done(entry, f"{action} is {entry.state} by {by}.")


def waiting(con: Warehouse, customer: str) -> Entry | None:
    """The proposal that waits for a decision on this customer, the latest where there are several."""
    found = (entry for entry in ledger_of(con, customer) if entry.state == "waiting" and entry.proposal.arm == "treated")
    return next(found, None)


def _chosen(card: Card) -> Candidate:
    if card.arm == "holdout":
        raise QuestionError(f"{card.customer!r} is held out: nothing is ever sent to them, so there is nothing to decide.")
    if card.chosen is None:
        raise QuestionError(f"The card proposes nothing for {card.customer!r}. Choose an action instead.")
    return card.chosen


def _booked(con: Warehouse, card: Card, one: Candidate, by: str, at: int, variant: str | None = None) -> Entry:
    """The proposal in the ledger, booked now or before.  Raises: QuestionError: a guardrail forbids it by now."""
    if card.arm == "holdout":
        raise QuestionError(f"{card.customer!r} is held out: nothing is ever sent to them, so there is nothing to decide.")
    proposal = _proposal(con, card, one, by, at, variant)
    found = book(con, [proposal], by=by, at=at, by_hand=True)
    if found.refused:
        raise QuestionError(found.refused[0].why)
    return find_entry(con, proposal.proposal)


def _proposal(con: Warehouse, card: Card, one: Candidate, by: str, at: int, variant: str | None) -> Proposal:
    """A person's choice has propensity 1: no dice were thrown.  The occasion is the day of the facts, as in a run."""
    own = one is card.chosen
    low, high = one.interval or (None, None)
    if own and variant is None:
        variant = None if card.variant is None else card.variant.name
    elif variant is None and one.action.variants:
        variant = max(one.action.variants, key=lambda each: each.weight).name
    before = [entry for entry in ledger_of(con, card.customer) if entry.proposal.action == one.name and entry.state in CLOSED]
    occasion = str(iso(card.as_of))[:10] + (f" again {len(before)}" if before else "")
    return Proposal(
        proposal=proposal_key(card.customer, one.name, occasion),
        customer_id=card.customer,
        action=one.name,
        variant=variant or "",
        channel=one.action.channel,
        trigger_name=one.triggers[0].name if one.triggers else "",
        stage=card.stage,
        arm=card.arm,
        propensity=1.0,
        variant_propensity=card.variant_propensity if own else 1.0,
        expected_value=one.value,
        low=low,
        high=high,
        cost=one.action.cost,
        as_of=card.as_of,
        act_by=card.as_of + one.action.valid_ms,
        proposed_at=at,
        run=run_of(by, at),
        catalog=version_of(con),
        card=json.dumps(card.as_brief()),
    )


def _replaced(con: Warehouse, entry: Entry, action: str, variant: str | None, reason: str, by: str, at: int) -> Done:
    found = decide(con, entry.proposal.proposal, "replaced", by=by, reason=reason, action=action, variant=variant, at=at)
    return Done(found.instead or found.entry, f"{action} is approved by {by} in place of {entry.proposal.action}.")


def _closed(con: Warehouse, entry: Entry, by: str, reason: str, at: int) -> Entry:
    """Rejected; withdrawn where it needed no approval and was therefore approved as it was booked."""
    if not reason.strip():
        raise QuestionError("Say why: the ledger keeps the reason beside the rejection.")
    key = entry.proposal.proposal
    if entry.state != "approved":
        return decide(con, key, "rejected", by=by, reason=reason, at=at).entry
    withdraw(con, proposals=[key], by=by, reason=reason, at=at)
    return find_entry(con, key)


def _now(at: int | None) -> int:
    return wall_clock() if at is None else at


__all__ = ["Done", "accept", "change", "reject", "waiting"]
