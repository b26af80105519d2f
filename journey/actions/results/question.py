"""A question of what actions brought, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from journey.answers import iso
from journey.errors import QuestionError
from journey.scope import read_duration, read_time, refuse_unknown

DAY = 86_400_000
DAYS, MOST_DAYS = 28, 365


@dataclass(frozen=True)
class ResultsQuestion:
    """action: its name, None for all of the catalog.  since: ms, only decisions from then on.  days: over which value adds up."""

    action: str | None = None
    since: int | None = None
    days: int = DAYS

    def as_plain(self) -> dict[str, Any]:
        """What `read_results` reads back as this question."""
        return {"action": self.action, "since": iso(self.since), "over": f"{self.days}d"}


def read_results(plain: Mapping[str, Any]) -> ResultsQuestion:
    """{"action": "Voucher" | null, "since": "2026-09-01" | null, "over": "28d"} -> the question.

    Raises: QuestionError: an unknown key, a time or a number of days that cannot be read.
    """
    refuse_unknown(plain, ("action", "since", "over"), "a question of what actions brought")
    action = plain.get("action")
    if action is not None and not isinstance(action, str):
        raise QuestionError(f"action is {action!r}; write the name of an action of the catalog, or null for all.")
    over = read_duration(plain.get("over", f"{DAYS}d"), "over")
    if over is None or over % DAY or not DAY <= over <= MOST_DAYS * DAY:
        raise QuestionError(f'over is {plain.get("over")!r}; write whole days, such as "28d", at most "{MOST_DAYS}d".')
    return ResultsQuestion(action, read_time(plain.get("since"), ZoneInfo("UTC"), "since"), over // DAY)
