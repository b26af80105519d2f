"""What is asked about stages: as of when, by which rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from journey.errors import QuestionError
from journey.rules.staged import StageRule, read_stage_rules
from journey.scope import read_time, refuse_unknown


@dataclass(frozen=True)
class StagesQuestion:
    """as_of: ISO-8601, a bare time being one of the scope's zone; None for the scope's stop, else the data's end.

    rules: in the order tried; None for those of the workspace's catalog.  breakdown: the property whose groups are told
    apart; None for none.
    """

    as_of: str | None = None
    rules: tuple[StageRule, ...] | None = None
    breakdown: str | None = None

    def as_plain(self) -> dict[str, Any]:
        rules = self.rules and [
            {"name": stage.name, "why": stage.why, "step": stage.step, "rule": None if last else stage.rule}
            for stage, last in zip(self.rules, [*[False] * (len(self.rules) - 1), True], strict=True)
        ]
        return {"as_of": self.as_of, "rules": rules, "breakdown": self.breakdown}


def read_stages(plain: Mapping[str, Any]) -> StagesQuestion:
    """{"as_of": date | null, "rules": [{"name", "why", "step", "rule"}] | null, "breakdown": property | null}.

    Raises: QuestionError: an unknown key, a date or rules that cannot be read.
    """
    refuse_unknown(plain, ("as_of", "rules", "breakdown"), "a question of stages")
    as_of, rules, breakdown = plain.get("as_of"), plain.get("rules"), plain.get("breakdown")
    read_time(as_of, ZoneInfo("UTC"), "as_of")
    if breakdown is not None and not isinstance(breakdown, str):
        raise QuestionError(f'"breakdown" names a property, such as "device"; it was given {breakdown!r}.')
    return StagesQuestion(None if as_of is None else str(as_of), None if rules is None else read_stage_rules(rules), breakdown)
