"""Which ways do customers take, step by step, and where do they leave?

Counted: paths (sessions, each customer's first that qualifies, or whole histories); beside every count of paths stands
the count of customers behind it.  Known limit: a path never leaves its session, unless the unit is the history.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.index import open_index
from journey.inference import Interval
from journey.paths.comparison import behind_compared, compare_paths, compared_scope
from journey.paths.definition import define_paths
from journey.paths.difference import Comparison, Part
from journey.paths.question import PathsQuestion
from journey.paths.rows import columns_of, tell_trails
from journey.paths.story import cells_of
from journey.paths.vocabulary import Vocabulary
from journey.paths.ways import LONGEST, Way
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

MOST_PATHS = 100


@dataclass(frozen=True)
class Node:
    """What stands in a column.  count: paths through it; customers: how many people those are."""

    step: int
    event: str
    count: int
    customers: int


@dataclass(frozen=True)
class Link:
    """Paths that go from `source` in column `step` to `target` in the next.

    average_seconds: mean time between the two; None where one of them is no event.  count_b: paths of the group
    that is compared, None where none is.
    """

    step: int
    source: str
    target: str
    count: int
    customers: int
    average_seconds: float | None
    count_b: int | None = None


@dataclass(frozen=True)
class Path:
    """A way through the columns, by its events (never Other).

    part: the paths that take it, of all.  median_seconds: from its first event to its last.
    """

    events: tuple[str, ...]
    part: Part
    median_seconds: float

    @property
    def count(self) -> int:
        return self.part.count

    @property
    def customers(self) -> int:
        return self.part.customers

    @property
    def interval(self) -> Interval | None:
        """Of its share of all paths: Wilson's, at the number of independent paths that their spread over customers is worth."""
        return self.part.interval

    def as_plain(self) -> dict[str, Any]:
        counts = {"events": list(self.events), "count": self.count, "customers": self.customers, "median_seconds": self.median_seconds}
        return counts | {"share": self.part.share, "interval": None if self.interval is None else list(self.interval)}


@dataclass(frozen=True)
class Paths:
    """count: paths in all; population: the customers who took them.  top_paths: the commonest 100 at most.

    ways: the commonest first (last, towards an end) two events, three, and so on, by length.
    comparison: what nodes and links are with those of the group that is compared; None where none is.
    """

    question: PathsQuestion
    count: int
    count_b: int | None
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    top_paths: tuple[Path, ...]
    ways: tuple[Way, ...]
    evidence: Evidence
    comparison: Comparison | None = None

    def as_plain(self) -> dict[str, Any]:
        links = [{key: value for key, value in asdict(link).items() if key != "count_b"} for link in self.links]
        return {
            "paths": self.count,
            "links": links if self.comparison is None else [link.as_plain() for link in self.comparison.links],
            **({} if self.count_b is None else {"paths_b": self.count_b}),
            "nodes": [asdict(node) for node in self.nodes],
            "top_paths": [path.as_plain() for path in self.top_paths],
            "ways": [asdict(way) | {"events": list(way.events)} for way in self.ways],
            **self.evidence.as_plain(),
        }


def measure_paths(con: Warehouse, question: PathsQuestion, scope: Scope) -> Paths:
    """The ways taken by the paths that begin in the scope.

    Ties in a column and between top paths are broken by name.  An empty log has no node, no link and no path.
    """
    binder, vocabulary, text = tell_trails(con, question, scope, MOST_PATHS)
    rows = _told(con, binder, question, scope, vocabulary, text)
    total = _total(rows)
    nodes, links, comparison = _nodes(rows, vocabulary), _links(rows, vocabulary), None
    if question.compare is not None:
        comparison, text = compare_paths(con, binder, question, scope, vocabulary)
        nodes, links = _of_both(comparison)
    evidence = Evidence(define_paths(question, scope), text, binder.params, total["customers"], data_until(con), tuple(binder.warnings))
    count_b = None if comparison is None else comparison.count_b
    top_paths, ways = _top_paths(rows, total, vocabulary), _ways(rows, vocabulary)
    return Paths(question, total["paths"], count_b, nodes, links, top_paths, ways, evidence, comparison)


