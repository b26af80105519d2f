"""Transitions by the journey index: the rows that the definition in SQL answers, and the customers behind one."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from journey.answers import People
from journey.index import Array, Index
from journey.occurrences import EVERYONE, Occurrences
from journey.paths.pairs import find_pairs, find_spread, find_weights, fits, people_of_pair
from journey.paths.pairs.kernel import Wanted
from journey.paths.question import TransitionsQuestion
from journey.paths.telling import Telling, people_of, tell_index
from journey.paths.vocabulary import END_NODE, OTHER_NODE, START_NODE, Vocabulary
from journey.rules import Binder
from journey.scope import Scope


def ask_index(index: Index, binder: Binder, question: TransitionsQuestion, scope: Scope, vocabulary: Vocabulary) -> "ByIndex | None":
    """The question as the index is asked it; None where the kernels do not answer it."""
    telling = tell_index(index, binder, vocabulary, question.collapse_repeats, question.unit == "customer")
    if telling is None or not fits(telling, index):
        return None
    return ByIndex(index, Occurrences(binder.con, index, binder), question, scope, vocabulary, telling)


@dataclass(frozen=True)
class ByIndex:
    index: Index
    found: Occurrences
    question: TransitionsQuestion
    scope: Scope
    vocabulary: Vocabulary
    telling: Telling

    def rows(self) -> pl.DataFrame:
        """As the definition answers them, the one of all transitions last."""
        wanted, nodes = self._wanted
        pairs = find_pairs(self.telling, self.index, wanted, self._name(wanted))
        node_at, by_customer = np.array(nodes, np.int64), self.question.unit == "customer"
        edges = np.flatnonzero(pairs.pairs)
        units = pairs.customers if by_customer else pairs.paths
        found = pl.DataFrame(
            {
                "source": node_at[edges // wanted.places],
                "target": node_at[edges % wanted.places],
                "count": pairs.pairs[edges],
                "customers": pairs.customers[edges],
                "units": units[edges],
                "seconds": pairs.medians[edges] / 1000.0,
            }
        )
        all_units = pairs.all_customers if by_customer else pairs.all_paths
        of_all = [None, None, int(pairs.pairs.sum()), pairs.all_customers, all_units, None]
        return pl.concat([found, pl.DataFrame([of_all], schema=found.schema, orient="row")])

    def spread(self) -> list[dict[str, Any]]:
        """The sums over customers, as their definition answers them; the number of events last."""
        wanted, nodes = self._wanted
        sums = find_spread(self.telling, self.index, wanted)
        names = ("squares", "products_out", "products_in")
        rows = [
            {"source": nodes[edge // len(nodes)], "target": nodes[edge % len(nodes)], **dict(zip(names, sums[edge].tolist(), strict=True))}
            for edge in np.flatnonzero(sums[:, 0]).tolist()
        ]
        return [*rows, {"source": None, "squares": int(np.count_nonzero(self._weights))}]

    def people(self, source: int | None, target: int | None) -> People:
        """Who made the transition from this node to that."""
        wanted, nodes = self._wanted
        if source not in nodes or target not in nodes:
            return People(())
        return people_of(self.found.con, people_of_pair(self.telling, self.index, wanted, nodes.index(source), nodes.index(target)))

    @cached_property
    def _wanted(self) -> tuple[Wanted, list[int]]:
        """The question as the kernels are asked it, and the node that stands at each place."""
        if self.question.rows is None:
            return self._asked(self._every, self.telling.nodes), self._with_ends(list(range(self.telling.nodes)))
        # The commonest events are those of the scope's transitions.
        weights = self._weights.tolist()
        named = sorted(np.flatnonzero(self._weights).tolist(), key=lambda node: (-weights[node], self.vocabulary.labels[node]))
        named = named[: self.question.rows]
        place_of = np.full(self.telling.nodes, len(named), np.int32)
        place_of[named] = np.arange(len(named))
        return self._asked(place_of, len(named) + 1), self._with_ends([*named, OTHER_NODE])

    @cached_property
    def _weights(self) -> Array:
        """(nodes,): how often each is in a transition.  Of all transitions they are kept."""
        wanted = self._asked(self._every, self.telling.nodes)
        if not self._everything:
            return find_weights(self.telling, self.index, wanted)
        name = ("weights", wanted.ends, *self.telling.name)
        made: Array = self.index.kept.get(name, lambda: find_weights(self.telling, self.index, wanted))
        return made

    @property
    def _every(self) -> Array:
        """Each node at a place of its own."""
        return np.arange(self.telling.nodes, dtype=np.int32)

    @property
    def _everything(self) -> bool:
        return self.scope.start is None and self.scope.stop is None and self.scope.segment is None

    def _asked(self, place_of: Array, places: int) -> Wanted:
        people = EVERYONE if self.scope.segment is None else self.found.people(self.scope)
        since, until = self.found.keys_between(self.scope)
        return Wanted(place_of, places + 2 * self.question.ends, self.question.ends, since, until, people)

    def _with_ends(self, nodes: list[int]) -> list[int]:
        return [*nodes, START_NODE, END_NODE] if self.question.ends else nodes

    def _name(self, wanted: Wanted) -> tuple[object, ...] | None:
        """What a sample of all transitions is kept under; None where the scope is not all."""
        if not self._everything:
            return None
        return ("brackets", wanted.place_of.tobytes(), wanted.ends)
