"""Transitions by the journey index: what every edge counts, and its median time, in one pass over all pairs of neighbours."""

from dataclasses import dataclass

import numpy as np

from journey.index import Array, Index, run
from journey.paths.kernel import Story
from journey.paths.pairs.kernel import (
    ABOVE,
    AT_LOW,
    BELOW,
    COUNT,
    CUSTOMERS,
    HIGH,
    PATHS,
    WITHIN,
    Wanted,
    count_pairs,
    mark_pairs,
    sample_pairs,
    spread_pairs,
    weigh_nodes,
)
from journey.paths.telling import Telling

EMPTY = -1 << 32  # a cell that has seen nobody
ANY_TIME, NO_TIME = (-1, 2**62), (-1, -1)  # brackets that every time lies within, and none
SAMPLED = 16  # one path in so many
SAMPLED_ONCE = 4  # of a sample that is kept for the questions to come
ENOUGH = 500_000  # events from which on a sample pays
SURE = 4.0  # standard errors of the median's rank on either side
MOST_EDGES = 2**20
MOST_BITS = 62  # of an edge and a time together


@dataclass(frozen=True)
class Pairs:
    """By edge, (places * places,): pairs, customers, paths with a pair.  medians: ms, nan where there is no pair."""

    pairs: Array
    customers: Array
    paths: Array
    medians: Array
    all_customers: int
    all_paths: int


@dataclass(frozen=True)
class Share:
    """edges: (edges, 8), as the kernel left it.  kept: times within their bracket, in order."""

    edges: Array
    kept: Array
    customers: int
    paths: int


def span_of(index: Index) -> int:
    """Bits of the longest time between two events."""
    longest = index.kept.get(("longest",), lambda: (index.keys & ((1 << index.bits) - 1)).max())
    return int(longest).bit_length()


def fits(telling: Telling, index: Index) -> bool:
    """Whether the kernels can tell the edges and times of this telling."""
    edges = (telling.nodes + 3) ** 2
    return edges <= MOST_EDGES and edges.bit_length() + span_of(index) <= MOST_BITS


def find_pairs(telling: Telling, index: Index, wanted: Wanted, name: tuple[object, ...] | None = None) -> Pairs:
    """Medians that escape their bracket, which a sample drew, are found in a second pass without one.

    name: what the brackets are kept under, where the same pairs will be asked for again.
    """
    span = span_of(index)
    if name is None:
        brackets = _brackets(telling, index, wanted, span, SAMPLED)
    else:
        brackets = index.kept.get((*name, *telling.name), lambda: _brackets(telling, index, wanted, span, SAMPLED_ONCE))
    shares = _count(telling, index, wanted, span, brackets)
    medians, escaped = _medians(shares, span, brackets[:, 0])
    if escaped.any():
        wide = np.where(escaped[:, None], np.array(ANY_TIME), np.array(NO_TIME))
        again, _ = _medians(_count(telling, index, wanted, span, wide), span, wide[:, 0])
        medians = np.where(escaped, again, medians)
    edges = np.array([share.edges for share in shares])
    return Pairs(
        pairs=edges[:, :, BELOW:].sum(axis=(0, 2)),
        customers=(edges[:, :, CUSTOMERS] & COUNT).sum(axis=0),
        paths=(edges[:, :, PATHS] & COUNT).sum(axis=0),
        medians=medians,
        all_customers=sum(share.customers for share in shares),
        all_paths=sum(share.paths for share in shares),
    )


def find_spread(telling: Telling, index: Index, wanted: Wanted) -> Array:
    """(edges, 3): sums over customers of their pairs on an edge squared, times all from its source, times all to its target."""
    edges = wanted.places**2

    def spread(story: Story) -> Array:
        sums, own, touched = np.zeros((edges, 3), np.int64), np.zeros(edges + 2 * wanted.places, np.int64), np.empty(edges + 1, np.int64)
        asked = (wanted.place_of, wanted.places, wanted.ends, wanted.since, wanted.until, wanted.people)
        spread_pairs(story.nodes, story.times, story.first, index.bits, *asked, own, touched, sums)
        return sums

    return np.sum(run(spread, telling.stories), axis=0)


