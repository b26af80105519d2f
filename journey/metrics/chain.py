"""A ratio as a chain of links, each over the one before: customers, those who did it, how often, the sum.

Answers one row per customer and span: customer, span, part (their group), and a column per link.
"""

from dataclasses import dataclass
from typing import Any

from journey.metrics.bound import Bound, side_of
from journey.metrics.definition import CALENDAR, EVENT_SIDE, SESSION_SIDE
from journey.metrics.spans import TOTAL
from journey.periods import IN_PERIOD
from journey.rules import Binder, in_segment
from journey.scope import Scope
from journey.warehouse import Warehouse

TOUCHED = """touched as (
    -- the events of either side in either whole span
    select
        e.customer, e.session, e.ts, c.span,
        case when {side} then 1 else 0 end as hit,
        case when {over} then 1 else 0 end as below,
        {value} as value, {weight} as weight, {part} as part
    from events e
    join calendar c on {in_period}
    where ({side} or {over}) and {segment}
)"""

PLACED = """firsts as (
    -- when a value was first seen of a customer in the span
    select customer, span, min(ts) as ts
    from touched
    where part is not null
    group by customer, span
),
placed as (
    -- a customer belongs to that value; of several at the same moment, to the first in the alphabet
    select t.customer, t.span, min(t.part) as part
    from touched t
    join firsts f on f.customer = t.customer and f.span = t.span and f.ts = t.ts
    group by t.customer, t.span
)"""

VISITS = """,
visits as (
    -- one row per session, so that counting sessions is adding up
    select
        customer, span,
        max(hit) as hit, max(below) as below, sum(hit) as times_hit, sum(below) as times_below,
        sum(case when hit = 1 then value end) as value, sum(case when below = 1 then weight end) as weight
    from touched
    group by customer, session, span
)"""

BROUGHT = """,
brought as (
    select customer, span, {links}
    from {rows}
    group by customer, span
)
select b.customer, b.span, coalesce(p.part, '') as part, {columns}
from brought b
left join placed p on p.customer = b.customer and p.span = b.span"""

LINKS = {
    "base": ("customers", "below", "weight"),
    "weight": ("sum", "below", "weight"),
    "events_below": ("count", "below", "weight"),
    "sessions_below": ("sessions", "below", "weight"),
    "did": ("customers", "hit", "value"),
    "sessions": ("sessions", "hit", "value"),
    "times": ("count", "hit", "value"),
    "value": ("sum", "hit", "value"),
}
BELOW = {"customers": "base", "count": "events_below", "sum": "weight", "sessions": "sessions_below"}
TOP = {"customers": "did", "count": "times", "sum": "value", "sessions": "sessions"}


@dataclass(frozen=True)
class Chain:
    """columns: links from the denominator to the numerator.  factors: what each is called over the one before."""

    columns: tuple[str, ...]
    factors: tuple[str, ...]


def chain_of(bound: Bound) -> Chain | None:
    """None for what is no ratio of two sides."""
    shape = bound.shape
    if shape.over is None:
        return None
    base, top = BELOW[shape.over.way], TOP[shape.side.way]
    named = bound.named.factors if bound.named else ()
    if shape.is_share:
        columns: tuple[str, ...] = (base, "doers")
    elif shape.over.way != "customers":
        columns = (base, top)
    elif shape.side.step is None:
        columns = (base, "sessions", top) if top != "sessions" else (base, top)
    else:
        columns = (base, "did", "times", top) if top == "value" else (base, "did", top)
    return Chain(columns, named if len(named) == len(columns) - 1 else _names(columns, bound))


def _names(columns: tuple[str, ...], bound: Bound) -> tuple[str, ...]:
    """What the factors are called where metrics.toml gives them no names."""
    if len(columns) == 2:
        return (bound.named.name if bound.named else "Value",)
    told = {
        "did": f"Share with {bound.side}",
        "sessions": "Sessions per customer",
        "times": "Events per session" if columns[1] == "sessions" else f"{bound.side} per customer with one",
        "value": "Value per event" if columns[1] == "sessions" else f"Value per {bound.side}",
    }
    return tuple(told[column] for column in columns[1:])


def touched(con: Warehouse, bound: Bound, chain: Chain, by: str | None, scope: Scope) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """-> (the query, its values, warnings): one row per customer and span."""
    binder = Binder(con)
    shape = bound.shape
    side, value = side_of(binder, shape.side)
    over, weight = side_of(binder, shape.over) if shape.over else (side, "null")
    prop = binder.property(by) if by else None
    body = TOUCHED.format(
        side=side.sql,
        over=over.sql,
        value=value,
        weight=weight,
        part=prop.text() if prop else "cast(null as varchar)",
        in_period=IN_PERIOD,
        segment=in_segment(binder, scope),
    )
    by_session = bool({"sessions", "sessions_below"} & set(chain.columns))
    links = ", ".join(f"cast({_link(column, by_session)} as double) as {column}" for column in chain.columns)
    columns = ", ".join(f"b.{column}" for column in chain.columns)
    sql = "with " + ",\n".join((CALENDAR, body, PLACED)) + (VISITS if by_session else "")
    sql += BROUGHT.format(links=links, columns=columns, rows="visits" if by_session else "touched")
    return sql, binder.params | _totals_only(bound), tuple(binder.warnings)


def _link(column: str, by_session: bool) -> str:
    """How a link adds up for one customer; "doers" are only those who did the denominator, too."""
    if column == "doers":
        return "max(hit) * max(below)"
    way, flag, value = LINKS[column]
    return (SESSION_SIDE if by_session else EVENT_SIDE)[way].format(flag=flag, value=value)


def _totals_only(bound: Bound) -> dict[str, Any]:
    """The calendar with the whole spans alone."""
    values = bound.spans.as_values()
    kept = [place for place, period in enumerate(values["period"]) if period == TOTAL]
    return {name: [column[place] for place in kept] if isinstance(column, list) else column for name, column in values.items()}
