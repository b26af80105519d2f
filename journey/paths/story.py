"""The definition of a path, as a story of CTEs: from events to the cells and moves of a picture.

Every CTE adds one idea.  A path is one session, or the stretch of it between two anchors; (customer, session) names it.
Where a path is a customer's whole history, all of it counts as session 0.
Its cells are what stands in each column, our own included; its moves lead from one column to the next.
Limit: a path never leaves its session, so a way that takes days is told by the session it starts in, or by the history.
"""

from journey.paths.question import PathsQuestion
from journey.paths.thin import fold_thin
from journey.paths.vocabulary import DROP_OFF_NODE, OTHER_NODE, START_NODE, Vocabulary
from journey.rules import Binder, entries
from journey.scope import Scope

CONCERNED = """
-- sessions that can hold a path at all: {why}
concerned as (
    select distinct e.customer, {session} as session
    from {source} e
    join vocabulary v on {match}
    where {holds}
)"""

TOLD = """
-- every event under the name it is told by; hidden ones are left out
told as (
    select e.customer, {session} as session, e.ts, e.seq, v.node
    from {source} e
    join vocabulary v on {match}{within}
)"""

WITHIN = """
    join concerned c on c.customer = e.customer and c.session = {session}"""

RUNS = """
-- an event and the one just before it in its {unit}
followed as (
    select *, lag(node) over (partition by {path} order by ts, seq) as before
    from told
),
-- repeats are told once, at the time of the first
runs as (
    select customer, session, ts, seq, node
    from followed
    where before is distinct from node{kept}
)"""

PLACED = """
-- the place of each event in its session, from 1
placed as (
    select customer, session, ts, node, row_number() over (partition by customer, session order by ts, seq) as place
    from {runs}
)"""

OPENED = """
-- where each path begins{anchored}; ts is when
opened as (
    select customer, session, min(place) as first_place, min(ts) as ts
    from placed{where}
    group by customer, session
)"""

CLOSED = """
-- paths that reach the end, at its first occurrence{after}
closed as (
    select o.customer, o.session, o.ts, o.first_place, min(p.place) as last_place
    from opened o
    join placed p on p.customer = o.customer and p.session = o.session
    where {is_end} and p.place {beyond} o.first_place
    group by o.customer, o.session, o.ts, o.first_place
)"""

BEGUN = """
-- the scope selects paths by their first event
begun as (
    select b.* from {ways} b where {entries}
)"""

FIRST_ONLY = """
-- one path per customer: the first session that qualifies
firsts as (
    select *, row_number() over (partition by customer order by session) as number
    from begun
),
paths as (
    select * from firsts where number = 1
)"""

EVERY = """
paths as (
    select * from begun
)"""

SHOWN = """
-- the columns, counted from {origin}
shown as (
    select p.customer, p.session, p.ts, p.node, {step} as step
    from placed p
    join paths w on w.customer = p.customer and w.session = p.session
    where {within}
)"""

RANKED = """
-- each column keeps its commonest events; labels break ties
ranked as (
    select s.step, s.node, row_number() over (partition by s.step order by count(*) desc, l.label) as rank
    from shown s
    join labels l on l.node = s.node
    group by s.step, s.node, l.label
),
kept as (
    select step, node from ranked where rank <= {rows}
)"""

CELLS = """
-- the rest of a column is Other; a path that is over has one more cell, so that nothing vanishes
cells as (
    select s.customer, s.session, s.ts, s.step, case when k.node is null then {other} else s.node end as node
    from shown s
    left join kept k on k.step = s.step and k.node = s.node
    union all
    select customer, session, null as ts, {beyond} as step, {leaving} as node
    from shown
    group by customer, session
    having {inside}
)"""

MOVES = """
-- from each cell to the next of the same path
moves as (
    select customer, session, step, node as source,
        lead(node) over (partition by customer, session order by step) as target,
        lead(ts) over (partition by customer, session order by step) - ts as took
    from {cells}
)"""


def tell_paths(binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary) -> str:
    """CTEs shown(customer, session, ts, node, step), cells (Other and Drop-off too), moves(.., source, target, took ms)."""
    ways = "closed" if question.end is not None else "opened"
    parts = [*tell_beginnings(binder, question, scope, vocabulary), BEGUN.format(ways=ways, entries=entries(binder, scope, "b"))]
    parts.append(FIRST_ONLY if question.unit == "customer" else EVERY)
    origin, step, within = shown_within(binder, question)
    parts += [SHOWN.format(origin=origin, step=step, within=within), RANKED.format(rows=binder.bind(question.rows, "rows"))]
    return "with " + ",".join([*parts, *tell_cells(binder, question)]).lstrip()


