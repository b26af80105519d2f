"""What is asked about how often statements about the next stage were right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from journey.errors import QuestionError
from journey.rules.staged import StageRule, read_stage_rules
from journey.scope import read_duration, read_time, refuse_unknown

HORIZON, LOOKBACK = "28d", "180d"
SHORTEST = 3_600_000
MOST_DATES = 6


@dataclass(frozen=True)
class StageAccuracyQuestion:
    """as_of: ISO-8601 dates, ascending, at which every method is tried; None for the last three whose outcome is known.

    horizon: ms from a date to the stage that is to be told.  lookback: ms before a date from which the learned method's
    features are counted; None for all.  rules: of the stages; None for those in force.
    costs: (true stage, told stage) -> what it costs to tell one for the other; pairs that are not named cost how far apart
    the two stand.
    """

    as_of: tuple[str, ...] | None = None
    horizon: int = 28 * 86_400_000
    lookback: int | None = 180 * 86_400_000
    rules: tuple[StageRule, ...] | None = None
    costs: tuple[tuple[str, str, float], ...] = ()


def read_stage_accuracy(plain: Mapping[str, Any]) -> StageAccuracyQuestion:
    """{"as_of": [dates] | null, "horizon": "28d", "lookback": "180d" | null, "rules": .., "costs": {true: {told: cost}}}.

    Raises: QuestionError: an unknown key, a date, a duration, rules or costs that cannot be read.
    """
    refuse_unknown(plain, ("as_of", "horizon", "lookback", "rules", "costs"), "a question of how often stages were right")
    rules, horizon = plain.get("rules"), read_duration(plain.get("horizon", HORIZON), "horizon")
    if horizon is None or horizon < SHORTEST:
        raise QuestionError('The horizon is how much later the stage is told, an hour at least. Write it as "28d".')
    return StageAccuracyQuestion(
        _dates(plain.get("as_of")),
        horizon,
        read_duration(plain.get("lookback", LOOKBACK), "lookback"),
        None if rules is None else read_stage_rules(rules),
        _costs(plain.get("costs")),
    )


def _dates(plain: Any) -> tuple[str, ...] | None:
    if plain is None:
        return None
    dates: Sequence[Any] = [plain] if isinstance(plain, str) else plain
    if not isinstance(dates, list | tuple) or not 1 <= len(dates) <= MOST_DATES:
        raise QuestionError(f'"as_of" lists 1 to {MOST_DATES} dates at which the methods are tried; it was given {plain!r}.')
    utc = ZoneInfo("UTC")
    return tuple(sorted({str(date) for date in dates}, key=lambda date: read_time(date, utc, "as_of") or 0))


def _costs(plain: Any) -> tuple[tuple[str, str, float], ...]:
    if plain is None:
        return ()
    rows = plain.items() if isinstance(plain, Mapping) else [("", None)]
    found = [(str(true), str(told), cost) for true, row in rows if isinstance(row, Mapping) for told, cost in row.items()]
    if not all(isinstance(row, Mapping) for _, row in rows) or not all(_is_cost(cost) for *_, cost in found):
        raise QuestionError('"costs" says what each error costs: {true stage: {told stage: number from 0}}.')
    return tuple((true, told, float(cost)) for true, told, cost in found)


def _is_cost(cost: Any) -> bool:
    return isinstance(cost, int | float) and not isinstance(cost, bool) and 0 <= cost < 1e12
