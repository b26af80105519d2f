"""The loops behind conformance: each customer's run over the milestones of a journey, in the order of its events.

marks     0   1   1   0   1   2          one run: milestone by milestone, until the last one or the window's end
moves         on  =   <   on  on         on: to the next milestone; =: repeated; <: back, which is a loop
"""

from typing import Any

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
I64: Any = np.int64
MISSING = -(2**62)
ENDED = -1  # in place of a milestone: nothing more came
VERDICT, LOOP, REWORK = range(3)
COLUMNS = 8  # what, customer, t_0, source, target, start, stop, n


@jit
def order_ties(keys: Array, marks: Array) -> None:
    """Put events of one customer and time into the order of the milestones; the keys are in order."""
    for i in range(1, len(keys)):
        at, mark = i, marks[i]
        while at > 0 and keys[at - 1] == keys[i] and marks[at - 1] > mark:
            marks[at] = marks[at - 1]
            at -= 1
        marks[at] = mark


@jit
def follow_runs(
    keys: Array,
    marks: Array,
    bits: int,
    low: int,
    high: int,
    window: int,
    last: int,
    strict: bool,
    since: int,
    until: int,
    people: Array,
    known: Array,
    told: Array,
) -> int:
    """Tell every run of the customers whose events stand at low <= place < high; answers how many rows.

    since, until: times of keys that runs begin in.  people: (customers,) u8, or of length 1 for everyone.
    strict: whether a milestone done again leaves the journey.  known: (4, milestones) i64, to work in.
    told: (rows, 8) i64 with room, times of keys; MISSING where there is none.
    """
    time_of, n, i = (I64(1) << bits) - 1, 0, low
    while i < high:
        customer, begin = keys[i] >> bits, -1
        while i < high and keys[i] >> bits == customer:
            if begin < 0 and marks[i] == 0 and since <= keys[i] & time_of < until:
                begin = i
            i += 1
        if begin < 0 or (len(people) > 1 and people[customer] == 0):
            continue
        stop = begin
        while stop < i and keys[stop] - keys[begin] <= window and (stop == begin or marks[stop - 1] != last):
            stop += 1
        n = tell_run(keys, marks, bits, begin, stop, last, strict, known, told, n)
    return n


@jit
def tell_run(
    keys: Array, marks: Array, bits: int, begin: int, stop: int, last: int, strict: bool, known: Array, told: Array, n: int
) -> int:
    """Write one run: its verdict, its loops and its rework; answers the number of rows so far."""
    time_of = (I64(1) << bits) - 1
    customer, t_0 = keys[begin] >> bits, keys[begin] & time_of
    regained, times, first, latest = known[0], known[1], known[2], known[3]
    for milestone in range(last + 1):
        regained[milestone], times[milestone] = MISSING, 0
    done = marks[stop - 1] == last
    verdict, after, instead = n, I64(MISSING), I64(MISSING)
    if not done:
        after, instead = I64(marks[stop - 1]), I64(ENDED)
    n += 1
    for place in range(stop - 1, begin - 1, -1):
        here, time = I64(marks[place]), keys[place] & time_of
        if place > begin:
            before = I64(marks[place - 1])
            if here < before or here > before + 1 or (strict and here == before):
                after, instead = before, here  # seen from the end: the first one is the last to be written
            if here < before:
                write(told, n, LOOP, customer, t_0, before, here, keys[place - 1] & time_of, regained[before], 1)
                n += 1
        for milestone in range(here + 1):
            regained[milestone] = time  # when the run was there or further, after this place
        latest[here] = time if times[here] == 0 else latest[here]
        first[here] = time
        times[here] += 1
    for milestone in range(last + 1):
        if times[milestone] > 1:
            write(told, n, REWORK, customer, t_0, milestone, MISSING, first[milestone], latest[milestone], times[milestone] - 1)
            n += 1
    write(told, verdict, VERDICT, customer, t_0, after, instead, t_0, keys[stop - 1] & time_of if done else I64(MISSING), 1)
    return n


@jit
def write(told: Array, row: int, what: int, customer: int, t_0: int, source: int, target: int, start: int, stop: int, n: int) -> None:
    told[row, 0], told[row, 1], told[row, 2], told[row, 3] = what, customer, t_0, source
    told[row, 4], told[row, 5], told[row, 6], told[row, 7] = target, start, stop, n
