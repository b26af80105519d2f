"""What is told of the log to a question about paths: the index's events as nodes, without the hidden ones and the repeats.

It is made once for each way of telling, in shares of the customers, and kept with the index: what differs between
questions afterwards, anchors, columns, scope, is found in it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.answers import People
from journey.index import CORES, Array, Index, run
from journey.occurrences import Occurrences
from journey.paths.expand import MISSING_KEY
from journey.paths.kernel import Anchors, Story, tell_events
from journey.paths.vocabulary import OURS, Vocabulary
from journey.rules import Binder
from journey.warehouse import Warehouse, ask_sql, registered

BEHIND = "select c.id from customers c join journey_behind b on b.customer = c.customer"
MOST_NODES = 2**16 - 1


@dataclass(frozen=True)
class Telling:
    """stories: of one share of the customers each.  name: what the telling is kept under.  nodes: how many there are.

    history: a customer is one path, else a session is.
    """

    stories: tuple[Story, ...]
    name: tuple[object, ...]
    nodes: int
    history: bool

    @property
    def nbytes(self) -> int:
        return sum(part.nbytes for story in self.stories for part in story)


@dataclass(frozen=True)
class Places:
    """parts: an array of each story."""

    parts: tuple[Array, ...]

    @property
    def nbytes(self) -> int:
        return sum(part.nbytes for part in self.parts)


def anchors_of(index: Index, telling: Telling, starts: tuple[int, ...] | None, ends: tuple[int, ...] | None) -> tuple[Anchors, ...]:
    """Where events of these nodes stand in each story; None where no such anchor is asked.  Found once, as a list of the index is."""

    def places(nodes: tuple[int, ...] | None) -> Places:
        wanted = () if nodes is None else tuple(sorted(nodes))
        return index.kept.get(("places", wanted, *telling.name), lambda: Places(tuple(run(lambda s: _places(s, wanted), telling.stories))))

    def sessions() -> Places:
        return Places(tuple(run(lambda s: np.repeat(np.arange(len(s.first) - 1, dtype=np.uint32), np.diff(s.first)), telling.stories)))

    of: Places = index.kept.get(("session_of", *telling.name), sessions)
    parts = zip(of.parts, places(starts).parts, places(ends).parts, strict=True)
    return tuple(Anchors(*part, starts is not None, ends is not None) for part in parts)


def _places(story: Story, nodes: tuple[int, ...]) -> Array:
    named = story.nodes == nodes[0] if len(nodes) == 1 else np.isin(story.nodes, nodes)
    return np.flatnonzero(named).astype(np.uint32)


def tell_index(index: Index, binder: Binder, vocabulary: Vocabulary, collapse: bool | tuple[str, ...], history: bool) -> Telling | None:
    """The log as this vocabulary tells it.  history: a customer is one path, else a session is.

    None where the sessions of a customer overlap, or where there are too many nodes for the kernels.
    """
    bounds = index.customers if history else index.sessions
    nodes = len(vocabulary.labels) - len(OURS)
    if bounds is None or nodes > MOST_NODES:
        return None
    once = np.zeros(nodes + 1, np.uint8)
    once[:] = collapse is True
    if not isinstance(collapse, bool):
        once[[node for name in collapse for node in vocabulary.find_all(binder, name)]] = 1
    words = (vocabulary.codes, vocabulary.nodes, vocabulary.keys)
    name = ("told", *words, tuple(one.property for one in vocabulary.expansions), once.tobytes(), history)

    def tell() -> Telling:
        codes, node_of = _nodes(index, binder, vocabulary)
        return Telling(_stories(index, bounds, codes, node_of, once), name, nodes, history)

    made: Telling = index.kept.get(name, tell)
    return made


def _nodes(index: Index, binder: Binder, vocabulary: Vocabulary) -> tuple[Array, Array]:
    """-> (a code of each event, the node that each code is told as, -1 where it is hidden)."""
    words = {(code, key): node for code, node, key in zip(vocabulary.codes, vocabulary.nodes, vocabulary.keys, strict=True)}
    node_of = np.full(len(index.names), -1, np.int32)
    for (code, key), node in words.items():
        if key == MISSING_KEY:
            node_of[code] = node
    if not vocabulary.expansions:
        return index.codes, node_of
    told, found = (node_of + 1).astype(np.uint16)[index.codes], Occurrences(binder.con, index, binder)
    for expansion in vocabulary.expansions:
        column = found.labels(expansion.property)
        keys = [expansion.key_of(value) for value in column.values["value"].to_list()]
        for code in expansion.codes:
            rows = index.rows[index.starts[code] : index.starts[code + 1]]
            places = rows if expansion.property.of == "event" else index.keys[rows] >> index.bits
            told[rows] = np.array([words.get((code, key), -1) + 1 for key in keys], np.uint16)[column.codes[places]]
    return told, np.arange(-1, len(vocabulary.labels) - len(OURS), dtype=np.int32)


def _stories(index: Index, bounds: Array, codes: Array, node_of: Array, once: Array) -> tuple[Story, ...]:
    plain = not once.any() and (node_of >= 0).all()
    tell = _as_it_is(index, bounds, codes, node_of) if plain else _as_told(index, bounds, codes, node_of, once)
    return tuple(run(tell, index.shares(CORES)))


def _as_told(index: Index, bounds: Array, codes: Array, node_of: Array, once: Array) -> Callable[[tuple[int, int]], Story]:
    def tell(share: tuple[int, int]) -> Story:
        low, high = _sessions(index, bounds, share)
        events = int(bounds[high]) - int(bounds[low])
        room = Story(np.empty(events + 1, np.uint16), np.empty(events + 1, np.int64), np.empty(high - low + 1, np.uint32))
        told = tell_events(codes, index.keys, bounds, low, high, node_of, once, room)
        return Story(room.nodes[:told], room.times[:told], room.first)

    return tell


def _as_it_is(index: Index, bounds: Array, codes: Array, node_of: Array) -> Callable[[tuple[int, int]], Story]:
    """Nothing is left out: the times are the index's own."""

    def tell(share: tuple[int, int]) -> Story:
        low, high = _sessions(index, bounds, share)
        rows = slice(int(bounds[low]), int(bounds[high]))
        first = (bounds[low : high + 1] - bounds[low]).astype(np.uint32)
        return Story(node_of.astype(np.uint16)[codes[rows]], index.keys[rows], first)

    return tell


def _sessions(index: Index, bounds: Array, share: tuple[int, int]) -> tuple[int, int]:
    """The places in `bounds` of the share's first session, and of the first that is not its own."""
    if bounds is index.customers:
        return share
    low, high = np.searchsorted(bounds, index.customers[list(share)].astype(bounds.dtype))
    return int(low), int(high)


def people_of(con: Warehouse, mask: Array) -> People:
    """mask: (people,) u8, who is meant."""
    with registered(con, "journey_behind", pl.DataFrame({"customer": np.flatnonzero(mask)})):
        return People(tuple(sorted(ask_sql(con, BEHIND)["id"].to_list())))
