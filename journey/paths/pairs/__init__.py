"""Transitions by the journey index: what every edge counts, and its median time, in one pass over all pairs of neighbours."""

from dataclasses import dataclass

import numpy as np

from journey.index import Array, Index, run
from journey.paths.kernel import Story
from journey.paths.pairs.kernel import AT_HIGH, AT_LOW, CLASSES, COUNT, WITHIN, Wanted, count_pairs, mark_pairs, sample_pairs
from journey.paths.telling import Telling

EMPTY = -1 << 32  # a cell that has seen nobody
ANY_TIME = (-1, 2**62)  # a bracket that every time lies within
SAMPLED = 16  # one path in so many
SAMPLED_ONCE = 8  # of a sample that is kept for the questions to come
ENOUGH = 500_000  # events from which on a sample pays
SURE = 4.0  # standard errors of the median's rank on either side
MOST_EDGES = 1_000_000


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
    classes: Array
    cells: Array
    edges: Array
    kept: Array
    customers: int
    paths: int


def find_pairs(telling: Telling, index: Index, wanted: Wanted, name: tuple[object, ...] | None = None) -> Pairs:
    """Medians that escape their bracket, which a sample drew, are found in a second pass without one.

    name: what the brackets are kept under, where the same pairs will be asked for again.
    """
    if name is None:
        brackets = _brackets(telling, index, wanted, SAMPLED)
    else:
        brackets = index.kept.get((*name, *telling.name), lambda: _brackets(telling, index, wanted, SAMPLED_ONCE))
    shares = _count(telling, index, wanted, brackets)
    medians, escaped = _medians(shares, brackets)
    if escaped.any():
        wide = np.where(escaped[:, None], np.array(ANY_TIME), np.array([0, 0]))
        again, _ = _medians(_count(telling, index, wanted, wide), wide)
        medians = np.where(escaped, again, medians)
    cells = np.sum([share.cells & COUNT for share in shares], axis=0)
    return Pairs(
        pairs=np.sum([share.classes for share in shares], axis=0).sum(axis=1),
        customers=cells[0],
        paths=cells[-1],
        medians=medians,
        all_customers=sum(share.customers for share in shares),
        all_paths=sum(share.paths for share in shares),
    )


def _count(telling: Telling, index: Index, wanted: Wanted, brackets: Array) -> list[Share]:
    edges = wanted.places**2

    def count(story: Story) -> Share:
        classes, cells = np.zeros((edges, CLASSES), np.int64), np.full((1 if telling.history else 2, edges), EMPTY, np.int64)
        # Written along the way and kept where n moves: pages that are never reached cost nothing.
        kept_edges, kept = np.empty(len(story.nodes) + 1, np.uint32), np.empty(len(story.nodes) + 1, np.int64)
        n, customers, paths = count_pairs(
            story.nodes, story.times, story.first, index.bits, wanted, brackets, classes, cells, kept_edges, kept
        )
        return Share(classes, cells, kept_edges[:n], kept[:n], customers, paths)

    return run(count, telling.stories)


def _brackets(telling: Telling, index: Index, wanted: Wanted, stride: int) -> Array:
    """(edges, 2): ms between which the median of an edge lies nearly surely, as far as a sample of the paths tells."""
    brackets = np.tile(np.array(ANY_TIME), (wanted.places**2, 1))
    if wanted.ends:
        square = brackets.reshape(wanted.places, wanted.places, 2)
        square[-2], square[:, -1] = 0, 0  # "(start)" and "(end)" take no time
    if sum(len(story.nodes) for story in telling.stories) < ENOUGH:
        return brackets
    order, ends = _by_edge([_sampled(story, index, wanted, stride) for story in telling.stories], len(brackets))
    sizes = np.diff(ends)
    middle, reach = sizes / 2, SURE * np.sqrt(sizes) / 2 + 1
    low, high = np.floor(middle - reach).astype(np.int64), np.ceil(middle + reach).astype(np.int64)
    told = (low >= 0) & (high < sizes)
    brackets[told, 0] = order[ends[:-1][told] + low[told]]
    brackets[told, 1] = order[ends[:-1][told] + high[told]]
    return brackets


def _sampled(story: Story, index: Index, wanted: Wanted, stride: int) -> tuple[Array, Array]:
    room = 2 * len(story.nodes) // stride + 1
    edges, took = np.empty(room, np.uint32), np.empty(room, np.int64)
    n = sample_pairs(story.nodes, story.times, story.first, index.bits, wanted, stride, edges, took)
    return edges[:n], took[:n]


def _by_edge(parts: list[tuple[Array, Array]], edges: int) -> tuple[Array, Array]:
    """-> (the times in order, edge by edge; where each edge begins in them, and the end)."""
    edge = np.concatenate([part[0] for part in parts]).astype(np.int64)
    took = np.concatenate([part[1] for part in parts])
    ends = np.concatenate([[0], np.cumsum(np.bincount(edge, minlength=edges))])
    bits = int(took.max(initial=0)).bit_length()
    if bits + edges.bit_length() > 62:
        return took[np.lexsort((took, edge))], ends
    # Edge and time in one number sort several times faster than one by the other.
    return np.sort((edge << bits) | took) & ((1 << bits) - 1), ends


def _medians(shares: list[Share], brackets: Array) -> tuple[Array, Array]:
    """-> (the median of each edge, where it lies within its bracket; for which edges it does not)."""
    classes = np.sum([share.classes for share in shares], axis=0)
    order, ends = _by_edge([(share.edges, share.kept) for share in shares], len(brackets))
    n, reached = classes.sum(axis=1), np.cumsum(classes, axis=1)
    medians, escaped = np.zeros(len(brackets)), np.zeros(len(brackets), bool)
    for rank in ((n - 1) // 2, n // 2):
        lies = (rank[:, None] >= reached).sum(axis=1)
        place = np.clip(ends[:-1] + rank - reached[:, 1], 0, max(0, len(order) - 1))
        within = order[place] if len(order) else np.zeros(len(brackets))
        # Where both ends of a bracket are one time, those within are those at it, and none of them was kept.
        lies = np.where((lies == WITHIN) & (brackets[:, 0] == brackets[:, 1]), AT_LOW, lies)
        medians += np.select([lies == AT_LOW, lies == WITHIN, lies == AT_HIGH], [brackets[:, 0], within, brackets[:, 1]], 0) / 2
        escaped |= (n > 0) & ((lies < AT_LOW) | (lies > AT_HIGH))
    return np.where(n > 0, medians, np.nan), escaped


def people_of_pair(telling: Telling, index: Index, wanted: Wanted, source: int, target: int) -> Array:
    """(people,) u8: who made the transition between these places."""
    people = np.zeros(index.people, np.uint8)

    def mark(story: Story) -> None:
        mark_pairs(story.nodes, story.times, story.first, index.bits, wanted, source, target, people)

    run(mark, telling.stories)
    return people
