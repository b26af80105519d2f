"""The units of a funnel from the journey index: the same rows as the definition's, many times sooner.

Rows that the steps and exclusions name are marked in a scratch array, customers by the share; a kernel walks the marks.
Left to SQL: a property as the unit together with held ones or, in an unordered funnel, with a segment; more than 16
different steps and exclusions; the funnel within each of more than 200 values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from journey.funnels.cascade import is_cascade, walk_cascade
from journey.funnels.counted import MISSING, Counted, Found
from journey.funnels.kernel import COUNT, count_units
from journey.funnels.marking import MOST_KINDS, Plan, make_plan, mark_rows, of_property, scratch, unmark_rows
from journey.funnels.marking.kernel import find_served
from journey.funnels.marking.layout import Layout, lay_out
from journey.funnels.question import Breakdown, FunnelQuestion
from journey.funnels.story import SESSIONS_APART
from journey.funnels.windows import numbered_needs
from journey.funnels.windows.kernel import count_windows
from journey.index import Array, Column, Index, Posting, numbers, run
from journey.occurrences import EVERYONE, Occurrences
from journey.rules import Binder, Property
from journey.scope import Scope
from journey.warehouse import Warehouse

SHARE = 200_000  # events whose marks and keys a core keeps at hand
MOST_VALUES = 200  # that a funnel is run within, one after the other


def counted_by_index(
    con: Warehouse, index: Index, question: FunnelQuestion, scope: Scope, binder: Binder, within: bool = False
) -> Counted | None:
    """One row per unit that counts, or None where SQL is to answer.

    within: the funnel runs within each value of the breakdown's property, and a unit has a row for each.
    """
    asked = Occurrences(con, index, binder)
    layout = lay_out(asked, question)
    if layout is None or (of_property(question) and question.order == "unordered" and scope.segment is not None):
        return None
    plan = make_plan(asked, question, scope)
    if len(plan.postings) > MOST_KINDS:
        return None
    if within and question.breakdown:
        return _within_each(asked, question.breakdown.name, question, scope, plan, layout)
    return _told(asked, question, _found(asked, question, scope, plan, layout), layout)


def _found(asked: Occurrences, question: FunnelQuestion, scope: Scope, plan: Plan, layout: Layout) -> Found:
    """The units, by the cascade where it can answer: it reads a fraction of what marking reads."""
    served = bool(question.value) or question.breakdown is not None
    allowed = EVERYONE if of_property(question) else asked.people(scope)
    if not is_cascade(question):
        return _walked(asked.index, plan, layout, _walk_of(asked, question, scope, plan, layout, allowed), served)
    timed = question.times or question.trend is not None
    limits = asked.index.window(question.window), *asked.keys_between(scope)
    return walk_cascade(asked.index, plan.postings, allowed, limits, timed, served)


Walk = Callable[[tuple[int, int], Array], Found]
"""Units and marks -> those that count; `rows` are then the first places of moments."""


def _walked(index: Index, plan: Plan, layout: Layout, walk: Walk, served: bool) -> Found:
    chosen = plan.serving(), plan.others(), plan.same()

    def ended(units: tuple[int, int], marks: Array) -> Found:
        found = walk(units, marks)
        if not served:
            return found._replace(rows=found.rows[:0])
        find_served(index.keys, marks, layout.order, layout.bounds, (1 << index.bits) - 1, plan.ties.alone, *chosen, found.rows)
        return found

    with scratch(index.events) as marks:
        if layout.texts is not None:  # a unit's rows are anywhere
            mark_rows(plan, (0, index.events), marks)
            parts = run(lambda units: ended(units, marks), layout.shares(SHARE))
            unmark_rows(plan, (0, index.events), marks)
            return _joined(parts)

        def walk_share(share: tuple[int, int]) -> Found:
            first, end = (int(row) for row in index.customers[list(share)])
            mark_rows(plan, (first, end), marks)
            low, high = (int(unit) for unit in np.searchsorted(layout.spans, (first, end)))
            found = ended((low, high), marks)
            unmark_rows(plan, (first, end), marks)
            return found

        return _joined(run(walk_share, index.shares(max(1, index.events // SHARE))))


def _walk_of(asked: Occurrences, question: FunnelQuestion, scope: Scope, plan: Plan, layout: Layout, allowed: Array) -> Walk:
    """The terms are in the order of the kernel's names.  A tuple of its own type would tie the kept machine code to this version."""
    index, held, chains = asked.index, len(question.hold) > 0, layout.chains
    window = index.window(question.window), *asked.keys_between(scope), index.origin
    load_order, strict = question.ties == "load_order", question.order == "strict"
    if plan.unordered:
        terms = np.array([*window, load_order, held, plan.stepping, plan.voiding], np.int64)
        needs, groups = numbered_needs(plan.ties)
    else:
        flags = load_order, strict, question.window is None, held, plan.voiding
        terms = np.array([len(plan.postings), *window, *flags], np.int64)

    def walk(units: tuple[int, int], marks: Array) -> Found:
        steps, most = len(plan.step), units[1] - units[0]
        room = layout.room(units, held and (strict or plan.voiding > 0))
        found = Found(*(np.empty(most, np.int64) for _ in range(3)), *(np.empty((steps, most), np.int64) for _ in range(2)))
        lot, stand = np.empty((3, room), np.int64), (layout.order, layout.bounds, chains, layout.spans, *units)
        if plan.unordered:
            stacks = np.empty((len(groups), room), np.int64)
            n = count_windows(index.keys, marks, *stand, allowed, index.bits, terms, needs, groups, lot, stacks, *found)
        else:
            moments = np.empty((COUNT + 2 * len(plan.postings) + len(plan.groups), room), np.int64)
            n = count_units(
                index.keys, marks, *stand, allowed, index.bits, terms, plan.step, plan.ways, plan.out, plan.groups, lot, moments, *found
            )
        return Found(*(np.ascontiguousarray(one[..., :n]) for one in found))

    return walk


