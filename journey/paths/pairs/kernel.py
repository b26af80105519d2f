"""The loops behind transitions: over all pairs of neighbours in what is told, once.

An edge is a number: place of the source * places + place of the target.  The median time of an edge is found without
keeping all times: a sample brackets it, times are counted by where they lie, and those within the bracket are kept.

    class    0        1        2         3        4
    time     below    at low   within    at high  above       low <= median <= high, nearly always
"""

from typing import Any, NamedTuple

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
I64: Any = np.int64
U64: Any = np.uint64
COUNT = 0xFFFFFFFF  # of a cell: customers (sessions) in the low half, the last of them in the high half
CLASSES = 5
AT_LOW, WITHIN, AT_HIGH = 1, 2, 3


class Wanted(NamedTuple):
    """Pairs whose first event is in [since, until), times of keys, of people: (customers,) u8, or of length 1 for everyone.

    place_of: (nodes,) i32.  places: how many there are, with "(start)" and "(end)", the last two, where `ends` is asked.
    """

    place_of: Array
    places: int
    ends: bool
    since: int
    until: int
    people: Array


@jit
def count_pairs(
    nodes: Array,
    times: Array,
    first: Array,
    bits: int,
    wanted: Wanted,
    brackets: Array,
    classes: Array,
    cells: Array,
    kept_edges: Array,
    kept: Array,
) -> tuple[int, int, int]:
    """Count every pair; answers how many times were kept, and of how many customers and paths there is a pair.

    first: where each path begins.  brackets: (edges, 2) ms.  classes: (edges, CLASSES) pairs by where their time lies.
    cells: (kinds, edges) customers, and paths where these are sessions.  kept_edges, kept: (pairs,) times within their
    edge's bracket.
    """
    place_of, places, ends, since, until, people = wanted
    time_of, start, end = (I64(1) << bits) - 1, places - 2, places - 1
    # Flat and with unsigned indices, which spares a check for negative ones.
    bracket, found, cell, by_path = brackets.reshape(-1), classes.reshape(-1), cells.reshape(-1), U64(len(cells) > 1)
    n, customers, paths, last, edges = U64(0), 0, 0, -1, U64(places * places)
    for path in range(len(first) - 1):
        begin, stop = U64(first[path]), U64(first[path + 1])
        if begin == stop:
            continue
        time = times[begin]
        customer = time >> bits
        if len(people) > 1 and people[customer] == 0:
            continue
        mine, any_pair = customer << 32, False
        source = I64(place_of[nodes[begin]])
        inside = U64((time & time_of) - since) < U64(until - since)
        if ends and inside:
            any_pair = True
            add(found, cell, U64(start * places + source), U64(AT_LOW), mine, I64(path) << 32, by_path * edges)
        for i in range(begin + U64(1), stop):
            after, target = times[i], I64(place_of[nodes[i]])
            if inside:
                any_pair = True
                edge = U64(source * places + target)
                took, low, high = after - time, bracket[edge * U64(2)], bracket[edge * U64(2) + U64(1)]
                kept_edges[n] = edge
                kept[n] = took
                n += U64((took > low) & (took < high))
                lies = U64(took >= low) + U64(took > low) + U64(took >= high) + U64(took > high)
                add(found, cell, edge, lies, mine, I64(path) << 32, by_path * edges)
            time, source = after, target
            inside = U64((time & time_of) - since) < U64(until - since)
        if ends and inside:
            any_pair = True
            add(found, cell, U64(source * places + end), U64(AT_LOW), mine, I64(path) << 32, by_path * edges)
        paths += any_pair
        customers += any_pair & (customer != last)
        if any_pair:
            last = customer
    return I64(n), customers, paths


@jit
def add(found: Array, cell: Array, edge: int, lies: int, customer: int, path: int, paths_at: int) -> None:
    """Count a pair of an edge by its class, and its customer and path (in the high half) where they are new to it.

    paths_at: where the cells of paths begin; 0 where there are none.
    """
    found[edge * U64(CLASSES) + lies] += 1
    cell[edge] = customer | ((cell[edge] & COUNT) + ((cell[edge] >> 32) != (customer >> 32)))
    if paths_at > U64(0):
        at = paths_at + edge
        cell[at] = path | ((cell[at] & COUNT) + ((cell[at] >> 32) != (path >> 32)))


@jit
def sample_pairs(nodes: Array, times: Array, first: Array, bits: int, wanted: Wanted, stride: int, edges: Array, took: Array) -> int:
    """Edges and times of the pairs of every so many paths; answers how many."""
    n, time_of = 0, (I64(1) << bits) - 1
    for path in range(0, len(first) - 1, stride):
        for i in range(I64(first[path]) + 1, I64(first[path + 1])):
            if n == len(took) or (len(wanted.people) > 1 and wanted.people[times[i] >> bits] == 0):
                break
            if not wanted.since <= times[i - 1] & time_of < wanted.until:
                continue
            edges[n] = wanted.place_of[nodes[i - 1]] * wanted.places + wanted.place_of[nodes[i]]
            took[n] = times[i] - times[i - 1]
            n += 1
    return n


@jit
def mark_pairs(nodes: Array, times: Array, first: Array, bits: int, wanted: Wanted, source: int, target: int, people: Array) -> None:
    """people: (customers,) u8 = 1 for those who made the transition between these places."""
    time_of, start, end = (I64(1) << bits) - 1, wanted.places - 2, wanted.places - 1
    for path in range(len(first) - 1):
        begin, stop = I64(first[path]), I64(first[path + 1])
        if begin == stop:
            continue
        customer = times[begin] >> bits
        if len(wanted.people) > 1 and wanted.people[customer] == 0:
            continue
        before, time = I64(start) if wanted.ends else I64(-1), times[begin]
        for i in range(begin, stop + wanted.ends):
            # An edge is of the time of its first event; that from "(start)" of the time of the event it leads to.
            inside = (time & time_of >= wanted.since) & (time & time_of < wanted.until)
            place = I64(wanted.place_of[nodes[i]]) if i < stop else I64(end)
            if inside and before == source and place == target:
                people[customer] = 1
            before = place
            time = times[i if i < stop else stop - 1]
