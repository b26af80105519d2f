"""Who has been quiet the longest against their own habit: what a list goes by where no score can be trusted.  No prediction."""

from dataclasses import dataclass
from typing import Any

from journey.rules import Binder, in_segment
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

DAY = 86_400_000
LATEST_DAYS = 90

QUIET = """-- Customers by how long they have been quiet against their own usual gap between days, the longest first.
with days as (
    -- each day on which a customer did something before the moment
    select distinct e.customer, (e.ts - $origin) // 86400000 as day
    from events e
    where e.ts < $as_of and {segment}
),
habits as (
    -- their usual gap: from the first day to the last, shared out among the gaps between; three days tell two gaps
    select customer, count(*) as days, (max(day) - min(day)) / (count(*) - 1.0) as usual_gap
    from days
    group by customer
    having count(*) >= 3
),
lately as (
    -- how long they have been quiet
    select e.customer, ($as_of - max(e.ts)) / 86400000.0 as quiet_days
    from events e
    where e.ts < $as_of
    group by e.customer
)
select c.id, l.quiet_days, h.usual_gap, l.quiet_days / h.usual_gap as gaps
from habits h
join lately l on l.customer = h.customer
join customers c on c.customer = h.customer
where l.quiet_days > h.usual_gap and l.quiet_days <= greatest($latest, 4 * h.usual_gap)
order by gaps desc, c.id"""


@dataclass(frozen=True)
class Quiet:
    """days: since the last event.  usual_gap: days between the days they came on, on average."""

    customer: str
    days: float
    usual_gap: float

    @property
    def gaps(self) -> float:
        """How many usual gaps the quiet is long."""
        return self.days / self.usual_gap


def quiet_customers(con: Warehouse, as_of: int, scope: Scope) -> tuple[tuple[Quiet, ...], str, dict[str, Any]]:
    """-> (those quiet for longer than is usual for them, the longest in usual gaps first; the query and its values).

    Left out are those seen on fewer than three days, who have no habit, and those gone for over 90 days and four usual
    gaps, who left long ago.
    """
    binder = Binder(con)
    segment = in_segment(binder, Scope(None, as_of, scope.timezone, scope.segment), "e")
    text = QUIET.format(segment=segment)
    params = binder.params | {"as_of": as_of, "origin": as_of - as_of % DAY - 36_500 * DAY, "latest": LATEST_DAYS}
    found = ask_sql(con, text, params)
    return tuple(Quiet(one, days, gap) for one, days, gap, _ in found.iter_rows()), text, params
