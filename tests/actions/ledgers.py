"""A ledger drawn inside a test: who was proposed an action, and what became of it."""

from collections.abc import Mapping

from journey.actions.ledger import Proposal, changing, proposal_key
from journey.actions.ledger.rows import NewStep, append_proposals, append_steps
from journey.scope import to_ms
from journey.warehouse import Warehouse
from tests.actions.campaigns import START

DAY = 86_400_000
DECIDED = to_ms(START) + 2 * DAY + DAY // 2
STEPS = {
    "holdout": (),
    "waiting": ("waiting",),
    "rejected": ("waiting", "rejected"),
    "approved": ("waiting", "approved"),
    "sent": ("waiting", "approved", "sent"),
    "failed": ("waiting", "approved", "exported", "failed"),
}


def proposals(
    con: Warehouse,
    action: str,
    people: Mapping[str, str],
    as_of: int = DECIDED,
    stage: str = "looked",
    cost: float = 0.5,
    by_hand: bool = False,
) -> None:
    """people: customer -> a key of STEPS.  All are decided as of one moment, Wednesday at noon."""
    made = {one: _made(one, action, what, as_of, stage, cost) for one, what in people.items()}
    steps = [NewStep(made[one].proposal, state) for one, what in people.items() for state in STEPS[what]]
    with changing(con):
        append_proposals(con, list(made.values()))
        append_steps(con, steps, "test", as_of, by_person=by_hand)


def _made(one: str, action: str, what: str, as_of: int, stage: str, cost: float) -> Proposal:
    return Proposal(
        proposal=proposal_key(one, action, as_of),
        customer_id=one,
        action=action,
        variant="",
        channel="email",
        trigger_name="",
        stage=stage,
        arm="holdout" if what == "holdout" else "treated",
        propensity=1.0,
        variant_propensity=1.0,
        expected_value=None,
        low=None,
        high=None,
        cost=cost,
        as_of=as_of,
        act_by=as_of + 3 * DAY,
        proposed_at=as_of,
        run="test",
    )
