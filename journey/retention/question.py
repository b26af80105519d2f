"""A retention question as plain data, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import PERIODS, WEEK_STARTS, choose, refuse_unknown

FIRSTS = ("ever", "recurring")
MODES = ("on_or_after", "on", "brackets")
CLOCKS = ("calendar", "rolling")
MOST_PERIODS = 1000
KEYS = (
    "target",
    "returning",
    "first",
    "period",
    "periods",
    "mode",
    "brackets",
    "clock",
    "week_start",
    "minimum_occurrences",
    "breakdown",
)


@dataclass(frozen=True)
class RetentionQuestion:
    """target, returning: steps as plain data, None for any event.  brackets: (first, last) periods, both included."""

    target: Any = None
    returning: Any = None
    first: str = "ever"
    period: str = "day"
    periods: int = 12
    mode: str = "on_or_after"
    brackets: tuple[tuple[int, int], ...] = ()
    clock: str = "calendar"
    week_start: str = "monday"
    minimum_occurrences: int = 1
    breakdown: str | None = None

    @property
    def places(self) -> int:
        """How many entries a cohort can have after its period 0."""
        return len(self.brackets) if self.mode == "brackets" else self.periods

    def as_plain(self) -> dict[str, Any]:
        """What `read_retention` reads back."""
        plain = {key: getattr(self, key) for key in KEYS}
        return plain | {"brackets": [list(pair) for pair in self.brackets] or None}

    def span(self, place: int) -> tuple[int, int]:
        """The first and the last period that entry `place` of a cohort is about."""
        return self.brackets[place - 1] if self.mode == "brackets" and place else (place, place)

    def reach(self, periods: int, entries: int) -> int:
        """The last of so many entries that begins within so many periods, the cohort's own counted; those before it are told, too.

        periods 4, brackets 4-7, 1-3 -> 2;  1-3, 4-7 -> 1.
        """
        return max(place for place in range(entries) if self.span(place)[0] < periods)


def read_retention(plain: Mapping[str, Any]) -> RetentionQuestion:
    """Raises: QuestionError: an unknown key or option, a number out of range."""
    refuse_unknown(plain, KEYS, "a retention question")
    mode = choose(plain, "mode", MODES)
    brackets = _read_brackets(plain.get("brackets"), mode)
    return RetentionQuestion(
        target=plain.get("target"),
        returning=plain.get("returning"),
        first=choose(plain, "first", FIRSTS),
        period=choose(plain, "period", PERIODS),
        periods=_whole(plain.get("periods", 12), "periods", 0),
        mode=mode,
        brackets=brackets,
        clock=choose(plain, "clock", CLOCKS),
        week_start=choose(plain, "week_start", WEEK_STARTS),
        minimum_occurrences=_whole(plain.get("minimum_occurrences", 1), "minimum_occurrences", 1),
        breakdown=_read_breakdown(plain.get("breakdown")),
    )


def _whole(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_PERIODS:
        raise QuestionError(f"{name} is {value!r}; it can be a whole number from {least} to {MOST_PERIODS:,}.")
    return value


def _read_breakdown(value: Any) -> str | None:
    if isinstance(value, Mapping):
        refuse_unknown(value, ("property",), "breakdown")
        value = value.get("property")
    if value is not None and not isinstance(value, str):
        raise QuestionError(f"breakdown is {value!r}; write the name of a property, or null.")
    return value


def _read_brackets(value: Any, mode: str) -> tuple[tuple[int, int], ...]:
    """[[1, 3], [4, 7]]: first and last period of each.  [3, 4]: lengths of brackets in a row from period 1, the same two."""
    if mode != "brackets":
        if value:
            raise QuestionError('brackets are given, but mode is not "brackets". Set the mode, or leave the brackets out.')
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise QuestionError('The mode "brackets" needs brackets: [[1, 3], [4, 7]] as first and last period, or lengths such as [3, 4].')
    if all(isinstance(item, int) for item in value):
        value = _in_a_row([_whole(length, "a bracket's length", 1) for length in value])
    return tuple(_read_bracket(item) for item in value)


def _in_a_row(lengths: Sequence[int]) -> list[tuple[int, int]]:
    return [(1 + sum(lengths[:i]), sum(lengths[: i + 1])) for i in range(len(lengths))]


def _read_bracket(item: Any) -> tuple[int, int]:
    if not isinstance(item, Sequence) or isinstance(item, str) or len(item) != 2:
        raise QuestionError(f"A bracket is {item!r}; write its first and last period, such as [4, 7].")
    first, last = (_whole(end, "a bracket's period", 1) for end in item)
    if last < first:
        raise QuestionError(f"The bracket {list(item)!r} ends before it begins; put the earlier period first.")
    return first, last
