"""What was not decided, or not sent, in time: it expires, and is never done late."""

from journey.actions.ledger.rows import NewStep, append_steps, changing, entries_where, named
from journey.answers import data_until
from journey.scope import wall_clock
from journey.warehouse import Warehouse

CLOCK = "the clock"
LAPSED = """
p.arm = 'treated'
and list_contains($states, n.state)
and (p.proposed_at + (p.act_by - p.as_of) <= $at or p.act_by <= $until)"""
LAPSING = ("waiting", "approved", "failed")
"""What is held stays held, however late: only a person takes it up again."""


def expire(con: Warehouse, at: int | None = None, *, by: str = CLOCK) -> tuple[str, ...]:
    """Close what lapsed by the machine's clock, or in whose time the log has come further -> its keys.

    Held-out proposals stay as they are, to be compared.
    """
    at, by = wall_clock() if at is None else at, named(by, "Who lets it expire")
    with changing(con):
        return expire_within(con, at, by)


def expire_within(con: Warehouse, at: int, by: str = CLOCK) -> tuple[str, ...]:
    """The same as part of the change under way."""
    until = data_until(con)
    bound = {"states": list(LAPSING), "at": at, "until": -1 if until is None else until}
    lapsed = entries_where(con, LAPSED, bound)
    steps = [NewStep(each.proposal.proposal, "expired", _why(each.state), f"expired: {each.proposal.proposal}") for each in lapsed]
    append_steps(con, steps, by, at)
    return tuple(step.proposal for step in steps)


def _why(state: str) -> str:
    told = {"waiting": "nobody decided in time", "approved": "it was not sent in time", "failed": "it could not be delivered in time"}
    return f"Later it is not worth doing: {told[state]}."
