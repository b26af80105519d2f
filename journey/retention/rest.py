"""Whether a group of a breakdown comes back otherwise than all others together, with how many such looks were taken."""

from dataclasses import dataclass

from journey.inference import Interval, difference_of_shares, wilson
from journey.inference.differences import adjusted, p_of_shares
from journey.retention.result import Retention

LEAST = 30
TOLD = 0.05  # of those called different, the share that may be chance


@dataclass(frozen=True)
class GroupAgainstRest:
    """One group at one entry, over complete cells: returned of size, and rest_returned of rest_size in the other groups.

    q: Benjamini-Hochberg over the groups that were tested; None where a side has fewer than 30, or nothing can differ.
    """

    group: str
    size: int
    returned: int
    rest_size: int
    rest_returned: int
    q: float | None

    @property
    def share(self) -> float | None:
        return self.returned / self.size if self.size else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.returned, self.size)

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """(difference to the rest, low, high), Newcombe's 95%, of this group alone."""
        return difference_of_shares(self.returned, self.size, self.rest_returned, self.rest_size)

    @property
    def told_apart(self) -> bool:
        return self.q is not None and self.q <= TOLD


def against_rest(retention: Retention, place: int) -> tuple[GroupAgainstRest, ...]:
    """Every group of the breakdown against all others at one entry, the largest first; groups without a complete cell are left out.

    Empty for `recurring`: one customer is in several cohorts, and in several groups, so the others are not others.
    """
    if retention.question.first != "ever":
        return ()
    totals = {group: table.totals(place) for group, table in retention.breakdown.items()}
    returned, size = (sum(pair[at] for pair in totals.values()) for at in (0, 1))
    rows = [(group, n, k, size - n, returned - k) for group, (k, n) in totals.items() if n]
    ps = [p_of_shares(k, n, j, m) if min(n, m) >= LEAST else None for _, n, k, m, j in rows]
    return tuple(GroupAgainstRest(*row, q) for row, q in zip(rows, adjusted(ps), strict=True))
