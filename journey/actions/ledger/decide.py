"""A person's decision on what was proposed: accept it, reject it, change it, or release what was held."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from journey.actions.catalog import Action
from journey.actions.ledger.desk import Desk, refused_by
from journey.actions.ledger.facts import warm
from journey.actions.ledger.proposal import Entry, Proposal, Refused, proposal_key, run_of
from journey.actions.ledger.rows import (
    NewStep,
    append_proposals,
    append_steps,
    changing,
    customers_of,
    entries,
    named,
    remember,
    steps_with,
)
from journey.actions.ledger.states import forbidden
from journey.errors import QuestionError
from journey.scope import wall_clock
from journey.warehouse import Warehouse

INTO = {"approved": "approved", "rejected": "rejected", "replaced": "replaced", "released": "waiting"}
"""Each decision, and the state it leads to."""
WITH_REASON = ("rejected", "replaced")


@dataclass(frozen=True)
class Decision:
    """verdict: a key of INTO.  action, variant: what is done in its place, where it is replaced.  key: makes it one."""

    verdict: str
    by: str
    reason: str = ""
    action: str | None = None
    variant: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Decided:
    """entry: the proposal as it is now.  instead: what was proposed in its place.  again: the same had been decided before."""

    entry: Entry
    instead: Entry | None = None
    again: bool = False


@dataclass(frozen=True)
class DecidedAll:
    """Keys of proposals: those decided now, those on which the same had been decided before, and those that were refused."""

    done: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()


def decide(
    con: Warehouse,
    proposal: str,
    verdict: str,
    *,
    by: str,
    reason: str = "",
    action: str | None = None,
    variant: str | None = None,
    key: str | None = None,
    at: int | None = None,
) -> Decided:
    """Take a person's decision on a proposal, once, however often it is told.

    verdict: "approved", "rejected", "replaced" (by `action`, and a `variant` of it) or "released", which lets what was held
    wait for its decision.  by: the person.  key: what makes it one step, such as the id of a click; without one, a proposal
    is approved, rejected, replaced and released once.  at: ms by the machine's clock.
    Raises: QuestionError: something else was decided before (by whom, when), a guardrail forbids it, or it lapsed.
    """
    decision, at = _read(Decision(verdict, by, reason, action, variant, key)), wall_clock() if at is None else at
    customers = customers_of(con, [proposal])
    warm(con, customers, at)
    with changing(con):
        desk = Desk(con, customers, at)
        found = _decided(con, desk, desk.entry(proposal), decision)
        if isinstance(found, Refused) and found.guardrail != "ledger":
            remember(con, [found], "approval", decision.by, at)
    if isinstance(found, Refused):  # told when what is remembered of it is safe
        raise QuestionError(found.why)
    return found


def decide_all(
    con: Warehouse, proposals: Sequence[str], verdict: str, *, by: str, reason: str = "", key: str | None = None, at: int | None = None
) -> DecidedAll:
    """The same decision on each of these, in this order: what a guardrail forbids after those before it is refused.

    Raises: QuestionError: no such decision or proposal; then none was taken.
    """
    decision, at = _read(Decision(verdict, by, reason, key=key)), wall_clock() if at is None else at
    keys = list(dict.fromkeys(proposals))
    customers = customers_of(con, keys)
    warm(con, customers, at)
    with changing(con):
        desk = Desk(con, customers, at)
        told = [_decided(con, desk, desk.entry(one), _keyed(decision, one)) for one in keys]
        refused = tuple(each for each in told if isinstance(each, Refused))
        remember(con, [each for each in refused if each.guardrail != "ledger"], "approval", decision.by, at)
    decided = [each for each in told if isinstance(each, Decided)]
    done, known = ([each.entry.proposal.proposal for each in decided if each.again is again] for again in (False, True))
    return DecidedAll(tuple(done), tuple(known), refused)


def _keyed(decision: Decision, proposal: str) -> Decision:
    """A decision on many is one step for each."""
    return decision if decision.key is None else replace(decision, key=f"{decision.key}: {proposal}")


def _read(decision: Decision) -> Decision:
    if decision.verdict not in INTO:
        raise QuestionError(f"The decision is {decision.verdict!r}; it can be {', '.join(INTO)}.")
    if decision.verdict in WITH_REASON and not decision.reason.strip():
        raise QuestionError(f"Say why it is {decision.verdict}: the next choices learn from the reason.")
    if (decision.action is None) == (decision.verdict == "replaced"):
        raise QuestionError('To change a proposal, decide "replaced" and name the action to take its place.')
    return replace(decision, by=named(decision.by, "Who decides"), reason=decision.reason.strip())


def _decided(con: Warehouse, desk: Desk, entry: Entry, decision: Decision) -> Decided | Refused:
    into, proposal = INTO[decision.verdict], entry.proposal
    if again := _taken_before(con, entry, decision, into):
        return again
    if proposal.arm == "holdout":
        return _no(entry, "holdout", "They are held out: nothing is decided for them, so that effects can be measured.")
    approving = entry.state == "approved" and into == "approved"  # a person, after a run
    if why := "" if approving else forbidden(entry, into):
        return _no(entry, "ledger", why)
    if into == "approved":
        if desk.has_lapsed(proposal):
            return _no(entry, "ledger", "It has lapsed: later it is not worth doing. Propose the action anew.")
        if found := desk.forbids(proposal, beside=("approved",)):
            return refused_by(found[0], proposal)
    if into == "replaced":
        return _replaced(con, desk, entry, decision)
    if into == "waiting" and (found := desk.forbids(proposal)):
        return refused_by(found[0], proposal)
    return _step(con, desk, entry, decision, into)


def _taken_before(con: Warehouse, entry: Entry, decision: Decision, into: str) -> Decided | Refused | None:
    """What this decision met when it was told before, by its key or by what the proposal is; None where it is new."""
    proposal = entry.proposal
    if decision.key and (used := steps_with(con, [decision.key])):
        if used[decision.key] == (proposal.proposal, into):
            return Decided(entry, again=True)
        return _no(entry, "ledger", f"The key {decision.key!r} was used for another decision; give this one a key of its own.")
    before = entry.step_into(into)
    if before is None or not before.by_person:
        return None
    if into == "replaced":
        instead = entries(con, [_instead_key(proposal, decision)]).get(_instead_key(proposal, decision))
        return None if instead is None else Decided(entry, instead, again=True)
    return Decided(entry, again=True)


def _step(con: Warehouse, desk: Desk, entry: Entry, decision: Decision, into: str) -> Decided:
    step = NewStep(entry.proposal.proposal, into, decision.reason, decision.key)
    made = append_steps(con, [step], decision.by, desk.at, by_person=True)
    desk.take(entry.proposal, into)
    return Decided(Entry(entry.proposal, (*entry.steps, *made)))


def _replaced(con: Warehouse, desk: Desk, entry: Entry, decision: Decision) -> Decided | Refused:
    """The old one is closed and a new one booked and approved by the person who wants it, if no guardrail forbids it."""
    old, action = entry.proposal, desk.action(decision.action or "")
    if action is None:
        known = ", ".join(each.name for each in desk.catalog.actions)
        return _no(entry, "ledger", f"The catalog holds no action {decision.action!r}. Known are: {known}.")
    variant = _variant(action, decision.variant)
    if variant is None:
        known = ", ".join(each.name for each in action.variants) or "none"
        return _no(entry, "ledger", f"{action.name} has no variant {decision.variant!r}. Known are: {known}.")
    new = _instead(desk, old, action, variant, decision)
    if (new.action, new.variant) == (old.action, old.variant):
        return _no(entry, "ledger", "That is what was proposed already: approve it, or choose another action or variant.")
    if found := desk.forbids(new, instead_of=old.proposal):
        return refused_by(found[0], new)
    append_proposals(con, [new])
    closing = NewStep(old.proposal, "replaced", decision.reason, decision.key)
    steps = [NewStep(new.proposal, state, decision.reason, f"{state} instead: {new.proposal}") for state in ("waiting", "approved")]
    closed, *begun = append_steps(con, [closing, *steps], decision.by, desk.at, by_person=True)
    desk.take(old, "replaced")
    desk.take(new, "approved")
    return Decided(Entry(old, (*entry.steps, closed)), Entry(new, tuple(begun)))


def _instead(desk: Desk, old: Proposal, action: Action, variant: str, decision: Decision) -> Proposal:
    """Chosen by a person: at no chance, and with no figure of what it brings."""
    standing = desk.standing(old.customer_id)
    return replace(
        old,
        proposal=_instead_key(old, decision),
        action=action.name,
        variant=variant,
        channel=action.channel,
        trigger_name="",
        stage=standing.stage if standing is not None and standing.stage else old.stage,
        propensity=1.0,
        variant_propensity=1.0,
        expected_value=None,
        low=None,
        high=None,
        cost=action.cost,
        as_of=desk.as_of,
        act_by=desk.as_of + action.valid_ms,
        proposed_at=desk.at,
        run=run_of(decision.by, desk.at),
    )


def _instead_key(old: Proposal, decision: Decision) -> str:
    return proposal_key(old.customer_id, decision.action or "", f"{decision.variant} instead of {old.proposal}")


def _variant(action: Action, name: str | None) -> str | None:
    """The variant of that name, the likeliest where none is named, "" where the action has none; None where it is unknown."""
    if name is None:
        return max(action.variants, key=lambda each: each.weight).name if action.variants else ""
    return name if name in [each.name for each in action.variants] or (not name and not action.variants) else None


def _no(entry: Entry, guardrail: str, why: str) -> Refused:
    return Refused(entry.proposal.proposal, entry.proposal.customer_id, entry.proposal.action, guardrail, why)
