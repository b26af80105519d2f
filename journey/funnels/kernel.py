"""The attempts of an ordered or strict funnel, unit by unit, over marked rows of the journey index.

A unit's marked rows become moments: what it did at one time (with ties in load order: one event each).  From each moment
that can start an attempt the walk goes to the first moment that serves the next step, as `ordered.py` tells it in SQL; of
a unit's attempts the deepest counts, of several the first to get there, of these the one that started last.

    marks    (events,) u16            bit j: the row is of kind j; kinds of steps first, then those of exclusions
    order    (places,) u32            rows, by chain and in it by time; an array of none where rows stand so by themselves
    bounds   (chains + 1,)            the first place of each chain: the events that may serve one attempt
    chains   (units + 1,)             the first chain of each unit: as many as it has held values, one where nothing is held
    spans    (units + 1,)             the first row of each unit; read where something is held
    groups   (groups,)                sets of kinds, as bits, that an event may be of at once
    step     (steps,)                 the kind of each step
    ways     (ways, 1 + steps)        length, then the steps of each way through the optional ones
    out      (exclusions, 3)          the kind that voids, after which step, before which
    lot      (3, room)                the rows at hand, their marks, and their places in the order
    moments  (3 + 2 * kinds + groups, room)
                                      time, first place in the lot, rows; then per kind: events of it, and the next later
                                      moment with one; then per group: events of any of its kinds
    terms    (10,)                    see the names of its places below
    attempt  (steps + 3,)             the moment of each step or NOWHERE; then the deepest step, whether void, steps done
"""

import numpy as np

from journey.funnels.counted import MISSING
from journey.index import Array, inlined, jit

NOWHERE = 2**31
TIME, FIRST, ROWS, COUNT = 0, 1, 2, 3
KINDS, WINDOW, START, STOP, ORIGIN = 0, 1, 2, 3, 4  # START and STOP of entries: times of keys.  ORIGIN: their 0, ms
ALONE, STRICT, UNLIMITED = 5, 6, 7  # a moment is one event; strict; no window was asked for
HELD, VOIDING = 8, 9  # events of a chain carry the same values; the bits of marks that are of exclusions
NO_PLACE = 2**62


@inlined
def _gather(marks: Array, order: Array, low: int, high: int, end: int, terms: Array, lot: Array) -> int:
    """Fill the lot with the marked rows of a chain, and what may void it or come between: of its whole unit, up to row `end`."""
    n = 0
    if terms[HELD] and (terms[STRICT] or terms[VOIDING]):
        at = low
        for row in range(int(np.int64(order[low])), end):
            own = at < high and order[at] == row
            at += own
            flags = np.int64(marks[row]) & (-1 if own else terms[VOIDING])
            if flags or terms[STRICT]:
                lot[0, n], lot[1, n], lot[2, n] = row, flags, at - own
                n += 1
        return n
    for at in range(low, high):
        row = int(np.int64(order[at])) if len(order) else at
        if marks[row] or terms[STRICT]:
            lot[0, n], lot[1, n], lot[2, n] = row, marks[row], at
            n += 1
    return n


@inlined
def _moments(keys: Array, lot: Array, size: int, clock: int, terms: Array, groups: Array, m: Array) -> int:
    """Fill the moments of the lot; answers how many there are."""
    n, last, seen = -1, np.int64(-1), COUNT + 2 * terms[KINDS]
    for at in range(size):
        t, flags = keys[lot[0, at]] & clock, lot[1, at]
        if terms[ALONE] or t != last:
            last = t
            n += 1
            m[TIME, n], m[FIRST, n], m[ROWS, n] = t, at, 0
            m[COUNT : COUNT + terms[KINDS], n] = 0
            m[seen : seen + len(groups), n] = 0
        m[ROWS, n] += 1
        for kind in range(terms[KINDS]):
            m[COUNT + kind, n] += (flags >> kind) & 1
        for group in range(len(groups)):
            m[seen + group, n] += (flags & groups[group]) != 0
    return n + 1


@inlined
def _look_ahead(n: int, kinds: int, m: Array) -> None:
    for kind in range(kinds):
        following = NOWHERE
        for at in range(n - 1, -1, -1):
            m[COUNT + kinds + kind, at] = following
            if m[COUNT + kind, at]:
                following = at


