"""The net at central values as SQL: the same months by another way, to be run beside it."""

from journey.roi.inputs import KEEP, PUBLISHED
from journey.roi.question import RoiQuestion

KEPT = """-- What is the net over the months, in today's money, at these values?
-- total: money
with recursive months as (  -- who was saved is living until he churns
    select
        1 as month,
        $customers * $churn * $recall * $adoption * $lift as saved,
        $customers * $churn * $recall * $adoption * $lift as living
    union all
    select
        month + 1,
        saved * (1 - $fade),
        living * (1 - $churn) + saved * (1 - $fade)
    from months
    where month < $months
),
flows as (  -- what comes in less what is spent
    select
        month,
        living * $revenue_per_month * $margin
        - $customers * $treated * $adoption * $cost_per_treated - $tool_per_month as flow
    from months
)
select sum(flow / pow(1 + $discount, month)) - $setup as total
from flows"""

SOLD = """-- What is the net over the months, in today's money, at these values?
-- total: money
with recursive months as (  -- the lift fades
    select
        1 as month,
        {lift} as lift
    union all
    select
        month + 1,
        lift * (1 - $fade)
    from months
    where month < $months
),
flows as (  -- what comes in less what is spent
    select
        month,
        $visitors_per_month * lift * $value_per_order * $margin
        - $visitors_per_month * $cost_per_treated - $tool_per_month as flow
    from months
)
select sum(flow / pow(1 + $discount, month)) - $setup as total
from flows"""

CALCULATED = """-- What does the published calculator say over the months?
-- total: money
with saved as (  -- customers a month
    select $customers * $churn * $lift as customers
)
select (customers * $revenue_per_month - customers * $cost_per_treated - $tool_per_month) * $months as total
from saved"""


def story_of(question: RoiQuestion) -> str:
    if question.model == PUBLISHED:
        return CALCULATED
    if question.model == KEEP:
        return KEPT
    return SOLD.format(lift="$lift * $conversion" if question.lift_is == "relative" else "$lift")