def paths_customers(con: Warehouse, question: PathsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a link {"step", "source", "target"}, a node {"step", "node"}, a top path {"path": [events]} or a {"way": [events]}.

    As many as the mark's `customers`; with "of": "b", of the group that is compared.  A mark that the answer does not have
    has nobody behind it.

    Raises: QuestionError: another kind of mark.
    """
    second = question.compare is not None and mark.get("of") == "b"
    if question.compare is not None and mark.get("of") in ("a", "b"):
        mark = {key: value for key, value in mark.items() if key != "of"}
    if second and "step" not in mark:
        scope = compared_scope(question, scope)
    binder, vocabulary, text = tell_trails(con, question, scope)
    rows = _behind(binder, question, vocabulary, mark)
    if question.compare is not None and "step" in mark:
        binder = Binder(con)
        text = behind_compared(binder, question, scope, vocabulary, mark, 2 if second else 1)
        return People(tuple(sorted(ask_sql(con, text, binder.params)["id"].to_list())))
    if (fast := _customers_by_index(con, binder, question, scope, vocabulary, mark)) is not None:
        return fast
    ids = ask_sql(con, f"{text}\nselect distinct c.id from ({rows}) m join customers c on c.customer = m.customer", binder.params)
    return People(tuple(sorted(ids["id"].to_list())))


def _told(con: Warehouse, binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary, text: str) -> pl.DataFrame:
    """The rows of the definition, by the index where there is one and it answers the question."""
    if (index := open_index(con)) is not None:
        from journey.paths.by_index import paths_by_index  # its compiler is worth waiting for only where there is an index

        rows = paths_by_index(con, index, binder, question, scope, vocabulary, MOST_PATHS, LONGEST)
        if rows is not None:
            return rows
    return ask_sql(con, text, binder.params)


def _customers_by_index(
    con: Warehouse, binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary, mark: Mapping[str, Any]
) -> People | None:
    if (index := open_index(con)) is None:
        return None
    from journey.paths.by_index import customers_by_index

    return customers_by_index(con, index, binder, question, scope, vocabulary, mark)


def _behind(binder: Binder, question: PathsQuestion, vocabulary: Vocabulary, mark: Mapping[str, Any]) -> str:
    def node(label: Any) -> str:
        return binder.bind(vocabulary.node_of_label(label), "marked")

    keys = set(mark)
    if keys == {"path"} and isinstance(mark["path"], list | tuple):
        return _behind_path(binder, question, vocabulary, mark["path"])
    if keys == {"way"} and isinstance(mark["way"], list | tuple):
        return _behind_path(binder, question, vocabulary, mark["way"], whole=False)
    if isinstance(mark.get("step"), int) and keys == {"step", "node"}:
        return f"select customer from {cells_of(question)} where step = {binder.bind(mark['step'], 'at')} and node = {node(mark['node'])}"
    if isinstance(mark.get("step"), int) and keys == {"step", "source", "target"}:
        at = binder.bind(mark["step"], "at")
        return f"select customer from moves where step = {at} and source = {node(mark['source'])} and target = {node(mark['target'])}"
    raise QuestionError(
        f"{dict(mark)} is no mark of paths. "
        f'Name {{"step", "source", "target"}}, {{"step", "node"}}, {{"path": [events]}} or {{"way": [events]}}.'
    )


def _behind_path(binder: Binder, question: PathsQuestion, vocabulary: Vocabulary, events: Sequence[Any], whole: bool = True) -> str:
    """Those whose columns hold these events: from the first column on, or up to the last where there is an end.

    whole: just these; else the other columns may hold anything.
    """
    if not 0 < len(events) <= question.steps:
        return "select customer from trails where false"
    gap: list[Any] = [None] * (question.steps - len(events))
    # A label that no event has is no event at all, which an empty column would answer to: -1 answers to nothing.
    nodes = [-1 if (node := vocabulary.node_of_label(event)) is None else node for event in events]
    columns = zip(columns_of(question), [*gap, *nodes] if question.backwards else [*nodes, *gap], strict=True)
    return "select customer from trails where " + " and ".join(
        f"{column} is null" if node is None else f"{column} = {binder.bind(node, 'marked')}"
        for column, node in columns
        if whole or node is not None
    )


def _rows(rows: pl.DataFrame, mark: str) -> Iterable[dict[str, Any]]:
    return rows.filter(pl.col("mark") == mark).iter_rows(named=True)


def _total(rows: pl.DataFrame) -> dict[str, Any]:
    return next(iter(_rows(rows, "all")))


def _nodes(rows: pl.DataFrame, vocabulary: Vocabulary) -> tuple[Node, ...]:
    """By column; the commonest first, then Other, then those who left."""
    found = sorted(_rows(rows, "node"), key=lambda row: (row["step"], max(0, -row["source"]), -row["paths"], row["source"]))
    return tuple(Node(row["step"], vocabulary.labels[row["source"]], row["paths"], row["customers"]) for row in found)


def _links(rows: pl.DataFrame, vocabulary: Vocabulary) -> tuple[Link, ...]:
    """By column; the widest first."""
    label = vocabulary.labels
    found = sorted(_rows(rows, "link"), key=lambda row: (row["step"], -row["paths"], label[row["source"]], label[row["target"]]))
    return tuple(
        Link(row["step"], label[row["source"]], label[row["target"]], row["paths"], row["customers"], row["seconds"]) for row in found
    )


def _of_both(comparison: Comparison) -> tuple[tuple[Node, ...], tuple[Link, ...]]:
    """The nodes and links of the first group, in the columns of both; those that only the second has come with a count of 0."""
    nodes = tuple(Node(node.step, node.event, node.a.count, node.a.customers) for node in comparison.nodes)
    return nodes, tuple(
        Link(link.step, link.source, link.target, link.a.count, link.a.customers, link.a.average_seconds, link.b.count)
        for link in comparison.links
    )


def _top_paths(rows: pl.DataFrame, total: dict[str, Any], vocabulary: Vocabulary) -> tuple[Path, ...]:
    ways = [([node for node in row["nodes"] if node is not None], row) for row in _rows(rows, "path")]
    return tuple(
        Path(tuple(vocabulary.labels[node] for node in nodes), _part(row, total), row["seconds"])
        for nodes, row in sorted(ways, key=lambda way: (-way[1]["paths"], way[0]))
    )


def _part(row: dict[str, Any], total: dict[str, Any]) -> Part:
    return Part(row["paths"], row["customers"], total["paths"], int(row["squares"]), int(row["products"]), int(total["squares"]))


def _ways(rows: pl.DataFrame, vocabulary: Vocabulary) -> tuple[Way, ...]:
    """The shortest first."""
    found = sorted(_rows(rows, "way"), key=lambda row: len(row["nodes"]))
    return tuple(Way(tuple(vocabulary.labels[node] for node in row["nodes"]), row["paths"], row["customers"]) for row in found)
