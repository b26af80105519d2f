"""The attempts of an ordered or strict funnel, unit by unit, over marked rows of the journey index.

A unit's marked rows become moments: what it did at one time (with ties in load order: one event each).  From each moment
that can start an attempt the walk goes to the first moment that serves the next step, as `ordered.py` tells it in SQL; of
a unit's attempts the deepest counts, of several the first to get there, of these the one that started last.

    marks    (events,) u16            bit j: the row is of kind j; kinds of steps first, then those of exclusions
    step     (steps,)                 the kind of each step
    ways     (ways, 1 + steps)        length, then the steps of each way through the optional ones
    out      (exclusions, 3)          the kind that voids, after which step, before which
    moments  (3 + 2 * kinds, room)    time, first row, rows; then per kind: events of it, and the next later moment with one
    terms    (9,)                     see the names of its places below
    attempt  (steps + 3,)             the moment of each step or NOWHERE; then the deepest step, whether void, steps done
"""

from typing import NamedTuple

import numpy as np

from journey.funnels.counted import MISSING
from journey.index import Array, inlined, jit

NOWHERE = 2**31
TIME, FIRST, ROWS, COUNT = 0, 1, 2, 3
KINDS, WINDOW, START, STOP, ORIGIN = 0, 1, 2, 3, 4  # START and STOP of entries: times of keys.  ORIGIN: their 0, ms
ALONE, STRICT, SCOPED, UNLIMITED = 5, 6, 7, 8  # a moment is one event; strict; a scope narrows step 0; no window was asked for


class Found(NamedTuple):
    """units, deepest, last_start: (n,).  times, rows: (steps, n), MISSING where a step was not done.  Times are ms since 1970."""

    units: Array
    deepest: Array
    last_start: Array
    times: Array
    rows: Array


@jit
def mark(rows: Array, low: int, high: int, bit: int, marks: Array, others: int) -> int:
    """Set the bit at the rows from low to high (places in rows); answers how many had one of `others` already."""
    shared = 0
    for i in range(low, high):
        row = rows[i]
        shared += (marks[row] & others) != 0
        marks[row] |= np.uint16(bit)
    return shared


@jit
def unmark(rows: Array, low: int, high: int, marks: Array) -> None:
    for i in range(low, high):
        marks[rows[i]] = np.uint16(0)


@inlined
def _moments(keys: Array, marks: Array, low: int, high: int, clock: int, terms: Array, m: Array) -> int:
    """Fill the moments of the rows from low to high; answers how many there are."""
    n, last = -1, np.int64(-1)
    for row in range(low, high):
        mark = marks[row]
        if mark == 0 and not terms[STRICT]:
            continue
        t = keys[row] & clock
        if terms[ALONE] or t != last:
            last = t
            n += 1
            m[TIME, n], m[FIRST, n], m[ROWS, n] = t, row, 0
            for kind in range(terms[KINDS]):
                m[COUNT + kind, n] = 0
        m[ROWS, n] += 1
        for kind in range(terms[KINDS]):
            m[COUNT + kind, n] += (mark >> kind) & 1
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
def _servable(m: Array, at: int, terms: Array, step: Array, way: Array, run: int, to: int) -> bool:
    """Whether the moment serves the step at place `to` of the way, beside those from `run` on that it serves already."""
    if terms[ALONE] and to > run:
        return False
    kind = step[way[1 + to]]
    need = 0
    for other in range(run, to + 1):
        need += step[way[1 + other]] == kind
    return m[COUNT + kind, at] >= need


@inlined
def _walk(start: int, count: int, served: int, terms: Array, step: Array, way: Array, m: Array, places: Array) -> int:
    """Follow one attempt; places[k]: the moment of each place of the way.  Answers how many steps were done.

    served: in a strict funnel, how many steps the start's own moment serves; 0 in an ordered one.
    """
    at, run, done = start, 0, 1
    places[0] = start
    while done < way[0]:
        if served == 0:
            if not _servable(m, at, terms, step, way, run, done):
                at, run = m[COUNT + terms[KINDS] + step[way[1 + done]], at], done
        elif (run == 0 and done < served) or (run > 0 and _servable(m, at, terms, step, way, run, done)):
            pass
        elif run > 0 and m[ROWS, at] != done - run:
            break
        else:
            at, run = (at + 1 if at + 1 < count else NOWHERE), done
        if at == NOWHERE or m[TIME, at] - m[TIME, start] > terms[WINDOW]:
            break
        if served and not _servable(m, at, terms, step, way, run, done):
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
def _beaten(start: int, terms: Array, step: Array, way: Array, m: Array) -> bool:
    """Whether a later start before the next step does all that this one does, with more of its window left."""
    if way[0] == 1 or _servable(m, start, terms, step, way, 0, 1):
        return False
    onward = m[COUNT + terms[KINDS] + step[way[2]], start]
    later = m[COUNT + terms[KINDS] + step[0], start]
    return onward == NOWHERE or (later != NOWHERE and m[TIME, later] < terms[STOP] and later < onward)


