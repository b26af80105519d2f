"""What an assumption begins with, what its widgets hold, and where its value comes from.

Shares are held in percent, so that the address reads as the page does; an address may hold anything, so that every value is
brought within what its input can be before it is used.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from journey.charts.roi_told import told_shares, told_unit
from journey.charts.words import between, points
from journey.errors import QuestionError
from journey.roi import NAMED, Assumption, read_spread

TYPED = "roi_typed"
POINTS = "_points"  # what the key of a lift carries where it is added to a share
AROUND = 0.25  # a single figure, once it is made a range, first reaches so much of itself either way
BY_HAND = "set by hand"


@dataclass(frozen=True)
class Field:
    """An assumption on the page.  start: the value it begins with, in the input's unit; None where a person must say it.

    ends: the P10 and P90 it begins with once it is a range.  ranged: whether it begins as one.
    within: what its key carries besides the input, so that the same input of another kind is held apart.
    """

    assumption: Assumption
    start: float | None
    ends: tuple[float, float] | None
    ranged: bool
    within: str = ""

    @property
    def name(self) -> str:
        return self.assumption.input

    @property
    def key(self) -> str:
        return f"roi_{self.name}{self.within}"

    @property
    def ends_key(self) -> str:
        return f"{self.key}_ends"

    @property
    def typed_keys(self) -> tuple[str, str]:
        return f"{self.key}_p10", f"{self.key}_p90"

    @property
    def range_key(self) -> str:
        return f"{self.key}_range"

    @property
    def are_points(self) -> bool:
        return self.within == POINTS

    @property
    def factor(self) -> float:
        return 100.0 if self.assumption.unit == "share" else 1.0

    @property
    def reach(self) -> tuple[float, float]:
        """What its ends may be."""
        return NAMED[self.name].reach

    @property
    def bounds(self) -> tuple[float, float]:
        """What a single figure may be."""
        return NAMED[self.name].bounds

    def shown(self, value: float) -> float:
        """As the widgets hold it."""
        return round(value * self.factor, 9)

    def read(self, shown: float, within: tuple[float, float]) -> float:
        """What a widget holds, in the input's unit."""
        return min(max(round(shown / self.factor, 12), within[0]), within[1]) if math.isfinite(shown) else within[0]

    def told(self, value: float, currency: str | None) -> str:
        return points(value) if self.are_points else told_unit(self.assumption.unit, value, currency)


@dataclass(frozen=True)
class Entry:
    """What a field holds.  plain: as a question takes it, None where nothing is said.  source: measured | assumed | set by hand | ..."""

    field: Field
    plain: Any
    source: str


def field_of(assumption: Assumption, within: str = "") -> Field:
    """How an assumption begins: as a range where the log or what is assumed says one, else as a single figure."""
    value, spread = assumption.value, assumption.spread
    if value is None:
        return Field(assumption, None, None, False, within)
    if isinstance(spread, Mapping):
        read = read_spread(spread, NAMED[assumption.input])
        return Field(assumption, value, (read.p10, read.p90), True, within)
    low, high = NAMED[assumption.input].bounds
    ends = max(value * (1 - AROUND), low), min(value * (1 + AROUND), high)
    return Field(assumption, value, ends if ends[0] < ends[1] else None, False, within)


def ends_plain(field: Field, low: float, high: float) -> Any:
    """P10 and P90 as a question takes them; one figure where they are the same, a triangle where no other shape has such ends."""
    if low == high:
        return min(max(low, field.bounds[0]), field.bounds[1])
    written = {"p10": low, "p90": high}
    try:
        read_spread(written, NAMED[field.name])
    except QuestionError:
        return {"low": low, "mode": (low + high) / 2, "high": high}
    return written


def source_of(field: Field, plain: Any) -> str:
    """measured | assumed, as it was found; set by hand once it was moved."""
    if plain is None:
        return "not said yet"
    return field.assumption.source if plain == field.assumption.spread or _is_begun(field, plain) else BY_HAND


