"""What comes next by the journey index: the counts that the definition in SQL answers, in one pass."""

import numpy as np
import polars as pl

from journey.index import CORES, Array, Index, run
from journey.occurrences import Occurrences
from journey.predict.following.kernel import Asked, Log, follow
from journey.predict.following.question import Followed
from journey.predict.following.symbols import Symbols
from journey.rules import Binder
from journey.scope import Scope

NO_STOP = 2**62


def count_by_index(
    index: Index, binder: Binder, followed: Followed, symbols: Symbols, after: list[int], scope: Scope, until: int, least: int
) -> tuple[Array, pl.DataFrame, Array | None] | None:
    """-> (by how deep the history matched and what came next; customer, next, times of steps at least `least` deep; who is
    there now, where the scope has no stop).

    None where the index does not answer: sessions that overlap.
    """
    if followed.unit == "session" and index.sessions is None:
        return None
    found = Occurrences(binder.con, index, Binder(binder.con))
    since, stop = found.keys_between(scope)
    asked = _asked(index, followed, symbols, after, since, min(stop, max(0, until - index.origin)), NO_STOP, found.people(scope))
    here = np.zeros(index.people, np.uint8)
    parts = run(lambda share: _follow(index, followed, symbols, asked, share, least, here), index.shares(CORES))
    pairs = pl.DataFrame({"pair": np.concatenate([pairs for _, pairs in parts])}).group_by("pair").len("times")
    people = pairs.select(
        (pl.col("pair") // symbols.places).cast(pl.Int32).alias("customer"),
        (pl.col("pair") % symbols.places).cast(pl.Int64).alias("next"),
        pl.col("times").cast(pl.Int64),
    )
    counts = np.sum([counts for counts, _ in parts], axis=0)
    return counts, people, None if scope.stop is not None else _of_people(here, asked.people, index)


def here_by_index(index: Index, binder: Binder, followed: Followed, symbols: Symbols, after: list[int], scope: Scope) -> Array | None:
    """(n,) customers whose latest history, before the scope's stop and since its start, is the one asked after."""
    if followed.unit == "session" and index.sessions is None:
        return None
    found = Occurrences(binder.con, index, Binder(binder.con))
    since, stop = found.keys_between(scope)
    here = np.zeros(index.people, np.uint8)
    asked = _asked(index, followed, symbols, after, since, 0, stop if scope.stop is not None else NO_STOP, np.ones(1, np.uint8))
    run(lambda share: _follow(index, followed, symbols, asked, share, len(after) + 1, here), index.shares(CORES))
    return _of_people(here, found.people(scope), index)


def _of_people(here: Array, people: Array, index: Index) -> Array:
    return np.flatnonzero(here if len(people) == 1 else here & people[: index.people])


def _asked(index: Index, followed: Followed, symbols: Symbols, after: list[int], since: int, until: int, stop: int, people: Array) -> Asked:
    told = np.ones(len(symbols.names), np.uint8)
    told[list(symbols.hidden)] = 0
    silence = followed.silence if followed.unit == "customer" else -1
    once = np.array(symbols.once, np.uint8)
    return Asked(told, once, silence, symbols.start, np.array(after, np.int64), since, until, stop, people)


def _follow(
    index: Index, followed: Followed, symbols: Symbols, asked: Asked, share: tuple[int, int], least: int, here: Array
) -> tuple[Array, Array]:
    low, high = int(index.customers[share[0]]), int(index.customers[share[1]])
    counts = np.zeros((len(asked.after) + 1, symbols.places), np.int64)
    room = 1 if least > len(asked.after) else 2 * (high - low) + 1  # pages that are never reached cost nothing
    pairs = np.empty(room, np.int64)
    cuts = np.zeros(1, np.uint32) if index.sessions is None or followed.unit == "customer" else index.sessions
    log = Log(index.codes, index.keys, index.bits, cuts)
    n = follow(log, asked, low, high, least, counts, pairs, here)
    return counts, pairs[:n].copy()
