"""The loops behind loops: over all that is told, once.

A loop is a number: the place of its event * nodes + the other event's; of an event that is told again at once, its own.

    told      a a b a        a spell is an event with its repeats in a row
    loops     a a | a b a    the first takes from a to a; the second from the end of the first spell to the begin of the third
"""

from typing import Any

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
I64: Any = np.int64
U64: Any = np.uint64
COUNT = 0xFFFFFFFF  # of a cell: customers in the low half, the last of them in the high half


@jit
def count_returns(
    nodes: Array,
    times: Array,
    first: Array,
    bits: int,
    since: int,
    until: int,
    people: Array,
    span: int,
    doers: Array,
    loops: Array,
    took: Array,
) -> tuple[int, int]:
    """Count every return; answers how many there are, and how many customers have an event in the scope.

    since, until: times of keys that loops begin in.  people: (customers,) u8, or of length 1 for everyone.  span: bits of a
    time.  doers: (nodes,) cells.  loops: (nodes * nodes,) cells.  took: with room, loop << span | ms of each return.
    """
    time_of, many = (I64(1) << bits) - 1, I64(len(doers))
    n, population, last = U64(0), 0, I64(-1)
    for path in range(len(first) - 1):
        begin, stop = U64(first[path]), U64(first[path + 1])
        if begin == stop:
            continue
        customer = times[begin] >> bits
        if len(people) > 1 and people[customer] == 0:
            continue
        before, left, here, time = I64(-1), I64(0), I64(-1), I64(0)  # the spell before and its end; this one and its latest event
        left_inside, inside = False, False
        for i in range(begin, stop):
            node, now = I64(nodes[i]), times[i]
            again, back = node == here, node == before
            if (again and inside) or (back and left_inside):
                loop = node * many + here
                took[n] = (loop << span) | (now - (time if again else left))
                n += U64(1)
                cell = loops[U64(loop)]
                loops[U64(loop)] = (customer << 32) | ((cell & COUNT) + ((cell >> 32) != customer))
            if not again:
                before, left, left_inside, here = here, time, inside, node
            time = now
            inside = U64((now & time_of) - since) < U64(until - since)
            if inside:
                cell = doers[U64(node)]
                doers[U64(node)] = (customer << 32) | ((cell & COUNT) + ((cell >> 32) != customer))
                population += customer != last
                last = customer
    return I64(n), population


@jit
def mark_returns(
    nodes: Array, times: Array, first: Array, bits: int, since: int, until: int, behind: Array, wanted: int, via: int, people: Array
) -> None:
    """people: (customers,) u8 = 1 for those of `behind` who returned to the wanted node so: at once, where it is its own `via`."""
    time_of = (I64(1) << bits) - 1
    for path in range(len(first) - 1):
        begin, stop = I64(first[path]), I64(first[path + 1])
        if begin == stop or (len(behind) > 1 and behind[times[begin] >> bits] == 0):
            continue
        before, left, here, time = I64(-1), I64(0), I64(-1), I64(0)
        for i in range(begin, stop):
            node = I64(nodes[i])
            again, back = node == here, node == before
            when = (time if again else left) & time_of
            if (again or back) and node == wanted and here == via and since <= when < until:
                people[times[begin] >> bits] = 1
            if not again:
                before, left, here = here, time, node
            time = times[i]
