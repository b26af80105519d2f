"""The loops behind the columns of a picture: from trails to what stands in each column and what follows it.

A node is shown at a place of its column: the commonest first, then Other, then those who left.  A cell holds its customers
in the low half and the last of them in the high half, so that each counts once: they come one after the other.
"""

from typing import Any

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
U64: Any = np.uint64
I64: Any = np.int64
COUNT = 0xFFFFFFFF


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
        at, trail, shift = U64(anchors[path]), U64(trails[path]), U64(digit) * (steps - U64(1))
        time = times[at]
        customer = time >> bits
        people += customer != last
        last = customer
        before = U64(place_at[trail >> shift])
        cell_at[before] = (customer << 32) | ((cell_at[before] & COUNT) + ((cell_at[before] >> 32) != customer))
        for step in range(U64(1), steps):
            shift -= U64(digit)
            node = (trail >> shift) & none
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
