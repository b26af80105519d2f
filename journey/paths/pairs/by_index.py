"""Transitions by the journey index: the rows that the definition in SQL answers, and the customers behind one."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.answers import People
from journey.index import Array, Index
from journey.occurrences import EVERYONE, Occurrences
from journey.paths.pairs import Pairs, find_pairs, fits, people_of_pair
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

    def rows(self) -> list[dict[str, Any]]:
        """As the definition answers them, the one of all transitions last."""
        wanted, nodes = self._wanted()
        pairs = find_pairs(self.telling, self.index, wanted, self._name(wanted))
        edges = np.flatnonzero(pairs.pairs).tolist()
        return [*(self._row(pairs, edge, nodes) for edge in edges), self._total(pairs)]

    def people(self, source: int | None, target: int | None) -> People:
        """Who made the transition from this node to that."""
        wanted, nodes = self._wanted()
        if source not in nodes or target not in nodes:
            return People(())
        return people_of(self.found.con, people_of_pair(self.telling, self.index, wanted, nodes.index(source), nodes.index(target)))

    def _wanted(self) -> tuple[Wanted, list[int]]:
        """The question as the kernels are asked it, and the node that stands at each place."""
        kept = list(range(self.telling.nodes))
        if self.question.rows is None:
            return self._asked(np.arange(self.telling.nodes, dtype=np.int32), self.telling.nodes), self._with_ends(kept)
        # The commonest events are those of the scope's transitions, so these are counted before they are folded.
        wanted = self._asked(np.arange(self.telling.nodes, dtype=np.int32), self.telling.nodes)
        pairs = find_pairs(self.telling, self.index, wanted, self._name(wanted)).pairs.reshape(wanted.places, wanted.places)
        weights = (pairs.sum(axis=0) + pairs.sum(axis=1))[: self.telling.nodes]
        named = sorted((node for node in kept if weights[node]), key=lambda node: (-weights[node], self.vocabulary.labels[node]))
        named = named[: self.question.rows]
        place_of = np.full(self.telling.nodes, len(named), np.int32)
        place_of[named] = np.arange(len(named))
        return self._asked(place_of, len(named) + 1), self._with_ends([*named, OTHER_NODE])

    def _asked(self, place_of: Array, places: int) -> Wanted:
        people = EVERYONE if self.scope.segment is None else self.found.people(self.scope)
        since, until = self.found.keys_between(self.scope)
        return Wanted(place_of, places + 2 * self.question.ends, self.question.ends, since, until, people)

    def _with_ends(self, nodes: list[int]) -> list[int]:
        return [*nodes, START_NODE, END_NODE] if self.question.ends else nodes

    def _name(self, wanted: Wanted) -> tuple[object, ...] | None:
        """What a sample of all transitions is kept under; None where the scope is not all."""
        if self.scope.start is not None or self.scope.stop is not None or self.scope.segment is not None:
            return None
        return ("brackets", wanted.place_of.tobytes(), wanted.ends)

    def _row(self, pairs: Pairs, edge: int, nodes: list[int]) -> dict[str, Any]:
        source, target = divmod(edge, len(nodes))
        units = pairs.customers if self.question.unit == "customer" else pairs.paths
        return {
            "source": nodes[source],
            "target": nodes[target],
            "count": int(pairs.pairs[edge]),
            "customers": int(pairs.customers[edge]),
            "units": int(units[edge]),
            "seconds": float(pairs.medians[edge]) / 1000.0,
        }

    def _total(self, pairs: Pairs) -> dict[str, Any]:
        units = pairs.all_customers if self.question.unit == "customer" else pairs.all_paths
        count = int(pairs.pairs.sum())
        return {"source": None, "target": None, "count": count, "customers": pairs.all_customers, "units": units, "seconds": None}
