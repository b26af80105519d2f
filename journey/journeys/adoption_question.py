"""Questions of feature adoption as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import read_duration, refuse_unknown

MOST = 40
MONTH_MS = 30 * 86_400_000


@dataclass(frozen=True)
class AdoptionQuestion:
    """features: names of events; None for those that most customers use and not nearly all."""

    features: tuple[str, ...] | None = None


@dataclass(frozen=True)
class EffectQuestion:
    """of, on: names of events, A and B.  within: ms after the day of A in which B counts."""

    of: str
    on: str
    within: int = MONTH_MS


def read_adoption(plain: Mapping[str, Any]) -> AdoptionQuestion:
    """{"features": [events] | null}.  Raises: QuestionError: an unknown key, a list that is none."""
    refuse_unknown(plain, ("features",), "a question of adoption")
    told = plain.get("features")
    if told is None:
        return AdoptionQuestion()
    if not isinstance(told, list | tuple) or not 1 <= len(told) <= MOST or not all(isinstance(name, str) and name for name in told):
        raise QuestionError(f"features are a list of 1 to {MOST} event names, or null; it was given {told!r}.")
    if len(set(told)) < len(told):
        raise QuestionError(f"A feature is named twice in {told!r}. Name each once.")
    return AdoptionQuestion(tuple(told))


def read_effect(plain: Mapping[str, Any]) -> EffectQuestion:
    """{"of": A, "on": B, "within": "30d"}.  Raises: QuestionError: a feature that is missing, or twice the same."""
    refuse_unknown(plain, ("of", "on", "within"), "a question of an adoption's effect")
    for key in ("of", "on"):
        if not isinstance(plain.get(key), str) or not plain[key]:
            raise QuestionError(f'"{key}" is {plain.get(key)!r}; name an event: {{"of": A, "on": B}} asks what adopting A goes with for B.')
    if plain["of"] == plain["on"]:
        raise QuestionError(f'"of" and "on" are both {plain["of"]!r}. Name two events.')
    within = read_duration(plain.get("within", "30d"), "within")
    if not within:
        raise QuestionError('"within" says how long after adopting A one looks for B, such as "30d".')
    return EffectQuestion(plain["of"], plain["on"], within)
