"""A funnel question as plain data, read and checked once, so that the rooms behind may trust it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import PERIODS, choose, read_duration, refuse_unknown

ORDERS = ("ordered", "strict", "unordered")
TIES = ("step_order", "load_order")
ATTRIBUTIONS = ("first_touch", "last_touch", "all_events")
MOST_STEPS = 20
MOST_OPTIONAL = 3
KNOWN = [
    "steps",
    "order",
    "window",
    "ties",
    "count_by",
    "value",
    "exclusions",
    "breakdown",
    "optional",
    "hold",
    "times",
    "trend",
]  # every key of a funnel question, beside those that `ask` takes off


@dataclass(frozen=True)
class Exclusion:
    """An event that voids an attempt in which it comes after step `from_step` and before step `to_step`."""

    event: Any
    from_step: int
    to_step: int

    def as_plain(self) -> dict[str, Any]:
        return {"event": self.event, "from_step": self.from_step, "to_step": self.to_step}


@dataclass(frozen=True)
class Breakdown:
    """name: the property.  attribution: first_touch, last_touch, all_events or step:k."""

    name: str
    attribution: str = "first_touch"

    @property
    def step(self) -> int | None:
        """k of step:k, else None."""
        return int(self.attribution[5:]) if self.attribution.startswith("step:") else None


@dataclass(frozen=True)
class FunnelQuestion:
    """steps: plain data as journey.rules reads it.  window: ms from step 0, inclusive; None for no limit.

    count_by: customer, session or property:<name>.  optional: numbers of the steps that may be skipped.
    """

    steps: tuple[Any, ...]
    order: str = "ordered"
    window: int | None = None
    ties: str = "step_order"
    count_by: str = "customer"
    value: str | None = None
    exclusions: tuple[Exclusion, ...] = ()
    breakdown: Breakdown | None = None
    optional: tuple[int, ...] = ()
    hold: tuple[str, ...] = ()
    times: bool = True
    trend: str | None = None

    def __hash__(self) -> int:
        return hash(json.dumps(self.as_plain(), sort_keys=True, default=str))

    def as_plain(self) -> dict[str, Any]:
        """The question as it could be asked again, without what is at its default."""
        plain: dict[str, Any] = {
            "ask": "funnel",
            "steps": list(self.steps),
            "window": None if self.window is None else self.window / 1000,
            "order": self.order,
            "ties": self.ties,
            "count_by": self.count_by,
            "value": self.value,
            "exclusions": [exclusion.as_plain() for exclusion in self.exclusions],
            "breakdown": self.breakdown and {"property": self.breakdown.name, "attribution": self.breakdown.attribution},
            "optional": list(self.optional),
            "hold": list(self.hold),
            "times": self.times,
            "trend": self.trend,
        }
        usual = {"order": "ordered", "ties": "step_order", "count_by": "customer", "times": True}
        return {key: item for key, item in plain.items() if item not in (None, []) and usual.get(key, ...) != item}


def read_funnel(plain: Mapping[str, Any]) -> FunnelQuestion:
    """The question that plain data asks.

    Raises: QuestionError: an unknown key or option, a step number out of range, or a combination that has no meaning.
    """
    refuse_unknown(plain, KNOWN, "a funnel")
    steps = _read_steps(plain.get("steps"))
    question = FunnelQuestion(
        steps=steps,
        order=choose(plain, "order", ORDERS),
        window=read_duration(plain.get("window"), "window"),
        ties=choose(plain, "ties", TIES),
        count_by=_read_unit(plain.get("count_by", "customer")),
        value=_read_name(plain.get("value"), "value"),
        exclusions=tuple(_read_exclusion(item, len(steps)) for item in _read_list(plain.get("exclusions"), "exclusions")),
        breakdown=_read_breakdown(plain.get("breakdown"), len(steps)),
        optional=_read_optional(plain.get("optional"), len(steps)),
        hold=tuple(_required_name(name, "hold") for name in _read_list(plain.get("hold"), "hold")),
        times=choose(plain, "times", (True, False)),
        trend=choose(plain, "trend", (None, *PERIODS)),
    )
    _refuse_combinations(question)
    return question


def _read_steps(steps: Any) -> tuple[Any, ...]:
    if not isinstance(steps, Sequence) or isinstance(steps, str) or not steps:
        raise QuestionError(f'A funnel needs "steps", a list of one step at least, such as ["view", "cart"]; it has {steps!r}.')
    if len(steps) > MOST_STEPS:
        raise QuestionError(f"A funnel has {len(steps)} steps; it can have {MOST_STEPS} at most.")
    return tuple(steps)


def _read_list(value: Any, name: str) -> Sequence[Any]:
    if value is None:
        return ()
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
        raise QuestionError(f"{name} is {value!r}; it must be a list.")
    return value


def _read_name(value: Any, name: str) -> str | None:
    return None if value is None else _required_name(value, name)


def _required_name(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise QuestionError(f"{name} is {value!r}; it must be the name of a property.")
    return value


def _read_unit(value: Any) -> str:
    if value in ("customer", "session") or (isinstance(value, str) and value.startswith("property:") and len(value) > 9):
        return str(value)
    raise QuestionError(f"count_by is {value!r}; it can be 'customer', 'session', 'property:<name>'.")


def _read_step_number(value: Any, name: str, steps: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < steps:
        raise QuestionError(f"{name} is {value!r}; the steps of this funnel are numbered from 0 to {steps - 1}.")
    return value


def _read_exclusion(plain: Any, steps: int) -> Exclusion:
    if not isinstance(plain, Mapping):
        plain = {"event": plain}
    refuse_unknown(plain, ("event", "from_step", "to_step"), "an exclusion")
    if plain.get("event") is None:
        raise QuestionError('An exclusion names no event. Write {"event": ..., "from_step": 0, "to_step": 1}.')
    start = _read_step_number(plain.get("from_step", 0), "from_step", steps)
    stop = _read_step_number(plain.get("to_step", steps - 1), "to_step", steps)
    if stop <= start:
        raise QuestionError(f"An exclusion runs from step {start} to step {stop}; to_step must be the later one.")
    return Exclusion(plain["event"], start, stop)


def _read_breakdown(plain: Any, steps: int) -> Breakdown | None:
    if plain is None:
        return None
    if isinstance(plain, str):
        plain = {"property": plain}
    if not isinstance(plain, Mapping):
        raise QuestionError(f'breakdown is {plain!r}; write {{"property": ..., "attribution": "first_touch"}}.')
    refuse_unknown(plain, ("property", "attribution"), "a breakdown")
    name = _required_name(plain.get("property"), "breakdown.property")
    attribution = plain.get("attribution", "first_touch")
    if isinstance(attribution, str) and attribution.startswith("step:") and attribution[5:].isdigit():
        _read_step_number(int(attribution[5:]), "breakdown.attribution", steps)
    elif attribution not in ATTRIBUTIONS:
        raise QuestionError(f"breakdown.attribution is {attribution!r}; it can be {', '.join(map(repr, ATTRIBUTIONS))}, 'step:k'.")
    return Breakdown(name, attribution)


def _read_optional(value: Any, steps: int) -> tuple[int, ...]:
    numbers = tuple(sorted({_read_step_number(item, "optional", steps) for item in _read_list(value, "optional")}))
    if 0 in numbers:
        raise QuestionError("Step 0 cannot be optional: it is where an attempt starts.")
    if len(numbers) > MOST_OPTIONAL:
        raise QuestionError(f"{len(numbers)} steps are optional; {MOST_OPTIONAL} can be.")
    return numbers


def _refuse_combinations(question: FunnelQuestion) -> None:
    if question.order != "unordered":
        return
    if question.optional:
        raise QuestionError("In an unordered funnel no step is optional: it counts how many of the steps were done. Leave out optional.")
    late = question.breakdown and question.breakdown.attribution not in ("first_touch", "all_events", "step:0")
    if late or question.value:
        what = "value" if question.value else f"breakdown.attribution {question.breakdown and question.breakdown.attribution!r}"
        raise QuestionError(
            f"{what} cannot be told in an unordered funnel, where a step is a number of steps done and not one event. "
            "Use first_touch or all_events, or the order 'ordered'."
        )
