"""Calendar periods in which all cohorts came back at once: a sign of a campaign, a holiday, or an event nobody did themselves."""

from dataclasses import dataclass, replace
from math import sqrt

from journey.periods import CALENDAR, IN_PERIOD, lay_periods
from journey.retention.answer import measure_retention
from journey.retention.question import RetentionQuestion
from journey.retention.result import Retention
from journey.rules import Binder, in_segment
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

COHORTS, MORE, SURE = 3, 1.25, 4.0
"""A wave takes this many cohorts, this many times the expected returns, and this many standard errors above them."""

RISES = """,
visits as (
    -- customers who met each event in each period of the scope
    select distinct e.customer, e.event, c.period
    from events e
    join calendar c on {in_period}
    where {segment} and {returning} and c.period >= 0 and c.period < $cohorts
)
select
    n.name,
    sum(case when list_contains($waves, v.period) then 1 else 0 end) / $inside
        - sum(case when list_contains($waves, v.period) then 0 else 1 end) / $outside as more_customers
from visits v
join event_names n on n.event = v.event
group by n.name
order by more_customers desc, n.name
limit 1"""


@dataclass(frozen=True)
class Waves:
    """starts: of the periods, ms.  returned, expected: summed over them.  event: what rose the most in them, or None."""

    starts: tuple[int, ...]
    returned: int
    expected: float
    event: str | None

    @property
    def more(self) -> float:
        """By how much the returns exceed what each cohort's age would have it, as a share."""
        return self.returned / self.expected - 1


def find_waves(con: Warehouse, question: RetentionQuestion, scope: Scope) -> Waves | None:
    """Periods whose diagonal of the table stands out from the mean of each age; None where none does.

    Only for calendar periods counted one by one, which alone have such a diagonal.
    """
    if question.clock != "calendar" or question.mode != "on":
        return None
    question = replace(question, breakdown=None)
    retention = measure_retention(con, question, scope)
    found = {number: sums for number in range(len(retention.cohorts)) if (sums := _stands_out(retention, number))}
    if not found:
        return None
    starts = tuple(retention.cohorts[number].start for number in found)
    event = _what_rose(con, question, scope, list(found)) if len(found) < len(retention.cohorts) else None
    return Waves(starts, sum(o for o, _ in found.values()), sum(e for _, e in found.values()), event)


def _stands_out(retention: Retention, number: int) -> tuple[int, float] | None:
    """(returned, expected) in one calendar period, where they differ that much."""
    returned, expected, cohorts = 0, 0.0, 0
    for i, cohort in enumerate(retention.cohorts[:number]):
        place = number - i
        mean = retention.mean[place] if place < len(cohort.begun) and cohort.begun[place] else None
        if mean and cohort.size:
            returned, expected, cohorts = returned + cohort.returned[place], expected + cohort.size * mean, cohorts + 1
    sure = cohorts >= COHORTS and returned >= MORE * expected and returned - expected >= SURE * sqrt(expected)
    return (returned, expected) if sure else None


def _what_rose(con: Warehouse, question: RetentionQuestion, scope: Scope, waves: list[int]) -> str | None:
    """The event that most more customers met in those periods than in the others."""
    periods = lay_periods(con, scope, question.period, question.week_start)
    if periods is None:
        return None
    binder = Binder(con)
    segment = in_segment(binder, scope)
    sql = RISES.format(in_period=IN_PERIOD, segment=segment, returning=binder.match(question.returning).sql)
    values = {"waves": waves, "inside": len(waves), "outside": periods.scoped - len(waves), "cohorts": periods.scoped}
    rows = ask_sql(con, "with " + CALENDAR + sql, binder.params | periods.as_values() | values)
    return rows.row(0)[0] if rows.height and rows.row(0)[1] > 0 else None
