"""A funnel as a cascade of merges over sorted lists of keys: it reads only the events that its steps name.

    starts      ann 9   ann 12   bob 8                   chains of one step: where each ends, and where it started
    next list   ann 10  ann 13   bob 7   bob 9
    chains      (ann 10 from 9)  (ann 13 from 12)  (bob 9 from 8)

An event takes the latest chain before it, which is the one with most of its window left; a chain that ended with another
customer started too long ago for any window.  The first chain of a customer at a step is the attempt that counts there.
"""

from typing import Any

from journey.funnels.counted import MISSING
from journey.index import END, NONE, Array, jit


@jit
def open_chains(keys: Array, low: int, high: int, bits: int, start: int, stop: int, allowed: Array, out: Array) -> int:
    """Copy the entries of keys[low:high] to out[1:], NONE before them; answers how many there are.

    start, stop: of entries, as times of keys.  allowed: (people,) u8, or one for all.
    """
    clock = (1 << bits) - 1
    out[0] = NONE
    n = 1
    for i in range(low, high):
        key = keys[i]
        t = key & clock
        out[n] = key
        n += (start <= t) & (t < stop) & ((len(allowed) == 1) or (allowed[key >> bits] != 0))
    return n - 1


@jit
def open_units(starts: Array, n: int, bits: int, first: Array, last: Array) -> int:
    """The first and the last entry of each customer among the chains of one step; answers how many customers there are."""
    units, customer, entered = -1, -1, 0
    for i in range(1, n + 1):
        key = starts[i]
        new = (key >> bits) != customer
        units += new
        customer = key >> bits
        entered = key if new else entered
        first[units], last[units] = entered, key
    return units + 1


@jit
def longer(ends: Array, starts: Array, n: int, keys: Array, low: int, high: int, window: int, to_ends: Array, to_starts: Array) -> int:
    """Chains one step longer.  ends, starts: (n + 2,) with NONE first; an end mark is written last.  Answers how many there are.

    One merge without a branch that data decide: each turn passes a chain or an event, and all is written, kept or not.
    """
    ends[n + 1] = END
    a, m, i = 1, 1, low
    to_ends[0], to_starts[0] = NONE, NONE
    while i < high:
        key, start = keys[i], starts[a - 1]
        passed = ends[a] <= key
        to_ends[m], to_starts[m] = key, start
        m += (not passed) & (key - start <= window)
        a += passed
        i += not passed
    return m - 1


@jit
def reach(
    ends: Array, starts: Array, n: int, bits: int, step: int, first: Array, units: int, deepest: Array, began: Array, ended: Array
) -> int:
    """Say of each unit with a chain of this step that it got there; answers how many did.  first: (units,) keys of them."""
    unit, reached = 0, 0
    customer = -1
    for i in range(1, n + 1):
        key = ends[i]
        if key >> bits != customer:
            customer = key >> bits
            while first[unit] >> bits != customer:
                unit += 1
            deepest[unit], began[unit], ended[unit] = step, starts[i], key
            reached += 1
    return reached


@jit
def follow(
    posting: Any,
    low: int,
    high: int,
    step: int,
    clock: Any,
    deepest: Array,
    before: Array,
    keys_at: Array,
    times: Array,
    rows: Array,
) -> None:
    """The first opportunity for a step at or after `before`, of the units that got as deep.

    posting: (framed keys, rows).  clock: (bits of a key that are time, ms since 1970 of their 0).
    before, keys_at: (units,) keys of the step before and of this one.
    times: MISSING where not done.  rows: likewise, or (0,) where nobody asks.  At step 0, where the attempt began, of
    events of that moment the last one serves.
    """
    keys, row_of = posting
    mask, origin = clock
    at, served = low, len(rows) > 0
    for unit in range(len(deepest)):
        if deepest[unit] < step:
            keys_at[unit], times[unit] = MISSING, MISSING
            if served:
                rows[unit] = MISSING
            continue
        while keys[at] < before[unit]:
            at += 1
        while step == 0 and at + 1 < high and keys[at + 1] == before[unit]:
            at += 1
        keys_at[unit], times[unit] = keys[at], (keys[at] & mask) + origin
        if served:
            rows[unit] = row_of[at - 1]