def find_weights(telling: Telling, index: Index, wanted: Wanted) -> Array:
    """(nodes,): how often each node is the first or the second of a pair."""

    def weigh(story: Story) -> Array:
        weights = np.zeros(telling.nodes, np.int64)
        weigh_nodes(*story, index.bits, wanted.ends, wanted.since, wanted.until, wanted.people, weights)
        return weights

    return np.sum(run(weigh, telling.stories), axis=0)


def _count(telling: Telling, index: Index, wanted: Wanted, span: int, brackets: Array) -> list[Share]:
    def count(story: Story) -> Share:
        edges = np.zeros((len(brackets), ABOVE + 1), np.int64)
        edges[:, : HIGH + 1], edges[:, CUSTOMERS : PATHS + 1] = brackets, EMPTY
        # Written along the way and kept where n moves: pages that are never reached cost nothing.
        kept = np.empty(len(story.nodes) + 1, np.int64)
        by_path = not telling.history
        n, customers, paths = count_pairs(story.nodes, story.times, story.first, index.bits, wanted, by_path, span, edges, kept)
        return Share(edges, np.sort(kept[:n]), customers, paths)

    return run(count, telling.stories)


def _brackets(telling: Telling, index: Index, wanted: Wanted, span: int, stride: int) -> Array:
    """(edges, 2): [low, high) ms that hold the median of an edge nearly surely, as far as a sample of the paths tells."""
    brackets = np.tile(np.array(ANY_TIME), (wanted.places**2, 1))
    if wanted.ends:
        square = brackets.reshape(wanted.places, wanted.places, 2)
        square[-2], square[:, -1] = (0, 1), (0, 1)  # "(start)" and "(end)" take no time
    if sum(len(story.nodes) for story in telling.stories) < ENOUGH:
        return brackets
    order, ends = by_edge([_sampled(story, index, wanted, span, stride) for story in telling.stories], span, len(brackets))
    sizes = np.diff(ends)
    middle, reach = sizes / 2, SURE * np.sqrt(sizes) / 2 + 1
    low, high = np.floor(middle - reach).astype(np.int64), np.ceil(middle + reach).astype(np.int64)
    told = (low >= 0) & (high < sizes)
    brackets[told, 0] = order[ends[:-1][told] + low[told]]
    brackets[told, 1] = order[ends[:-1][told] + high[told]] + 1
    return brackets


def _sampled(story: Story, index: Index, wanted: Wanted, span: int, stride: int) -> Array:
    took = np.empty(2 * len(story.nodes) // stride + 1, np.int64)
    n = sample_pairs(story.nodes, story.times, story.first, index.bits, wanted, stride, span, took)
    return np.sort(took[:n])


def by_edge(parts: list[Array], span: int, edges: int) -> tuple[Array, Array]:
    """parts: edge << span | ms, each in order.  -> (ms in order, edge by edge; where each edge begins in them, and the end)."""
    both = np.sort(np.concatenate(parts), kind="stable")  # which merges what is in order already
    return both & ((1 << span) - 1), np.searchsorted(both, np.arange(edges + 1) << span)


def _medians(shares: list[Share], span: int, low: Array) -> tuple[Array, Array]:
    """-> (the median of each edge, where it lies within its bracket; for which edges it does not)."""
    order, ends = by_edge([share.kept for share in shares], span, len(low))
    reached = np.cumsum(np.sum([share.edges[:, BELOW:] for share in shares], axis=0), axis=1)
    n = reached[:, -1]
    medians, escaped = np.zeros(len(low)), np.zeros(len(low), bool)
    for rank in ((n - 1) // 2, n // 2):
        lies = (rank[:, None] >= reached).sum(axis=1) + BELOW
        place = np.clip(ends[:-1] + rank - reached[:, AT_LOW - BELOW], 0, max(0, len(order) - 1))
        within = order[place] if len(order) else low
        medians += np.where(lies == AT_LOW, low, within) / 2
        escaped |= (n > 0) & (lies != AT_LOW) & (lies != WITHIN)
    return np.where(n > 0, medians, np.nan), escaped


def people_of_pair(telling: Telling, index: Index, wanted: Wanted, source: int, target: int) -> Array:
    """(people,) u8: who made the transition between these places."""
    people = np.zeros(index.people, np.uint8)

    def mark(story: Story) -> None:
        mark_pairs(story.nodes, story.times, story.first, index.bits, wanted, source, target, people)

    run(mark, telling.stories)
    return people