@inlined
def _servable(m: Array, at: int, terms: Array, step: Array, way: Array, groups: Array, run: int, to: int) -> bool:
    """Whether the moment serves the step at place `to` of the way, beside those from `run` on that it serves already.

    By Hall's theorem, as `ties.py` tells it: any kinds among these steps have, together, as many events as steps.
    """
    if terms[ALONE] and to > run:
        return False
    kind = step[way[1 + to]]
    need = 0
    for other in range(run, to + 1):
        need += step[way[1 + other]] == kind
    enough = m[COUNT + kind, at] >= need
    for group in range(len(groups)):
        need = 0
        for other in range(run, to + 1):
            need += (groups[group] >> step[way[1 + other]]) & 1
        enough &= m[COUNT + 2 * terms[KINDS] + group, at] >= need
    return enough


@inlined
def _walk(
    start: int, count: int, served: int, terms: Array, step: Array, way: Array, groups: Array, m: Array, places: Array
) -> int:  # fmt: skip
    """Follow one attempt; places[k]: the moment of each place of the way.  Answers how many steps were done.

    served: in a strict funnel, how many steps the start's own moment serves; 0 in an ordered one.
    """
    at, run, done = start, 0, 1
    places[0] = start
    while done < way[0]:
        if served == 0:
            if not _servable(m, at, terms, step, way, groups, run, done):
                at, run = m[COUNT + terms[KINDS] + step[way[1 + done]], at], done
        elif (run == 0 and done < served) or (run > 0 and _servable(m, at, terms, step, way, groups, run, done)):
            pass
        elif run > 0 and m[ROWS, at] != done - run:
            break
        else:
            at, run = (at + 1 if at + 1 < count else NOWHERE), done
        if at == NOWHERE or m[TIME, at] - m[TIME, start] > terms[WINDOW]:
            break
        if served and not _servable(m, at, terms, step, way, groups, run, done):
            break
        places[done] = at
        done += 1
    return done


@jit
def _void(places: Array, way: Array, done: int, terms: Array, out: Array, m: Array) -> bool:
    """Whether an excluded event lies after `from` and before `to`, or before the window's end where `to` never came."""
    for e in range(len(out)):
        anchor, until = 0, way[0]
        for k in range(way[0]):
            anchor = k if way[1 + k] <= out[e, 1] else anchor
            if way[1 + k] >= out[e, 2]:
                until = min(until, k)
        if anchor >= done:
            continue
        found = m[COUNT + terms[KINDS] + out[e, 0], places[anchor]]
        if found == NOWHERE:
            continue
        if until < done:
            if found < places[until]:
                return True
        elif terms[UNLIMITED] or m[TIME, found] - m[TIME, places[0]] < terms[WINDOW]:
            return True
    return False


@jit
def _counts_before(trial: Array, best: Array, steps: int, ranked: bool) -> bool:
    """Of two attempts the deeper, the sound one, the first to complete, the latest to start, the one with more steps."""
    if trial[steps] != best[steps]:
        return trial[steps] > best[steps]
    if trial[steps + 1] != best[steps + 1]:
        return trial[steps + 1] < best[steps + 1]
    deepest = trial[steps]
    if trial[deepest] != best[deepest]:
        return trial[deepest] < best[deepest]
    if trial[0] != best[0] or not ranked:
        return trial[0] > best[0]
    if trial[steps + 2] != best[steps + 2]:
        return trial[steps + 2] > best[steps + 2]
    for k in range(1, steps):
        if trial[k] != best[k]:
            return trial[k] < best[k]
    return False


@inlined
def _beaten(start: int, terms: Array, step: Array, way: Array, groups: Array, m: Array) -> bool:
    """Whether a later start before the next step does all that this one does, with more of its window left."""
    if way[0] == 1 or _servable(m, start, terms, step, way, groups, 0, 1):
        return False
    onward = m[COUNT + terms[KINDS] + step[way[2]], start]
    later = m[COUNT + terms[KINDS] + step[0], start]
    return onward == NOWHERE or (later != NOWHERE and m[TIME, later] < terms[STOP] and later < onward)


@inlined
def _try(
    at: int, count: int, served: int, terms: Array, step: Array, way: Array, groups: Array, out: Array, m: Array,
    best: Array, trial: Array, places: Array, ranked: bool,
) -> bool:  # fmt: skip
    """Follow one attempt and keep it as the best where it counts before what is there; answers whether it is sound."""
    steps = len(step)
    done = _walk(at, count, served, terms, step, way, groups, m, places)
    void = _void(places, way, done, terms, out, m)
    if way[done] < best[steps]:
        return not void
    for k in range(steps):
        trial[k] = NOWHERE
    for k in range(done):
        trial[way[1 + k]] = places[k]
    trial[steps], trial[steps + 1], trial[steps + 2] = way[done], void, done
    if _counts_before(trial, best, steps, ranked):
        for k in range(steps + 3):
            best[k] = trial[k]
    return not void


