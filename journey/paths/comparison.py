"""In what do the paths of two groups differ: the same columns counted for both, and each flow with its difference.

Counted: paths of either group.  A column keeps the events that are commonest by the mean of both groups' shares, so that
neither, however large, decides alone what is shown.  Paths of one customer resemble each other: intervals and q count them
as so many independent ones as their spread over customers is worth.
Known limit: a customer who is in both groups counts in each as if they were two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from journey.inference.differences import adjusted
from journey.paths.difference import ComparedLink, ComparedNode, Comparison, Part
from journey.paths.question import PathsQuestion
from journey.paths.story import cells_of, shown_within, tell_beginnings, tell_cells
from journey.paths.vocabulary import Vocabulary
from journey.rules import Binder, entries
from journey.scope import Scope, read_scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

BOTH = """
-- the paths of each group, by their first event
begun as (
    select 1 as side, b.* from {ways} b where {entries}
    union all
    select 2 as side, b.* from {ways} b where {entries_b}
),
numbered as (
    select *, row_number() over (partition by side, customer order by session) as number
    from begun
),
-- one number a path: that of a session which is in both groups, two
taken as (
    select *, row_number() over (order by side, customer, session) as way
    from numbered{first_only}
)"""

SHOWN = """
-- the columns; a path goes by its number from here on
shown as (
    select p.customer, w.way as session, p.ts, p.node, {step} as step
    from placed p
    join taken w on w.customer = p.customer and w.session = p.session
    where {within}
)"""

RANKED = """
sizes as (
    select count(case when side = 1 then 1 end) as a, count(case when side = 2 then 1 end) as b
    from taken
),
-- each column keeps the events that are commonest by the mean of the shares in both groups
weighed as (
    select s.step, s.node, count(*) as paths,
        count(case when w.side = 1 then 1 end) * any_value(z.b) + count(case when w.side = 2 then 1 end) * any_value(z.a) as weight
    from shown s
    join taken w on w.way = s.session
    cross join sizes z
    group by s.step, s.node
),
ranked as (
    select w.step, w.node, row_number() over (partition by w.step order by w.weight desc, w.paths desc, l.label) as rank
    from weighed w
    join labels l on l.node = w.node
),
kept as (
    select step, node from ranked where rank <= {rows}
)"""

FINISH = """,
-- how many of a customer's paths are in each flow, of how many
owned as (
    select side, customer, count(*) as owned from taken group by side, customer
),
flows as (
    select m.step, m.source, m.target, w.side, m.customer, count(*) as paths, sum(m.took) as took, count(m.took) as timed
    from moves m
    join taken w on w.way = m.session
    where m.target is not null
    group by m.step, m.source, m.target, w.side, m.customer
),
cells_by_side as (
    select c.step, c.node, w.side, count(*) as paths, count(distinct c.customer) as customers
    from {cells} c
    join taken w on w.way = c.session
    group by c.step, c.node, w.side
)
select 'all' as mark, side, null as step, null as source, null as target, sum(owned) as paths, count(*) as customers,
    null as seconds, sum(owned * owned) as squares, null as products
from owned group by side
union all
select 'node', side, step, node, null, paths, customers, null, null, null from cells_by_side
union all
select 'link', f.side, f.step, f.source, f.target, sum(f.paths), count(*), sum(f.took) / sum(f.timed) / 1000.0,
    sum(f.paths * f.paths), sum(f.paths * o.owned)
from flows f
join owned o on o.side = f.side and o.customer = f.customer
group by f.side, f.step, f.source, f.target"""


def compared_scope(question: PathsQuestion, scope: Scope) -> Scope:
    """Whose paths are set beside those of the scope: of another segment, or {"scope": {...}}, of another time.

    A scope without a segment is of the same customers.
    """
    compare = question.compare
    if not isinstance(compare, Mapping) or "scope" not in compare:
        return replace(scope, segment=compare)
    refuse_unknown(compare, ("scope",), "compare")
    other = read_scope({"timezone": scope.timezone, **(compare["scope"] or {})})
    return replace(other, segment=scope.segment) if other.segment is None else other


def compare_paths(con: Warehouse, binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary) -> tuple[Comparison, str]:
    """The comparison and its query."""
    text = _tell_both(binder, question, scope, vocabulary) + FINISH.format(cells=cells_of(question))
    return _comparison(ask_sql(con, text, binder.params), vocabulary), text


def behind_compared(
    binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary, mark: Mapping[str, Any], side: int
) -> str:
    """The query of the customers of one group (1 or 2) behind a node or a link."""

    def node(key: str) -> str:
        return binder.bind(vocabulary.node_of_label(mark[key]), "marked")

    story = _tell_both(binder, question, scope, vocabulary)
    of, at = binder.bind(side, "side"), binder.bind(mark["step"], "at")
    here = f"node = {node('node')}" if "node" in mark else f"source = {node('source')} and target = {node('target')}"
    rows = cells_of(question) if "node" in mark else "moves"
    return f"""{story}
