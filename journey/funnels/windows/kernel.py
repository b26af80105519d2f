"""The attempts of an unordered funnel, unit by unit, over marked rows of the journey index.

The rows of a chain are walked from the last to the first.  What was met so far lies on stacks, one for each set of kinds
that matters, so that from any moment on the n-th event of a set is the n-th from the top.  Each moment that holds an event
of a step opens a window; of a unit's windows the deepest counts, of several the first to get there, of these the latest.

    marks, order, bounds, chains, spans, lot    as in the kernel of ordered funnels
    groups   (groups,)            sets of kinds, as bits
    needs    (needs, 3)           a slot, a group, n: the slot's time is when all its groups have had their n-th event
    stacks   (groups, room)       times of a group's events, the latest first
    terms    (8,)                 see the names of its places below
    attempt  (steps + 2,)         when one step, two steps, ... are done or NEVER; then the deepest step, the first place of the moment
"""

import numpy as np

from journey.funnels.counted import MISSING
from journey.index import Array, inlined, jit

NEVER = 2**62
WINDOW, START, STOP, ORIGIN = 0, 1, 2, 3  # START and STOP of entries: times of keys.  ORIGIN: their 0, ms
ALONE, HELD, STEPPING, VOIDING = 4, 5, 6, 7  # places are rows; events of a chain carry the same values; bits of steps, of exclusions


@inlined
def _gather(marks: Array, order: Array, low: int, high: int, end: int, terms: Array, lot: Array) -> int:
    """Fill the lot with the marked rows of a chain, and what may void it: of its whole unit, up to row `end`."""
    n = 0
    if terms[HELD] and terms[VOIDING]:
        at = low
        for row in range(int(np.int64(order[low])), end):
            own = at < high and order[at] == row
            at += own
            flags = np.int64(marks[row]) & (-1 if own else terms[VOIDING])
            if flags:
                lot[0, n], lot[1, n], lot[2, n] = row, flags, at - own
                n += 1
        return n
    for at in range(low, high):
        row = int(np.int64(order[at])) if len(order) else at
        if marks[row]:
            lot[0, n], lot[1, n], lot[2, n] = row, marks[row], at
            n += 1
    return n


@inlined
def _open(time: int, needs: Array, stacks: Array, sizes: Array, terms: Array, steps: int, trial: Array) -> int:
    """Fill the times at which steps are done in the window of this moment; answers the deepest step."""
    trial[:steps] = 0
    for need in range(len(needs)):
        slot, group, nth = needs[need]
        done = stacks[group, sizes[group] - nth] if sizes[group] >= nth else NEVER
        trial[slot] = max(trial[slot], done)
    deepest = -1
    for k in range(steps):  # by insertion, what comes too late as what never comes
        done = trial[k] if trial[k] - time <= terms[WINDOW] else NEVER
        deepest += done != NEVER
        at = k
        while at and trial[at - 1] > done:
            trial[at] = trial[at - 1]
            at -= 1
        trial[at] = done
    return deepest


@inlined
def _choose(
    keys: Array, lot: Array, n: int, clock: int, needs: Array, groups: Array, stacks: Array, sizes: Array, terms: Array,
    best: Array, trial: Array,
) -> int:  # fmt: skip
    """The window that counts is left in `best`; answers the time of the last that nothing voids."""
    steps = len(best) - 2
    sizes[:] = 0
    best[steps] = -1
    last, void, at = MISSING, np.int64(NEVER), n - 1
    while at >= 0:
        time, first, voids = keys[lot[0, at]] & clock, -1, False
        while at >= 0 and (keys[lot[0, at]] & clock) == time:
            flags = lot[1, at]
            first = at if flags & terms[STEPPING] else first
            voids |= (flags & terms[VOIDING]) != 0
            for group in range(len(groups)):
                if flags & groups[group]:
                    stacks[group, sizes[group]] = time
                    sizes[group] += 1
            at -= 1
        if first >= 0 and terms[START] <= time < terms[STOP]:
            deepest = _open(time, needs, stacks, sizes, terms, steps, trial)
            if not (void - time <= terms[WINDOW] and void < trial[steps - 1]):
                last = max(last, time)
                sooner = deepest == best[steps] and (deepest == 0 or trial[deepest] < best[deepest])
                if deepest > best[steps] or sooner:
                    best[:] = trial
                    best[steps], best[steps + 1] = deepest, first
        void = time if voids else void
    return last


@inlined
def _counts_before(trial: Array, best: Array, steps: int) -> bool:
    """Of the windows of two chains the deeper, the first to get there, the latest to open, the one with the earlier steps."""
    if trial[steps] != best[steps]:
        return trial[steps] > best[steps]
    deepest = trial[steps]
    if trial[deepest] != best[deepest]:
        return trial[deepest] < best[deepest]
    if trial[0] != best[0]:
        return trial[0] > best[0]
    for k in range(1, steps):
        if trial[k] != best[k]:
            return trial[k] < best[k]
    return False


@jit
def count_windows(
    keys: Array, marks: Array, order: Array, bounds: Array, chains: Array, spans: Array, low: int, high: int, allowed: Array, bits: int,
    terms: Array, needs: Array, groups: Array, lot: Array, stacks: Array,
    units: Array, depths: Array, last_start: Array, times: Array, served: Array,
) -> int:  # fmt: skip
    """Choose the window that each unit counts with; answers how many units count.

    units low to high.  allowed: (people,) u8, or one for all.  units to times: as in Found, with room for every unit.
    served: (steps, units), at step 0 the first place in the order of the moment that opened the window.
    """
    steps, clock = len(times), (1 << bits) - 1
    work = np.empty((4, max(steps + 2, len(groups))), np.int64)
    best, trial, champion, sizes = work[0, : steps + 2], work[1, : steps + 2], work[2, : steps + 2], work[3, : len(groups)]
    n = 0
    for unit in range(low, high):
        last, champion[steps] = MISSING, -1
        for chain in range(chains[unit], chains[unit + 1]):
            first, end = int(bounds[chain]), int(bounds[chain + 1])
            if first == end or (len(allowed) > 1 and allowed[keys[order[first] if len(order) else first] >> bits] == 0):
                continue
            size = _gather(marks, order, first, end, int(spans[unit + 1]), terms, lot)
            last = max(last, _choose(keys, lot, size, clock, needs, groups, stacks, sizes, terms, best, trial))
            if best[steps] < 0:
                continue
            opened, moment = best[0], best[steps + 1]
            best[0] = lot[0, moment] if terms[ALONE] else opened
            if champion[steps] >= 0 and not _counts_before(best, champion, steps):
                continue
            champion[:] = best
            times[0, n], served[0, n] = opened + terms[ORIGIN], lot[2, moment]
            for k in range(1, steps):
                times[k, n] = best[k] + terms[ORIGIN] if best[k] != NEVER else MISSING
                served[k, n] = MISSING
        if champion[steps] >= 0:
            units[n], depths[n], last_start[n] = unit, champion[steps], last + terms[ORIGIN]
            n += 1
    return n