@inlined
def _choose(count: int, terms: Array, step: Array, ways: Array, groups: Array, out: Array, m: Array, work: Array) -> int:
    """Try every start and every way; the attempt that counts is left in work[0].  Answers the time of the last sound start."""
    steps = len(step)
    best, trial, places = work[0], work[1], work[2]
    sparing = not terms[STRICT] and len(out) == 0
    last, first = MISSING, -1
    best[steps] = -1
    for w in range(len(ways)):
        way = ways[w]
        for at in range(count):
            if m[COUNT + step[0], at] == 0 or not (terms[START] <= m[TIME, at] < terms[STOP]):
                continue
            first = at if first < 0 else first
            last = max(last, m[TIME, at]) if sparing else last
            if sparing and _beaten(at, terms, step, way, groups, m):
                continue
            for served in range(1 if terms[STRICT] else 0, way[0] + 1 if terms[STRICT] else 1):
                if served and not _servable(m, at, terms, step, way, groups, 0, served - 1):
                    break
                if _try(at, count, served, terms, step, way, groups, out, m, best, trial, places, terms[STRICT] or len(ways) > 1):
                    last = max(last, m[TIME, at])
    if sparing and first >= 0 and best[steps] <= 0:  # of attempts that got no further, the first counts
        best[:] = NOWHERE
        best[0], best[steps], best[steps + 1], best[steps + 2] = first, 0, 0, 1
    return last


@inlined
def _placed(best: Array, lot: Array, m: Array, terms: Array, steps: int, trial: Array) -> None:
    """The same attempt with times, or rows of the load order, in place of moments: of two chains these can be compared."""
    trial[:] = best
    for k in range(steps):
        if best[k] == NOWHERE:
            trial[k] = NO_PLACE
        else:
            trial[k] = lot[0, m[FIRST, best[k]]] if terms[ALONE] else m[TIME, best[k]]


@jit
def count_units(
    keys: Array, marks: Array, order: Array, bounds: Array, chains: Array, spans: Array, low: int, high: int, allowed: Array, bits: int,
    terms: Array, step: Array, ways: Array, out: Array, groups: Array, lot: Array, m: Array,
    units: Array, depths: Array, last_start: Array, times: Array, served: Array,
) -> int:  # fmt: skip
    """Choose the attempt that each unit counts with; answers how many units count.

    units low to high.  allowed: (people,) u8, or one for all.  units to times: as in Found, with room for every unit.
    served: (steps, units), of the moment that served each step the first place in the order.
    """
    steps = len(step)
    work = np.empty((4, steps + 3), np.int64)
    best, trial, champion = work[0], work[1], work[3]
    start_bit = np.uint16(1) << np.uint16(step[0])
    n = 0
    for unit in range(low, high):
        last, champion[steps] = MISSING, -1
        for chain in range(chains[unit], chains[unit + 1]):
            first, end = int(bounds[chain]), int(bounds[chain + 1])
            if first == end or (len(allowed) > 1 and allowed[keys[order[first] if len(order) else first] >> bits] == 0):
                continue
            at = first
            while at < end and not (marks[order[at] if len(order) else at] & start_bit):
                at += 1
            if at == end:
                continue
            size = _gather(marks, order, first, end, int(spans[unit + 1]), terms, lot)
            count = _moments(keys, lot, size, (1 << bits) - 1, terms, groups, m)
            _look_ahead(count, terms[KINDS], m)
            last = max(last, _choose(count, terms, step, ways, groups, out, m, work))
            if best[steps] < 0:
                continue
            _placed(best, lot, m, terms, steps, trial)
            if champion[steps] >= 0 and not _counts_before(trial, champion, steps, True):
                continue
            champion[:] = trial
            for k in range(steps):
                done = best[k] != NOWHERE
                times[k, n] = m[TIME, best[k]] + terms[ORIGIN] if done else MISSING
                served[k, n] = lot[2, m[FIRST, best[k]]] if done else MISSING
        if champion[steps] >= 0 and champion[steps + 1] == 0:
            units[n], depths[n], last_start[n] = unit, champion[steps], last + terms[ORIGIN]
            n += 1
    return n
