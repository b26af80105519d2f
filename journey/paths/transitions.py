"""Which event follows which, how often, and how soon?

Counted: transitions, that is adjacent pairs in a customer's whole history or in a session.  Known limit: all pairs weigh
the same, so one busy customer can carry an edge; `customers` and `units` say how many are behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.index import open_index
from journey.paths.expand import told_expansions
from journey.paths.question import TransitionsQuestion, told_repeats
from journey.paths.story import tell_runs
from journey.paths.vocabulary import END, END_NODE, OTHER, OTHER_NODE, START, START_NODE, Vocabulary, read_vocabulary
from journey.rules import Binder, entries
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

if TYPE_CHECKING:
    from journey.paths.pairs.by_index import ByIndex

PAIRS = """
-- each event with the one that follows it in the same {unit}
pairs as (
    select customer, session, ts, node as source,
        lead(node) over (partition by {path} order by ts, seq) as target,
        lead(ts) over (partition by {path} order by ts, seq) - ts as took,
        lag(node) over (partition by {path} order by ts, seq) as before
    from {runs}
),
-- the scope selects pairs by their first event
transitions as (
    select p.customer, p.session, p.source, p.target, p.took from pairs p where p.target is not null and {entries}{ends}
)"""

# "(start)" stands at the time of the first event and "(end)" at that of the last: they take no time.
ENDS = """
    union all
    select p.customer, p.session, {start} as source, p.source as target, 0 as took from pairs p where p.before is null and {entries}
    union all
    select p.customer, p.session, p.source, {end} as target, 0 as took from pairs p where p.target is null and {entries}"""

# Folded after the transitions are selected, so that the commonest are those of the scope.
FOLDED = """,
weighed as (
    select node, row_number() over (order by count(*) desc, label) as rank
    from (select source as node from transitions union all select target from transitions)
    join labels using (node)
    where node >= 0
    group by node, label
),
-- the commonest events keep their names; the rest is Other
named as (
    select node from weighed where rank <= {rows}
),
folded as (
    select t.customer, t.session, t.took,
        case when t.source >= 0 and s.node is null then {other} else t.source end as source,
        case when t.target >= 0 and n.node is null then {other} else t.target end as target
    from transitions t
    left join named s on s.node = t.source
    left join named n on n.node = t.target
)"""

FINISH = """
select source, target, count(*) as count, count(distinct customer) as customers,
    count(distinct {unit}) as units, median(took) / 1000.0 as seconds
from {transitions}
group by source, target
union all
select null, null, count(*), count(distinct customer), count(distinct {unit}), null
from {transitions}"""
UNITS = {"customer": "customer", "session": "cast(customer as bigint) * 4294967296 + session"}


class Edge(NamedTuple):
    """count: times that `target` came right after `source`.  units: customers or sessions in which it did.

    share_out: of all transitions from `source`; share_in: of all to `target`; share_total: of all.  A log of many event
    types has hundreds of thousands of edges, and a named tuple is made several times sooner than a dataclass.
    """

    source: str
    target: str
    count: int  # type: ignore[assignment]
    customers: int
    units: int
    share_out: float
    share_in: float
    share_total: float
    median_seconds: float


@dataclass(frozen=True)
class Transitions:
    """edges: the commonest first.  count: transitions in all."""

    question: TransitionsQuestion
    count: int
    edges: tuple[Edge, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        names = ("from", "to", *Edge._fields[2:])
        return {"edges": [dict(zip(names, edge, strict=True)) for edge in self.edges], **self.evidence.as_plain()}


def measure_transitions(con: Warehouse, question: TransitionsQuestion, scope: Scope) -> Transitions:
    """Every pair of events that are neighbours, with its counts.  A log without pairs has no edge."""
    binder, vocabulary, story = define_transitions(con, question, scope)
    text = story + FINISH.format(unit=UNITS[question.unit], transitions=transitions_of(question))
    fast = by_index(con, binder, question, scope, vocabulary)
    found = ask_sql(con, text, binder.params) if fast is None else fast.rows()
    of_all = found.row(by_predicate=pl.col("source").is_null(), named=True)
    evidence = Evidence(_definition(question, scope), text, binder.params, of_all["customers"], data_until(con), tuple(binder.warnings))
    return Transitions(question, of_all["count"], _edges(found.drop_nulls("source"), vocabulary), evidence)


def transitions_customers(con: Warehouse, question: TransitionsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who made the transition {"from", "to"}: as many as the edge's `customers`.  Raises QuestionError for another mark."""
    if set(mark) != {"from", "to"}:
        raise QuestionError(f'{dict(mark)} is no mark of transitions. Name {{"from", "to"}}.')
    binder, vocabulary, story = define_transitions(con, question, scope)
    nodes = [vocabulary.node_of_label(mark[key]) for key in ("from", "to")]
    if (fast := by_index(con, binder, question, scope, vocabulary)) is not None:
        return fast.people(*nodes)
    source, target = (binder.bind(node, "marked") for node in nodes)
    text = f"""{story}
select distinct c.id
from {transitions_of(question)} t
join customers c on c.customer = t.customer
where t.source = {source} and t.target = {target}"""
    return People(tuple(sorted(ask_sql(con, text, binder.params)["id"].to_list())))