@inlined
def _try(
    at: int, count: int, served: int, terms: Array, step: Array, way: Array, out: Array, m: Array,
    best: Array, trial: Array, places: Array, ranked: bool,
) -> bool:  # fmt: skip
    """Follow one attempt and keep it as the best where it counts before what is there; answers whether it is sound."""
    steps = len(step)
    done = _walk(at, count, served, terms, step, way, m, places)
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
def _choose(count: int, terms: Array, step: Array, ways: Array, out: Array, m: Array, work: Array) -> int:
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
            if sparing and _beaten(at, terms, step, way, m):
                continue
            for served in range(1 if terms[STRICT] else 0, way[0] + 1 if terms[STRICT] else 1):
                if served and not _servable(m, at, terms, step, way, 0, served - 1):
                    break
                if _try(at, count, served, terms, step, way, out, m, best, trial, places, terms[STRICT] or len(ways) > 1):
                    last = max(last, m[TIME, at])
    if sparing and first >= 0 and best[steps] <= 0:  # of attempts that got no further, the first counts
        best[:] = NOWHERE
        best[0], best[steps], best[steps + 1] = first, 0, 0
    return last


@inlined
def _serving_row(marks: Array, m: Array, best: Array, k: int, terms: Array, step: Array, taken: Array) -> int:
    """The row that served step k: at step 0 the last that leaves enough for the steps after it, else the first free one."""
    at, kind, skip = best[k], step[k], 0
    if k == 0:
        skip = m[COUNT + kind, at] - 1
        for other in range(1, len(step)):
            skip -= (not terms[SCOPED]) and step[other] == kind and best[other] == at
    row = m[FIRST, at]
    while True:
        if (marks[row] >> kind) & 1:
            free = True
            for other in range(k):
                free &= taken[other] != row
            if free and skip == 0:
                return row
            skip -= k == 0
        row += 1


@jit
def count_units(
    keys: Array, marks: Array, bounds: Array, low: int, high: int, allowed: Array, bits: int, terms: Array, step: Array, ways: Array,
    out: Array, m: Array, rows_wanted: bool, units: Array, depths: Array, last_start: Array, times: Array, served: Array,
) -> int:  # fmt: skip
    """Choose the attempt that each unit counts with; answers how many units count.

    bounds: first row of each unit and the end; units low to high.  allowed: (people,) u8, or one for all.
    rows_wanted: whether to tell which rows served.  units to served: as in Found, with room for every unit.
    """
    steps = len(step)
    work, taken = np.empty((3, steps + 3), np.int64), np.empty(steps, np.int64)
    start_bit = np.uint16(1) << np.uint16(step[0])
    n = 0
    for unit in range(low, high):
        first, end = int(bounds[unit]), int(bounds[unit + 1])
        if first == end or (len(allowed) > 1 and allowed[keys[first] >> bits] == 0):
            continue
        row = first
        while row < end and not (marks[row] & start_bit):
            row += 1
        if row == end:
            continue
        count = _moments(keys, marks, first, end, (1 << bits) - 1, terms, m)
        _look_ahead(count, terms[KINDS], m)
        last = _choose(count, terms, step, ways, out, m, work)
        best = work[0]
        if best[steps] < 0 or best[steps + 1] == 1:
            continue
        units[n], depths[n], last_start[n] = unit, best[steps], last + terms[ORIGIN]
        for k in range(steps):
            done = best[k] != NOWHERE
            times[k, n] = m[TIME, best[k]] + terms[ORIGIN] if done else MISSING
            taken[k] = _serving_row(marks, m, best, k, terms, step, taken) if done and rows_wanted else MISSING
            if rows_wanted:
                served[k, n] = taken[k]
        n += 1
    return n
