"""Which event follows which, as a table to be read at a glance: the commonest events in the order of the flow.

Counted: transitions, as in `measure_transitions`; each share with an interval that knows whose transitions they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.answers import Evidence
from journey.paths.difference import Part
from journey.paths.question import TransitionsQuestion
from journey.paths.transitions import Edge, Transitions, define_transitions, measure_transitions, transitions_of
from journey.paths.vocabulary import END, OTHER, START
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

SPREAD = """,
-- how often each customer made each transition, of all they made from there, and to there
made as (
    select source, target, customer, count(*) as times from {transitions} group by source, target, customer
),
outs as (
    select source as node, customer, sum(times) as owned from made group by source, customer
),
ins as (
    select target as node, customer, sum(times) as owned from made group by target, customer
)
select 'edge' as mark, m.source, m.target, sum(m.times) as count, count(*) as customers, sum(m.times * m.times) as squares,
    sum(m.times * o.owned) as products_out, sum(m.times * i.owned) as products_in
from made m
join outs o on o.node = m.source and o.customer = m.customer
join ins i on i.node = m.target and i.customer = m.customer
group by m.source, m.target
union all
select 'out', node, null, sum(owned), count(*), sum(owned * owned), null, null from outs group by node
union all
select 'in', null, node, sum(owned), count(*), sum(owned * owned), null, null from ins group by node
union all
select 'events', null, null, count(distinct node), null, null, null, null
from (select source as node from transitions union all select target from transitions) where node >= 0"""


@dataclass(frozen=True)
class Cell:
    """A transition.  out: its part of all from its source; into: of all to its target."""

    edge: Edge
    out: Part
    into: Part


@dataclass(frozen=True)
class Matrix:
    """events: as they follow each other, (start) first, Other and (end) last.  cells: by (source, target), where there are any.

    seen: different events in all, the folded ones too.  folded: transitions from or to one of those without a name.
    """

    question: TransitionsQuestion
    count: int
    events: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    seen: int
    folded: int
    evidence: Evidence


def measure_matrix(con: Warehouse, question: TransitionsQuestion, scope: Scope) -> Matrix:
    """The transitions of the scope as a matrix.  A log without pairs has neither events nor cells."""
    answer = measure_transitions(con, question, scope)
    binder, vocabulary, story = define_transitions(con, question, scope)
    rows = ask_sql(con, story + SPREAD.format(transitions=transitions_of(question)), binder.params)
    cells = _cells(answer, rows, vocabulary.labels)
    folded = sum(edge.count for edge in answer.edges if OTHER in (edge.source, edge.target))
    seen = next(int(row["count"]) for row in rows.iter_rows(named=True) if row["mark"] == "events")
    return Matrix(question, answer.count, flow_order(answer.edges), cells, seen, folded, answer.evidence)


def _cells(answer: Transitions, rows: pl.DataFrame, labels: dict[int, str]) -> dict[tuple[str, str], Cell]:
    outs, ins, found = {}, {}, {}
    for row in rows.iter_rows(named=True):
        if row["mark"] == "out":
            outs[labels[row["source"]]] = row
        elif row["mark"] == "in":
            ins[labels[row["target"]]] = row
        elif row["mark"] == "edge":
            found[labels[row["source"]], labels[row["target"]]] = row
    cells = {}
    for edge in answer.edges:
        row = found[edge.source, edge.target]
        out, into = (
            Part(edge.count, edge.customers, int(all_of["count"]), int(row["squares"]), int(row[products]), int(all_of["squares"]))
            for all_of, products in ((outs[edge.source], "products_out"), (ins[edge.target], "products_in"))
        )
        cells[edge.source, edge.target] = Cell(edge, out, into)
    return cells


def flow_order(edges: Sequence[Edge]) -> tuple[str, ...]:
    """The events as they follow each other: by their level in the flow, upstream first; (start) first, Other and (end) last.

    A level is such that transitions lead one level up as nearly as they can; ties by name.
    Source: MacKay, Johnson, Sansom 2020, "How directed is a directed network?", R. Soc. Open Sci. 7, section 2.
    """
    names = sorted({name for edge in edges for name in (edge.source, edge.target)})
    place = {name: at for at, name in enumerate(names)}
    weight = np.zeros((len(names), len(names)))
    for edge in edges:
        weight[place[edge.source], place[edge.target]] += edge.count if edge.source != edge.target else 0
    into, out = weight.sum(axis=0), weight.sum(axis=1)
    levels = np.linalg.lstsq(np.diag(into + out) - weight - weight.T, into - out, rcond=None)[0]
    ends = {START: -1, OTHER: 1, END: 2}
    return tuple(sorted(names, key=lambda name: (ends.get(name, 0), round(float(levels[place[name]]), 9), name)))
