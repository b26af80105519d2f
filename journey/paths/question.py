"""What can be asked of paths: which stretch of which session, told by which names, over how many columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import choose, refuse_unknown

UNITS = ("session", "customer", "history")
MOST_STEPS = 50
MOST_ROWS = 1000


@dataclass(frozen=True)
class PathsQuestion:
    """start, end: the event a path begins or ends with, by its name or its group's label, or None.

    steps: columns.  rows: events that keep a row of their own in a column.  min_count: the thinnest link to an event.
    unit: a path is a session, a customer's first session that qualifies, or a customer's whole history.
    collapse_repeats: True, False, or the names whose repeats are told once.  group: (glob, label), the first that fits.
    expand: (event or group, property), told as one event per value.
    compare: a segment whose paths are counted beside, {"scope": {...}} for those of another time, or None.
    """

    start: str | None = None
    end: str | None = None
    steps: int = 5
    rows: int = 5
    unit: str = "session"
    collapse_repeats: bool | tuple[str, ...] = True
    hide: tuple[str, ...] = ()
    group: tuple[tuple[str, str], ...] = ()
    expand: tuple[tuple[str, str], ...] = ()
    min_count: int = 0
    compare: Any = None

    @property
    def backwards(self) -> bool:
        """Whether columns are counted from the end: -1 is the last."""
        return self.end is not None

    @property
    def counted(self) -> str:
        """What a count of paths is a count of."""
        return "session" if self.unit == "session" else "customer"

    def as_plain(self) -> dict[str, Any]:
        """The question as `read_paths` takes it; what is as usual is left out."""
        return _plain(self, PathsQuestion())


def read_paths(plain: Mapping[str, Any]) -> PathsQuestion:
    """Raises: QuestionError: an unknown key or option, a number out of range, an anchor that is hidden."""
    refuse_unknown(plain, tuple(PathsQuestion.__dataclass_fields__), "a question about paths")
    question = PathsQuestion(
        start=_name(plain, "start"),
        end=_name(plain, "end"),
        steps=_whole(plain, "steps", 5, 1, MOST_STEPS),
        rows=_whole(plain, "rows", 5, 1, MOST_ROWS),
        unit=choose(plain, "unit", UNITS),
        collapse_repeats=read_collapse(plain, default=True),
        hide=_names(plain, "hide"),
        group=_groups(plain),
        expand=_expansions(plain),
        min_count=_whole(plain, "min_count", 0, 0, 10**12),
        compare=plain.get("compare"),
    )
    for key in ("start", "end"):
        if getattr(question, key) in question.hide:
            raise QuestionError(f"{key} is {getattr(question, key)!r}, which is hidden as well. Take it out of hide.")
    return question


@dataclass(frozen=True)
class TransitionsQuestion:
    """unit: pairs are adjacent in the customer's whole history, or within a session.  ends: also "(start)" and "(end)".

    rows: the commonest events that keep their names, the rest is Other; None for all.  collapse_repeats, hide, group,
    expand: as for paths.
    """

    unit: str = "customer"
    ends: bool = False
    collapse_repeats: bool | tuple[str, ...] = False
    hide: tuple[str, ...] = ()
    group: tuple[tuple[str, str], ...] = ()
    expand: tuple[tuple[str, str], ...] = ()
    rows: int | None = None

    def as_plain(self) -> dict[str, Any]:
        """The question as `read_transitions` takes it; what is as usual is left out."""
        return _plain(self, TransitionsQuestion())


def read_transitions(plain: Mapping[str, Any]) -> TransitionsQuestion:
    """Raises: QuestionError: an unknown key or option."""
    refuse_unknown(plain, tuple(TransitionsQuestion.__dataclass_fields__), "a question about transitions")
    return TransitionsQuestion(
        unit=choose(plain, "unit", ("customer", "session")),
        ends=choose(plain, "ends", (False, True)),
        collapse_repeats=read_collapse(plain, default=False),
        hide=_names(plain, "hide"),
        group=_groups(plain),
        expand=_expansions(plain),
        rows=None if plain.get("rows") is None else _whole(plain, "rows", 1, 1, MOST_ROWS),
    )


@dataclass(frozen=True)
class LoopsQuestion:
    """unit: returns within the customer's whole history, or within a session.  hide, group, expand: as for paths."""

    unit: str = "customer"
    hide: tuple[str, ...] = ()
    group: tuple[tuple[str, str], ...] = ()
    expand: tuple[tuple[str, str], ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """The question as `read_loops` takes it; what is as usual is left out."""
        return _plain(self, LoopsQuestion())


def read_loops(plain: Mapping[str, Any]) -> LoopsQuestion:
    """Raises: QuestionError: an unknown key or option."""
    refuse_unknown(plain, tuple(LoopsQuestion.__dataclass_fields__), "a question about loops")
    return LoopsQuestion(
        unit=choose(plain, "unit", ("customer", "session")), hide=_names(plain, "hide"), group=_groups(plain), expand=_expansions(plain)
    )


def _plain(question: Any, usual: Any) -> dict[str, Any]:
    plain = {key: getattr(question, key) for key in question.__dataclass_fields__ if getattr(question, key) != getattr(usual, key)}
    plain |= {key: list(plain[key]) for key in ("hide", "collapse_repeats") if isinstance(plain.get(key), tuple)}
    return plain | {key: dict(plain[key]) for key in ("group", "expand") if key in plain}


def read_collapse(plain: Mapping[str, Any], default: bool) -> bool | tuple[str, ...]:
    value = plain.get("collapse_repeats", default)
    return value if isinstance(value, bool) else _names(plain, "collapse_repeats")


def told_repeats(collapse: bool | tuple[str, ...]) -> str:
    """The convention in words."""
    if isinstance(collapse, bool):
        return "repeats in a row are told once" if collapse else "repeats in a row are kept"
    return f"repeats in a row of {', '.join(collapse) or 'no event'} are told once"


def _name(plain: Mapping[str, Any], key: str) -> str | None:
    value = plain.get(key)
    if value is not None and not isinstance(value, str):
        raise QuestionError(f"{key} is {value!r}; it can be the name of an event, or null.")
    return value


def _names(plain: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = plain.get(key) or ()
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise QuestionError(f"{key} is {value!r}; it can be a list of event names.")
    return tuple(dict.fromkeys(value))


def _groups(plain: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    value = plain.get("group") or {}
    if not isinstance(value, Mapping) or not all(isinstance(part, str) and part for pair in value.items() for part in pair):
        raise QuestionError(f'group is {value!r}; write a pattern and the label it is told by, such as {{"help/*": "Help"}}.')
    return tuple(value.items())


def _expansions(plain: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    value = plain.get("expand") or {}
    if not isinstance(value, Mapping) or not all(isinstance(part, str) and part for pair in value.items() for part in pair):
        raise QuestionError(f'expand is {value!r}; write an event and the property it is told with, such as {{"view": "category"}}.')
    return tuple(value.items())


def _whole(plain: Mapping[str, Any], key: str, default: int, low: int, high: int) -> int:
    value = plain.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise QuestionError(f"{key} is {value!r}; it can be a whole number from {low:,} to {high:,}.")
    return value
