"""Which event follows which, as a table to be read at a glance: the commonest events in the order of the flow.

Counted: transitions, as in `measure_transitions`; each share with an interval that knows whose transitions they are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.answers import Evidence
from journey.paths.difference import Part
from journey.paths.question import TransitionsQuestion
from journey.paths.transitions import Edge, Transitions, by_index, define_transitions, measure_transitions, transitions_of
from journey.paths.vocabulary import END, OTHER, START
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

SPREAD = """,
-- how often each customer made each transition, of all they made from there, and to there
made as (
    select source, target, customer, count(*) as times from {transitions} group by source, target, customer
),
weighed_by_customer as (
    select *, sum(times) over (partition by source, customer) as owned_out, sum(times) over (partition by target, customer) as owned_in
    from made
)
select source, target, sum(times * times) as squares, sum(times * owned_out) as products_out, sum(times * owned_in) as products_in
from weighed_by_customer
group by source, target
union all
-- the events there are, the folded ones too
select null, null, count(distinct node), null, null
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
    rows, labels = _spread(con, question, scope)
    folded = sum(edge.count for edge in answer.edges if OTHER in (edge.source, edge.target))
    seen = next(int(row["squares"]) for row in rows if row["source"] is None)
    return Matrix(question, answer.count, flow_order(answer.edges), _cells(answer, rows, labels), seen, folded, answer.evidence)


def _spread(con: Warehouse, question: TransitionsQuestion, scope: Scope) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """-> (the rows of SPREAD, by the index where there is one and it answers the question; the labels of their nodes)."""
    binder, vocabulary, story = define_transitions(con, question, scope)
    if (fast := by_index(con, binder, question, scope, vocabulary)) is not None:
        return fast.spread(), vocabulary.labels
    rows = ask_sql(con, story + SPREAD.format(transitions=transitions_of(question)), binder.params)
    return list(rows.iter_rows(named=True)), vocabulary.labels


def _cells(answer: Transitions, rows: list[dict[str, Any]], labels: dict[int, str]) -> dict[tuple[str, str], Cell]:
    found = {(labels[row["source"]], labels[row["target"]]): row for row in rows if row["source"] is not None}
    out, into, out_squares, in_squares = (Counter[str]() for _ in range(4))
    for edge in answer.edges:
        row = found[edge.source, edge.target]
        out[edge.source] += edge.count
        into[edge.target] += edge.count
        # A customer's transitions from there, squared, are the sum of each one's times all of them.
        out_squares[edge.source] += int(row["products_out"])
        in_squares[edge.target] += int(row["products_in"])
    cells = {}
    for edge in answer.edges:
        (source, target), row = (edge.source, edge.target), found[edge.source, edge.target]
        squares, of_source, of_target = (int(row[name]) for name in ("squares", "products_out", "products_in"))
        cells[source, target] = Cell(
            edge,
            Part(edge.count, edge.customers, out[source], squares, of_source, out_squares[source]),
            Part(edge.count, edge.customers, into[target], squares, of_target, in_squares[target]),
        )
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
