"""The paths of a question as trails: one number each, whose digits are its columns; and the commonest of them.

    v c p - -    visit, cart, pay, and over: from the anchor on, so that for paths towards an end the last column comes first

Paths that take the same columns have the same trail, so most counts are of the distinct trails, of which there are few.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from journey.index import Array, run
from journey.paths.kernel import (
    COUNT,
    EMPTY,
    Asked,
    Story,
    count_beginnings,
    count_runs,
    fill_slots,
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
    """Trails, or beginnings of them.  lengths: their columns.  paths, customers: how many take each.  median: ms, of whole trails."""

    trails: Array
    lengths: Array
    paths: Array
    customers: Array
    median: Array


@dataclass(frozen=True)
class Trails:
    """found: by share.  distinct, counts: the trails of all, in order, each once, and how many paths take it."""

    asked: Asked
    bits: int
    found: tuple[Found, ...]
    distinct: Array
    counts: Array
    common: dict[tuple[int, int], tuple[Common, Common]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        own = sum(part.nbytes for one in self.found for part in (one.anchors, one.trails, one.distinct, one.counts))
        return own + self.distinct.nbytes + self.counts.nbytes

    @property
    def paths(self) -> int:
        return int(self.counts.sum())

    def commonest(self, most: int, longest: int) -> tuple[Common, Common]:
        """So many of the commonest trails, and the commonest beginning of each length."""
        if (most, longest) not in self.common:
            self.common[most, longest] = _top(self, most), _ways(self, longest)
        return self.common[most, longest]


def digit_of(nodes: int) -> int:
    """Bits of a column in a trail, so that all ones are no node."""
    return max(1, nodes.bit_length())


def find_trails(stories: tuple[Story, ...], bits: int, asked: Asked) -> Trails:
    """bits: of a key that are time."""
    found = tuple(run(lambda story: _found(story, bits, asked), stories))
    return Trails(asked, bits, found, *reduce(_merged, [(one.distinct, one.counts) for one in found]))


def _found(story: Story, bits: int, asked: Asked) -> Found:
    kind = np.uint32 if asked.digit * asked.steps <= 32 else np.int64
    anchors, trails = np.empty(len(story.first), np.uint32), np.empty(len(story.first), kind)
    paths = find_paths(story, bits, asked, anchors, trails)
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
    if not len(asked.is_end):
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
    return told[::-1] if len(asked.is_end) else told


def _top(all_trails: Trails, most: int) -> Common:
    asked, found = all_trails.asked, all_trails.found
    chosen = _commonest(asked, all_trails.distinct, all_trails.counts, most)
    trails, paths = np.ascontiguousarray(all_trails.distinct[chosen]), all_trails.counts[chosen]
    table = np.full((1024, 2), -1, np.int64)
    fill_slots(trails, table)
    far = np.array([len(nodes_of(asked, int(trail), asked.steps)) - 1 for trail in trails], np.int64) * (-1 if len(asked.is_end) else 1)
    took = np.empty(int(paths.sum()), np.int64)
    cursors = _cursors(found, trails, paths)

    def gather(part: int) -> Array:
        one, cells = found[part], np.full(len(trails), EMPTY, np.int64)
        gather_trails(one.story.times, all_trails.bits, one.anchors, one.trails, table, far, cursors[part].copy(), took, cells)
        return cells & COUNT

    customers = np.sum(run(gather, range(len(found))), axis=0)
    ends = np.cumsum(paths)
    median = np.array(run(lambda at: median_of(took[ends[at] - paths[at] : ends[at]]), range(len(trails))))
    return Common(trails, np.full(len(trails), asked.steps), paths, customers, median)


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


def _ways(all_trails: Trails, longest: int) -> Common:
    """Of each length from 2 on, what most paths begin with, seen from the anchor."""
    asked, lengths, ways, paths = all_trails.asked, [], [], []
    for length, begun, sums in _beginnings(asked, all_trails.distinct, all_trails.counts):
        if 2 <= length <= longest and len(begun):
            tied = begun[sums == sums.max()]
            lengths.append(length)
            ways.append(int(tied[np.argmin(in_columns(asked, tied, length))]))
            paths.append(int(sums.max()))
    shifts = asked.digit * (asked.steps - np.array(lengths, np.int64))

    def count(one: Found) -> Array:
        cells = np.full(len(ways), EMPTY, np.int64)
        count_beginnings(one.story.times, all_trails.bits, one.anchors, one.trails, shifts, np.array(ways, np.int64), cells)
        return cells & COUNT

    customers = np.sum(run(count, all_trails.found), axis=0)
    return Common(np.array(ways, np.int64), np.array(lengths, np.int64), np.array(paths, np.int64), customers, np.empty(0))


def _beginnings(asked: Asked, distinct: Array, counts: Array) -> Iterator[tuple[int, Array, Array]]:
    """(length, the first so many columns of the paths that reach so far, paths), from the longest to the shortest."""
    none = (1 << asked.digit) - 1
    trails, sums = distinct.copy(), counts.copy()
    for length in range(asked.steps, 0, -1):
        if length < asked.steps:
            n = shorten(trails, sums, asked.digit)
            trails, sums = trails[:n], sums[:n]
        whole = trails & none != none
        yield length, trails[whole], sums[whole]
