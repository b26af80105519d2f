"""The loops behind transitions: over all pairs of neighbours in what is told, once.

An edge is a number: place of the source * places + place of the target.  The median time of an edge is found without
keeping all times: a sample brackets it, times are counted by where they lie, and those within the bracket are kept.

    LOW <= median < HIGH, nearly always     CUSTOMERS  PATHS     BELOW   AT_LOW   WITHIN   ABOVE
    what the sample says, ms                cells                times that lie so

These eight numbers of an edge stand together, so that a pair touches one line of the cache.
"""

from typing import Any, NamedTuple

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
I64: Any = np.int64
U64: Any = np.uint64
COUNT = 0xFFFFFFFF  # of a cell: customers (sessions) in the low half, the last of them in the high half
LOW, HIGH, CUSTOMERS, PATHS, BELOW, AT_LOW, WITHIN, ABOVE = range(8)
WIDTH = U64(8)


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
    nodes: Array, times: Array, first: Array, bits: int, wanted: Wanted, by_path: bool, span: int, edges: Array, kept: Array
) -> tuple[int, int, int]:
    """Count every pair; answers how many times were kept, and of how many customers and paths there is a pair.

    first: where each path begins.  by_path: count paths by edge, too.  edges: (edges, 8), as above.  span: bits of a time.
    kept: (pairs,) edge << span | ms, of those within their edge's bracket.
    """
    place_of, places, ends, since, until, people = wanted
    time_of, start, end = (I64(1) << bits) - 1, places - 2, places - 1
    edge_at = edges.reshape(-1)  # flat and with unsigned indices, which spares a check for negative ones
    n, customers, paths, last = U64(0), 0, 0, -1
    for path in range(len(first) - 1):
        begin, stop = U64(first[path]), U64(first[path + 1])
        if begin == stop:
            continue
        time = times[begin]
        customer = time >> bits
        if len(people) > 1 and people[customer] == 0:
            continue
        mine, this, any_pair = customer << 32, I64(path) << 32, False
        source = I64(place_of[nodes[begin]])
        inside = U64((time & time_of) - since) < U64(until - since)
        if ends and inside:
            any_pair = True
            add(edge_at, U64(start * places + source) * WIDTH, U64(AT_LOW), mine, this, by_path)
        for i in range(begin + U64(1), stop):
            after, target = times[i], I64(place_of[nodes[i]])
            if inside:
                any_pair = True
                edge, took = source * places + target, after - time
                at = U64(edge) * WIDTH
                low, high = edge_at[at], edge_at[at + U64(HIGH)]
                # Written always and kept only if n moves: no branch that could be mispredicted.
                kept[n] = (edge << span) | took
                n += U64((took > low) & (took < high))
                lies = U64(BELOW) + U64(took >= low) + U64(took > low) + U64(took >= high)
                add(edge_at, at, lies, mine, this, by_path)
            time, source = after, target
            inside = U64((time & time_of) - since) < U64(until - since)
        if ends and inside:
            any_pair = True
            add(edge_at, U64(source * places + end) * WIDTH, U64(AT_LOW), mine, this, by_path)
        paths += any_pair
        customers += any_pair & (customer != last)
        if any_pair:
            last = customer
    return I64(n), customers, paths


@jit
def add(edge_at: Array, at: int, lies: int, customer: int, path: int, by_path: bool) -> None:
    """Count a pair of the edge at a place by where its time lies, and its customer and path (in the high half) where they are new."""
    edge_at[at + lies] += 1
    cell = at + U64(CUSTOMERS)
    edge_at[cell] = customer | ((edge_at[cell] & COUNT) + ((edge_at[cell] >> 32) != (customer >> 32)))
    if by_path:
        cell = at + U64(PATHS)
        edge_at[cell] = path | ((edge_at[cell] & COUNT) + ((edge_at[cell] >> 32) != (path >> 32)))


