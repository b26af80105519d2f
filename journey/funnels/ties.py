"""Which steps the events of one moment can serve, when one event serves one step.

Events of the same time convert in step order, so within one moment any order goes: steps j..k can be served there when
each can be given an event of its own.  By Hall's theorem that is so when every set of these steps has, together, as many
events as steps.  Only sets whose steps can share events matter: for different event names that is each step by itself.

    steps A, B, A at one moment with events    A  B     -> 0..1 or 1..2 can be served there
                                               A  A  B  -> 0..2

Source: Hall, P. (1935), On representatives of subsets, J. London Math. Soc. 10 (1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from journey.errors import QuestionError

MOST_SHARED = 6


@dataclass(frozen=True)
class Kind:
    """Steps that the same events serve.  names: event names it can match, () for any.  step: the first such step."""

    step: int
    names: tuple[str, ...]

    def shares_with(self, other: "Kind") -> bool:
        """Whether an event may be of both kinds."""
        return not self.names or not other.names or bool(set(self.names) & set(other.names))


class Ties:
    """The kinds of a funnel's steps, and the counts of events that decide what a moment can serve.

    alone: a moment has one event, as in load order, so it never serves two steps.
    """

    def __init__(self, predicates: Sequence[str], names: Sequence[tuple[str, ...]], alone: bool = False) -> None:
        self.alone = alone
        first = {predicate: step for step, predicate in reversed(list(enumerate(predicates)))}
        self.kind_of = tuple(first[predicate] for predicate in predicates)
        self.kinds = {step: Kind(step, names[step]) for step in self.kind_of}

    def sets(self, steps: Sequence[int]) -> list[tuple[int, ...]]:
        """Sets of kinds among these steps, each connected through kinds that can share an event."""
        kinds = sorted({self.kind_of[step] for step in steps})
        if self.alone:
            return [(kind,) for kind in kinds]
        return [group for part in self.parts(kinds) for size in range(1, len(part) + 1) for group in self._connected(part, size)]

    def parts(self, kinds: Sequence[int]) -> list[list[int]]:
        """The kinds, parted so that no event is of two parts.  Raises QuestionError where a part is too large to decide."""
        parts: list[list[int]] = []
        for kind in kinds:
            near = [part for part in parts if any(self.kinds[kind].shares_with(self.kinds[other]) for other in part)]
            parts = [part for part in parts if part not in near] + [sorted([kind, *(k for part in near for k in part)])]
        for part in parts:
            if len(part) > MOST_SHARED:
                raise QuestionError(
                    f"{len(part)} different steps of this funnel could be served by the same event; {MOST_SHARED} can be. "
                    'Name events in the steps, or use "ties": "load_order".'
                )
        return parts

    def _connected(self, part: Sequence[int], size: int) -> list[tuple[int, ...]]:
        return [group for group in combinations(part, size) if size == 1 or len(self.parts(group)) == 1]

    def servable(self, steps: Sequence[int]) -> str:
        """The predicate over a moment's counts that holds where each of these steps gets an event of its own."""
        kinds = [self.kind_of[step] for step in steps]
        if self.alone and len(kinds) > 1:
            return "false"
        return " and ".join(f"{count_name(group)} >= {sum(kind in group for kind in kinds)}" for group in self.sets(steps))


def count_name(kinds: Sequence[int]) -> str:
    """The column that counts a moment's events of any of these kinds: n_0, n_1_3."""
    return "n_" + "_".join(str(kind) for kind in kinds)
