"""What a policy is estimated to bring, beside what today's brought, and how far the log can speak for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.actions.off_policy.estimates import NAMES, Estimates
from journey.actions.off_policy.overlap import Overlap
from journey.actions.off_policy.question import PolicyQuestion
from journey.answers import Evidence


@dataclass(frozen=True)
class Choice:
    """How often the policy would do an action, and how often it was done: shares of decisions."""

    action: str
    share: float | None
    today: float


@dataclass(frozen=True)
class Planned:
    """What the catalog would choose for customers of a stage.  value: expected money of it, None where it is nothing."""

    stage: str
    action: str
    decisions: int

    def as_plain(self) -> dict[str, Any]:
        return {"stage": self.stage, "action": self.action, "decisions": self.decisions}


@dataclass(frozen=True, eq=False)
class PolicyValue:
    """missing: what lacks, "" where nothing does; then estimates and overlap are None.  unit: what a reward is: money, share, or the
    column's name.  customers: different ones.  agreeing: (n,) of bool, decisions in which the policy might have done what was done.
    """

    question: PolicyQuestion
    evidence: Evidence
    unit: str
    customers: int
    missing: str = ""
    estimates: Estimates | None = None
    overlap: Overlap | None = None
    choices: tuple[Choice, ...] = ()
    planned: tuple[Planned, ...] = ()
    agreeing: np.ndarray | None = None
    ids: Sequence[str] | None = None

    @property
    def agreeing_customers(self) -> int | None:
        """Different customers among the decisions that agree; None where the log names none."""
        if self.ids is None or self.agreeing is None:
            return None
        return len({one for one, inside in zip(self.ids, self.agreeing, strict=True) if inside})

    def as_plain(self) -> dict[str, Any]:
        found, over = self.estimates, self.overlap
        return {
            **{name: None if found is None else getattr(found, name).as_plain() for name in NAMES},
            "today": None if found is None else found.today.as_plain(),
            "differences": None if found is None else {name: one.as_plain() for name, one in found.differences.items()},
            "difference": None if found is None else found.difference.as_plain(),
            "go_by": None if found is None else found.best,
            "effective_sample_size": None if over is None else over.effective_size,
            "n": 0 if over is None else over.n,
            "customers_decided_on": self.customers,
            "agreeing_customers": self.agreeing_customers,
            "overlap": None if over is None else over.as_plain(),
            "choices": [{"action": one.action, "share": one.share, "today": one.today} for one in self.choices],
            "planned": [one.as_plain() for one in self.planned],
            "unit": self.unit,
            "enough": self.missing or True,
            **self.evidence.as_plain(),
        }
