"""One assumption as a slider or a figure to type, single or as a range, with where it comes from."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from journey.charts.words import SIGNS
from pages.parts.roi_fields import TYPED, Entry, Field, ends_plain, source_of, source_told, widen
from pages.parts.text import literal

ROOM = 4  # a slider with two handles goes on for so many times their distance on either side
SHAPES = "roi_shapes"
KEPT: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}


def show_field(field: Field, currency: str | None, *, single: bool = False) -> Entry:
    """The label with its source and its tick, and the slider or the figures.

    single: no ranges here, as the published calculator knows none.
    """
    with st.container(gap="xxsmall", key=f"{field.key}_field"):
        with st.container(horizontal=True, vertical_alignment="top", gap="xsmall"):
            head = st.container(width="stretch", gap=None)
            ranged = not single and field.ends is not None and _tick(field)
        plain = _ranged(field, currency) if ranged else _single(field, currency)
        source = source_of(field, plain)
        with head:
            unit = _unit(field, currency) if is_typed() else ""
            st.markdown(literal(field.assumption.label + (f", {unit}" if unit else "")), help=literal(field.assumption.sentence))
            st.caption(literal(source_told(field, source, currency)))
    return Entry(field, plain, source)


def is_typed() -> bool:
    """Whether figures are typed; the toggle itself comes below them."""
    held = st.session_state.get(TYPED, st.query_params.get(TYPED))
    return held is True or held == "true"


def _tick(field: Field) -> bool:
    return st.checkbox("Range", field.ranged, key=field.range_key, on_change=_turn, args=(field,), **KEPT)


def _turn(field: Field) -> None:
    """A callback: a figure that was moved goes on in the range as its middle."""
    held = _held(field, field.key)
    if st.session_state.get(field.range_key) and held and held[0] != field.shown(field.start or 0.0):
        widen([(field, field.read(held[0], field.bounds))])


def _single(field: Field, currency: str | None) -> float | None:
    """A slider; a figure to type where that was asked for, and where no slider can stand as nothing is said yet."""
    held, step = _held(field, field.key), field.shown(field.assumption.step)
    begun = None if field.start is None else field.shown(field.start)
    start = held[0] if held else begun
    look: dict[str, Any] = {"step": step, "key": field.key, "label_visibility": "collapsed"}
    if start is None or is_typed():
        _keep(field.key, "typed", begun)
        low, high = (field.shown(bound) for bound in field.bounds)
        look |= {"format": f"%.{_digits(step)}f", "placeholder": "Say how much"}
        found = st.number_input(field.assumption.label, low, high, begun, **look, **KEPT)
    else:
        low, high = _wide_enough(field, field.shown(field.assumption.low), field.shown(field.assumption.high), [start])
        _keep(field.key, f"{low} {high}", start if begun is None else begun)
        look["format"] = _format(field, currency, step)
        found = st.slider(field.assumption.label, low, high, start if begun is None else begun, **look, **KEPT)
    return None if found is None else field.read(float(found), field.bounds)


def _ranged(field: Field, currency: str | None) -> Any:
    """Two handles, or two figures to type; untouched, what was measured stays exactly as it was measured."""
    low, high = field.ends or (0.0, 0.0)
    starts = field.shown(low), field.shown(high)
    ends = _typed(field, starts) if is_typed() else _slid(field, starts, currency)
    if ends == starts and isinstance(field.assumption.spread, Mapping):
        return field.assumption.spread
    return ends_plain(field, *sorted(field.read(end, field.reach) for end in ends))


def _slid(field: Field, starts: tuple[float, float], currency: str | None) -> tuple[float, float]:
    """Two handles on a slider that is short enough to tell them apart."""
    held, found = _held(field, field.ends_key), field.assumption
    room = ROOM * (starts[1] - starts[0])
    least, most = max(field.shown(found.low), starts[0] - room), min(field.shown(found.high), starts[1] + room)
    step = min(field.shown(found.step), _round_up((most - least) / 200))
    low, high = _wide_enough(field, _floor(least, step), max(_floor(most, step), starts[1]), held if len(held) == 2 else starts)
    _keep(field.ends_key, f"{low} {high}", starts)
    look: dict[str, Any] = {"step": step, "format": _format(field, currency, step), "key": field.ends_key, "label_visibility": "collapsed"}
    chosen = st.slider(f"{found.label}, P10 and P90", low, high, starts, **look, **KEPT)
    return float(chosen[0]), float(chosen[1])


def _typed(field: Field, starts: tuple[float, float]) -> tuple[float, float]:
    low, high = (field.shown(bound) for bound in field.reach)
    step = field.shown(field.assumption.step)
    look: dict[str, Any] = {"step": step, "format": f"%.{_digits(step)}f", "width": "stretch", **KEPT}
    for key, start in zip(field.typed_keys, starts, strict=True):
        _keep(key, "typed", start)
    with st.container(horizontal=True, gap="xsmall"):
        found = [
            st.number_input(label, low, high, start, key=key, **look)
            for label, key, start in zip(("P10", "P90"), field.typed_keys, starts, strict=True)
        ]
    return tuple(start if one is None else float(one) for one, start in zip(found, starts, strict=True))  # type: ignore[return-value]


def _held(field: Field, key: str) -> list[float]:
    """What the session or the address holds, within what the input can be; [] where nothing is held."""
    held = st.session_state.get(key)
    texts = st.query_params.get_all(key) if held is None else list(held) if isinstance(held, list | tuple) else [held]
    try:
        found = [float(text) for text in texts]
    except (TypeError, ValueError):
        return []
    low, high = (field.shown(bound) for bound in field.reach)
    return [min(max(one, low), high) for one in found if math.isfinite(one)]


def _keep(key: str, shape: str, start: Any) -> None:
    """The same value goes on when a slider takes the place of a figure, or gets other ends.

    What nobody moved follows what it began with: another segment measures something else.
    """
    shapes = st.session_state.setdefault(SHAPES, {})
    before, begun = shapes.get(key, (shape, start))
    if key in st.session_state and (before, begun) != (shape, start):
        st.session_state[key] = start if st.session_state[key] == begun else st.session_state[key]
    shapes[key] = (shape, start)


def _wide_enough(field: Field, low: float, high: float, held: Sequence[float]) -> tuple[float, float]:
    """The ends of a slider, moved out where what is held lies beyond them."""
    least, most = (field.shown(bound) for bound in field.reach)
    if (top := max(held)) > high:
        high = min(_round_up(top * 1.25), most)
    if (bottom := min(held)) < low:
        low = max(-_round_up(-bottom * 1.25), least) if bottom < 0 else 0.0
    return low, high


def _floor(value: float, step: float) -> float:
    return round(math.floor(value / step) * step, 9)


def _round_up(value: float) -> float:
    """1, 2, 5 or 10 times a power of ten."""
    size = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(size * factor for factor in (1, 2, 5, 10) if size * factor >= value)


def _digits(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 2


def _unit(field: Field, currency: str | None) -> str:
    """What a typed figure is of: fields to type show bare figures."""
    if field.assumption.unit == "share":
        return "points" if field.are_points else "%"
    return (currency or "").upper() if field.assumption.unit.startswith("money") else ""


def _format(field: Field, currency: str | None, step: float) -> str:
    """As sprintf.js reads it."""
    digits = _digits(step)
    if field.assumption.unit == "share":
        return f"%.{digits}f pts" if field.are_points else f"%.{digits}f%%"
    if field.assumption.unit.startswith("money"):
        code = (currency or "").upper()
        return f"{SIGNS.get(code, f'{code} ' if code else '')}%,.{digits}f"
    return f"%,.{digits}f"