@jit
def sample_pairs(nodes: Array, times: Array, first: Array, bits: int, wanted: Wanted, stride: int, span: int, took: Array) -> int:
    """took: (pairs,) edge << span | ms of the pairs of every so many paths, as far as there is room; answers how many."""
    n, time_of = 0, (I64(1) << bits) - 1
    for path in range(0, len(first) - 1, stride):
        for i in range(I64(first[path]) + 1, I64(first[path + 1])):
            if n == len(took) or (len(wanted.people) > 1 and wanted.people[times[i] >> bits] == 0):
                break
            if not wanted.since <= times[i - 1] & time_of < wanted.until:
                continue
            edge = I64(wanted.place_of[nodes[i - 1]]) * wanted.places + wanted.place_of[nodes[i]]
            took[n] = (edge << span) | (times[i] - times[i - 1])
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


@jit
def weigh_nodes(
    nodes: Array, times: Array, first: Array, bits: int, ends: bool, since: int, until: int, people: Array, weights: Array
) -> None:
    """weights: (nodes,) += how often each is in a pair, also one with "(start)" or "(end)" where these are asked."""
    time_of = (I64(1) << bits) - 1
    for path in range(len(first) - 1):
        begin, stop = U64(first[path]), U64(first[path + 1])
        if begin == stop or (len(people) > 1 and people[times[begin] >> bits] == 0):
            continue
        inside = U64((times[begin] & time_of) - since) < U64(until - since)
        weights[nodes[begin]] += ends & inside
        for i in range(begin, stop - U64(1)):
            weights[nodes[i]] += inside
            weights[nodes[i + U64(1)]] += inside
            inside = U64((times[i + U64(1)] & time_of) - since) < U64(until - since)
        weights[nodes[stop - U64(1)]] += ends & inside


@jit
def spread_pairs(
    nodes: Array,
    times: Array,
    first: Array,
    bits: int,
    place_of: Array,
    places: int,
    ends: bool,
    since: int,
    until: int,
    people: Array,
    own: Array,
    touched: Array,
    edges: Array,
) -> None:
    """How the pairs lie with customers: of each edge the sums over them of how often they made it, squared, and times all they made.

    place_of to people: as in Wanted.  own: (edges + 2 * places,) of zeros, for one customer's pairs by edge, source and target.
    touched: (edges + 1,) i64, for the edges among them.  edges: (edges, 3) += squares, times all from the source, times all
    to the target.
    """
    time_of, start, end = (I64(1) << bits) - 1, I64(places - 2), I64(places - 1)
    n, last = U64(0), I64(-1)
    for path in range(len(first) - 1):
        begin, stop = U64(first[path]), U64(first[path + 1])
        if begin == stop:
            continue
        customer = times[begin] >> bits
        if len(people) > 1 and people[customer] == 0:
            continue
        if customer != last:
            settle(places, own, touched, n, edges)
            n, last = U64(0), customer
        source = I64(place_of[nodes[begin]])
        inside = U64((times[begin] & time_of) - since) < U64(until - since)
        if ends and inside:
            n += touch(start, source, places, own, touched, n)
        for i in range(begin + U64(1), stop):
            target = I64(place_of[nodes[i]])
            if inside:
                n += touch(source, target, places, own, touched, n)
            source = target
            inside = U64((times[i] & time_of) - since) < U64(until - since)
        if ends and inside:
            n += touch(source, end, places, own, touched, n)
    settle(places, own, touched, n, edges)


@jit
def touch(source: int, target: int, places: int, own: Array, touched: Array, n: int) -> int:
    """Count a pair of this customer; answers 1 where it is the first of its edge.  The place behind the last touched is written to."""
    edge = U64(source * places + target)
    touched[n] = (source << 32) | target
    own[edge] += 1
    return U64(own[edge] == 1)


@jit
def settle(places: int, own: Array, touched: Array, n: int, edges: Array) -> None:
    """Add a customer's pairs to the sums, and forget them."""
    outs, ins = places * places, places * places + places
    for at in range(n):
        source, target = touched[at] >> 32, touched[at] & COUNT
        times = own[source * places + target]
        own[outs + source] += times
        own[ins + target] += times
    for at in range(n):
        source, target = touched[at] >> 32, touched[at] & COUNT
        edge = source * places + target
        times = own[edge]
        edges[edge, 0] += times * times
        edges[edge, 1] += times * own[outs + source]
        edges[edge, 2] += times * own[ins + target]
        own[edge] = 0
    for at in range(n):
        own[outs + (touched[at] >> 32)] = 0
        own[ins + (touched[at] & COUNT)] = 0
