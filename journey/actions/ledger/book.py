"""Booking: what was chosen becomes part of the ledger, once, unless a guardrail forbids it by now."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from journey.actions.ledger.anomalies import floods, odd_value, twice
from journey.actions.ledger.desk import Desk, refused_by
from journey.actions.ledger.expire import expire_within
from journey.actions.ledger.facts import warm
from journey.actions.ledger.proposal import ARMS, Proposal, Refused
from journey.actions.ledger.rows import NewStep, append_proposals, append_steps, changing, entries, named, remember
from journey.errors import QuestionError
from journey.scope import wall_clock
from journey.warehouse import Warehouse

PASSING = ("open", "channel", "cooldown", "cap", "budget")
"""Guardrails that lift by themselves, or with the next decision: behind them a repetition is looked for first."""


@dataclass(frozen=True)
class Booked:
    """Keys of proposals.  new: now in the ledger.  held: of these, those that wait for a person, with the reason.

    known: in it already, and left as they were.  refused: what a guardrail forbade, with its sentence; not in the ledger.
    """

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        return {
            "new": list(self.new),
            "known": list(self.known),
            "refused": [each.as_plain() for each in self.refused],
            "held": dict(self.held),
        }


def book(
    con: Warehouse,
    proposals: Sequence[Proposal],
    *,
    by: str,
    at: int | None = None,
    eligible: Mapping[str, int] | None = None,
    by_hand: bool = False,
) -> Booked:
    """Add proposals to the ledger, each once, however often and by how many it is tried.

    by: the run or the person.  at: ms by the machine's clock.  eligible: action -> customers the run chose among.
    by_hand: somebody chose it for a customer whom they had before them, and not a run for all alike; results leave it out, as
    nobody held out was chosen for likewise.
    The guardrails are looked at again within the same transaction.  What needs no approval is approved by the run; what
    looks like a fault is held.  Those held out are booked like others, and never leave "waiting" but for "withdrawn".
    Raises: QuestionError: a proposal that cannot be, such as one of no arm.
    """
    at, by = wall_clock() if at is None else at, named(by, "Who books it")
    offered = [_checked(replace(each, proposed_at=at)) for each in proposals]
    warm(con, [each.customer_id for each in offered], at)
    with changing(con):
        expire_within(con, at)
        known = entries(con, [each.proposal for each in offered])
        fresh = {each.proposal: each for each in offered if each.proposal not in known}
        found = _Booking(con, list(fresh.values()), at, eligible or {}, by_hand)
        append_proposals(con, [_storable(each) for each in found.new])
        append_steps(con, found.steps, by, at)
        remember(con, found.refused, "booking", by, at)
    return Booked(
        tuple(each.proposal for each in found.new),
        tuple(dict.fromkeys(each.proposal for each in offered if each.proposal in known)),
        tuple(found.refused),
        found.held,
    )


class _Booking:
    """What becomes of each proposal of a booking, in the order they were offered: the first takes the last place."""

    def __init__(self, con: Warehouse, fresh: Sequence[Proposal], at: int, eligible: Mapping[str, int], by_hand: bool) -> None:
        self.by_hand = by_hand
        self.con, self.desk = con, Desk(con, [each.customer_id for each in fresh], at)
        self.floods = floods(con, self.desk, fresh, eligible)
        self.new: list[Proposal] = []
        self.steps: list[NewStep] = []
        self.refused: list[Refused] = []
        self.held: dict[str, str] = {}
        for each in fresh:
            self._decide(each)

    def _decide(self, proposal: Proposal) -> None:
        found = self.desk.forbids(proposal)
        repeated = twice(self.desk, proposal)
        lasting = next((veto for veto in found if veto.guardrail not in PASSING), None)
        if lasting is not None or (found and not repeated):
            self.refused.append(refused_by(lasting or found[0], proposal))
            return
        odd = repeated or self.floods.get((proposal.run, proposal.action), "") or odd_value(self.con, self.desk, proposal)
        self._take(proposal, odd if proposal.arm == "treated" else "")

    def _take(self, proposal: Proposal, odd: str) -> None:
        action = self.desk.action(proposal.action)
        state = "held" if odd else "waiting"
        self.new.append(proposal)
        self.steps.append(NewStep(proposal.proposal, state, odd, f"booked: {proposal.proposal}", self.by_hand))
        if odd:
            self.held[proposal.proposal] = odd
        elif action is not None and not action.approval and proposal.arm == "treated":
            state = "approved"
            self.steps.append(NewStep(proposal.proposal, state, "It needs no approval."))
        self.desk.take(proposal, state)


def _checked(proposal: Proposal) -> Proposal:
    """Raises: QuestionError: what cannot be a proposal, naming it."""
    of = f"of the proposal {proposal.proposal!r} of {proposal.action!r}"
    if not proposal.proposal or not proposal.customer_id or not proposal.run:
        raise QuestionError(f"The key, the customer or the run {of} is missing; without them it cannot be told from others.")
    if proposal.arm not in ARMS:
        raise QuestionError(f"The arm {of} is {proposal.arm!r}; it can be {' or '.join(ARMS)}.")
    for name, chance in (("propensity", proposal.propensity), ("variant_propensity", proposal.variant_propensity)):
        if not 0 < chance <= 1:
            raise QuestionError(f"The {name} {of} is {chance}; what was chosen had a chance above 0, and of at most 1.")
    if not (math.isfinite(proposal.cost) and proposal.cost >= 0):
        raise QuestionError(f"The cost {of} is {proposal.cost}; it is money, 0 or more.")
    if proposal.act_by <= proposal.as_of:
        raise QuestionError(f"act_by {of} is not after as_of, so it never stood.")
    return proposal


def _storable(proposal: Proposal) -> Proposal:
    """What is no number is kept as unknown; why it is held says what was there."""
    value, low, high = (
        each if each is not None and math.isfinite(each) else None for each in (proposal.expected_value, proposal.low, proposal.high)
    )
    return replace(proposal, expected_value=value, low=low, high=high)
