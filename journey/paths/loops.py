"""Where do customers go round in circles?  The same event again (A, A), or away to another and straight back (A, B, A).

Counted: returns, that is times a customer came back to A; beside them the customers who did, of all who did A at all.
Known limit: a circle over more than one other event is not looked for, and not every return is a fault.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.index import open_index
from journey.inference import Interval, wilson
from journey.paths.expand import told_expansions
from journey.paths.question import LoopsQuestion
from journey.paths.story import tell_runs
from journey.paths.vocabulary import Vocabulary, read_vocabulary
from journey.rules import Binder, entries
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

if TYPE_CHECKING:
    from journey.paths.returns import ByIndex

LOOPS = """
-- each event with the one before and the one after it in the same {unit}
neighbours as (
    select *, lag(node) over (partition by {path} order by ts, seq) as before,
        lead(node) over (partition by {path} order by ts, seq) as after,
        lead(ts) over (partition by {path} order by ts, seq) as after_ts
    from told
),
-- a spell is an event with its repeats in a row; its first is the one that comes after another
numbered as (
    select *, count(case when before is distinct from node then 1 end)
        over (partition by {path} order by ts, seq rows between unbounded preceding and current row) as spell
    from neighbours
),
spells as (
    select customer, {session} as session, spell, node, min(ts) as begun, max(ts) as ended
    from numbered
    group by {path}, spell, node
),
chained as (
    select customer, session, node, ended as ts,
        lead(node, 1) over (partition by {path} order by spell) as via,
        lead(node, 2) over (partition by {path} order by spell) as back,
        lead(begun, 2) over (partition by {path} order by spell) as returned
    from spells
),
-- the scope selects loops by the event they begin with
loops as (
    select n.customer, n.node, null as via, n.after_ts - n.ts as took
    from neighbours n
    where n.after = n.node and {again}
    union all
    select c.customer, c.node, c.via, c.returned - c.ts as took
    from chained c
    where c.back = c.node and {back}
)"""

FINISH = """,
-- who did the event at all
doers as (
    select t.node, count(distinct t.customer) as customers
    from told t
    where {within}
    group by t.node
)
select l.node, l.via, count(*) as count, count(distinct l.customer) as customers, any_value(d.customers) as doers,
    median(l.took) / 1000.0 as median_seconds, sum(l.took) / 1000.0 as total_seconds
