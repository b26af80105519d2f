"""The units of a funnel from the journey index: the same rows as the definition's, many times sooner.

Rows that the steps and exclusions name are marked in a scratch array, customers by the share; the kernel walks the marks.
Left to SQL: unordered funnels, held properties, a property as the unit, and steps that share events of one moment.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import polars as pl

from journey.funnels.cascade import is_cascade, walk_cascade
from journey.funnels.counted import MISSING, Counted
from journey.funnels.kernel import ALONE, COUNT, KINDS, Found, count_units, mark, unmark
from journey.funnels.question import Breakdown, FunnelQuestion
from journey.funnels.story import SESSIONS_APART
from journey.index import Array, Index, Posting, numbers, run
from journey.occurrences import Occurrences
from journey.rules import Binder, Property
from journey.scope import Scope
from journey.warehouse import Warehouse

MOST_KINDS = 16  # bits of a mark
SHARE = 200_000  # events whose marks and keys a core keeps at hand
MOST_VALUES = 200  # that a funnel is run within, one after the other
SPARE: list[Array] = []
"""Clean scratch arrays of earlier questions: fresh pages would cost more than the walk."""
GUARD = threading.Lock()


@dataclass(frozen=True)
class Plan:
    """postings: by kind, the `stepped` kinds of steps first, then those of exclusions.  step, ways, out: as the kernel says."""

    postings: tuple[Posting, ...]
    step: Array
    stepped: int
    ways: Array
    out: Array


def counted_by_index(
    con: Warehouse, index: Index, question: FunnelQuestion, scope: Scope, binder: Binder, within: bool = False
) -> Counted | None:
    """One row per unit that counts, or None where SQL is to answer.

    within: the funnel runs within each value of the breakdown's property, and a unit has a row for each.
    """
    if not _answered_here(index, question):
        return None
    asked = Occurrences(con, index, binder)
    plan = _plan(asked, question)
    if len(plan.postings) > MOST_KINDS:
        return None
    if within and question.breakdown:
        return _within_each(asked, question.breakdown.name, question, scope, plan)
    found = _found(asked, question, scope, plan)
    return None if found is None else _told(asked, question, found)


def _found(asked: Occurrences, question: FunnelQuestion, scope: Scope, plan: Plan) -> Found | None:
    """The units, by the cascade where it can answer: it reads a fraction of what marking reads."""
    served = bool(question.value) or question.breakdown is not None
    if not is_cascade(question):
        return _walked(asked, question, scope, plan, served)
    timed = question.times or question.trend is not None
    limits = asked.index.window(question.window), *asked.keys_between(scope)
    return walk_cascade(asked.index, plan.postings, asked.people(scope), limits, timed, served)


def _answered_here(index: Index, question: FunnelQuestion) -> bool:
    if question.order == "unordered" or question.hold:
        return False
    return question.count_by == "customer" or (question.count_by == "session" and index.sessions is not None)


def _plan(asked: Occurrences, question: FunnelQuestion) -> Plan:
    kinds = list(dict.fromkeys(map(repr, question.steps)))
    steps = {repr(step): asked.of(step) for step in question.steps}
    postings = [steps[kind] for kind in kinds] + [asked.of(one.event) for one in question.exclusions]
    return Plan(
        tuple(postings),
        np.array([kinds.index(repr(step)) for step in question.steps], np.int64),
        len(kinds),
        _ways(question),
        np.array([(len(kinds) + at, one.from_step, one.to_step) for at, one in enumerate(question.exclusions)], np.int64).reshape(-1, 3),
    )


def _ways(question: FunnelQuestion) -> Array:
    """The funnels that optional steps stand for: (ways, 1 + steps), a length and as many steps, padded with -1."""
    skips = [set(skip) for size in range(len(question.optional) + 1) for skip in combinations(question.optional, size)]
    ways = [[step for step in range(len(question.steps)) if step not in skip] for skip in skips]
    return np.array([[len(way), *way] + [-1] * (len(question.steps) - len(way)) for way in ways], np.int64)


def _walked(asked: Occurrences, question: FunnelQuestion, scope: Scope, plan: Plan, rows: bool) -> Found | None:
    """None where an event of one moment could serve different steps: which it serves is a matter of matching."""
    index, allowed = asked.index, asked.people(scope)
    terms = _terms(asked, question, scope, plan)
    bounds = _bounds(index, question.count_by)
    with _scratch(index.events) as marks:

        def walk(share: tuple[int, int]) -> Found | None:
            first, end = (int(row) for row in index.customers[list(share)])
            spans = [tuple(map(int, np.searchsorted(posting.rows, (first, end)))) for posting in plan.postings]
            shared = _mark(plan, spans, marks)
            low, high = (int(unit) for unit in np.searchsorted(bounds, (first, end)))
            found = None if shared and not terms[ALONE] else _walk(index, plan, bounds, (low, high), marks, allowed, terms, rows)
            for posting, (start, stop) in zip(plan.postings, spans, strict=True):
                unmark(posting.rows, start, stop, marks)
            return found

        parts = run(walk, index.shares(max(1, index.events // SHARE)))
    whole = [part for part in parts if part is not None]
    return _joined(whole) if len(whole) == len(parts) else None


def _terms(asked: Occurrences, question: FunnelQuestion, scope: Scope, plan: Plan) -> Array:
    """In the order of the kernel's names.  A tuple of its own type would tie the kept machine code to this version's classes."""
    window = asked.index.window(question.window), *asked.keys_between(scope), asked.index.origin
    scoped = scope != Scope(timezone=scope.timezone)
    flags = question.ties == "load_order", question.order == "strict", scoped, question.window is None
    return np.array([len(plan.postings), *window, *flags], np.int64)


def _bounds(index: Index, count_by: str) -> Array:
    """The first row of each unit that has any, and the end."""
    if count_by == "session":
        made: Array = index.kept.get("funnel sessions", lambda: index.sessions.astype(np.int64))  # type: ignore[union-attr]
        return made
    return index.customers


def _mark(plan: Plan, spans: Sequence[tuple[int, ...]], marks: Array) -> int:
    """Mark the rows of every kind; answers how many could serve two kinds of steps."""
    steps = (1 << plan.stepped) - 1
    return sum(
        mark(posting.rows, low, high, 1 << kind, marks, steps if kind < plan.stepped else 0)
        for kind, (posting, (low, high)) in enumerate(zip(plan.postings, spans, strict=True))
    )


def _walk(index: Index, plan: Plan, bounds: Array, units: tuple[int, int], marks: Array, allowed: Array, terms: Array, rows: bool) -> Found:
    steps, most = len(plan.step), units[1] - units[0]
    longest = int(np.diff(bounds[units[0] : units[1] + 1]).max(initial=0)) + 1
    found = Found(*(np.empty(most, np.int64) for _ in range(3)), *(np.empty((steps, most), np.int64) for _ in range(2)))
    moments = np.empty((COUNT + 2 * terms[KINDS], longest), np.int64)
    n = count_units(
        index.keys, marks, bounds, *units, allowed, index.bits, terms, plan.step, plan.ways, plan.out, moments, rows, *found
    )  # fmt: skip
    return Found(*(one[..., :n] for one in found))


def _joined(parts: Sequence[Found]) -> Found:
    return Found(*(np.concatenate(one, axis=-1) for one in zip(*parts, strict=True)))


@contextmanager
def _scratch(events: int) -> Iterator[Array]:
    """Marks of no row; given back clean."""
    with GUARD:
        fit = next((at for at, spare in enumerate(SPARE) if len(spare) == events), None)
        marks = SPARE.pop(fit) if fit is not None else np.zeros(events, np.uint16)
    yield marks
    with GUARD:
        SPARE[:] = [marks, *SPARE][:4]


def _told(asked: Occurrences, question: FunnelQuestion, found: Found) -> Counted:
    index = asked.index
    groups, labels = _groups(asked, question.breakdown, found) if question.breakdown else (None, ())
    return Counted(
        steps=len(question.steps),
        units=_units(index, _bounds(index, "session"), found.units) if question.count_by == "session" else found.units,
        deepest=found.deepest,
        last_start=found.last_start,
        times=found.times,
        groups=groups,
        labels=labels,
        values=_values(asked, question.value, found) if question.value else None,
    )


def _units(index: Index, starts: Array, sessions: Array) -> Array:
    """Numbers of sessions in the index -> customer and number of the session within the customer, in one."""
    customer = index.keys[starts[sessions]] >> index.bits
    first = np.searchsorted(starts, index.customers[customer])
    units: Array = customer * SESSIONS_APART + (sessions - first + 1)
    return units


def _groups(asked: Occurrences, breakdown: Breakdown, found: Found) -> tuple[Array, tuple[str, ...]]:
    """-> (n,) places in the labels, -1 for who is in no group; the labels, "" for missing."""
    prop = asked.binder.property(breakdown.name)
    at = breakdown.step or 0
    if prop is None:
        return np.where(found.times[at] == MISSING, -1, 0), ("",)
    texts = tuple(text or "" for text in asked.labels(prop).values["value"].to_list())
    if breakdown.attribution != "last_touch":
        return _codes(asked, prop, found, at, -1), texts
    chosen = _codes(asked, prop, found, 0, 0)
    for k in range(1, len(found.times)):
        codes = _codes(asked, prop, found, k, 0)
        chosen = np.where(codes > 0, codes, chosen)
    return chosen, texts


def _codes(asked: Occurrences, prop: Property, found: Found, step: int, undone: int) -> Array:
    """(n,) codes of the property's texts at the event that served the step, 0 where missing; `undone` where none did."""
    column, rows = asked.labels(prop).codes, found.rows[step]
    done = rows != MISSING
    if prop.of == "customer":
        rows = asked.index.keys[found.rows[0]] >> asked.index.bits
    if step == 0:  # which everyone did
        return column[rows].astype(np.int64)
    codes = np.full(len(rows), undone, np.int64)
    codes[done] = column[rows[done]]
    return codes