def _joined(parts: Sequence[Found]) -> Found:
    return Found(*(np.concatenate(one, axis=-1) for one in zip(*parts, strict=True)))


def _told(asked: Occurrences, question: FunnelQuestion, found: Found, layout: Layout) -> Counted:
    groups, labels = _groups(asked, question.breakdown, found) if question.breakdown else (None, ())
    return Counted(
        steps=len(question.steps),
        units=_units(asked.index, question, found.units, layout),
        deepest=found.deepest,
        last_start=found.last_start,
        times=found.times,
        groups=groups,
        labels=labels,
        values=_values(asked, question.value, found) if question.value else None,
    )


def _units(index: Index, question: FunnelQuestion, units: Array, layout: Layout) -> Array | pl.Series:
    """Numbers of units in the layout -> as they are told: of a session the customer and its number there, in one."""
    if layout.texts is not None:
        return pl.Series("unit", layout.texts, dtype=pl.String)[units]
    if question.count_by == "customer":
        return units
    customer = index.keys[layout.spans[units]] >> index.bits
    first = np.searchsorted(layout.spans, index.customers[customer])
    told: Array = customer * SESSIONS_APART + (units - first + 1)
    return told


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
    codes, rows = np.where(found.times[step] == MISSING, undone, 0), found.rows[step]
    served = rows != MISSING
    places = rows[served] if prop.of == "event" else asked.index.keys[rows[served]] >> asked.index.bits
    codes[served] = asked.labels(prop).codes[places]
    return codes


def _values(asked: Occurrences, name: str, found: Found) -> Array:
    prop = asked.binder.property(name)
    if prop is None:
        return np.zeros(found.rows.shape)
    if prop.of == "customer":
        rows = asked.labels(prop).codes[asked.index.keys[found.rows] >> asked.index.bits]
        told = asked.labels(prop).values["value"].cast(pl.Float64).fill_null(0.0).to_numpy()
        return np.where(found.rows == MISSING, 0.0, told[rows])
    column = numbers(asked.con, asked.index, prop.sql("e"))
    return np.where(found.rows == MISSING, 0.0, np.nan_to_num(column[found.rows]))


def _within_each(asked: Occurrences, name: str, question: FunnelQuestion, scope: Scope, plan: Plan, layout: Layout) -> Counted | None:
    """The funnel of each value's own events, one after the other."""
    prop = asked.binder.property(name)
    if prop is None or (question.order == "strict" and (prop.of == "event" or layout.texts is not None)):
        return None
    if prop.of == "customer" and layout.texts is None:
        return _told(asked, question, _found(asked, question, scope, plan, layout), layout)
    column = asked.labels(prop)
    if column.values.height > MOST_VALUES:
        return None
    parts = []
    for value in range(column.values.height):
        own = plan.within(tuple(_of_value(asked.index, posting, prop, column, value) for posting in plan.postings))
        parts.append(_told(asked, replace(question, breakdown=None), _found(asked, question, scope, own, layout), layout))
    return _side_by_side(parts, [text or "" for text in column.values["value"].to_list()])


def _of_value(index: Index, posting: Posting, prop: Property, column: Column, value: int) -> Posting:
    allowed = np.zeros(column.values.height, np.uint8)
    allowed[value] = 1
    return index.posting_where(posting, column.codes, allowed) if prop.of == "event" else index.posting_by(posting, allowed[column.codes])


def _side_by_side(parts: Sequence[Counted], texts: Sequence[str]) -> Counted:
    return Counted(
        steps=parts[0].steps,
        units=pl.concat([pl.Series("unit", part.units) for part in parts]),
        deepest=np.concatenate([part.deepest for part in parts]),
        last_start=np.concatenate([part.last_start for part in parts]),
        times=np.concatenate([part.times for part in parts], axis=1),
        groups=np.concatenate([np.full(part.n, group, np.int64) for group, part in enumerate(parts)]),
        labels=tuple(texts),
        values=None if parts[0].values is None else np.concatenate([part.values for part in parts if part.values is not None], axis=1),
    )
