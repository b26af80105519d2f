"""The attempts of an ordered or strict funnel, unit by unit, over marked rows of the journey index.

A unit's marked rows become moments: what it did at one time (with ties in load order: one event each).  From each moment
that can start an attempt the walk goes to the first moment that serves the next step, as `ordered.py` tells it in SQL; of
a unit's attempts the deepest counts, of several the first to get there, of these the one that started last.

    marks     (events,) u16   bit j: the row is of kind j; kinds of steps first, then those of exclusions
    step      (steps,) i64    the kind of each step
    ways      (ways, steps)   the steps of each way through the optional ones, -1 after its last
    moments   times, firsts (row), sizes (rows), bits, counts[moment, kind]; a strict funnel has a moment for every event
    after     (moments, kinds)  the next later moment with that kind, or NOWHERE
"""

from typing import Any, NamedTuple

import numpy as np

from journey.funnels.counted import MISSING
from journey.index import Array, jit

NOWHERE = 2**31


class Rules(NamedTuple):
    """step: (steps,) kinds.  kinds: of steps and exclusions.  alone: a moment is one event.  strict; scoped: step 0 is narrowed."""

    step: Array
    kinds: int
    alone: bool
    strict: bool
    scoped: bool


class Limits(NamedTuple):
    """window; start, stop: of entries, as times of keys.  unlimited: no window was asked for.  origin: their 0, ms."""

    window: int
    start: int
    stop: int
    unlimited: bool
    origin: int


class Exclusions(NamedTuple):
    """(exclusions,) each: the kind that voids, after which step, before which."""

    kind: Array
    begin: Array
    close: Array


class Moments(NamedTuple):
    """Scratch for the moments of one unit, as long as its longest."""

    times: Array
    firsts: Array
    sizes: Array
    bits: Array
    counts: Array


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


@jit
def _moments(keys: Array, marks: Array, low: int, high: int, clock: int, rules: Rules, m: Moments) -> int:
    """Fill the moments of the rows from low to high; answers how many there are."""
    n, last = -1, np.int64(-1)
    for row in range(low, high):
        mark = marks[row]
        if mark == 0 and not rules.strict:
            continue
        t = keys[row] & clock
        if rules.alone or t != last:
            last = t
            n += 1
            m.times[n], m.firsts[n], m.sizes[n], m.bits[n] = t, row, 0, 0
            for kind in range(rules.kinds):
                m.counts[n, kind] = 0
        m.sizes[n] += 1
        m.bits[n] |= mark
        for kind in range(rules.kinds):
            m.counts[n, kind] += (mark >> kind) & 1
    return n + 1


@jit
def _look_ahead(n: int, kinds: int, bits: Array, after: Array) -> None:
    for kind in range(kinds):
        after[n, kind] = NOWHERE
    for at in range(n - 1, -1, -1):
        for kind in range(kinds):
            after[at, kind] = after[at + 1, kind]
        if at + 1 < n:
            for kind in range(kinds):
                if (bits[at + 1] >> kind) & 1:
                    after[at, kind] = at + 1


@jit
def _servable(m: Moments, at: int, rules: Rules, way: Array, run: int, to: int) -> bool:
    """Whether the moment serves all steps of the way from `run` to `to`, an event each."""
    if rules.alone and to > run:
        return False
    for k in range(run, to + 1):
        need = 0
        for other in range(run, to + 1):
            need += rules.step[way[other]] == rules.step[way[k]]
        if m.counts[at, rules.step[way[k]]] < need:
            return False
    return True


@jit
def _walk(
    start: int, count: int, way: Array, length: int, served: int, window: int, rules: Rules, m: Moments, after: Array, places: Array
) -> int:
    """Follow one attempt; places[k]: the moment of each place of the way.  Answers how many steps were done.

    served: in a strict funnel, how many steps the start's own moment serves; 0 in an ordered one.
    """
    at, run, done = start, 0, 1
    places[0] = start
    while done < length:
        if served == 0:
            if not _servable(m, at, rules, way, run, done):
                at, run = after[at, rules.step[way[done]]], done
        elif (run == 0 and done < served) or (run > 0 and _servable(m, at, rules, way, run, done)):
            pass
        elif run > 0 and m.sizes[at] != done - run:
            break
        else:
            at, run = (at + 1 if at + 1 < count else NOWHERE), done
        if at == NOWHERE or m.times[at] - m.times[start] > window:
            break
        if served and not _servable(m, at, rules, way, run, done):
            break
        places[done] = at
        done += 1
    return done


@jit
def _void(places: Array, way: Array, done: int, length: int, limits: Limits, times: Array, after: Array, out: Exclusions) -> bool:
    """Whether an excluded event lies after `from` and before `to`, or before the window's end where `to` never came."""
    for e in range(len(out.kind)):
        anchor = 0
        for k in range(length):
            if way[k] <= out.begin[e]:
                anchor = k
        if anchor >= done:
            continue
        found = after[places[anchor], out.kind[e]]
        if found == NOWHERE:
            continue
        until = length
        for k in range(length - 1, -1, -1):
            if way[k] >= out.close[e]:
                until = k
        if until < done:
            if found < places[until]:
                return True
        elif limits.unlimited or times[found] - times[places[0]] < limits.window:
            return True
    return False


@jit
def _better(places: Array, best: Array, steps: int, ranked: bool) -> bool:
    """Of two attempts of the same depth and soundness: the first to complete it, then the latest start, then more steps.

    places, best: (steps + 3,) the moment of each step, or NOWHERE; then deepest, void, done.
    """
    deepest = places[steps]
    if places[deepest] != best[deepest]:
        return places[deepest] < best[deepest]
    if places[0] != best[0]:
        return places[0] > best[0]
    if not ranked:
        return False
    if places[steps + 2] != best[steps + 2]:
        return places[steps + 2] > best[steps + 2]
    for k in range(1, steps):
        if places[k] != best[k]:
            return places[k] < best[k]
    return False


