"""A metric in SQL: what each customer brings to each period, then sums, squares and products over customers.

Answers span (now | before), period (number in the span, -1 for all of it), part (value of the breakdown), customers,
hits (customers with x other than 0), x, y, xx, yy, xy: the sufficient statistics of a count, a sum or a ratio x / y.
"""

from journey.metrics.question import Shape
from journey.periods import IN_PERIOD

CALENDAR = """calendar as (
    -- each period and each whole span (period -1), once for every 24 hours it touches: events find theirs by equality
    select
        unnest($slot) as slot, unnest($span) as span, unnest($period) as period,
        unnest($starts) as starts, unnest($ends) as ends
)"""

ENTRIES = """entries as (
    -- the events that either side counts, each in its period and in the whole span
    select
        e.customer, e.session, c.span, c.period, {part} as part,
        case when {side} then 1 else 0 end as hit,
        case when {over} then 1 else 0 end as below,
        {value} as value, {weight} as weight
    from events e
    join calendar c on {in_period}
    where ({side} or {over}) and {segment}
)"""

VISITS = """visits as (
    -- one row per session, so that counting sessions is adding up
    select
        customer, session, span, period, part,
        max(hit) as hit, max(below) as below, sum(hit) as times_hit, sum(below) as times_below,
        sum(case when hit = 1 then value end) as value, sum(case when below = 1 then weight end) as weight
    from entries
    group by customer, session, span, period, part
)"""

PER_CUSTOMER = """per_customer as (
    -- what one customer brings to one period
    select customer, span, period, part, cast({x} as double) as x, cast({y} as double) as y
    from {rows}
    group by customer, span, period, part
)"""

FIRSTS = """firsts as (
    -- the first such event of each customer, ever
    select e.customer, min(e.ts) as ts, min(e.session) as session
    from events e
    where {side} and {segment}
    group by e.customer
)"""

NEW = """due as (
    -- a new customer counts where the first event lies
    select customer, ts, 1 as x from firsts
)"""

RETURN = """due as (
    -- a customer counts where the time to come back ends; x says whether a later session began within it
    select
        f.customer, f.ts + $within as ts,
        max(case when e.session > f.session and e.ts <= f.ts + $within then 1 else 0 end) as x
    from firsts f
    join events e on e.customer = f.customer
    where {side}
    group by f.customer, f.ts
)"""

PER_DUE = """per_customer as (
    select e.customer, c.span, c.period, {part} as part, cast(e.x as double) as x, cast(1 as double) as y
    from due e
    join calendar c on {in_period}
)"""

PAIRS = """,
pairs as (
    -- what one customer brings to both whole spans: those who are in both make the two alike
    select
        n.x as x1, n.y as y1, b.x as x0, b.y as y0
    from per_customer n
    join per_customer b on b.customer = n.customer and b.part = n.part
    where n.span = 'now' and b.span = 'before' and n.period = -1 and b.period = -1
)"""

MOMENTS = """
select
    span, period, part,
    count(*) as customers,
    cast(sum(case when x <> 0 then 1 else 0 end) as bigint) as hits,
    sum(x) as x, sum(y) as y, sum(x * x) as xx, sum(y * y) as yy, sum(x * y) as xy
from per_customer
group by span, period, part"""

SHARED = """
union all
-- of customers in both spans, the products now times before, in the places of hits to xy: -, x x, x y, y x, y y, -
select
    'both', -1, '', count(*), 0, sum(x1 * x0), sum(x1 * y0), sum(y1 * x0), sum(y1 * y0), 0
from pairs"""

IN_ORDER = "\norder by span, period, part"

BEHIND = """
select c.id
from per_customer p
join customers c on c.customer = p.customer
where p.span = 'now' and p.period = $number and p.x <> 0 {part}
order by c.id"""

EVENT_SIDE = {
    "customers": "max({flag})",
    "count": "sum({flag})",
    "sum": "coalesce(sum(case when {flag} = 1 then {value} end), 0)",
}
SESSION_SIDE = {
    "customers": "max({flag})",
    "count": "sum(times_{flag})",
    "sum": "coalesce(sum({value}), 0)",
    "sessions": "sum({flag})",
}


def story(shape: Shape, side: str, over: str | None, segment: str, part: str, value: str, weight: str) -> str:
    """The CTEs up to `per_customer`, with predicates and values over `events e` in their places."""
    if shape.is_cohort:
        due = (NEW if shape.of == "new" else RETURN).format(side=side)
        parts = (CALENDAR, FIRSTS.format(side=side, segment=segment), due, PER_DUE.format(part=part, in_period=IN_PERIOD))
        return "with " + ",\n".join(parts)
    entries = ENTRIES.format(
        part=part,
        side=side,
        over=over or "false",
        value=value,
        weight=weight,
        in_period=IN_PERIOD,
        segment=segment,
    )
    by_session = "sessions" in (shape.side.way, shape.over and shape.over.way)
    ways = SESSION_SIDE if by_session else EVENT_SIDE
    x = ways[shape.side.way].format(flag="hit", value="value")
    customers = PER_CUSTOMER.format(
        rows="visits" if by_session else "entries",
        x=f"{x} * max(below)" if shape.is_share else x,  # a share counts only those of its denominator
        y=ways[shape.over.way].format(flag="below", value="weight") if shape.over else "1",
    )
    return "with " + ",\n".join((CALENDAR, entries, *([VISITS] if by_session else []), customers))


def moments(ctes: str, shared: bool) -> str:
    """The sums over customers; shared: with those between the two spans as one more row."""
    return ctes + (PAIRS + MOMENTS + SHARED if shared else MOMENTS) + IN_ORDER
