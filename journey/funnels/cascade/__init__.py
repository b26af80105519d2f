"""The commonest funnels, customers through different events in order, counted from the events they name and no others."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from journey.funnels.cascade.kernel import follow, longer, open_chains, open_units, reach
from journey.funnels.kernel import Found
from journey.funnels.question import FunnelQuestion
from journey.index import PAD, Array, Index, Posting, run

SHARE = 65_536  # events of the longest list: their chains stay in a core's own cache


def is_cascade(question: FunnelQuestion) -> bool:
    """Whether each step is a different event by name, and attempts have neither exclusions nor optional steps."""
    names = [name for step in question.steps for name in _names(step)]
    plain = question.order == "ordered" and question.ties == "step_order" and question.count_by == "customer"
    return plain and not question.optional and not question.exclusions and None not in names and len(set(names)) == len(names)


def _names(step: Any) -> list[str | None]:
    """The event names that a step can be of; None for any."""
    if step is None or isinstance(step, str):
        return [step]
    if "any_of" in step:
        return list(dict.fromkeys(name for part in step["any_of"] for name in _names(part)))
    return _names(step.get("event"))


def walk_cascade(index: Index, postings: Sequence[Posting], allowed: Array, window: int, start: int, stop: int, timed: bool) -> Found:
    """One row per customer that entered.  postings: (steps,).  start, stop: of entries, as times of keys.

    timed: whether the steps between the first and the deepest are told, and the rows that served; else both are left empty.
    """

    def walk(people: tuple[int, int]) -> Found:
        spans = [_span(posting, index, people) for posting in postings]
        return _walk(index, postings, spans, allowed, (window, start, stop), timed)

    parts = run(walk, _shares(index, postings))
    return Found(*(np.concatenate(one, axis=-1) for one in zip(*parts, strict=True)))


def _shares(index: Index, postings: Sequence[Posting]) -> list[tuple[int, int]]:
    """[from, to) customers, by equal shares of the longest list."""
    keys = max(postings, key=len).keys[1:-PAD]
    parts = max(1, len(keys) // SHARE)
    cuts = [int(keys[len(keys) * part // parts] >> index.bits) for part in range(1, parts)]
    return [share for share in pairwise([0, *cuts, index.people]) if share[0] < share[1]]


def _span(posting: Posting, index: Index, people: tuple[int, int]) -> tuple[int, int]:
    low, high = np.searchsorted(posting.keys[1:-PAD], np.array(people, np.int64) << index.bits)
    return int(low) + 1, int(high) + 1


def _walk(
    index: Index, postings: Sequence[Posting], spans: Sequence[tuple[int, int]], allowed: Array, limits: tuple[int, int, int], timed: bool
) -> Found:
    window, start, stop = limits
    room = max(high - low for low, high in spans) + 3
    ends, starts, to_ends, to_starts = np.empty((4, room), np.int64)
    n = open_chains(postings[0].keys, *spans[0], index.bits, start, stop, allowed, ends)
    first, last = np.empty((2, n), np.int64)
    units = open_units(ends, n, index.bits, first, last)
    first, last = first[:units], last[:units]
    deepest, began, ended = np.zeros(units, np.int64), first.copy(), first.copy()
    starts[: n + 1] = ends[: n + 1]
    for step in range(1, len(postings)):
        n = longer(ends, starts, n, postings[step].keys, *spans[step], window, to_ends, to_starts)
        if not n or not units or not reach(to_ends, to_starts, n, index.bits, step, first, units, deepest, began, ended):
            break
        ends, starts, to_ends, to_starts = to_ends, to_starts, ends, starts
    return _told(index, postings, spans, first, last, deepest, began, timed)


def _told(
    index: Index,
    postings: Sequence[Posting],
    spans: Sequence[tuple[int, int]],
    first: Array,
    last: Array,
    deepest: Array,
    began: Array,
    timed: bool,
) -> Found:
    clock, steps, units = ((1 << index.bits) - 1, index.origin), len(postings) if timed else 0, len(first)
    times, rows = np.empty((2, steps, units), np.int64)
    before, now = began, np.empty(units, np.int64)
    for step in range(steps):
        posting = (postings[step].keys, postings[step].rows)
        follow(posting, *spans[step], step, step == 0, clock, deepest, before, now, times[step], rows[step])
        before, now = now, np.empty(units, np.int64)
    return Found(first >> index.bits, deepest, (last & clock[0]) + index.origin, times, rows)
