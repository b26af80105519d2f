"""What waits to be decided or sent, and what became of one customer's proposals."""

from collections.abc import Sequence

from journey.actions.catalog import actions_in_force
from journey.actions.ledger.proposal import Entry
from journey.actions.ledger.rows import entries_where
from journey.actions.ledger.states import OPEN, read_state
from journey.errors import QuestionError
from journey.warehouse import Warehouse

LIMIT = 200
BEST_FIRST = "p.expected_value desc nulls last, p.act_by, p.customer_id"
FILTERS = {"action": "p.action", "trigger": "p.trigger_name", "channel": "p.channel", "stage": "p.stage", "run": "p.run"}


def queue(
    con: Warehouse,
    state: str | Sequence[str] = "waiting",
    limit: int | None = LIMIT,
    *,
    action: str | None = None,
    trigger: str | None = None,
    channel: str | None = None,
    stage: str | None = None,
    run: str | None = None,
    owner: str | None = None,
) -> tuple[Entry, ...]:
    """Proposals in this state, or in these, that something can be done about: the most valuable first, then the most urgent.

    Those held out are left out, as nothing is decided for them.  owner: of the action, as the catalog says now.
    limit: at most so many, None for all.
    Raises: QuestionError: no such state, a limit that is no number.
    """
    asked = {"action": action, "trigger": trigger, "channel": channel, "stage": stage, "run": run}
    bound: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
    condition = ["p.arm = 'treated'", "list_contains($states, n.state)", *(f"{FILTERS[name]} = ${name}" for name in bound)]
    if owner is not None:
        condition.append("list_contains($owned, p.action)")
        bound["owned"] = [each.name for each in actions_in_force(con).actions if each.owner == owner]
    states = [read_state(each) for each in ([state] if isinstance(state, str) else state)]
    return tuple(entries_where(con, " and ".join(condition), {**bound, "states": states}, _limit(limit), BEST_FIRST))


def ledger_of(con: Warehouse, customer_id: str) -> tuple[Entry, ...]:
    """Everything that was ever proposed for a customer, also under an id that became theirs, what changed last first."""
    theirs = """p.customer_id = $customer or p.customer_id in (
    select i.id
    from customer_ids i
    join customers c on c.customer = i.customer
    where c.id = $customer
)"""
    return tuple(entries_where(con, theirs, {"customer": customer_id}))


def open_proposals(con: Warehouse, customer_ids: Sequence[str] | None = None) -> tuple[Entry, ...]:
    """What is waiting, held or approved and can still be done, of these customers or of all."""
    condition = "p.arm = 'treated' and list_contains($states, n.state)"
    bound: dict[str, object] = {"states": list(OPEN)}
    if customer_ids is not None:
        condition, bound = f"{condition} and list_contains($ids, p.customer_id)", {**bound, "ids": list(customer_ids)}
    return tuple(entries_where(con, condition, bound, None, BEST_FIRST))


def _limit(limit: object) -> int | None:
    if limit is None or (isinstance(limit, int) and not isinstance(limit, bool) and limit >= 0):
        return limit
    raise QuestionError(f"limit is {limit!r}; it is a whole number of proposals, or null for all.")