@jit
def _beaten(start: int, way: Array, length: int, stop: int, rules: Rules, m: Moments, after: Array) -> bool:
    """Whether a later start before the next step does all that this one does, with more of its window left."""
    if length == 1 or _servable(m, start, rules, way, 0, 1):
        return False
    onward = after[start, rules.step[way[1]]]
    if onward == NOWHERE:
        return True
    later = after[start, rules.step[0]]
    return later != NOWHERE and m.times[later] < stop and later < onward


@jit
def _consider(trial: Array, best: Array, steps: int, ranked: bool) -> None:
    """Keep the trial in `best` where it counts before it.  best[steps] < 0: there is none yet."""
    sooner = trial[steps] > best[steps]
    if trial[steps] == best[steps]:
        sooner = trial[steps + 1] < best[steps + 1]
        if trial[steps + 1] == best[steps + 1]:
            sooner = _better(trial, best, steps, ranked)
    if sooner:
        best[:] = trial


@jit
def _serving_row(marks: Array, m: Moments, places: Array, k: int, rules: Rules, taken: Array) -> int:
    """The row that served step k: at step 0 the last that leaves enough for the steps after it, else the first free one."""
    at, kind = places[k], rules.step[k]
    if k == 0:
        nth = 1
        if not rules.scoped:
            for other in range(1, len(rules.step)):
                nth += rules.step[other] == kind and places[other] == at
        row = m.firsts[at]
        seen, skip = 0, m.counts[at, kind] - nth
        while True:
            if (marks[row] >> kind) & 1:
                if seen == skip:
                    return row
                seen += 1
            row += 1
    row = m.firsts[at]
    while True:
        if (marks[row] >> kind) & 1:
            free = True
            for other in range(k):
                free &= taken[other] != row
            if free:
                return row
        row += 1


@jit
def _choose(
    count: int, rules: Rules, limits: Limits, ways: Any, out: Exclusions, m: Moments, after: Array, places: Array, trial: Array, best: Array
) -> int:
    """Try every start and every way; the attempt that counts is left in best.  Answers the time of the last sound start."""
    steps = len(rules.step)
    paths, lengths = ways
    sparing = not rules.strict and len(out.kind) == 0
    ranked = rules.strict or len(lengths) > 1
    last, first_start = MISSING, -1
    for at in range(count):
        if m.counts[at, rules.step[0]] == 0 or not (limits.start <= m.times[at] < limits.stop):
            continue
        if first_start < 0:
            first_start = at
        if sparing:
            last = m.times[at]
        for w in range(len(lengths)):
            way, length = paths[w], lengths[w]
            if sparing and steps > 1 and _beaten(at, way, length, limits.stop, rules, m, after):
                continue
            for served in range(1 if rules.strict else 0, (length if rules.strict else 0) + 1):
                if rules.strict and not _servable(m, at, rules, way, 0, served - 1):
                    break
                done = _walk(at, count, way, length, served, limits.window, rules, m, after, places)
                trial[:] = NOWHERE
                for k in range(done):
                    trial[way[k]] = places[k]
                trial[steps], trial[steps + 2] = way[done - 1], done
                trial[steps + 1] = _void(places, way, done, length, limits, m.times, after, out)
                if not sparing and trial[steps + 1] == 0:
                    last = max(last, m.times[at])
                _consider(trial, best, steps, ranked)
    if sparing and first_start >= 0 and best[steps] <= 0:  # of attempts that got no further, the first counts
        best[:] = NOWHERE
        best[0], best[steps], best[steps + 1] = first_start, 0, 0
    return last


@jit
def count_units(
    keys: Array,
    marks: Array,
    bounds: Array,
    units: Any,
    allowed: Array,
    bits: int,
    rules: Rules,
    limits: Limits,
    ways: Any,
    out: Exclusions,
    m: Moments,
    after: Array,
    rows_wanted: bool,
    found: Found,
) -> int:
    """Choose the attempt that each unit counts with; answers how many units count.

    bounds: first row of each unit and the end; units: (low, high).  allowed: (people,) u8, or one for all.
    ways: (ways, lengths).  rows_wanted: whether to tell which rows served.
    """
    steps = len(rules.step)
    clock = (1 << bits) - 1
    best, trial = np.empty(steps + 3, np.int64), np.empty(steps + 3, np.int64)
    places, taken = np.empty(steps, np.int64), np.empty(steps, np.int64)
    start_bit = np.uint16(1) << np.uint16(rules.step[0])
    n = 0
    for unit in range(units[0], units[1]):
        first, end = int(bounds[unit]), int(bounds[unit + 1])
        if first == end or (len(allowed) > 1 and allowed[keys[first] >> bits] == 0):
            continue
        row = first
        while row < end and not (marks[row] & start_bit):
            row += 1
        if row == end:
            continue
        count = _moments(keys, marks, first, end, clock, rules, m)
        _look_ahead(count, rules.kinds, m.bits, after)
        best[steps] = -1
        last = _choose(count, rules, limits, ways, out, m, after, places, trial, best)
        if best[steps] < 0 or best[steps + 1] == 1:
            continue
        found.units[n], found.deepest[n], found.last_start[n] = unit, best[steps], last + limits.origin
        for k in range(steps):
            found.times[k, n] = MISSING if best[k] == NOWHERE else m.times[best[k]] + limits.origin
        if rows_wanted:
            for k in range(steps):
                taken[k] = MISSING if best[k] == NOWHERE else _serving_row(marks, m, best, k, rules, taken)
                found.rows[k, n] = taken[k]
        n += 1
    return n
