"""The loop behind what comes next: over the events of some customers, once.

events    visit cart | cart pay      two sessions; cart is asked after, the order is 1
steps     (start)>visit visit>cart cart>(end) | (start)>cart cart>pay pay>(end)
depth     -           0          1                -          1        0        how much of the history is the one asked after
"""

from typing import Any, NamedTuple

import numpy as np

from journey.index import inlined, jit

Array = np.ndarray[Any, Any]
I64: Any = np.int64


class Log(NamedTuple):
    """codes, keys: (events,) of the index.  bits: of a key that are time.  cuts: first row of each session; (1,) where runs
    are cut by silences."""

    codes: Array
    keys: Array
    bits: int
    cuts: Array


class Asked(NamedTuple):
    """told: (codes,) u8, 0 where hidden.  once: (codes,) u8, whether repeats in a row are one.  silence: ms, -1 by sessions.

    start: number of (start); that of (end) is one more.  after: (depth,) the latest first.
    since, until: times of steps.  stop: time from which on no event is read.  people: (customers,) u8, or (1,) for everyone.
    """

    told: Array
    once: Array
    silence: int
    start: int
    after: Array
    since: int
    until: int
    stop: int
    people: Array


@inlined
def depth_of(trail: Array, after: Array) -> int:
    """How many of the latest symbols are the ones asked after."""
    depth = 0
    while depth < len(after) and trail[depth] == after[depth]:
        depth += 1
    return depth


@inlined
def allowed(since: int, until: int, people: Array, customer: int, time: int) -> bool:
    return since <= time < until and (len(people) == 1 or people[customer] == 1)


@jit
def follow(log: Log, asked: Asked, low: int, high: int, least: int, counts: Array, pairs: Array, here: Array) -> int:
    """Count what came next in the rows low..high of whole customers; answers how many pairs were written.

    counts: (depths + 1, places) of zeros: by how deep the history matched, and what came next.
    pairs: (rows + 1,) i64: customer * places + next, of steps at least `least` deep.
    here: (customers,) u8: set for those whose latest history matches whole.
    """
    codes, keys, bits, cuts = log
    told, once, silence, start, after, since, until, stop, people = asked
    places, time_of = I64(counts.shape[1]), (I64(1) << bits) - 1
    trail = np.full(len(after) + 2, -1, np.int64)
    customer, before, latest, n = I64(-1), I64(0), I64(-1), 0
    opens = len(after) > 0 and after[0] == start
    session, broke = I64(np.searchsorted(cuts, low)), True
    for i in range(low, high):
        if silence < 0 and session < len(cuts) and I64(cuts[session]) == i:
            broke = True
            session += 1
        node, key = I64(codes[i]), keys[i]
        time = key & time_of
        if told[node] == 0 or time >= stop:
            continue
        fresh = key >> bits != customer or (time - before > silence if silence >= 0 else broke)
        broke = False
        if not fresh and node == latest and once[node] == 1:
            before = time
            continue
        if customer >= 0:
            next_one = I64(start + 1) if fresh else node
            if allowed(since, until, people, customer, before):
                depth = depth_of(trail, after)
                counts[depth, next_one] += 1
                pairs[n] = customer * places + next_one
                n += depth >= least
            if key >> bits != customer:
                here[customer] = before >= since and depth_of(trail, after) == len(after)
        if fresh:
            trail[:] = -1
            trail[0] = start
            customer = key >> bits
            if opens and allowed(since, until, people, customer, time):
                counts[1, node] += 1
                pairs[n] = customer * places + node
                n += least <= 1
        for place in range(len(after), 0, -1):
            trail[place] = trail[place - 1]
        trail[0] = node
        latest, before = node, time
    if customer >= 0:
        if allowed(since, until, people, customer, before):
            depth = depth_of(trail, after)
            counts[depth, start + 1] += 1
            pairs[n] = customer * places + start + 1
            n += depth >= least
        here[customer] = before >= since and depth_of(trail, after) == len(after)
    return n
