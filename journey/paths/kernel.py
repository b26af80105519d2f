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


class Story(NamedTuple):
    """What is told of some customers.  nodes: (events,) u16; times: (events,) keys; first: (sessions + 1,) u32."""

    nodes: Array
    times: Array
    first: Array


class Asked(NamedTuple):
    """Which paths, and how many columns of them.

    is_start, is_end: (nodes,) u8, empty where no such anchor is asked.  since, until: keys' times that paths begin in.
    people: (customers,) u8, or of length 1 for everyone.  first_only: one path of each customer.  digit: bits of one.
    """

    is_start: Array
    is_end: Array
    since: int
    until: int
    people: Array
    first_only: bool
    steps: int
    digit: int


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
    """Write the place of its anchor and the trail of every path; answers how many there are."""
    nodes, times, first = story
    is_start, is_end, since, until, people, first_only, steps, digit = asked
    time_of, none = (I64(1) << bits) - 1, (I64(1) << digit) - 1
    paths, served = 0, -1
    for session in range(len(first) - 1):
        begin, stop = I64(first[session]), I64(first[session + 1])
        if begin == stop:
            continue
        customer = times[begin] >> bits
        if customer == served or (len(people) > 1 and people[customer] == 0):
            continue
        if len(is_start) > 0:
            begin = next_of(nodes, is_start, begin, stop)
            if begin == stop:
                continue
        time = times[begin] & time_of
        if time < since or time >= until:
            continue
        length, anchor, sign = I64(min(stop - begin, steps)), begin, 1
        if len(is_end) > 0:
            anchor, sign = next_of(nodes, is_end, begin + (1 if len(is_start) > 0 else 0), stop), -1
            if anchor == stop:
                continue
            length = I64(min(anchor - begin + 1, steps))
        trail = I64(0)
        for step in range(steps):
            node = I64(nodes[anchor + sign * min(I64(step), length - 1)])
            trail = (trail << digit) | (node if step < length else none)
        anchors[paths] = anchor
        trails[paths] = trail
        paths += 1
        if first_only:
            served = customer
    return paths


@jit
def next_of(nodes: Array, wanted: Array, begin: int, stop: int) -> int:
    """The first place from begin on whose node is wanted; stop where there is none."""
    while begin < stop and wanted[nodes[begin]] == 0:
        begin += 1
    return begin


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
def count_nodes(trails: Array, counts: Array, digit: int, seen: Array) -> None:
    """seen: (steps, digits) += paths by the node in each column."""
    for i in range(len(trails)):
        trail = U64(trails[i])
        for step in range(len(seen) - 1, -1, -1):
            seen[step, trail & U64(seen.shape[1] - 1)] += counts[i]
            trail >>= U64(digit)


@jit
def count_links(trails: Array, counts: Array, digit: int, step: int, shown: Array, before: Array, links: Array) -> None:
    """links: (places, places) += paths by the place in the column before and the place in this one.

    shown: (steps, places, digits) the place at which a node is shown after a place; the first column comes after place 0.
    before: (trails,) the place in the column before; that in this one afterwards.
    """
    shift, mask = U64(digit * (len(shown) - 1 - step)), U64(shown.shape[2] - 1)
    for i in range(len(trails)):
        place = shown[step, before[i], (U64(trails[i]) >> shift) & mask]
        links[before[i], place] += counts[i]
        before[i] = place


