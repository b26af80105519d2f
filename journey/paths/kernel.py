"""The loops behind paths: from events in order to what they are told as, to one number per path, to counts.

    codes    visit visit cart | pay     two sessions of ann
    nodes    v           c    | p       repeats told once
    first    0                  2   3   where each session begins in what is told, and the end
    trails   v c - - -  p - - - -       the columns of a path as digits of one number, from its anchor on

The anchor is the first column, or the last where there is an end; steps are counted from it.  A column that a path does
not reach holds the digit of ones, larger than any node.  Events come customer by customer, so a customer is counted once
where a cell remembers whom it saw last.  Indices are unsigned, which spares a check for negative ones.
"""

from typing import Any, NamedTuple

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
I64: Any = np.int64
U64: Any = np.uint64
COUNT = 0xFFFFFFFF  # of a cell: customers in the low half, the last of them in the high half
EMPTY = -1 << 32  # a cell that has seen nobody
# Of a trail: its last customer and their paths here so far; its customers, and the sums over them of their paths here squared
# and of these times all their paths.
LAST, HERE, CUSTOMERS, SQUARES, PRODUCTS = range(5)


class Story(NamedTuple):
    """What is told of some customers.  nodes: (events,) u16; times: (events,) keys; first: (sessions + 1,) u32."""

    nodes: Array
    times: Array
    first: Array


class Asked(NamedTuple):
    """Which paths, and how many columns of them.

    sign: 1, or -1 where columns lead back from an end.  anchored: whether a start or an end is asked.
    since, until: keys' times that paths begin in.  people: (customers,) u8, or of length 1 for everyone.
    first_only: one path of each customer.  limited: whether any of these four leaves a path out.  digit: bits of a column.
    """

    sign: int
    anchored: bool
    since: int
    until: int
    people: Array
    first_only: bool
    limited: bool
    steps: int
    digit: int


class Anchors(NamedTuple):
    """Of one story.  session_of: (events,) u32.  starts, ends: places of such events, rising; empty where none is asked."""

    session_of: Array
    starts: Array
    ends: Array
    by_start: bool
    by_end: bool


@jit
def tell_events(codes: Array, keys: Array, bounds: Array, low: int, high: int, node_of: Array, once: Array, story: Story) -> int:
    """Write what is told of the sessions between the bounds low and high; answers how many events.

    bounds: the first row of each session, and the end.  node_of: (codes,) the node of an event, -1 where it is hidden.
    once: (nodes + 1,) u8, whether repeats in a row are told once.  story: with room for one event more.
    """
    nodes, times, first = story
    n = 0
    for at in range(low, high):
        first[at - low] = n
        before = len(once) - 1
        for i in range(I64(bounds[at]), I64(bounds[at + 1])):
            node = node_of[codes[i]]
            # Written always and kept only if n moves: no branch that could be mispredicted.
            nodes[n] = node
            times[n] = keys[i]
            n += (node >= 0) & ((node != before) | (once[node] == 0))
            before = node if node >= 0 else before
    first[high - low] = n
    return n


@jit
def find_paths(story: Story, bits: int, asked: Asked, anchors: Array, trails: Array) -> int:
    """Write where it begins and the trail of every path, where any session is one; answers how many there are."""
    nodes, times, first = story
    _, _, since, until, people, first_only, limited, steps, digit = asked
    time_of, paths, served = (I64(1) << bits) - 1, 0, -1
    for session in range(len(first) - 1):
        begin, stop = I64(first[session]), I64(first[session + 1])
        if begin == stop:
            continue
        if limited:
            customer, time = times[begin] >> bits, times[begin] & time_of
            if customer == served or (len(people) > 1 and people[customer] == 0) or time < since or time >= until:
                continue
            if first_only:
                served = customer
        anchors[paths] = begin
        trails[paths] = packed(nodes, begin, 1, min(stop - begin, steps), steps, digit)
        paths += 1
    return paths


@jit
def find_anchored(story: Story, bits: int, asked: Asked, at: Anchors, anchors: Array, trails: Array) -> int:
    """The same of the sessions with a start, with an end, or with an end after the first start: that of their first one."""
    nodes, times, first = story
    sign, _, since, until, people, first_only, limited, steps, digit = asked
    session_of, starts, ends, by_start, by_end = at
    time_of, paths, served, seen, end = (I64(1) << bits) - 1, 0, -1, -1, 0
    for place in starts if by_start else ends:
        session = session_of[place]
        if session == seen:
            continue
        seen = session
        begin, stop, anchor = I64(place), I64(first[session + 1]), I64(place)
        if by_start and by_end:
            while end < len(ends) and ends[end] <= place:
                end += 1
            if end == len(ends) or ends[end] >= stop:
                continue
            anchor = I64(ends[end])
        elif by_end:
            begin = I64(first[session])
        if limited:
            customer, time = times[begin] >> bits, times[begin] & time_of
            if customer == served or (len(people) > 1 and people[customer] == 0) or time < since or time >= until:
                continue
            if first_only:
                served = customer
        anchors[paths] = anchor
        trails[paths] = packed(nodes, anchor, sign, min(anchor + 1 - begin if by_end else stop - begin, steps), steps, digit)
        paths += 1
    return paths


