"""What actions cost within the budget's stretch of time."""

from journey.actions.catalog import Guardrails
from journey.warehouse import Warehouse, one

COMMITTED = ("approved", "exported", "sent")
SPENT = """
select coalesce(sum(p.cost), 0)
from proposals p
join (
    -- what each proposal is now, and since when
    select proposal, arg_max(state, step) as state, max(done_at) as since
    from action_steps
    group by proposal
) now on now.proposal = p.proposal
where list_contains($committed, now.state) and (now.state = 'approved' or now.since > $since)"""


def spent_on_actions(con: Warehouse, guardrails: Guardrails, at: int) -> float:
    """Money for what was approved, exported or sent in the budget's stretch that ends at `at`; 0 without a budget.

    What was approved and waits to be sent is spent already, however long ago that was.
    """
    if guardrails.budget is None:
        return 0.0
    return float(one(con, SPENT, {"committed": list(COMMITTED), "since": at - guardrails.budget.within_ms}))
