"""A question of lifetime value as plain data, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.predict.lifetime.contract_question import ContractQuestion, read_contract
from journey.scope import choose, read_duration, refuse_unknown

DAY_MS = 86_400_000
KEYS = ("event", "value", "calibration_end", "horizon", "period", "model", "contract")
UNITS = ("week", "day", "month")
UNIT_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd")
LONGEST_DAYS = 3_660


@dataclass(frozen=True)
class LifetimeQuestion:
    """event: the step that is an order, None for what the workspace has mapped as revenue.

    value: a property of numbers on it, None for the mapped revenue.  calibration_end: a date or time as written, exclusive;
    None for the end of the data.  horizon: days from then.  period: the unit of time of the parameters and of the tracking.
    """

    event: Any = None
    value: str | None = None
    calibration_end: str | None = None
    horizon: int = 90
    period: str = "week"
    model: str = "bg_nbd"

    def as_plain(self) -> dict[str, Any]:
        """What `read_lifetime` reads back."""
        return {key: getattr(self, key) for key in KEYS if key not in ("horizon", "contract")} | {"horizon": f"{self.horizon}d"}


def read_lifetime(plain: Mapping[str, Any]) -> LifetimeQuestion | ContractQuestion:
    """Raises: QuestionError: an unknown key or option, a horizon that is no number of days."""
    refuse_unknown(plain, KEYS, "a question of lifetime value")
    if plain.get("contract") is not None:
        return read_contract(plain)
    value, end = plain.get("value"), plain.get("calibration_end")
    if value is not None and (not isinstance(value, str) or not value):
        raise QuestionError(f"value is {value!r}; write the name of a property that holds numbers, or null for the mapped revenue.")
    if end is not None and not isinstance(end, str):
        raise QuestionError(f'calibration_end is {end!r}; write a date such as "2026-03-01": the first day that is not learnt from.')
    choices = choose(plain, "period", UNITS), choose(plain, "model", MODELS)
    return LifetimeQuestion(plain.get("event"), value, end, _days(plain.get("horizon", "90d")), *choices)


def _days(value: Any) -> int:
    horizon = read_duration(value, "horizon")
    if horizon is None or horizon < DAY_MS or horizon % DAY_MS or horizon > LONGEST_DAYS * DAY_MS:
        raise QuestionError(f'horizon is {value!r}; it can be 1 to {LONGEST_DAYS:,} whole days, such as "90d".')
    return horizon // DAY_MS
