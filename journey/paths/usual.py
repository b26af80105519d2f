"""Where a newcomer may begin to look: the event that sessions usually start with, and the one that brings revenue."""

from journey.rules import find_property
from journey.warehouse import Warehouse, ask_sql, quote, setting

USUAL_START = """with
-- the place of each event in its session, and the last place there is
placed as (
    select event, row_number() over (partition by customer, session order by ts, seq) as place,
        count(*) over (partition by customer, session) as events
    from events
)
select n.name
from placed p
join event_names n on n.event = p.event
where p.place = 1 and p.events > 1
group by n.name
order by count(*) desc, n.name
limit 1"""

EARNED = """select n.name
from events e
join event_names n on n.event = e.event
group by n.name
having sum(e.{column}) > 0
order by sum(e.{column}) desc, n.name
limit 1"""


COMMON = """select n.name
from events e
join event_names n on n.event = e.event
group by n.name
order by count(*) desc, n.name
limit $most"""


def common_events(con: Warehouse, most: int = 2000) -> list[str]:
    """The names of the commonest events, in the order of the alphabet: as many as a list to choose from can hold."""
    return sorted(ask_sql(con, COMMON, {"most": most})["name"].to_list())


def usual_start(con: Warehouse) -> str | None:
    """The event that most sessions of several events begin with; None where every session is one event."""
    rows = ask_sql(con, USUAL_START)
    return rows.row(0)[0] if rows.height else None


def earning_event(con: Warehouse) -> str | None:
    """The event that the workspace names as revenue, else the one that brought most of it; None without revenue."""
    revenue = setting(con, "revenue") or {}
    if revenue.get("event"):
        return str(revenue["event"])
    found = find_property(con, revenue["property"]) if revenue.get("property") else None
    if found is None or found.of != "event" or found.type not in ("double", "bigint"):
        return None
    rows = ask_sql(con, EARNED.format(column=quote(found.column)))
    return rows.row(0)[0] if rows.height else None
