"""What is kept of a proposal: the decision as it was made, and every step it took since."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from journey.answers import iso

ARMS = ("treated", "holdout")


@dataclass(frozen=True)
class Proposal:
    """One action for one customer, as it was chosen: a row of table proposals, which tells the unit of every column.

    expected_value, low, high: money and its 95% interval, None where the effect is not known.  act_by: ms by the clock of
    the data.  proposed_at: ms by the clock of the machine; booking sets it.  card: JSON of what the person was told.
    """

    proposal: str
    customer_id: str
    action: str
    variant: str
    channel: str
    trigger_name: str
    stage: str
    arm: str
    propensity: float
    variant_propensity: float
    expected_value: float | None
    low: float | None
    high: float | None
    cost: float
    as_of: int
    act_by: int
    proposed_at: int
    run: str
    catalog: int = 0
    card: str = "{}"

    @property
    def lapses_at(self) -> int:
        """ms by the clock of the machine, until which it stands: as long after it was proposed as it was valid in the data."""
        return self.proposed_at + (self.act_by - self.as_of)


COLUMNS = tuple(one.name for one in fields(Proposal))


def proposal_key(customer_id: str, action: str, occasion: str | int) -> str:
    """The key of a decision: the same customer, action and occasion (a day, an event, a moment) give the same one."""
    parts = (customer_id, action, str(occasion))
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:32]


def run_of(by: str, at: int) -> str:
    """The run that a person's proposals of a day (of UTC) belong to: "Ann 20261122", so that a day's can be taken back."""
    return f"{by} {str(iso(at))[:10].replace('-', '')}"


@dataclass(frozen=True)
class Step:
    """What became of a proposal.  step: from 1 over all, in order.  done_at: ms by the clock of the machine.

    by_person: decided by somebody, and not by a run.
    """

    step: int
    proposal: str
    state: str
    done_at: int
    done_by: str
    reason: str
    by_person: bool

    def as_plain(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "at": iso(self.done_at),
            "by": self.done_by,
            "by_person": self.by_person,
            "reason": self.reason,
        }


STEP_COLUMNS = tuple(one.name for one in fields(Step))


@dataclass(frozen=True)
class Entry:
    """A proposal with its steps, the first to the last.  There is always one: booking takes the first."""

    proposal: Proposal
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def state(self) -> str:
        return self.last.state

    @property
    def why(self) -> str:
        """What was said with the last step."""
        return self.last.reason

    def step_into(self, state: str) -> Step | None:
        """The last step into this state, None where it never was in it."""
        return next((step for step in reversed(self.steps) if step.state == state), None)

    @property
    def approved_by_person(self) -> bool:
        return any(step.state == "approved" and step.by_person for step in self.steps)

    def as_plain(self) -> dict[str, Any]:
        kept = self.proposal
        return {
            "proposal": kept.proposal,
            "customer": kept.customer_id,
            "action": kept.action,
            "variant": kept.variant,
            "channel": kept.channel,
            "trigger": kept.trigger_name,
            "stage": kept.stage,
            "arm": kept.arm,
            "state": self.state,
            "why": self.why,
            "expected_value": kept.expected_value,
            "interval": None if kept.low is None or kept.high is None else [kept.low, kept.high],
            "cost": kept.cost,
            "propensity": kept.propensity,
            "variant_propensity": kept.variant_propensity,
            "as_of": iso(kept.as_of),
            "act_by": iso(kept.act_by),
            "proposed_at": iso(kept.proposed_at),
            "lapses_at": iso(kept.lapses_at),
            "run": kept.run,
            "catalog": kept.catalog,
            "steps": [step.as_plain() for step in self.steps],
        }


@dataclass(frozen=True)
class Refused:
    """Something that was not done.  guardrail: which forbade it, "ledger" where the state did.  why: a sentence."""

    proposal: str
    customer_id: str
    action: str
    guardrail: str
    why: str

    def as_plain(self) -> Mapping[str, str]:
        return {
            "proposal": self.proposal,
            "customer": self.customer_id,
            "action": self.action,
            "guardrail": self.guardrail,
            "why": self.why,
        }