@jit
def packed(nodes: Array, anchor: int, sign: int, length: int, steps: int, digit: int) -> int:
    """The trail of a path: so many nodes from the anchor on, and nothing in the other columns."""
    none, trail = (I64(1) << digit) - 1, I64(0)
    for step in range(steps):
        node = I64(nodes[anchor + sign * min(I64(step), I64(length - 1))])
        trail = (trail << digit) | (node if step < length else none)
    return trail


@jit
def count_runs(ordered: Array, distinct: Array, counts: Array) -> int:
    """The distinct values of a sorted array and how often each occurs; answers how many there are."""
    n = -1
    for i in range(len(ordered)):
        if i == 0 or ordered[i] != ordered[i - 1]:
            n += 1
            distinct[n] = ordered[i]
            counts[n] = 0
        counts[n] += 1
    return n + 1


@jit
def merge_runs(one: Array, ones: Array, other: Array, others: Array, distinct: Array, counts: Array) -> int:
    """The distinct values of two such lists together, with the sums of their counts; answers how many there are."""
    i, j, n = 0, 0, 0
    while i < len(one) or j < len(other):
        first = j == len(other) or (i < len(one) and one[i] <= other[j])
        second = i == len(one) or (j < len(other) and other[j] <= one[i])
        distinct[n] = one[i] if first else other[j]
        counts[n] = (ones[i] if first else 0) + (others[j] if second else 0)
        i, j, n = i + first, j + second, n + 1
    return n


@jit
def shorten(trails: Array, counts: Array, digit: int) -> int:
    """Cut the last digit off every trail of a sorted list, and sum the counts of those that are now the same; answers how many are left."""
    n = -1
    for i in range(len(trails)):
        trail, count = trails[i] >> digit, counts[i]
        if n < 0 or trails[n] != trail:
            n += 1
            trails[n] = trail
            counts[n] = 0
        counts[n] += count
    return n + 1


@jit
def gather_trails(
    times: Array,
    bits: int,
    anchors: Array,
    trails: Array,
    table: Array,
    far: Array,
    cursor: Array,
    took: Array,
    sums: Array,
    shifts: Array,
    ways: Array,
    way_cells: Array,
) -> int:
    """Sums over customers of the trails that are looked for, and how long each path took; customers of the ways that paths begin with.

    table: (slots, 2) trail and number, by open addressing; number -1 where empty.  far: (numbers,) places from the anchor
    to the other end.  cursor: (numbers,) where the times of each begin in `took`; where they end afterwards.
    sums: (numbers, 5) as named above, LAST of -1.  shifts: (ways,) rising; the bits to cut off a trail, so that it can be
    a way.  way_cells: customers.  Answers the sum over customers of all their paths squared.
    """
    slots, own_until, owned, all_squares = U64(len(table) - 1), 0, 0, 0
    # Nearly every path differs from every way in its first two columns, those of the shortest.
    outset = ways >> (shifts[-1:] - shifts) if len(ways) > 0 else ways
    for path in range(len(trails)):
        trail = I64(trails[path])
        customer = times[anchors[path]] >> bits
        if path == own_until:
            while own_until < len(trails) and times[anchors[own_until]] >> bits == customer:
                own_until += 1
            owned = own_until - path
            all_squares += owned * owned
        for number in range(len(ways)):
            if trail >> shifts[-1] == outset[number] and trail >> shifts[number] == ways[number]:
                way_cells[number] = (customer << 32) | ((way_cells[number] & COUNT) + ((way_cells[number] >> 32) != customer))
        slot = slot_of(trail, slots)
        while table[slot, 1] >= 0 and table[slot, 0] != trail:
            slot = (slot + U64(1)) & slots
        number = table[slot, 1]
        if number >= 0:
            at = I64(anchors[path])
            took[cursor[number]] = abs(times[at + far[number]] - times[at])
            cursor[number] += 1
            new = sums[number, LAST] != customer
            here = 0 if new else sums[number, HERE]
            sums[number, LAST], sums[number, HERE] = customer, here + 1
            sums[number, CUSTOMERS] += new
            sums[number, SQUARES] += 2 * here + 1
            sums[number, PRODUCTS] += owned
    return all_squares


@jit
def slot_of(trail: int, slots: int) -> int:
    """Where to look first; slots is a power of two less one."""
    return ((U64(trail) * U64(0x9E3779B97F4A7C15)) >> U64(40)) & U64(slots)


@jit
def fill_slots(trails: Array, table: Array) -> None:
    slots = U64(len(table) - 1)
    for number in range(len(trails)):
        slot = slot_of(trails[number], slots)
        while table[slot, 1] >= 0:
            slot = (slot + U64(1)) & slots
        table[slot, 0] = trails[number]
        table[slot, 1] = number