select distinct c.id
from {rows} m
join taken w on w.way = m.session
join customers c on c.customer = m.customer
where w.side = {of} and step = {at} and {here}"""


def _tell_both(binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary) -> str:
    other = compared_scope(question, scope)
    parts = tell_beginnings(binder, question, _hull(scope, other), vocabulary)
    ways = "closed" if question.end is not None else "opened"
    first_only = "\n    where number = 1" if question.unit == "customer" else ""
    both = BOTH.format(ways=ways, entries=entries(binder, scope, "b"), entries_b=entries(binder, other, "b"), first_only=first_only)
    _, step, within = shown_within(binder, question)
    ranked = RANKED.format(rows=binder.bind(question.rows, "rows"))
    parts += [both, SHOWN.format(step=step, within=within), ranked, *tell_cells(binder, question)]
    return "with " + ",".join(parts).lstrip()


def _hull(one: Scope, other: Scope) -> Scope:
    """The time that holds both, of everyone."""
    start = None if one.start is None or other.start is None else min(one.start, other.start)
    stop = None if one.stop is None or other.stop is None else max(one.stop, other.stop)
    return Scope(start, stop, one.timezone)


def _comparison(rows: pl.DataFrame, vocabulary: Vocabulary) -> Comparison:
    totals = {row["side"]: row for row in _rows(rows, "all")}
    found: dict[tuple[str, int, int, int | None], dict[int, Part]] = {}
    for row in (*_rows(rows, "node"), *_rows(rows, "link")):
        found.setdefault((row["mark"], row["step"], row["source"], row["target"]), {})[row["side"]] = _part(row, totals[row["side"]])
    empty = {side: Part(total=int(row["paths"]), total_squares=int(row["squares"])) for side, row in totals.items()}
    empty = {1: Part(), 2: Part()} | empty
    label = vocabulary.labels
    nodes = [
        (node, ComparedNode(step, label[node], *_sides(parts, empty))) for (mark, step, node, _), parts in found.items() if mark == "node"
    ]
    links = [
        ComparedLink(step, label[source], label[target], *_sides(parts, empty))
        for (mark, step, source, target), parts in found.items()
        if mark == "link" and target is not None
    ]
    nodes.sort(key=lambda pair: (pair[1].step, max(0, -pair[0]), -_mean_share(pair[1]), pair[0]))
    links.sort(key=lambda link: (link.step, -link.a.count, -link.b.count, link.source, link.target))
    qs = adjusted([link.p for link in links])
    return Comparison(
        empty[1].total,
        empty[2].total,
        totals[1]["customers"] if 1 in totals else 0,
        totals[2]["customers"] if 2 in totals else 0,
        tuple(node for _, node in nodes),
        tuple(replace(link, q=q) for link, q in zip(links, qs, strict=True)),
    )


def _rows(rows: pl.DataFrame, mark: str) -> Iterable[dict[str, Any]]:
    return rows.filter(pl.col("mark") == mark).iter_rows(named=True)


def _part(row: Mapping[str, Any], total: Mapping[str, Any]) -> Part:
    return Part(
        int(row["paths"]),
        row["customers"],
        int(total["paths"]),
        int(row["squares"] or 0),
        int(row["products"] or 0),
        int(total["squares"]),
        row["seconds"],
    )


def _sides(parts: Mapping[int, Part], empty: Mapping[int, Part]) -> tuple[Part, Part]:
    return parts.get(1, empty[1]), parts.get(2, empty[2])


def _mean_share(node: ComparedNode) -> float:
    return (node.a.share or 0) + (node.b.share or 0)
