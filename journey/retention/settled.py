"""From when on those who look new in a log are new: who had come before it began has been seen by then.

A log knows its customers from the day it begins.  Until then-regulars have been seen for the first time, they join
cohorts as if they were new, and these come back more than any true newcomers.
"""

from journey.periods import CALENDAR, IN_PERIOD, lay_periods
from journey.retention.question import RetentionQuestion
from journey.rules import Binder, in_segment
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

UNSEEN = 0.05  # of the earlier customers, those who may still be to come

GAPS = """,
active as (
    -- the periods in which each customer did the target event, over all data
    select distinct e.customer, c.period
    from events e
    join calendar c on {in_period}
    where {target} and {segment}
),
gaps as (
    -- how many periods lie between one and the next
    select period - lag(period) over (partition by customer order by period) as gap
    from active
)
select gap, count(*) as times
from gaps
where gap is not null
group by gap
order by gap"""


def find_settled(con: Warehouse, question: RetentionQuestion, scope: Scope) -> int | None:
    """The start, ms, of the first period in which at most 5% of earlier customers are still unseen; None without events.

    The data's end where that never comes.  Of customers who were there before, the share first seen at number t or later
    is the sum of (gap - t) over longer gaps by the sum of all gaps: the time to wait for the next visit from a moment
    that falls into a gap in proportion to its length.
    Source: Cox 1962, "Renewal Theory", section 5.2.
    """
    periods = lay_periods(con, Scope(timezone=scope.timezone), question.period, question.week_start)
    if periods is None:
        return None
    binder = Binder(con)
    target, segment = binder.match(question.target).sql, in_segment(binder, scope)
    sql = "with " + CALENDAR + GAPS.format(in_period=IN_PERIOD, target=target, segment=segment)
    gaps = ask_sql(con, sql, binder.params | periods.as_values()).rows()
    return periods.start(min(settled_after(gaps), periods.scoped - 1))


def settled_after(gaps: list[tuple[int, int]]) -> int:
    """The number of the first settled period, from 0.  gaps: (periods from one visit to the next, how often).

    Nobody is seen twice: nobody from before is to come, and the first period is settled.
    """
    everyone, t = sum(gap * times for gap, times in gaps), 0
    while sum((gap - t) * times for gap, times in gaps if gap > t) > UNSEEN * everyone:
        t += 1
    return t