from loops l
join doers d on d.node = l.node
group by l.node, l.via
union all
select null, null, null, count(distinct t.customer), null, null, null from told t where {within}"""


@dataclass(frozen=True)
class Loop:
    """events: (A, A) or (A, B, A).  count: returns; customers: who returned; doers: customers who did A.

    median_seconds: from leaving A to being back; total_seconds: of all returns together.
    """

    events: tuple[str, ...]
    count: int
    customers: int
    doers: int
    median_seconds: float
    total_seconds: float

    @property
    def share(self) -> float:
        """Of the customers who did A, those who returned to it so."""
        return self.customers / self.doers

    @property
    def interval(self) -> Interval | None:
        return wilson(self.customers, self.doers)


@dataclass(frozen=True)
class Loops:
    """loops: the commonest first, by returns; ties by name."""

    question: LoopsQuestion
    loops: tuple[Loop, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        loops = [
            asdict(loop)
            | {"events": list(loop.events), "share": loop.share, "interval": None if loop.interval is None else list(loop.interval)}
            for loop in self.loops
        ]
        return {"loops": loops, **self.evidence.as_plain()}


def measure_loops(con: Warehouse, question: LoopsQuestion, scope: Scope) -> Loops:
    """Every loop that was gone through once at least.  A log in which nobody returns has none."""
    binder, vocabulary, story = _define(con, question, scope)
    text = story + FINISH.format(within=entries(binder, scope, "t"))
    fast = _by_index(con, binder, question, scope, vocabulary)
    rows = list(ask_sql(con, text, binder.params).iter_rows(named=True)) if fast is None else fast.rows()
    population = next(row["customers"] for row in rows if row["node"] is None)
    evidence = Evidence(_definition(question, scope), text, binder.params, population, data_until(con), tuple(binder.warnings))
    loops = sorted((_loop(row, vocabulary) for row in rows if row["node"] is not None), key=lambda loop: (-loop.count, loop.events))
    return Loops(question, tuple(loops), evidence)


def loops_customers(con: Warehouse, question: LoopsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who went through {"loop": [events]}: as many as the loop's `customers`.  Raises QuestionError for another mark."""
    events = mark.get("loop") if set(mark) == {"loop"} else None
    if not isinstance(events, list | tuple) or len(events) not in (2, 3) or events[0] != events[-1]:
        raise QuestionError(f'{dict(mark)} is no mark of loops. Name {{"loop": [event, event]}} or {{"loop": [event, other, event]}}.')
    binder, vocabulary, story = _define(con, question, scope)
    if (fast := _by_index(con, binder, question, scope, vocabulary)) is not None:
        at_once = len(events) == 2 or events[0] != events[1]  # (A, A, A) is no loop
        return fast.behind(vocabulary.node_of_label(events[0]), vocabulary.node_of_label(events[-2]) if at_once else None)
    node = binder.bind(vocabulary.node_of_label(events[0]), "marked")
    # A label that no event has is no event at all, which the missing way of (A, A) would answer to: -1 answers to nothing.
    via = "l.via is null" if len(events) == 2 else f"l.via = {binder.bind(_known(vocabulary, events[1]), 'marked')}"
    text = f"""{story}
select distinct c.id
from loops l
join customers c on c.customer = l.customer
where l.node = {node} and {via}"""
    return People(tuple(sorted(ask_sql(con, text, binder.params)["id"].to_list())))


def _by_index(con: Warehouse, binder: Binder, question: LoopsQuestion, scope: Scope, vocabulary: Vocabulary) -> "ByIndex | None":
    """The fast way to the same numbers; None where there is no index, or it does not answer the question."""
    index = open_index(con)
    if index is None:
        return None
    from journey.paths.returns import ask_index  # its compiler is worth waiting for only where there is an index

    return ask_index(index, binder, question, scope, vocabulary)


def _known(vocabulary: Vocabulary, label: Any) -> int:
    node = vocabulary.node_of_label(label)
    return -1 if node is None else node


def _define(con: Warehouse, question: LoopsQuestion, scope: Scope) -> tuple[Binder, Vocabulary, str]:
    binder = Binder(con)
    vocabulary = read_vocabulary(binder, question.hide, question.group, question.expand)
    whole = question.unit == "customer"
    session, path = ("0", "customer") if whole else ("session", "customer, session")
    parts, _ = tell_runs(binder, vocabulary, False, path)
    unit = "customer's history" if whole else "session"
    loops = LOOPS.format(unit=unit, path=path, session=session, again=entries(binder, scope, "n"), back=entries(binder, scope, "c"))
    return binder, vocabulary, "with " + ",".join([*parts, loops]).lstrip()


def _loop(row: dict[str, Any], vocabulary: Vocabulary) -> Loop:
    event = vocabulary.labels[row["node"]]
    events = (event, event) if row["via"] is None else (event, vocabulary.labels[row["via"]], event)
    return Loop(events, row["count"], row["customers"], row["doers"], row["median_seconds"], row["total_seconds"])


def _definition(question: LoopsQuestion, scope: Scope) -> str:
    unit = "a customer's whole history" if question.unit == "customer" else "a session"
    hidden = f" Hidden: {', '.join(question.hide)}." if question.hide else ""
    return (
        f"A loop is the same event twice in a row in {unit}, or another one and its repeats in between. Each return counts, "
        f"so A, B, A, B, A is two returns to A and one to B; its time is from leaving A to being back. The share is of the customers who "
        f"did A. Loops are selected by the time they begin, {scope.timezone}.{hidden}{told_expansions(question.expand)}"
    )
