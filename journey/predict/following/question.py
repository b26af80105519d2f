"""What can be asked about what comes next: of events or of stages, after which, and how well such statements held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.errors import QuestionError
from journey.rules.staged import StageRule, read_stage_rules
from journey.scope import choose, read_duration, refuse_unknown

OF = ("event", "stage")
UNITS = ("session", "customer")
MOST_BACK, MOST_TOLD = 5, 1000
SHORTEST = 3_600_000  # ms between two looks at stages
SILENCE = 30 * 86_400_000  # ms
EVENTS_ONLY, STAGES_ONLY = ("unit", "silence", "collapse_repeats", "hide"), ("horizon", "rules")


@dataclass(frozen=True)
class Followed:
    """What follows what.

    of: "event": the next event of the session or of the customer; "stage": the stage at the next look.
    order: how many events, or looks, back are looked at.
    unit: events follow each other within a session, or within a customer's history, which ends at a silence longer
    than `silence` ms.  collapse_repeats: True, or the names whose repeats in a row are one.  hide: events left out.
    horizon: ms between two looks at stages, None for one that fits the log.  rules: of the stages, None for the catalog's.
    """

    of: str = "event"
    order: int = 2
    unit: str = "session"
    silence: int = SILENCE
    collapse_repeats: bool | tuple[str, ...] = False
    hide: tuple[str, ...] = ()
    horizon: int | None = None
    rules: tuple[StageRule, ...] | None = None


@dataclass(frozen=True)
class NextQuestion:
    """after: what came last, the latest at the end; () for any.  top: how many of the likeliest are told."""

    followed: Followed = field(default_factory=Followed)
    after: tuple[str, ...] = ()
    top: int = 3


@dataclass(frozen=True)
class AccuracyQuestion:
    """boosted: whether boosted trees are tried as well, which takes some seconds.  seed: of the resampled intervals."""

    followed: Followed = field(default_factory=Followed)
    boosted: bool = True
    seed: int = 7


def read_next(plain: Mapping[str, Any]) -> NextQuestion:
    """{"of", "after", "top", "order"}, of events also {"unit", "silence", "collapse_repeats", "hide"}, of stages {"horizon", "rules"}.

    Raises: QuestionError: an unknown key or option, a number out of range.
    """
    followed = _read_followed(plain, ("after", "top"), "a question of what comes next")
    return NextQuestion(followed, _names(plain, "after"), _whole(plain, "top", 3, 1, MOST_TOLD))


def read_next_accuracy(plain: Mapping[str, Any]) -> AccuracyQuestion:
    """The same without {"after", "top"}, with {"boosted", "seed"}."""
    followed = _read_followed(plain, ("boosted", "seed"), "a question of how well the next is told")
    return AccuracyQuestion(followed, choose(plain, "boosted", (True, False)), _whole(plain, "seed", 7, 0, 2**31))


def _read_followed(plain: Mapping[str, Any], more: Sequence[str], what: str) -> Followed:
    of = choose(plain, "of", OF)
    refuse_unknown(plain, ("of", "order", *more, *(EVENTS_ONLY if of == "event" else STAGES_ONLY)), f"{what} of {of}s")
    silence, horizon = read_duration(plain.get("silence"), "silence"), read_duration(plain.get("horizon"), "horizon")
    if plain.get("silence") is not None and plain.get("unit") != "customer":
        raise QuestionError('silence ends the history of a customer: ask with "unit": "customer", or leave silence out.')
    if horizon is not None and horizon < SHORTEST:
        raise QuestionError(f'horizon is {plain["horizon"]!r}; stages are looked at an hour apart at the least: write "7d" or "28d".')
    return Followed(
        of=of,
        order=_whole(plain, "order", 2, 0, MOST_BACK),
        unit=choose(plain, "unit", UNITS),
        silence=SILENCE if silence is None else silence,
        collapse_repeats=value if isinstance(value := plain.get("collapse_repeats", False), bool) else _names(plain, "collapse_repeats"),
        hide=_names(plain, "hide"),
        horizon=horizon,
        rules=None if plain.get("rules") is None else read_stage_rules(plain["rules"]),
    )


def _names(plain: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = plain.get(key) or ()
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise QuestionError(f"{key} is {value!r}; it can be a list of names.")
    return tuple(value)


def _whole(plain: Mapping[str, Any], key: str, default: int, low: int, high: int) -> int:
    value = plain.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise QuestionError(f"{key} is {value!r}; it can be a whole number from {low:,} to {high:,}.")
    return value
