"""The paths of a question as trails: one number each, whose digits are its columns; and the commonest of them.

    v c p - -    visit, cart, pay, and over: from the anchor on, so that for paths towards an end the last column comes first

Paths that take the same columns have the same trail, so most counts are of the distinct trails, of which there are few.
"""

from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from journey.index import Array, run
from journey.paths.kernel import (
    COUNT,
    CUSTOMERS,
    EMPTY,
    LAST,
    PRODUCTS,
    SQUARES,
    Anchors,
    Asked,
    Story,
    count_runs,
    fill_slots,
    find_anchored,
    find_paths,
    gather_trails,
    merge_runs,
    shorten,
)

MOST_BITS = 62  # of a trail


@dataclass(frozen=True)
class Found:
    """The paths of one share of the customers.

    story: what they are found in.  anchors, trails: (paths,) the place of the anchor in the story, and the columns.
    distinct, counts: the trails in order, each once, and how many paths take it.
    """

    story: Story
    anchors: Array
    trails: Array
    distinct: Array
    counts: Array


@dataclass(frozen=True)
class Common:
    """Trails, or beginnings of them.  lengths: their columns.  paths, customers: how many take each."""

    trails: Array
    lengths: Array
    paths: Array
    customers: Array


@dataclass(frozen=True)
class Top(Common):
    """Whole trails.  median: ms.  squares, products: over customers, of their paths here squared, and times all their paths.

    all_squares: of all their paths squared.
    """

    median: Array
    squares: Array
    products: Array
    all_squares: int


