"""What is said of a funnel beyond its events and its window: filters, either-or, what may be skipped, what is left out.

As data, so that an address can carry it:
    {"where": [[step, property, op, value]], "or": [[step, event]], "skip": [step], "not": [[event, from_step, to_step]]}
Steps are numbered from 0.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey.errors import QuestionError
from journey.rules.match import OPS
from journey.scope import refuse_unknown

Filter = tuple[int, str, str, Any]
KEYS = ("where", "or", "skip", "not")


@dataclass(frozen=True)
class Refined:
    """where: (step, property, op, value).  either: (step, event that will do as well).  skip: steps that may be skipped.

    without: (event, from step, to step): done between the two it voids an attempt.
    """

    where: tuple[Filter, ...] = ()
    either: tuple[tuple[int, str], ...] = ()
    skip: tuple[int, ...] = ()
    without: tuple[tuple[str, int, int], ...] = ()

    def as_text(self) -> str:
        """What `read_refined` reads back; "" where nothing is said."""
        parts: dict[str, Any] = {"where": self.where, "or": self.either, "skip": self.skip, "not": self.without}
        told = {key: part for key, part in parts.items() if part}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else ""

    def steps_of(self, events: Sequence[str]) -> list[Any]:
        """The steps as a funnel question takes them."""
        return [self._step(at, event) for at, event in enumerate(events)]

    def _step(self, at: int, event: str) -> Any:
        filters = [(name, op, value) for step, name, op, value in self.where if step == at]
        events = [event, *(other for step, other in self.either if step == at)]
        narrowed = [_narrowed(name, filters) for name in dict.fromkeys(events)]
        return narrowed[0] if len(narrowed) == 1 else {"any_of": narrowed}

    def options_of(self, steps: int) -> dict[str, Any]:
        """The other keys of the question.  What names a step that is not there is left out."""
        exclusions = [{"event": event, "from_step": a, "to_step": b} for event, a, b in self.without if a < b < steps]
        return {"optional": [step for step in self.skip if 0 < step < steps], "exclusions": exclusions}

    def moved(self, kept: Sequence[int]) -> "Refined":
        """After steps were taken out.  kept: the old numbers of those that stay, in order."""
        new = {old: at for at, old in enumerate(kept)}
        return replace(
            self,
            where=tuple((new[step], *rest) for step, *rest in self.where if step in new),
            either=tuple((new[step], event) for step, event in self.either if step in new),
            skip=tuple(new[step] for step in self.skip if new.get(step)),
            without=tuple((event, new[a], new[b]) for event, a, b in self.without if a in new and b in new),
        )


def _narrowed(event: str, filters: Sequence[tuple[str, str, Any]]) -> Any:
    """A second condition on the same property stands around the first, since a where names each property once."""
    step: Any = event
    where: dict[str, Any] = {}
    for name, op, value in filters:
        if name in where:
            step, where = {"event": step, "where": where}, {}
        where[name] = value if op == "eq" else {"op": op} if op in ("is_null", "is_set") else {"op": op, "value": value}
    return {"event": step, "where": where} if where else step


def read_refined(text: str | None) -> Refined:
    """Raises QuestionError where the text is not what `as_text` writes."""
    if not text or not text.strip():
        return Refined()
    try:
        plain = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as fault:
        raise _unreadable(text) from fault
    if not isinstance(plain, dict):
        raise _unreadable(text)
    refuse_unknown(plain, KEYS, "the refinements of a funnel")
    parts = {key: plain.get(key, []) for key in KEYS}
    if not all(isinstance(part, list) for part in parts.values()):
        raise _unreadable(text)
    return Refined(
        where=tuple(_checked(row, (_is_step, _is_text, _is_op, _is_value), text) for row in parts["where"]),
        either=tuple(_checked(row, (_is_step, _is_text), text) for row in parts["or"]),
        skip=tuple(_checked([step], (_is_step,), text)[0] for step in parts["skip"]),
        without=tuple(_checked(row, (_is_text, _is_step, _is_step), text) for row in parts["not"]),
    )


def _checked(row: Any, kinds: Sequence[Any], text: str) -> Any:
    if not isinstance(row, list) or len(row) != len(kinds) or not all(fits(item) for fits, item in zip(kinds, row, strict=True)):
        raise _unreadable(text)
    return tuple(tuple(item) if isinstance(item, list) else item for item in row)


def _is_step(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and 0 <= item < 100


def _is_text(item: Any) -> bool:
    return isinstance(item, str) and bool(item)


def _is_op(item: Any) -> bool:
    return item in OPS


def _is_value(item: Any) -> bool:
    return item is None or isinstance(item, str | int | float) or (isinstance(item, list) and all(isinstance(one, str) for one in item))


def _unreadable(text: str) -> QuestionError:
    return QuestionError(
        f"The refinements of this funnel cannot be read: {text[:80]!r}. "
        'They look like {"where": [[1, "device", "eq", "mobile"]], "or": [[1, "Wishlist"]], "skip": [2], "not": [["Refund", 0, 1]]}; '
        "empty the field to go without."
    )
