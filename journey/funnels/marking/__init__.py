"""Which rows of the journey index a funnel names, and how they stand: by customer, session, held value or property.

Rows that the steps and exclusions name are marked in a scratch array for one question after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from journey.funnels.marking.kernel import mark, unmark
from journey.funnels.question import FunnelQuestion
from journey.funnels.ties import Ties
from journey.index import Array, Posting
from journey.occurrences import Occurrences
from journey.rules import Binder
from journey.scope import Scope

MOST_KINDS = 16  # bits of a mark
SPARE: list[Array] = []
"""Clean scratch arrays of earlier questions: fresh pages would cost more than the walk."""
GUARD = threading.Lock()


@dataclass(frozen=True)
class Plan:
    """postings: by kind, the `stepped` kinds of steps first, then those of exclusions.  step, ways, out, groups: as the kernel says.

    ties: of the steps, whose kinds are numbered in the order of their first steps.  scoped: whether a scope narrows step 0.
    """

    postings: tuple[Posting, ...]
    step: Array
    stepped: int
    ways: Array
    out: Array
    groups: Array
    ties: Ties
    scoped: bool
    unordered: bool

    @property
    def stepping(self) -> int:
        """The bits of the kinds of steps."""
        return (1 << self.stepped) - 1

    @property
    def voiding(self) -> int:
        """The bits of the kinds of exclusions."""
        return (1 << len(self.postings)) - 1 - self.stepping

    def serving(self) -> Array:
        """(steps,) the kinds, as bits, whose events serve a step; any step's open an unordered funnel."""
        if self.unordered:
            return np.full(len(self.step), self.stepping)
        return np.left_shift(1, self.step)

    def others(self) -> Array:
        """(steps,) the other kinds, as bits, that an event of this step's kind may be of."""
        kinds = list(self.ties.kinds.values())
        near = [sum(1 << at for at, other in enumerate(kinds) if other is not kind and other.shares_with(kind)) for kind in kinds]
        return np.array(near, np.int64)[self.step]

    def same(self) -> Array:
        """(steps,) whether a later step needs another event of step 0's kind, where it is done in the same moment."""
        same = self.step == self.step[0]
        return same & (np.arange(len(same)) > 0) & (not self.scoped and not self.unordered)

    def within(self, postings: tuple[Posting, ...]) -> Plan:
        """The same over fewer events."""
        return replace(self, postings=postings)


def make_plan(asked: Occurrences, question: FunnelQuestion, scope: Scope) -> Plan:
    """Raises QuestionError where too many steps share events, as the definition does."""
    names = [repr(step) for step in question.steps]
    if of_property(question) and scope.segment is not None:  # entries are told from other events one by one
        names[0] = f"entry: {names[0]}"
    kinds = list(dict.fromkeys(names))
    steps = {name: asked.of(step) for name, step in zip(names, question.steps, strict=True)}
    if of_property(question) and scope.segment is not None:
        steps[names[0]] = asked.index.posting_by(steps[names[0]], asked.people(scope))
    binder = Binder(asked.con)
    alone = question.ties == "load_order" and question.order != "unordered"
    ties = Ties(names, [binder.match(step).names for step in question.steps], alone)
    return Plan(
        postings=tuple([steps[kind] for kind in kinds] + [asked.of(one.event) for one in question.exclusions]),
        step=np.array([kinds.index(name) for name in names], np.int64),
        stepped=len(kinds),
        ways=_ways(question),
        out=np.array([(len(kinds) + at, one.from_step, one.to_step) for at, one in enumerate(question.exclusions)], np.int64).reshape(
            -1, 3
        ),
        groups=_groups(ties, question),
        ties=ties,
        scoped=scope != Scope(timezone=scope.timezone),
        unordered=question.order == "unordered",
    )


def of_property(question: FunnelQuestion) -> bool:
    """Whether a property is the unit."""
    return question.count_by not in ("customer", "session")


def _ways(question: FunnelQuestion) -> Array:
    """The funnels that optional steps stand for: (ways, 1 + steps), a length and as many steps, padded with -1."""
    skips = [set(skip) for size in range(len(question.optional) + 1) for skip in combinations(question.optional, size)]
    ways = [[step for step in range(len(question.steps)) if step not in skip] for skip in skips]
    return np.array([[len(way), *way] + [-1] * (len(question.steps) - len(way)) for way in ways], np.int64)


def _out(question: FunnelQuestion, first: int) -> Array:
    """(exclusions, 3) the kind that voids, after which step, before which.  first: of the exclusions' kinds."""
    rows = [(first + at, one.from_step, one.to_step) for at, one in enumerate(question.exclusions)]
    return np.array(rows, np.int64).reshape(-1, 3)


def _groups(ties: Ties, question: FunnelQuestion) -> Array:
    """(groups,) sets of two kinds or more, as bits, that are decided together; each kind by itself is counted anyway."""
    kinds = list(ties.kinds)
    sets = [] if question.order == "unordered" else ties.sets(range(len(question.steps)))
    return np.array([sum(1 << kinds.index(kind) for kind in group) for group in sets if len(group) > 1], np.int64)


def mark_rows(plan: Plan, rows: tuple[int, int], marks: Array) -> None:
    """Mark the rows from first to end by the kinds that they are of."""
    for kind, (posting, (low, high)) in enumerate(zip(plan.postings, _spans(plan, rows), strict=True)):
        mark(posting.rows, low, high, 1 << kind, marks)


def unmark_rows(plan: Plan, rows: tuple[int, int], marks: Array) -> None:
    for posting, (low, high) in zip(plan.postings, _spans(plan, rows), strict=True):
        unmark(posting.rows, low, high, marks)


def _spans(plan: Plan, rows: tuple[int, int]) -> list[tuple[int, int]]:
    return [(int(low), int(high)) for low, high in (np.searchsorted(posting.rows, rows) for posting in plan.postings)]


@contextmanager
def scratch(events: int) -> Iterator[Array]:
    """Marks of no row; given back clean."""
    with GUARD:
        fit = next((at for at, spare in enumerate(SPARE) if len(spare) == events), None)
        marks = SPARE.pop(fit) if fit is not None else np.zeros(events, np.uint16)
    yield marks
    with GUARD:
        SPARE[:] = [marks, *SPARE][:4]
