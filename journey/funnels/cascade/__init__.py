"""The commonest funnels, customers through different events in order, counted from the events they name and no others."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from journey.funnels.cascade.kernel import follow, longer, open_chains, open_units, reach
from journey.funnels.counted import Found
from journey.funnels.question import FunnelQuestion
from journey.index import PAD, Array, Index, Posting, run

SHARE = 65_536  # events of the longest list: their chains stay in a core's own cache


def is_cascade(question: FunnelQuestion) -> bool:
    """Whether each step is a different event by name, and attempts have neither exclusions nor optional steps."""
    names = [name for step in question.steps for name in _names(step)]
    plain = question.order == "ordered" and question.ties == "step_order" and question.count_by == "customer"
    return plain and not (question.optional or question.exclusions or question.hold) and None not in names and len(set(names)) == len(names)


def _names(step: Any) -> list[str | None]:
    """The event names that a step can be of; None for any."""
    if step is None or isinstance(step, str):
        return [step]
    if "any_of" in step:
        return list(dict.fromkeys(name for part in step["any_of"] for name in _names(part)))
    return _names(step.get("event"))


@dataclass(frozen=True)
class Chains:
    """The attempts of one share of the customers.  spans: (steps,) of the postings, [low, high).

    first, last, began: (units,) keys of the first entry, the last, and the one of the attempt that counts.  deepest: (units,) its step.
    """

    spans: tuple[tuple[int, int], ...]
    first: Array
    last: Array
    deepest: Array
    began: Array


def walk_cascade(
    index: Index,
    postings: Sequence[Posting],
    allowed: Array,
    limits: tuple[int, int, int],
    timed: bool,
    served: bool,
) -> Found:
    """One row per customer that entered.  postings: (steps,).  limits: the window, and start and stop of entries, as times of keys.

    timed: whether the times of the steps are told, served: and the rows that served them; what is not told is left empty.
    """

    def walk(people: tuple[int, int]) -> Chains:
        return _walk(index, postings, tuple(_span(posting, index, people) for posting in postings), allowed, limits)

    parts = run(walk, _shares(index, postings))
    ends = np.cumsum([0, *(len(part.first) for part in parts)])
    steps, units = len(postings), int(ends[-1])
    people, deepest, last_start = np.empty((3, units), np.int64)
    times = np.empty((steps if timed or served else 0, units), np.int64)
    found = Found(people, deepest, last_start, times, np.empty((steps if served else 0, units), np.int64))
    run(lambda at: _tell(index, postings, parts[at], found, int(ends[at])), range(len(parts)))
    return found


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
    index: Index, postings: Sequence[Posting], spans: tuple[tuple[int, int], ...], allowed: Array, limits: tuple[int, int, int]
) -> Chains:
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
    return Chains(spans, first, last, deepest, began)


def _tell(index: Index, postings: Sequence[Posting], chains: Chains, found: Found, at: int) -> None:
    """Write the units of a share where they belong: from `at` on."""
    own, clock = slice(at, at + len(chains.first)), ((1 << index.bits) - 1, index.origin)
    found.units[own], found.deepest[own] = chains.first >> index.bits, chains.deepest
    found.last_start[own] = (chains.last & clock[0]) + index.origin
    if not len(found.times):
        return
    before, nothing = chains.began, np.empty(0, np.int64)
    found.times[0, own] = (before & clock[0]) + index.origin
    for step in range(not len(found.rows), len(postings)):
        posting, rows = (postings[step].keys, postings[step].rows), found.rows[step, own] if len(found.rows) else nothing
        now = np.empty(len(before), np.int64)
        follow(posting, *chains.spans[step], step, clock, chains.deepest, before, now, found.times[step, own], rows)
        before = now
