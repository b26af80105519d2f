"""Handing approved proposals over to the webhooks that take them: signed, tried again with patience, each accepted once.

Every attempt is kept before anything follows from it, and a proposal is sent only where the receiver said so (2xx).  A receiver
that lost its answer is asked again with the same key, by which it knows what it has done.  Stopped at any moment, the next
delivery goes on from what is kept.  Known limit: what a receiver took without ever saying so, until its time was over, has
expired for the ledger.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np

from journey.actions.delivery.allowed import NEVER, NOW, Judge
from journey.actions.delivery.clock import Clock
from journey.actions.delivery.item import Item
from journey.actions.delivery.line import Delivered, Hand, Line, Post
from journey.actions.delivery.patience import Patience, wait_of
from journey.actions.delivery.post import Answer, post
from journey.actions.delivery.ready import Ready, Tried, add_delivery, one_hand, read_ready, state_of
from journey.actions.delivery.signature import sign
from journey.actions.delivery.target import Target, secret_of, targets
from journey.actions.ledger.expire import expire
from journey.actions.ledger.mark import mark
from journey.answers import iso
from journey.errors import QuestionError
from journey.warehouse import Warehouse

Progress = Callable[[str, int, int | None, float], None]
BY = "delivery"


def deliver(
    con: Warehouse,
    at: int | None = None,
    progress: Progress | None = None,
    *,
    by: str = BY,
    patience: Patience | None = None,
    rng: np.random.Generator | None = None,
    clock: Clock | None = None,
    send: Post = post,
) -> Delivered:
    """Send what is approved and due.  at: ms by the machine's clock, None for its own time.

    progress: called with (what, proposals done, proposals in all, seconds).  send: how one message is posted.
    Raises: QuestionError: another delivery or export is under way.
    """
    clock = clock or Clock(at)
    with one_hand(con):
        done = Delivered(expired=len(expire(con, clock.now())))
        found = _settled(con, read_ready(con), by, done)
        hand = Hand(con, clock, patience or Patience(), rng or np.random.default_rng(), send, by, Judge(con, found, clock.now()), done)
        for target, given in _shared_out(con, found, done):
            _send_to(hand, target, given, progress)
    return done


def _settled(con: Warehouse, found: tuple[Ready, ...], by: str, done: Delivered) -> list[Ready]:
    """Without those that were handed over, though the process ended before the ledger was told: it is told now."""
    left = []
    for one in found:
        over = next((tried for tried in one.tried.values() if tried.accepted or tried.is_file), None)
        if over is None:
            left.append(one)
            continue
        state = "exported" if over.is_file else "sent"
        told = f"It was handed over to {over.target} on {(iso(over.done_at) or '')[:16].replace('T', ' ')} UTC."
        mark(con, [one.key], state, by=by, reason=told, key=over.target, at=over.done_at, happened=True)
        done.sent += not over.is_file
    return left


def _shared_out(con: Warehouse, found: list[Ready], done: Delivered) -> list[tuple[Target, list[Ready]]]:
    """Each proposal to the webhook it was tried at, else to the first that takes it."""
    on = [target for target in targets(con) if target.on]
    given: dict[str, list[Ready]] = {target.name: [] for target in on}
    off: Counter[str] = Counter()
    for one in found:
        bound = one.bound_to
        takes = (target.name for target in on if target.takes(one.proposal.channel, one.proposal.action))
        name = bound.target if bound is not None else next(takes, None)
        if name in given:
            given[name].append(one)
        elif bound is not None:
            off[bound.target] += 1
        else:
            done.untaken += 1
    for name, number in off.items():
        done.faults.append(
            f"{number:,} were tried at {name!r}, which is off now, and may have arrived there: switch it on, or withdraw them."
        )
        done.unanswered += number
    return [(target, given[target.name]) for target in on if given[target.name]]


def _send_to(hand: Hand, target: Target, given: list[Ready], progress: Progress | None) -> None:
    """One receiver, one call at a time, the longest approved first; one that failed goes to the end of the line."""
    try:
        key = secret_of(hand.con, target.name)
    except QuestionError as fault:
        hand.done.faults.append(str(fault))
        hand.done.unanswered += len(given)
        return
    line = Line(hand, target, given)
    began = hand.clock.now()
    while (one := line.next()) is not None:
        verdict = hand.judge.judge(one, hand.clock.now())
        if verdict.when == NOW and state_of(hand.con, one.key) != one.state:
            continue  # withdrawn while it stood in line
        if verdict.when == NOW:
            line.after(one, *_attempt(hand, target, key, one, line.failures))
        elif verdict.when == NEVER:
            mark(hand.con, [one.key], "withdrawn", by=hand.by, reason=verdict.why, at=hand.clock.now())
            hand.done.withdrawn += 1
        else:
            hand.done.put_off(verdict)
        if progress:
            progress(f"Sending to {target.name}", len(given) - len(line), len(given), (hand.clock.now() - began) / 1000)
    line.end()


def _attempt(hand: Hand, target: Target, key: bytes, one: Ready, failures: int) -> tuple[Answer, Tried]:
    """Post it, keep what came back, and tell the ledger where that is an end."""
    at, before = hand.clock.now(), one.tried.get(target.name)
    body = Item(one.proposal, hand.judge.variant(one)).body(one.since)
    answer = hand.post(target, body, headers_of(one.key, at // 1000, body, key))
    hand.done.attempts += 1
    next_at = None
    if not answer.accepted and not answer.is_final:
        next_at = hand.clock.now() + round(1000 * wait_of(failures + 1, hand.patience, hand.rng, answer.retry_after_s))
    tried = Tried(target.name, before.attempt + 1 if before else 1, at, answer.status, next_at)
    add_delivery(hand.con, one.key, tried, answer.told)
    if answer.accepted:
        hand.accepted(target.name, one.key)
    elif next_at is None:
        reason = f"{target.name}: {answer.told}"
        mark(hand.con, [one.key], "failed", by=hand.by, reason=reason, key=f"{target.name}:{tried.attempt}", at=at, happened=True)
    return answer, tried


def headers_of(proposal: str, at_s: int, body: bytes, key: bytes) -> dict[str, str]:
    """The headers of a message.  The id and the idempotency key are the proposal's, so that all attempts are one message."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "journey",
        "Idempotency-Key": proposal,
        "webhook-id": proposal,
        "webhook-timestamp": str(at_s),
        "webhook-signature": sign(proposal, at_s, body, key),
    }
