"""Whether a group of a breakdown converts otherwise than all others together, with how many such looks were taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.inference import Interval, difference_of_shares
from journey.inference.differences import adjusted, p_of_shares

LEAST = 30
TOLD = 0.05  # of those called different, the share that may be chance


@dataclass(frozen=True)
class AgainstRest:
    """converted of n in the group, rest_converted of rest_n outside it.

    q: Benjamini-Hochberg over the groups that were tested; None where one side has fewer than 30, or nothing can differ.
    """

    n: int
    converted: int
    rest_n: int
    rest_converted: int
    q: float | None

    @property
    def difference(self) -> float | None:
        found = self._found
        return None if found is None else found[0]

    @property
    def interval(self) -> Interval | None:
        """Newcombe 95% of the difference, of this group alone."""
        found = self._found
        return None if found is None else (found[1], found[2])

    @property
    def told_apart(self) -> bool:
        return self.q is not None and self.q <= TOLD

    @property
    def _found(self) -> tuple[float, float, float] | None:
        return difference_of_shares(self.converted, self.n, self.rest_converted, self.rest_n)

    def as_plain(self) -> dict[str, Any]:
        rest = self.rest_converted / self.rest_n if self.rest_n else None
        interval = None if self.interval is None else list(self.interval)
        return {"share": rest, "entered": self.rest_n, "difference": self.difference, "interval": interval, "q": self.q}


def against_rest(groups: Mapping[str, tuple[int, int]], entered: int) -> dict[str, AgainstRest]:
    """Every group against all others.  groups: name -> (entered, converted).

    Empty where units are in more groups than one, as in a funnel within each value: then the others are not others.
    """
    n, converted = (sum(pair[at] for pair in groups.values()) for at in (0, 1))
    if n > entered or len(groups) < 2:
        return {}
    pairs = [(m, k, n - m, converted - k) for m, k in groups.values()]
    ps = [p_of_shares(k, m, rest_k, rest) if min(m, rest) >= LEAST else None for m, k, rest, rest_k in pairs]
    return {name: AgainstRest(*pair, q) for name, pair, q in zip(groups, pairs, adjusted(ps), strict=True)}