def _is_begun(field: Field, plain: Any) -> bool:
    """Whether it is what the widgets began with, as they round it."""
    if not isinstance(plain, Mapping):
        return field.start is not None and plain == field.read(field.shown(field.start), field.bounds)
    if field.ends is None:
        return False
    low, high = (field.read(field.shown(end), field.reach) for end in field.ends)
    return bool(plain == ends_plain(field, low, high))


def source_told(field: Field, source: str, currency: str | None) -> str:
    """measured, 4.5% to 5.1% | assumed | set by hand; measured 4.8%."""
    found = field.assumption
    if source == BY_HAND and found.source == "measured" and found.value is not None:
        return f"{source}; measured {field.told(found.value, currency)}"
    if source != "measured" or found.interval is None:
        return source
    if found.unit == "share":
        return f"{source}, {told_shares(*found.interval)}"
    return f"{source}, {between(*(field.told(end, currency) for end in found.interval))}"


def switch_typing(fields: Sequence[Field]) -> None:
    """A callback: what the sliders hold goes on in the figures, and back."""
    typed = bool(st.session_state.get(TYPED))
    for field in fields:
        if typed and field.ends_key in st.session_state:
            _hold(dict(zip(field.typed_keys, st.session_state[field.ends_key], strict=True)))
        elif not typed and all(st.session_state.get(key) is not None for key in field.typed_keys):
            st.session_state[field.ends_key] = tuple(sorted(float(st.session_state[key]) for key in field.typed_keys))


def reset(fields: Sequence[Field]) -> None:
    """A callback: every field begins anew with what was measured, or what is assumed where nothing was."""
    for field in fields:
        begun: dict[str, Any] = {} if field.start is None else {field.key: field.shown(field.start), field.range_key: field.ranged}
        begun |= _ends_held(field, field.ends) if field.ends else {}
        _hold({key: value for key, value in begun.items() if key in st.session_state})


def widen(fields: Sequence[tuple[Field, float]]) -> None:
    """A callback: each single figure becomes a range about itself, so much of it either way."""
    for field, value in fields:
        low, high = field.reach
        ends = max(value * (1 - AROUND), low), min(value * (1 + AROUND), high)
        if ends[0] < ends[1]:
            held = {field.range_key: True, **_ends_held(field, ends)}
            _hold(held)
            tell_address(_seen(field, held))


def hold_plain(fields: Sequence[Field], plain: Mapping[str, Any]) -> None:
    """For a callback: every field holds what this question says of its input."""
    for field in fields:
        if field.name in plain:
            spread = read_spread(plain[field.name], NAMED[field.name])
            held: dict[str, Any] = {field.key: field.shown(spread.central), field.range_key: not spread.is_fixed}
            held |= {} if spread.is_fixed else _ends_held(field, (spread.p10, spread.p90))
            _hold(held)
            tell_address(_seen(field, held))


def _seen(field: Field, held: Mapping[str, Any]) -> dict[str, Any]:
    """Those of its keys that a widget will stand for."""
    ends = field.typed_keys if st.session_state.get(TYPED) else (field.ends_key,)
    shown = (field.range_key, *(ends if held[field.range_key] else (field.key,)))
    return {key: held[key] for key in shown if key in held}


def _ends_held(field: Field, ends: tuple[float, float]) -> dict[str, Any]:
    low, high = (field.shown(end) for end in ends)
    return {field.ends_key: (low, high), **dict(zip(field.typed_keys, (low, high), strict=True))}


def _hold(held: Mapping[str, Any]) -> None:
    for key, value in held.items():
        st.session_state[key] = value


def tell_address(held: Mapping[str, Any]) -> None:
    """For a callback: a widget that does not stand yet leaves the address without what it is given; one that stands tells it."""
    for key, value in held.items():
        with suppress(StreamlitAPIException):  # the widget stands, and tells it
            st.query_params[key] = [_written(one) for one in value] if isinstance(value, tuple) else _written(value)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:.12g}" if isinstance(value, int | float) else str(value)
