"""What follows what, as SQL: one row per moment at which something came next, and what had come before.

steps(customer, ts, s0, s1, .., next)      s0: the latest event or stage at ts; s1: the one before it; null: not known
"""

from collections.abc import Sequence

from journey.predict.following.looks import looks_at
from journey.predict.following.question import Followed
from journey.predict.following.symbols import Symbols, rules_of
from journey.rules import Binder, entries
from journey.rules.stages_at import staged_sql
from journey.scope import Scope

BY_SESSION = """
told as (
    -- the events that are told; a run is a session
    select e.customer, e.session as run, e.ts, e.seq, e.event
    from events e
    where {told}
)"""
BY_CUSTOMER = """
silences as (
    -- the events that are told, and whether a long silence came before
    select e.customer, e.ts, e.seq, e.event,
        case when e.ts - lag(e.ts) over (partition by e.customer order by e.ts, e.seq) > {silence} then 1 else 0 end as breaks
    from events e
    where {told}
),
told as (
    -- a run is a stretch without such a silence
    select customer, ts, seq, event,
        sum(breaks) over (partition by customer order by ts, seq rows unbounded preceding) as run
    from silences
)"""
RUNS = """
neighbours as (
    -- what came right before and after, in the same run
    select customer, run, ts, seq, event,
        lag(event) over (partition by customer, run order by ts, seq) as previous,
        lead(event) over (partition by customer, run order by ts, seq) as after
    from told
),
kept as (
    -- of repeats in a row that are one, the last stands for all
    select customer, run, ts, seq, event, after
    from neighbours
    where after is null or after <> event or not list_contains({once}, event)
)"""
STEPS = """
steps as (
    select customer, ts, seq, event as s0{back},
        coalesce(after, {end}) as next
    from kept
    window path as (partition by customer, run order by ts, seq){opening}
)"""
OPENING = """
    union all
    -- what runs begin with
    select customer, ts, seq, {start}{nothing}, event
    from neighbours
    where previous is null"""
MOMENTS = """
moments as (
    -- each event that is told, and what came next
    select k.customer, k.run, k.ts, k.seq, k.event, coalesce(k.after, {end}) as next, {entered} as entered
    from kept k
)"""
LOOKS = """
looks as (
{staged}
),
steps as (
    -- each look but the last, and the stage at the next
    select customer, moment as ts, 0 as seq, stage as s0{back},
        lead(stage) over path as next
    from looks
    window path as (partition by customer order by moment)
)"""
BACK = """,
        coalesce(lag({value}, {place}) over path, case when row_number() over path = {place} then {start} end) as s{place}"""
MATCHED = """
matched as (
    -- how much of the history is the one that is asked after
    select s.customer, s.ts, s.seq, s.next, {depth} as depth
    from steps s
    where {settled}
)"""
COUNTS = """
select depth, next, count(*) as times, count(distinct customer) as customers
from matched
group by depth, next
order by depth desc, times desc, next"""
PEOPLE = """
select customer, depth, next, count(*) as times
from matched
group by customer, depth, next"""
NOW = """,
latest as (
    -- where each customer was last
    select customer, ts, s0{places}, row_number() over (partition by customer order by ts desc, seq desc) as place
    from steps
)
select s.customer
from latest s
where s.place = 1 and {here} and {entered}"""


def steps_story(binder: Binder, followed: Followed, symbols: Symbols, back: int, opens: bool, before: int | None = None) -> str:
    """The story down to `steps`, with `back` symbols of history.  opens: with what runs begin with.  before: of events until then."""
    start = binder.bind(symbols.start, "start")
    told = "true" if before is None else f"e.ts < {binder.bind(before, 'seen_until')}"
    opening = OPENING.format(start=start, nothing=", null" * max(0, back - 1)) if opens else ""
    columns = "".join(BACK.format(value="event", place=place, start=start) for place in range(1, back))
    steps = STEPS.format(back=columns, end=binder.bind(symbols.end, "end_of_run"), opening=opening)
    return _runs_story(binder, followed, symbols, told) + "," + steps


def moments_story(binder: Binder, followed: Followed, symbols: Symbols, every: int, scope: Scope) -> str:
    """The story down to `moments`, of one customer in so many.  entered: whether the scope selects the moment."""
    sampled = f"e.customer in (select customer from customers where hash(id) % {binder.bind(every, 'every')} = 0)"
    moments = MOMENTS.format(end=binder.bind(symbols.end, "end_of_run"), entered=entries(binder, scope, "k"))
    return _runs_story(binder, followed, symbols, sampled if every > 1 else "true") + "," + moments


def _runs_story(binder: Binder, followed: Followed, symbols: Symbols, told: str) -> str:
    """The story down to `kept`.  told: which events e are told, but for hidden ones."""
    if symbols.hidden:
        told += f" and not list_contains({binder.bind(list(symbols.hidden), 'hidden')}, e.event)"
    if followed.unit == "customer":
        base = BY_CUSTOMER.format(silence=binder.bind(followed.silence, "silence"), told=told)
    else:
        base = BY_SESSION.format(told=told)
    return "with" + base + "," + RUNS.format(once=binder.bind([code for code, one in enumerate(symbols.once) if one], "once"))


def looks_story(binder: Binder, followed: Followed, symbols: Symbols, back: int, scope: Scope) -> str:
    """The same of stages, at the looks of the scope."""
    staged = staged_sql(binder, rules_of(binder, followed), looks_at(binder.con, followed, scope), scope)
    start = binder.bind(symbols.start, "start")
    columns = "".join(BACK.format(value="stage", place=place, start=start) for place in range(1, back))
    return "with" + LOOKS.format(staged=staged, back=columns)


def matched_story(binder: Binder, story: str, after: Sequence[int], scope: Scope, until: int | None) -> str:
    """The story down to `matched`.  after: the latest first.  until: ms from which on what came next is not settled."""
    whens = [f"when {_here(binder, after[:depth])} then {depth}" for depth in range(len(after), 0, -1)]
    depth = f"case {' '.join(whens)} else 0 end" if whens else "0"
    settled = [entries(binder, scope, "s"), "s.next is not null"]
    if until is not None:
        settled.append(f"s.ts < {binder.bind(until, 'settled_until')}")
    return story + "," + MATCHED.format(depth=depth, settled=" and ".join(settled))


def now_query(binder: Binder, story: str, after: Sequence[int], scope: Scope) -> str:
    """Who is there now: whose latest history, before the scope's stop and since its start, is the one asked after."""
    places = "".join(f", s{place}" for place in range(1, len(after)))
    return story + NOW.format(places=places, here=_here(binder, after), entered=entries(binder, scope, "s"))


def _here(binder: Binder, after: Sequence[int]) -> str:
    return " and ".join(f"s.s{place} = {binder.bind(number, 'after')}" for place, number in enumerate(after)) or "true"
