"""Loops by the journey index: the rows that the definition in SQL answers, and the customers behind one."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.answers import People
from journey.index import Array, Index, run
from journey.occurrences import Occurrences
from journey.paths.kernel import Story
from journey.paths.pairs import EMPTY, MOST_BITS, MOST_EDGES, by_edge, span_of
from journey.paths.question import LoopsQuestion
from journey.paths.returns.kernel import COUNT, count_returns, mark_returns
from journey.paths.telling import Telling, people_of, tell_index
from journey.paths.vocabulary import Vocabulary
from journey.rules import Binder
from journey.scope import Scope


@dataclass(frozen=True)
class Returns:
    """took: (returns,) loop << span | ms, in order.  loops: (nodes * nodes,) and doers: (nodes,) customers.  population: customers."""

    took: Array
    loops: Array
    doers: Array
    population: int


def ask_index(index: Index, binder: Binder, question: LoopsQuestion, scope: Scope, vocabulary: Vocabulary) -> "ByIndex | None":
    """The question as the index is asked it; None where the kernels do not answer it."""
    telling = tell_index(index, binder, vocabulary, False, question.unit == "customer")
    if telling is None or telling.nodes**2 > MOST_EDGES or (telling.nodes**2).bit_length() + span_of(index) > MOST_BITS:
        return None
    found = Occurrences(binder.con, index, binder)
    return ByIndex(index, found, telling, found.keys_between(scope), found.people(scope))


@dataclass(frozen=True)
class ByIndex:
    """within: [since, until) as times of keys.  people: who is of the scope."""

    index: Index
    found: Occurrences
    telling: Telling
    within: tuple[int, int]
    people: Array

    def rows(self) -> list[dict[str, Any]]:
        """As the definition answers them, the one of all customers last."""
        span, nodes = span_of(self.index), self.telling.nodes
        shares = run(lambda story: self._count(story, span), self.telling.stories)
        took, ends = by_edge([share.took for share in shares], span, nodes**2)
        customers, doers = (np.sum(parts, axis=0) for parts in ([one.loops for one in shares], [one.doers for one in shares]))
        rows = []
        for loop in np.flatnonzero(np.diff(ends)).tolist():
            node, via = divmod(loop, nodes)
            times = took[ends[loop] : ends[loop + 1]]
            rows.append(
                {
                    "node": node,
                    "via": None if via == node else via,
                    "count": len(times),
                    "customers": int(customers[loop]),
                    "doers": int(doers[node]),
                    "median_seconds": float(times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2 / 1000.0,
                    "total_seconds": int(times.sum()) / 1000.0,
                }
            )
        return [*rows, {"node": None, "customers": sum(share.population for share in shares)}]

    def _count(self, story: Story, span: int) -> Returns:
        nodes = self.telling.nodes
        doers, loops = np.full(nodes, EMPTY, np.int64), np.full(nodes**2, EMPTY, np.int64)
        took = np.empty(len(story.nodes) + 1, np.int64)  # pages that are never reached cost nothing
        n, population = count_returns(*story, self.index.bits, *self.within, self.people, span, doers, loops, took)
        return Returns(np.sort(took[:n]), loops & COUNT, doers & COUNT, population)

    def behind(self, node: int | None, via: int | None) -> People:
        """Who returned to the node, by way of the other; at once, where they are the same."""
        people, (since, until) = np.zeros(self.index.people, np.uint8), self.within
        if node is None or via is None:
            return People(())

        def mark(story: Story) -> None:
            mark_returns(*story, self.index.bits, since, until, self.people, node, via, people)

        run(mark, self.telling.stories)
        return people_of(self.found.con, people)