def tell_runs(
    binder: Binder,
    vocabulary: Vocabulary,
    collapse: bool | tuple[str, ...],
    path: str = "customer, session",
    concerned: str | None = None,
    session: str = "e.session",
) -> tuple[list[str], str]:
    """CTEs down to the events as they are told, and the name of the last.  concerned: the CTE of sessions to keep to.

    session: what names the session of an event e.
    """
    within = WITHIN.format(session=session) if concerned else ""
    told = TOLD.format(within=within, session=session, source=vocabulary.source, match=vocabulary.match)
    parts = [*vocabulary.bind(binder), *([concerned] if concerned else []), told]
    if collapse is False:
        return parts, "told"
    kept = ""
    if collapse is not True:
        nodes = [node for name in collapse for node in vocabulary.find_all(binder, name)]
        kept = f" or not list_contains({binder.bind(nodes, 'collapsed')}, node)"
    unit = "session" if "session" in path else "customer's history"
    return [*parts, RUNS.format(path=path, kept=kept, unit=unit)], "runs"


def tell_beginnings(binder: Binder, question: PathsQuestion, scope: Scope, vocabulary: Vocabulary) -> list[str]:
    """CTEs down to opened(customer, session, first_place, ts), or closed, with last_place, where there is an end: of all times."""
    anchors = {key: vocabulary.find_all(binder, name) for key in ("start", "end") if (name := getattr(question, key)) is not None}
    bound = {key: binder.bind(list(nodes), key) for key, nodes in anchors.items()}
    session = "0" if question.unit == "history" else "e.session"
    concerned = _concerned(binder, scope, vocabulary, bound, session)
    parts, runs = tell_runs(binder, vocabulary, question.collapse_repeats, concerned=concerned, session=session)
    start, end = bound.get("start"), bound.get("end")
    parts.append(PLACED.format(runs=runs))
    anchored = ": at the first occurrence of the start" if start else ": with its session"
    parts.append(OPENED.format(anchored=anchored, where=f"\n    where {_is('node', start)}" if start else ""))
    if end:
        after = " after the start" if start else ""
        parts.append(CLOSED.format(is_end=_is("p.node", end), after=after, beyond=">" if start else ">="))
    return parts


def _is(node: str, anchor: str) -> str:
    """That a node is one of the anchor's: of several where it is expanded, of none where no event is named so."""
    return f"list_contains({anchor}, {node})"


def _concerned(binder: Binder, scope: Scope, vocabulary: Vocabulary, bound: dict[str, str], session: str) -> str | None:
    """Only to spare work: what follows decides anew which paths begin where."""
    if "start" in bound:
        why, holds = "they hold the start within the scope", f"{_is('v.node', bound['start'])} and {entries(binder, scope, 'e')}"
    elif "end" in bound:
        why, holds = "they hold the end", _is("v.node", bound["end"])
    elif scope.start is None and scope.stop is None and scope.segment is None:
        return None
    else:
        why, holds = "they have an event in the scope", entries(binder, scope, "e")
    return CONCERNED.format(why=why, holds=holds, session=session, source=vocabulary.source, match=vocabulary.match)


def shown_within(binder: Binder, question: PathsQuestion) -> tuple[str, str, str]:
    """-> (where columns are counted from, the column of a placed event p of a path w, the predicate that it has one)."""
    steps = binder.bind(question.steps, "steps")
    if question.backwards:
        within = f"p.place between w.first_place and w.last_place and w.last_place - p.place < {steps}"
        return "the end: -1 is the last", "p.place - w.last_place - 1", within
    within = f"p.place >= w.first_place and p.place - w.first_place < {steps}"
    return "the beginning: 1 is the first", "p.place - w.first_place + 1", within


def cells_of(question: PathsQuestion) -> str:
    """The CTE that holds what stands in each column at last."""
    return "folded" if question.min_count > 1 else "cells"


def tell_cells(binder: Binder, question: PathsQuestion) -> list[str]:
    """CTEs from shown and kept to cells, thin ones folded, and moves."""
    thin = fold_thin(binder, question) if question.min_count > 1 else []
    return [_cells(binder, question), *thin, MOVES.format(cells=cells_of(question))]


def _cells(binder: Binder, question: PathsQuestion) -> str:
    steps, other = binder.bind(question.steps, "steps"), binder.bind(OTHER_NODE, "other")
    if question.backwards:
        leaving = binder.bind(START_NODE, "start_node")
        return CELLS.format(other=other, beyond="min(step) - 1", leaving=leaving, inside=f"min(step) > -{steps}")
    leaving = binder.bind(DROP_OFF_NODE, "drop_off")
    return CELLS.format(other=other, beyond="max(step) + 1", leaving=leaving, inside=f"max(step) < {steps}")
