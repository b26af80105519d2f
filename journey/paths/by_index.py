"""Paths by the journey index: the rows that the definition in SQL answers, from trails.

The customers of a mark are found in the same trails.  Known limit: where a trail does not fit into 62 bits (fifty columns,
or thousands of events in more than four) the definition answers itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from journey.answers import People
from journey.index import Array, Index, run
from journey.occurrences import EVERYONE, Occurrences
from journey.paths.columns import GONE, LEFT, MOST_CELLS, Columns, Customers, count_customers, places_of, settle_columns
from journey.paths.columns.kernel import mark_people
from journey.paths.kernel import Asked
from journey.paths.question import PathsQuestion
from journey.paths.telling import Telling, anchors_of, people_of, tell_index
from journey.paths.trails import MOST_BITS, Common, Found, Top, Trails, digit_of, find_trails, nodes_of
from journey.paths.vocabulary import Vocabulary
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse

ROWS: dict[str, Any] = {
    "mark": pl.String,
    "step": pl.Int64,
    "source": pl.Int64,
    "target": pl.Int64,
    "nodes": pl.List(pl.Int64),
    "paths": pl.Int64,
    "customers": pl.Int64,
    "seconds": pl.Float64,
    "squares": pl.Int64,
    "products": pl.Int64,
}


@dataclass(frozen=True)
class Picture:
    """The answer in arrays.  Steps are counted from the anchor, from 0."""

    trails: Trails
    columns: Columns
    people: Customers
    top: Top
    ways: Common

    def rows(self) -> pl.DataFrame:
        """As the definition answers them."""
        whole = ("all", None, None, None, None, self.trails.paths, self.people.total, None, self.top.all_squares, None)
        return pl.DataFrame([whole, *self._nodes(), *self._links(), *self._top(), *self._ways()], schema=ROWS, orient="row")

    @property
    def _backwards(self) -> bool:
        return self.trails.asked.sign < 0

    def _column(self, step: int) -> int:
        return -(step + 1) if self._backwards else step + 1

    def _nodes(self) -> Iterator[tuple[Any, ...]]:
        """Who left is counted in the column after the last, and in no further one."""
        paths = self.columns.links.sum(axis=1)
        for step, place in np.argwhere(paths[:, :GONE]).tolist():
            node = int(self.columns.nodes[step, place])
            yield (
                "node",
                self._column(step),
                node,
                None,
                None,
                int(paths[step, place]),
                int(self.people.cells[step, place]),
                None,
                None,
                None,
            )

    def _links(self) -> Iterator[tuple[Any, ...]]:
        columns, people = self.columns, self.people
        left = columns.nodes.shape[1] + LEFT
        for step, before, place in np.argwhere(columns.links[1:, :, :GONE]).tolist():
            paths = int(columns.links[step + 1, before, place])
            seconds = None if place == left else int(people.took[step + 1, before, place]) / paths / 1000.0
            ends = int(columns.nodes[step, before]), int(columns.nodes[step + 1, place])
            source, target = reversed(ends) if self._backwards else ends
            column = self._column(step + 1) if self._backwards else self._column(step)
            yield "link", column, source, target, None, paths, int(people.links[step + 1, before, place]), seconds, None, None

    def _top(self) -> Iterator[tuple[Any, ...]]:
        top = self.top
        for at, nodes in enumerate(self._told(top)):
            counts = (int(top.paths[at]), int(top.customers[at]), float(top.median[at]) / 1000.0)
            yield "path", None, None, None, nodes, *counts, int(top.squares[at]), int(top.products[at])

    def _ways(self) -> Iterator[tuple[Any, ...]]:
        for at, nodes in enumerate(self._told(self.ways)):
            yield "way", None, None, None, nodes, int(self.ways.paths[at]), int(self.ways.customers[at]), None, None, None

    def _told(self, common: Common) -> Iterator[list[int]]:
        """The nodes of each."""
        for trail, length in zip(common.trails.tolist(), common.lengths.tolist(), strict=True):
            yield nodes_of(self.trails.asked, trail, length)


def paths_by_index(
    con: Warehouse, index: Index, binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary, most: int, longest: int
) -> pl.DataFrame | None:
    """The rows of the definition; None where the kernels do not answer the question.

    most: of the commonest paths.  longest: of the ways.
    """
    trails = trails_by_index(con, index, binder, question, scope, vocabulary)
    if trails is None:
        return None
    columns = settle_columns(trails, vocabulary, question.rows, question.min_count)
    return Picture(trails, columns, count_customers(trails, columns), *trails.commonest(most, longest)).rows()


def customers_by_index(
    con: Warehouse, index: Index, binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary, mark: Mapping[str, Any]
) -> People | None:
    """Who is behind a mark, one that the definition knows; None where the kernels do not answer the question."""
    trails = trails_by_index(con, index, binder, question, scope, vocabulary)
    if trails is None:
        return None
    people = np.zeros(index.people, np.uint8)
    if "step" in mark:
        _mark_cell(trails, settle_columns(trails, vocabulary, question.rows, question.min_count), vocabulary, mark, people)
    else:
        events = mark["path"] if "path" in mark else mark["way"]
        _mark_way(trails, [vocabulary.node_of_label(event) for event in events], "path" in mark, people)
    return people_of(con, people)


def _mark_way(trails: Trails, nodes: list[int | None], whole: bool, people: Array) -> None:
    """Those whose trail is, or begins with, these nodes.  A node that stands for no event is in no trail."""
    steps, digit = trails.asked.steps, trails.asked.digit
    told = [node for node in nodes if node is not None and node >= 0]
    if not 0 < len(nodes) == len(told) <= steps:
        return
    wanted = told[::-1] if trails.asked.sign < 0 else told
    if whole:
        wanted += [(1 << digit) - 1] * (steps - len(wanted))
    way = sum(node << (digit * place) for place, node in enumerate(reversed(wanted)))
    for one in trails.found:
        is_on = one.trails >> one.trails.dtype.type(digit * (steps - len(wanted))) == way
        people[one.story.times[one.anchors[is_on]] >> trails.bits] = 1


def _mark_cell(trails: Trails, columns: Columns, vocabulary: Vocabulary, mark: Mapping[str, Any], people: Array) -> None:
    """Those with a path through a node, or through a link."""
    backwards = trails.asked.sign < 0

    def place(step: int, label: Any) -> int | None:
        """Where a label stands in a column: Other and those who left, in a place behind the kept events."""
        if not 0 <= step < trails.asked.steps:
            return None
        found = np.flatnonzero(columns.nodes[step, :GONE] == vocabulary.node_of_label(label))
        return int(found[-1]) if len(found) else None

    step = -mark["step"] - 1 if backwards else mark["step"] - 1
    before: int | None = -1
    if "node" in mark:
        after = place(step, mark["node"])
    else:
        ends = (mark["target"], mark["source"]) if backwards else (mark["source"], mark["target"])
        step = step if backwards else step + 1
        before, after = place(step - 1, ends[0]), place(step, ends[1])
    if before is None or after is None:
        return

    def walk(one: Found) -> None:
        mark_people(one.story.times, trails.bits, one.anchors, one.trails, trails.asked.digit, columns.shown, step, before, after, people)

    run(walk, trails.found)


def trails_by_index(
    con: Warehouse, index: Index, binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary
) -> Trails | None:
    """Those of all paths are kept for as long as the index is; those of an anchor or a scope are found anew."""
    telling = tell_index(index, binder, vocabulary, question.collapse_repeats, question.unit == "history")
    if telling is None or not _fits(question, telling):
        return None
    asked = _asked(con, index, binder, question, scope, telling)
    if asked.anchored:
        starts, ends = (None if name is None else vocabulary.find_all(binder, name) for name in (question.start, question.end))
        return find_trails(telling.stories, index.bits, asked, anchors_of(index, telling, starts, ends))
    if asked.limited:
        return find_trails(telling.stories, index.bits, asked)
    made: Trails = index.kept.get(("trails", question.steps, *telling.name), lambda: find_trails(telling.stories, index.bits, asked))
    return made


def _fits(question: PathsQuestion, telling: Telling) -> bool:
    digit, places = digit_of(telling.nodes), places_of(question.rows, telling.nodes)
    return digit * question.steps <= MOST_BITS and question.steps * places * max(places, 1 << digit) <= MOST_CELLS


def _everything(scope: Scope) -> bool:
    return scope.start is None and scope.stop is None and scope.segment is None


def _asked(con: Warehouse, index: Index, binder: Binder, question: PathsQuestion, scope: Scope, telling: Telling) -> Asked:
    found = Occurrences(con, index, binder)
    return Asked(
        sign=-1 if question.backwards else 1,
        anchored=question.start is not None or question.end is not None,
        since=found.keys_between(scope)[0],
        until=found.keys_between(scope)[1],
        people=EVERYONE if scope.segment is None else found.people(scope),
        first_only=question.unit == "customer",
        limited=question.unit == "customer" or not _everything(scope),
        steps=question.steps,
        digit=digit_of(telling.nodes),
    )
