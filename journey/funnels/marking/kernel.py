"""Which rows a funnel names, marked in a scratch array, and which of a moment's rows served a step.

marks    (events,) u16      bit j: the row is of kind j
order    (places,) u32      rows, by chain and in it by time; an array of none where rows stand so by themselves
bounds   (chains + 1,)      the first place of each chain
serving  (steps,)           the kinds, as bits, whose events serve a step
others   (steps,)           the kinds, as bits, that such events may be of beside: they are kept for other steps
nth      (steps,)           which of several events: the first or, at step 0, the last, that leaves so many for later steps
"""

import numpy as np

from journey.funnels.counted import MISSING
from journey.index import Array, inlined, jit

MOST = 2**62


@jit
def mark(rows: Array, low: int, high: int, bit: int, marks: Array) -> None:
    """Set the bit at the rows from low to high (places in rows)."""
    for i in range(low, high):
        marks[rows[i]] |= np.uint16(bit)


@jit
def unmark(rows: Array, low: int, high: int, marks: Array) -> None:
    for i in range(low, high):
        marks[rows[i]] = np.uint16(0)


@inlined
def _rank(flags: int, others: int, place: int, last: bool) -> int:
    """Of several events first the one that serves nothing else, then the first or the last of the moment."""
    rank, kind = 0, 0
    while others >> kind:
        if (others >> kind) & 1:
            rank = 2 * rank + ((flags >> kind) & 1)
        kind += 1
    return (rank << 33) + (2**32 - place if last else place)


@jit
def find_served(
    keys: Array,
    marks: Array,
    order: Array,
    bounds: Array,
    clock: int,
    alone: bool,
    serving: Array,
    others: Array,
    same: Array,
    served: Array,
) -> None:
    """Put the row that served each step where the first place of its moment stands; MISSING where others took all there are.

    clock: the bits of a key that are time.  alone: a moment is one event.
    same: (steps,) whether a later step needs an event of step 0's kind, too, where it is done in the same moment.
    served: (steps, n).
    """
    taken = np.empty(len(served), np.int64)
    for unit in range(served.shape[1]):
        opened = served[0, unit]
        nth = 0
        for k in range(len(served)):
            nth += same[k] and served[k, unit] == opened
        end = bounds[np.searchsorted(bounds, opened, side="right")]
        for k in range(len(served)):
            taken[k] = MISSING
            first = served[k, unit]
            if first == MISSING:
                continue
            time, before = keys[order[first] if len(order) else first] & clock, np.int64(-1)
            for _ in range(1 + (nth if k == 0 else 0)):
                least, taken[k] = np.int64(MOST), MISSING
                for place in range(first, end):
                    row = order[place] if len(order) else place
                    if keys[row] & clock != time:
                        break
                    flags = int(np.int64(marks[row]))
                    free = (flags & serving[k]) != 0
                    for earlier in range(k):
                        free &= taken[earlier] != place
                    rank = np.int64(_rank(flags, others[k], place, k == 0))
                    if free and before < rank < least:
                        least, taken[k] = rank, place
                    if alone:
                        break
                before = least
        for k in range(len(served)):
            at = taken[k]
            served[k, unit] = (order[at] if len(order) else at) if at != MISSING else MISSING
