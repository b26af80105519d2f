"""A question for a worklist as plain data: how many customers a team can reach, and by which prediction they are chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.predict import TIERS
from journey.scope import read_duration, refuse_unknown

CAPACITY, MOST = 200, 100_000
MODEL = "churn"
DAY = 86_400_000
HORIZON = 90
LONGEST = 3_650
KEYS = ("capacity", "model", "tier", "horizon", "learn")


@dataclass(frozen=True)
class WorklistQuestion:
    """capacity: customers a team can reach.  model: the name of a prediction.  tier: only of this one, None for all.

    horizon: whole days over which the value of a customer is expected.  learn: whether to learn a model now, which may take
    a minute, where none is in use.
    """

    capacity: int = CAPACITY
    model: str = MODEL
    tier: str | None = None
    horizon: int = HORIZON
    learn: bool = True

    def as_plain(self) -> dict[str, Any]:
        """What `read_worklist` reads back as this question."""
        return {"capacity": self.capacity, "model": self.model, "tier": self.tier, "horizon": f"{self.horizon}d", "learn": self.learn}


def read_worklist(plain: Mapping[str, Any]) -> WorklistQuestion:
    """{"capacity": 200, "model": "churn", "tier": null, "horizon": "90d"} -> the question.

    Raises: QuestionError: an unknown key, tier or model's name, a capacity or a horizon out of range.
    """
    refuse_unknown(plain, KEYS, "a question for a worklist")
    capacity, model, tier = plain.get("capacity", CAPACITY), plain.get("model", MODEL), plain.get("tier")
    if isinstance(capacity, bool) or not isinstance(capacity, int) or not 1 <= capacity <= MOST:
        raise QuestionError(f"capacity is {capacity!r}; it is how many customers a team can reach, 1 to {MOST:,}.")
    if not isinstance(model, str) or not model.strip():
        raise QuestionError(f'model is {model!r}; write the name of a prediction, such as "churn".')
    tiers = [name for name, _ in TIERS]
    if tier is not None and tier not in tiers:
        raise QuestionError(f"tier is {tier!r}; it can be {', '.join(map(repr, tiers))}, or null for all.")
    learn = plain.get("learn", True)
    if not isinstance(learn, bool):
        raise QuestionError(f"learn is {learn!r}; write true, or false to take only a model that is kept.")
    return WorklistQuestion(capacity, model, tier, _days(plain.get("horizon", f"{HORIZON}d")), learn)


def _days(value: Any) -> int:
    ms = read_duration(value, "horizon")
    if ms is None or ms % DAY or not DAY <= ms <= LONGEST * DAY:
        raise QuestionError(f'horizon is {value!r}; write whole days, such as "90d", at most "{LONGEST}d".')
    return ms // DAY