@dataclass(frozen=True)
class Trails:
    """found: by share.  distinct, counts: the trails of all, in order, each once, and how many paths take it."""

    asked: Asked
    bits: int
    found: tuple[Found, ...]
    distinct: Array
    counts: Array
    common: dict[tuple[int, int], tuple[Top, Common]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        own = sum(part.nbytes for one in self.found for part in (one.anchors, one.trails, one.distinct, one.counts))
        return own + self.distinct.nbytes + self.counts.nbytes

    @property
    def paths(self) -> int:
        return int(self.counts.sum())

    def commonest(self, most: int, longest: int) -> tuple[Top, Common]:
        """So many of the commonest trails, and the commonest beginning of each length."""
        if (most, longest) not in self.common:
            self.common[most, longest] = _common(self, most, longest)
        return self.common[most, longest]


def digit_of(nodes: int) -> int:
    """Bits of a column in a trail, so that all ones are no node."""
    return max(1, nodes.bit_length())


def find_trails(stories: tuple[Story, ...], bits: int, asked: Asked, anchors: tuple[Anchors, ...] = ()) -> Trails:
    """bits: of a key that are time.  anchors: of each story, where a start or an end is asked."""
    found = tuple(run(lambda part: _found(stories[part], bits, asked, anchors[part] if anchors else None), range(len(stories))))
    return Trails(asked, bits, found, *reduce(_merged, [(one.distinct, one.counts) for one in found]))


def _found(story: Story, bits: int, asked: Asked, at: Anchors | None) -> Found:
    room = len(story.first) if at is None else len(at.starts if at.by_start else at.ends)
    anchors, trails = np.empty(room, np.uint32), np.empty(room, np.uint32 if asked.digit * asked.steps <= 32 else np.int64)
    own = (story, bits, asked)
    paths = find_paths(*own, anchors, trails) if at is None else find_anchored(*own, at, anchors, trails)
    ordered = np.sort(trails[:paths])
    counts = np.empty(paths, np.int64)
    distinct = count_runs(ordered, ordered, counts)
    return Found(story, anchors[:paths], trails[:paths], ordered[:distinct], counts[:distinct])


def _merged(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    room = len(one[0]) + len(other[0])
    distinct, counts = np.empty(room, one[0].dtype), np.empty(room, np.int64)
    n = merge_runs(*one, *other, distinct, counts)
    return distinct[:n], counts[:n]


def in_columns(asked: Asked, trails: Array, length: int) -> Array:
    """A number for each trail that orders as its columns do, from left to right, an empty one last."""
    if asked.sign > 0:
        return trails
    turned, left = np.zeros(len(trails), np.int64), trails.astype(np.int64)
    for _ in range(length):
        turned = (turned << asked.digit) | (left & ((1 << asked.digit) - 1))
        left = left >> asked.digit
    return turned


def nodes_of(asked: Asked, trail: int, length: int) -> list[int]:
    """The nodes in the columns of a trail, or of its beginning of this length, from left to right."""
    none = (1 << asked.digit) - 1
    digits = [(trail >> (asked.digit * step)) & none for step in reversed(range(length))]
    told = [node for node in digits if node != none]
    return told[::-1] if asked.sign < 0 else told


def _common(all_trails: Trails, most: int, longest: int) -> tuple[Top, Common]:
    """The commonest trails, and of each length from 2 on the commonest beginning, seen from the anchor."""
    asked, bits, found = all_trails.asked, all_trails.bits, all_trails.found
    chosen = _commonest(asked, all_trails.distinct, all_trails.counts, most)
    trails, paths = np.ascontiguousarray(all_trails.distinct[chosen]), all_trails.counts[chosen]
    lengths, ways, way_paths = _beginnings(all_trails, longest)
    far = np.array([len(nodes_of(asked, int(trail), asked.steps)) - 1 for trail in trails], np.int64) * asked.sign
    table, shifts = np.full((1024, 2), -1, np.int64), asked.digit * (asked.steps - lengths)
    fill_slots(trails, table)
    took, cursors = np.empty(int(paths.sum()), np.int64), _cursors(found, trails, paths)

    def gather(part: int) -> tuple[Array, Array, int]:
        one, sums, way_cells = found[part], np.zeros((len(trails), 5), np.int64), np.full(len(ways), EMPTY, np.int64)
        sums[:, LAST] = -1
        looked_for = (table, far, cursors[part].copy(), took, sums, shifts, ways, way_cells)
        all_squares = gather_trails(one.story.times, bits, one.anchors, one.trails, *looked_for)
        return sums, way_cells & COUNT, all_squares

    told = run(gather, range(len(found)))
    ends, sums = np.cumsum(paths), np.sum([one[0] for one in told], axis=0)
    median = np.array([median_of(took[end - size : end]) for end, size in zip(ends, paths, strict=True)])
    of_customers = (sums[:, CUSTOMERS], median, sums[:, SQUARES], sums[:, PRODUCTS], sum(one[2] for one in told))
    top = Top(trails, np.full(len(trails), asked.steps), paths, *of_customers)
    return top, Common(ways, lengths, way_paths, np.sum([one[1] for one in told], axis=0))


def _commonest(asked: Asked, distinct: Array, counts: Array, most: int) -> Array:
    """Places of the commonest; ties by their columns."""
    if len(counts) > most:
        least = np.partition(counts, len(counts) - most)[len(counts) - most]
        above, tied = np.flatnonzero(counts > least), np.flatnonzero(counts == least)
        order = in_columns(asked, distinct[tied], asked.steps)
        wanted = most - len(above)
        places = np.concatenate([above, tied[np.argpartition(order, wanted - 1)[:wanted]] if wanted < len(tied) else tied])
    else:
        places = np.arange(len(counts))
    return places[np.lexsort((in_columns(asked, distinct[places], asked.steps), -counts[places]))]


def _cursors(found: tuple[Found, ...], trails: Array, paths: Array) -> list[Array]:
    """Where the times of each trail begin, for each share."""
    cursor, cursors = np.cumsum(paths) - paths, []
    for one in found:
        cursors.append(cursor)
        place = np.minimum(np.searchsorted(one.distinct, trails), max(0, len(one.distinct) - 1))
        if len(one.distinct):
            cursor = cursor + np.where(one.distinct[place] == trails, one.counts[place], 0)
    return cursors


def median_of(values: Array) -> float:
    """The mean of the two middle ones, or of the middle one with itself."""
    middle = ((len(values) - 1) // 2, len(values) // 2)
    parted = np.partition(values, middle)
    return float((parted[middle[0]] + parted[middle[1]]) / 2)


def _beginnings(all_trails: Trails, longest: int) -> tuple[Array, Array, Array]:
    """-> (length, the columns that most of the paths which reach so far begin with, how many do), the longest first."""
    asked, found = all_trails.asked, []
    none = (1 << asked.digit) - 1
    trails, sums = all_trails.distinct.copy(), all_trails.counts.copy()
    for length in range(asked.steps, 1, -1):
        if length < asked.steps:
            left = shorten(trails, sums, asked.digit)
            trails, sums = trails[:left], sums[:left]
        whole = np.where(trails & none != none, sums, 0) if length <= longest else np.zeros(0, np.int64)
        if whole.any():
            tied = trails[whole == whole.max()]
            found.append((length, int(tied[np.argmin(in_columns(asked, tied, length))]), int(whole.max())))
    columns = np.array(found, np.int64).reshape(-1, 3)
    return columns[:, 0].copy(), columns[:, 1].copy(), columns[:, 2].copy()