def by_index(con: Warehouse, binder: Binder, question: TransitionsQuestion, scope: Scope, vocabulary: Vocabulary) -> "ByIndex | None":
    """The fast way to the same numbers; None where there is no index, or it does not answer the question."""
    index = open_index(con)
    if index is None:
        return None
    from journey.paths.pairs.by_index import ask_index  # its compiler is worth waiting for only where there is an index

    return ask_index(index, binder, question, scope, vocabulary)


def define_transitions(con: Warehouse, question: TransitionsQuestion, scope: Scope) -> tuple[Binder, Vocabulary, str]:
    """-> (binder, vocabulary, the story down to the transitions)."""
    binder = Binder(con)
    vocabulary = read_vocabulary(binder, question.hide, question.group, question.expand)
    path = "customer" if question.unit == "customer" else "customer, session"
    parts, runs = tell_runs(binder, vocabulary, question.collapse_repeats, path)
    where = entries(binder, scope, "p")
    ends = ""
    if question.ends:
        ends = ENDS.format(start=binder.bind(START_NODE, "start_node"), end=binder.bind(END_NODE, "end_node"), entries=where)
    unit = "session" if question.unit == "session" else "customer's history"
    pairs = PAIRS.format(path=path, runs=runs, entries=where, ends=ends, unit=unit)
    story = "with " + ",".join([*parts, pairs]).lstrip()
    if question.rows is not None:
        story += FOLDED.format(rows=binder.bind(question.rows, "rows"), other=binder.bind(OTHER_NODE, "other"))
    return binder, vocabulary, story


def transitions_of(question: TransitionsQuestion) -> str:
    """The CTE that holds the transitions as they are told at last."""
    return "transitions" if question.rows is None else "folded"


def _edges(rows: pl.DataFrame, vocabulary: Vocabulary) -> tuple[Edge, ...]:
    """The commonest first; ties by the names of the source and of the target."""
    node = rows["source"].dtype
    labels = pl.DataFrame({"node": list(vocabulary.labels), "label": list(vocabulary.labels.values())}, schema_overrides={"node": node})
    named = rows.join(labels.rename({"node": "source", "label": "from"}), on="source").join(
        labels.rename({"node": "target", "label": "to"}), on="target"
    )
    count = pl.col("count")
    shares = (count / count.sum().over(side) for side in ("source", "target"))
    told = named.sort("count", "from", "to", descending=[True, False, False]).select(
        "from", "to", "count", "customers", "units", *(share.alias(f"of_{k}") for k, share in enumerate(shares)),
        (count / count.sum()).alias("of_all"), "seconds",
    )  # fmt: skip
    return tuple(map(Edge, *(column.to_list() for column in told)))


def _definition(question: TransitionsQuestion, scope: Scope) -> str:
    unit = "a customer's whole history" if question.unit == "customer" else "a session"
    ends = f" {START} and {END} stand at its first and last event." if question.ends else ""
    hidden = f" Hidden: {', '.join(question.hide)}." if question.hide else ""
    rest = "" if question.rows is None else f" The {question.rows} commonest events keep their names, the rest is {OTHER}."
    return (
        f"A transition is one event and the next in {unit}, in the order of time and, at the same moment, of loading; "
        f"{told_repeats(question.collapse_repeats)}. Counts are of transitions, selected by the time of their first event, "
        f"{scope.timezone}.{ends}{rest}{hidden}{told_expansions(question.expand)}"
    )