@jit
def count_people(
    times: Array, bits: int, anchors: Array, trails: Array, sign: int, digit: int, shown: Array, cells: Array, links: Array
) -> int:
    """Customers by cell and by link, and the time that links took; answers how many customers there are.

    shown: as in count_links.  sign: 1, or -1 where columns lead back from the anchor.  cells: (steps, places).
    links: (steps, places, places, 2) of a column and the one before it: a cell, and ms in all.
    """
    places, steps, width, none = U64(cells.shape[1]), U64(cells.shape[0]), U64(shown.shape[2]), U64(shown.shape[2] - 1)
    place_at, cell_at, link_at = shown.reshape(-1), cells.reshape(-1), links.reshape(-1)
    people, last, step_on = 0, I64(-1), U64(sign)
    for path in range(len(trails)):
        at, trail, shift, before = U64(anchors[path]), U64(trails[path]), U64(digit) * steps, U64(0)
        time = times[at]
        customer = time >> bits
        people += customer != last
        last = customer
        for step in range(steps):
            shift -= U64(digit)
            node = (trail >> shift) & none
            if step > U64(0):
                at += step_on if node != none else U64(0)
            after = times[at]
            row = step * places + before
            place = U64(place_at[row * width + node])
            cell = step * places + place
            cell_at[cell] = (customer << 32) | ((cell_at[cell] & COUNT) + ((cell_at[cell] >> 32) != customer))
            link = (row * places + place) * U64(2)
            link_at[link] = (customer << 32) | ((link_at[link] & COUNT) + ((link_at[link] >> 32) != customer))
            link_at[link + U64(1)] += after - time
            time, before = after, place
    return people


@jit
def gather_trails(
    times: Array, bits: int, anchors: Array, trails: Array, table: Array, far: Array, cursor: Array, took: Array, cells: Array
) -> None:
    """Of the trails that are looked for: their customers, and how long each path took.

    table: (slots, 2) trail and number, by open addressing; number -1 where empty.  far: (numbers,) places from the anchor
    to the other end.  cursor: (numbers,) where the times of each begin in `took`; where they end afterwards.
    """
    slots = len(table) - 1
    for path in range(len(trails)):
        slot = slot_of(trails[path], slots)
        while table[slot, 1] >= 0 and table[slot, 0] != trails[path]:
            slot = (slot + 1) & slots
        number = table[slot, 1]
        if number < 0:
            continue
        at = I64(anchors[path])
        customer = times[at] >> bits
        took[cursor[number]] = abs(times[at + far[number]] - times[at])
        cursor[number] += 1
        cells[number] = (customer << 32) | ((cells[number] & COUNT) + ((cells[number] >> 32) != customer))


@jit
def slot_of(trail: int, slots: int) -> int:
    """Where to look first; slots is a power of two less one."""
    return I64((U64(trail) * U64(0x9E3779B97F4A7C15)) >> U64(40)) & slots


@jit
def fill_slots(trails: Array, table: Array) -> None:
    slots = len(table) - 1
    for number in range(len(trails)):
        slot = slot_of(trails[number], slots)
        while table[slot, 1] >= 0:
            slot = (slot + 1) & slots
        table[slot, 0] = trails[number]
        table[slot, 1] = number


@jit
def count_beginnings(times: Array, bits: int, anchors: Array, trails: Array, shifts: Array, ways: Array, cells: Array) -> None:
    """Customers of the paths whose trail, without the digits that `shifts` cuts off, is the way."""
    for path in range(len(trails)):
        customer = times[anchors[path]] >> bits
        for number in range(len(ways)):
            if I64(trails[path]) >> shifts[number] == ways[number]:
                cells[number] = (customer << 32) | ((cells[number] & COUNT) + ((cells[number] >> 32) != customer))


@jit
def mark_people(
    times: Array, bits: int, anchors: Array, trails: Array, digit: int, shown: Array, step: int, before: int, place: int, people: Array
) -> None:
    """people: (customers,) u8 = 1 where a path has the place in this column, after the place before or, where that is -1, any."""
    steps, mask = len(shown), U64(shown.shape[2] - 1)
    for path in range(len(trails)):
        at, earlier = 0, 0
        for column in range(step + 1):
            earlier = at
            at = shown[column, earlier, (U64(trails[path]) >> U64(digit * (steps - 1 - column))) & mask]
        if at == place and (before < 0 or earlier == before):
            people[times[anchors[path]] >> bits] = 1
