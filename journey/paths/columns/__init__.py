"""What stands in each column of a picture of paths and what follows it, from the trails: kept events, Other, those who left."""

from dataclasses import dataclass

import numpy as np

from journey.index import Array, run
from journey.paths.columns.kernel import COUNT, count_links, count_nodes, count_people
from journey.paths.kernel import EMPTY
from journey.paths.trails import Found, Trails
from journey.paths.vocabulary import DROP_OFF_NODE, OTHER_NODE, OURS, START_NODE, Vocabulary

MOST_CELLS = 4_000_000  # of a table that the kernels add into, or read from, per event
REST, LEFT, GONE = -3, -2, -1  # the last three places of a column: Other, those who just left, those who left before


@dataclass(frozen=True)
class Columns:
    """nodes: (steps, places) the node that stands at a place, ours included.  shown: (steps, places, digits) the place of a node.

    A node is shown after a place of the column before, seen from the anchor, which differs where links are too thin.
    links: (steps, places, places) paths by the place before and the place.  The first column comes after place 0.
    """

    nodes: Array
    shown: Array
    links: Array


@dataclass(frozen=True)
class Customers:
    """cells: (steps, places), links: (steps, places, places) customers.  took: ms in all, of each link.  total: customers."""

    cells: Array
    links: Array
    took: Array
    total: int


def places_of(rows: int, nodes: int) -> int:
    return min(rows, nodes) - REST


def settle_columns(trails: Trails, vocabulary: Vocabulary, rows: int, min_count: int) -> Columns:
    """Each column keeps its commonest events; links that are too thin lead to Other."""
    steps, digits = trails.asked.steps, 1 << trails.asked.digit
    seen = np.zeros((steps, digits), np.int64)
    count_nodes(trails.distinct, trails.counts, trails.asked.digit, seen)
    places = places_of(rows, len(vocabulary.labels) - len(OURS))
    backwards = trails.asked.sign < 0
    nodes = np.full((steps, places), OTHER_NODE, np.int64)
    nodes[:, LEFT] = START_NODE if backwards else DROP_OFF_NODE
    shown = np.full((steps, places, digits), places + REST, np.int32)
    shown[:, :, -1], shown[:, LEFT:, -1] = places + LEFT, places + GONE
    for step in range(steps):
        kept = _kept(seen[step, :-1], vocabulary, rows)
        nodes[step, : len(kept)] = kept
        shown[step][:, kept] = np.arange(len(kept))
    return Columns(nodes, shown, _links(trails, shown, min_count))


def _kept(seen: Array, vocabulary: Vocabulary, rows: int) -> list[int]:
    """The commonest nodes of a column; labels break ties."""
    there = [int(node) for node in np.flatnonzero(seen)]
    return sorted(there, key=lambda node: (-int(seen[node]), vocabulary.labels[node]))[:rows]


def _links(trails: Trails, shown: Array, min_count: int) -> Array:
    """The paths of every link, column by column; where links are too thin, what they lead to is shown as Other from then on."""
    steps, places = shown.shape[:2]
    links, before = np.zeros((steps, places, places), np.int64), np.zeros(len(trails.distinct), np.int32)
    anchored = trails.asked.anchored
    for step in range(steps):
        if min_count > 1 and not (anchored and step == 0):
            weights = np.zeros((places, places), np.int64)
            count_links(trails.distinct, trails.counts, trails.asked.digit, step, shown, before.copy(), weights)
            for source, target in np.argwhere(weights[:, :REST] < min_count):
                shown[step, source, shown[step, source] == target] = places + REST
        count_links(trails.distinct, trails.counts, trails.asked.digit, step, shown, before, links[step])
    return links


def count_customers(trails: Trails, columns: Columns) -> Customers:
    """Customers by place and by link."""
    asked, (steps, places) = trails.asked, columns.nodes.shape

    def count(one: Found) -> tuple[int, Array, Array]:
        cells, links = np.full((steps, places), EMPTY, np.int64), np.full((steps, places, places, 2), EMPTY, np.int64)
        links[..., 1] = 0
        people = count_people(one.story.times, trails.bits, one.anchors, one.trails, asked.sign, asked.digit, columns.shown, cells, links)
        return people, cells & COUNT, links

    told = run(count, trails.found)
    links = [one[2] for one in told]
    return Customers(
        cells=np.sum([one[1] for one in told], axis=0),
        links=np.sum([one[..., 0] & COUNT for one in links], axis=0),
        took=np.abs(np.sum([one[..., 1] for one in links], axis=0)),
        total=sum(one[0] for one in told),
    )
