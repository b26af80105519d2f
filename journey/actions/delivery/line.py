"""The line of proposals before one receiver, and what comes of a delivery while it is under way."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from journey.actions.delivery.allowed import Judge, Verdict
from journey.actions.delivery.clock import Clock
from journey.actions.delivery.patience import Patience
from journey.actions.delivery.post import Answer
from journey.actions.delivery.ready import Ready, Tried
from journey.actions.delivery.target import Target
from journey.actions.ledger.mark import mark
from journey.answers import iso
from journey.warehouse import Warehouse

MOST_UNTOLD, UNTOLD_MS = 50, 1_000
Post = Callable[[Target, bytes, dict[str, str]], Answer]


@dataclass
class Delivered:
    """What came of one delivery, in proposals.

    sent: accepted by a receiver.  refused: failed for good.  withdrawn: no longer allowed.  later: wait for their hour, the
    first of them until first_at (ms).  barred: forbidden by a guardrail for now, why: such as the first of them.
    unanswered: tried, and to be tried again.  untaken: no webhook that is on takes them.  expired: past their time.
    attempts: calls made.  faults: sentences that a person should read.
    """

    sent: int = 0
    refused: int = 0
    withdrawn: int = 0
    later: int = 0
    first_at: int | None = None
    barred: int = 0
    why: str = ""
    unanswered: int = 0
    untaken: int = 0
    expired: int = 0
    attempts: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        told = [
            (self.sent, "sent"), (self.refused, "refused by the receiver"), (self.withdrawn, "withdrawn, as they are no longer allowed"),
            (self.unanswered, "to be tried again"),
            (self.later, f"wait for their hour, the first until {(iso(self.first_at) or '?')[:16].replace('T', ' ')} UTC"),
            (self.barred, f"forbidden for now, such as: {self.why.rstrip('.')}"),
            (self.untaken, "approved that no webhook takes: export them"),
        ]  # fmt: skip
        parts = [f"{number:,} {what}" for number, what in told if number]
        return "; ".join(parts) + "." if parts else "Nothing is approved and due."

    def put_off(self, verdict: Verdict) -> None:
        if not verdict.timed:
            self.barred, self.why = self.barred + 1, self.why or verdict.why
            return
        self.later += 1
        if verdict.from_at is not None and (self.first_at is None or verdict.from_at < self.first_at):
            self.first_at = verdict.from_at


@dataclass
class Hand:
    """One delivery under way.

    over: keys by receiver that took them, and that the ledger is still to be told of: together, as each change of it costs more
    than a call.  The attempts tell it, where the process ends before.
    """

    con: Warehouse
    clock: Clock
    patience: Patience
    rng: np.random.Generator
    post: Post
    by: str
    judge: Judge
    done: Delivered
    over: dict[str, list[str]] = field(default_factory=dict)
    told_at: int = 0

    def accepted(self, target: str, key: str) -> None:
        if not self.over:
            self.told_at = self.clock.now()
        self.over.setdefault(target, []).append(key)
        if len(self.over[target]) >= MOST_UNTOLD or self.clock.now() - self.told_at >= UNTOLD_MS:
            self.tell_ledger()

    def tell_ledger(self) -> None:
        """Mark as sent what the receivers have."""
        while self.over:
            target, keys = self.over.popitem()
            mark(self.con, keys, "sent", by=self.by, reason=f"{target} accepted it.", key=target, at=self.clock.now(), happened=True)


class Line:
    """The proposals that wait for one receiver, and how patient we still are with it.

    failures: of the receiver in a row.  rests_until: ms, before which it is not called.
    """

    def __init__(self, hand: Hand, target: Target, given: list[Ready]) -> None:
        self.hand, self.target = hand, target
        self.failures, self.waited_s, self.stopped = 0, 0.0, False
        self.tries = Counter[str]()
        self.heap = [(self._due(one), place, one) for place, one in enumerate(given)]
        heapq.heapify(self.heap)
        self.places = len(given)
        tried = [one.tried[target.name] for one in given if target.name in one.tried]
        newest = max(tried, key=lambda each: each.done_at, default=None)
        self.rests_until = (newest.next_at or 0) if newest is not None else 0

    def __len__(self) -> int:
        return len(self.heap)

    def next(self) -> Ready | None:
        """The next one that is due, once it is; None where none is, or patience is at its end."""
        if not self.heap or self.stopped:
            return None
        pause_s = (max(self.rests_until, self.heap[0][0]) - self.hand.clock.now()) / 1000
        if pause_s > 0:
            if self.waited_s + pause_s > self.hand.patience.wait_s:
                return None
            self.hand.tell_ledger()
            self.hand.clock.sleep(pause_s)
            self.waited_s += pause_s
        return heapq.heappop(self.heap)[2]

    def after(self, one: Ready, answer: Answer, tried: Tried) -> None:
        """What follows from an answer: the next in line, another try later, or leaving the receiver alone."""
        if answer.accepted:
            self.failures, self.rests_until = 0, 0
            self.hand.done.sent += 1
            return
        self.failures += 1
        self.stopped = self.failures >= self.hand.patience.in_a_row
        if tried.next_at is None:
            self.hand.done.refused += 1
            return
        self.rests_until = tried.next_at
        self.tries[one.key] += 1
        if self.tries[one.key] < self.hand.patience.attempts:
            again = replace(one, tried={**one.tried, self.target.name: tried})
            self.places += 1
            heapq.heappush(self.heap, (tried.next_at, self.places, again))
        else:
            self.hand.done.unanswered += 1

    def end(self) -> None:
        """What is still in line is left to the next delivery."""
        self.hand.tell_ledger()
        self.hand.done.unanswered += len(self.heap)
        if self.stopped:
            told = f"{self.target.name!r} failed {self.failures} times in a row and is left alone until the next delivery."
            self.hand.done.faults.append(told)

    def _due(self, one: Ready) -> int:
        tried = one.tried.get(self.target.name)
        return tried.next_at or 0 if tried is not None else 0