def _values(asked: Occurrences, name: str, found: Found) -> Array:
    prop = asked.binder.property(name)
    if prop is None:
        return np.zeros(found.rows.shape)
    if prop.of == "customer":
        rows = asked.labels(prop).codes[asked.index.keys[found.rows[0]] >> asked.index.bits]
        told = asked.labels(prop).values["value"].cast(pl.Float64).fill_null(0.0).to_numpy()
        return np.where(found.rows == MISSING, 0.0, told[rows])
    column = numbers(asked.con, asked.index, prop.sql("e"))
    return np.where(found.rows == MISSING, 0.0, np.nan_to_num(column[found.rows]))


def _within_each(asked: Occurrences, name: str, question: FunnelQuestion, scope: Scope, plan: Plan) -> Counted | None:
    """The funnel of each value's own events, one after the other."""
    prop = asked.binder.property(name)
    if prop is None or question.order == "strict":
        return None
    if prop.of == "customer":
        found = _found(asked, question, scope, plan)
        return None if found is None else _told(asked, question, found)
    column = asked.labels(prop)
    if column.values.height > MOST_VALUES:
        return None
    parts = []
    for value in range(column.values.height):
        allowed = np.zeros(column.values.height, np.uint8)
        allowed[value] = 1
        own = tuple(asked.index.posting_where(posting, column.codes, allowed) for posting in plan.postings)
        found = _found(asked, question, scope, replace(plan, postings=own))
        if found is None:
            return None
        parts.append(_told(asked, replace(question, breakdown=None), found))
    return _side_by_side(parts, [text or "" for text in column.values["value"].to_list()])


def _side_by_side(parts: Sequence[Counted], texts: Sequence[str]) -> Counted:
    return Counted(
        steps=parts[0].steps,
        units=np.concatenate([np.asarray(part.units) for part in parts]),
        deepest=np.concatenate([part.deepest for part in parts]),
        last_start=np.concatenate([part.last_start for part in parts]),
        times=np.concatenate([part.times for part in parts], axis=1),
        groups=np.concatenate([np.full(part.n, group, np.int64) for group, part in enumerate(parts)]),
        labels=tuple(texts),
        values=None if parts[0].values is None else np.concatenate([part.values for part in parts if part.values is not None], axis=1),
    )
