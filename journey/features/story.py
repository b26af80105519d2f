"""The CTEs of the features: each adds one idea and is named for what its rows are.  Times are ms, $day a day of them."""

CAME = """came as (
    -- which ids each came with before the moment, and whether they were known to be theirs by then
    select e.customer, e.came_as, min(e.ts) as first_ts, bool_and(coalesce(i.linked_at < $as_of, true)) as theirs
    from events e
    join customer_ids i on i.number = e.came_as
    where e.ts < $as_of{narrowed}
    group by e.customer, e.came_as
)"""

THEIRS = """theirs as (
    -- an id that joined somebody later was somebody else until then; of one who had no other yet, the first id stands for them
    select came_as
    from (
        select c.came_as, c.theirs, row_number() over (partition by c.customer order by c.theirs desc, c.first_ts, c.came_as) as nth
        from came c
    ) ranked
    where theirs or nth = 1
)"""

NAMED = """named as (
    -- who had come by the name they are known by: before that, nobody knew what is told of them
    select customer
    from came
    where theirs
    group by customer
)"""

SEEN = """seen as (
    -- what each did before the moment
    select e.customer, e.ts, e.event, e.session{amount}
    from events e
    where e.ts < $as_of{narrowed}{theirs}
)"""

SPANS = """spans as (
    -- since when each is known, and their last event
    select customer, min(ts) as first_ts, max(ts) as last_ts
    from seen
    group by customer
)"""

VISITS = """visits as (
    -- their sessions within the time looked back over
    select customer, session, min(ts) as start_ts, max(ts) as stop_ts, count(*) as events
    from seen
    where ts >= $since
    group by customer, session
)"""

RHYTHM = """rhythm as (
    -- how often and how long they came, and how much of it in the later half of the time they are known
    select
        v.customer,
        count(*) as sessions,
        sum(v.events) as events,
        count(distinct v.start_ts // $day) as days,
        sum(v.stop_ts - v.start_ts) / 60000 as minutes,
        (max(v.start_ts) - min(v.start_ts)) / $day as between_days,
        count(*) filter (where v.start_ts >= (greatest(s.first_ts, $since) + $as_of) // 2) as late_sessions,
        coalesce(sum(v.events) filter (where v.start_ts >= (greatest(s.first_ts, $since) + $as_of) // 2), 0) as late_events
    from visits v
    join spans s on s.customer = v.customer
    group by v.customer
)"""

DEEDS = """deeds as (
    -- how often and when last each did each thing within that time
    select e.customer, n.name, count(*) as times, max(e.ts) as last_ts{amounts}
    from seen e
    join event_names n on n.event = e.event
    where e.ts >= $since{without}
    group by e.customer, n.name
)"""

AMOUNTS = """,
        sum(e.amount) as amount,
        count(*) filter (where e.amount > 0) as orders,
        max(e.ts) filter (where e.amount > 0) as order_ts"""

DOINGS = """doings as (
    -- the same, side by side
    select
        d.customer{columns}
    from deeds d
    group by d.customer
)"""

# The raw number of each measure of all events, beside k: customers, s: spans, v: rhythm.
OF_ALL = {
    "since last": "($as_of - s.last_ts) / $day",
    "tenure": "($as_of - s.first_ts) / $day",
    "gap": "v.between_days / nullif(v.sessions - 1, 0)",
    "overdue": "($as_of - s.last_ts) / $day / nullif(v.between_days / nullif(v.sessions - 1, 0), 0)",
    "events": "coalesce(v.events, 0)",
    "sessions": "coalesce(v.sessions, 0)",
    "days": "coalesce(v.days, 0)",
    "events per session": "v.events / v.sessions",
    "minutes": "v.minutes / v.sessions",
    "late sessions": "v.late_sessions / v.sessions",
    "late events": "v.late_events / v.events",
}
# Of what was done: the aggregate over deeds, and what is made of it.
OF_DEEDS = {
    "kinds": ("count(*)", "coalesce({}, 0)"),
    "revenue": ("sum(d.amount)", "coalesce({}, 0)"),
    "orders": ("sum(d.orders)", "coalesce({}, 0)"),
    "order value": ("sum(d.amount) / nullif(sum(d.orders), 0)", "{}"),
    "since order": ("max(d.order_ts)", "($as_of - {}) / $day"),
}
# The same of deeds whose event is among some.
OF_SOME = {
    "event": ("sum(d.times) filter (where {})", "coalesce({}, 0)"),
    "named": ("sum(d.times) filter (where {})", "coalesce({}, 0)"),
    "since named": ("max(d.last_ts) filter (where {})", "($as_of - {}) / $day"),
}
