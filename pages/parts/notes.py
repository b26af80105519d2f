"""The experiments of a chart's time, marked on it: where they began, ended and were decided; and a switch to hide the marks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from journey.charts.notes import Periods, annotate, described, in_words
from journey.charts.theme import Figure
from journey.experiments.record.notes import Note, notes
from pages.parts.frame import Page, literal
from pages.parts.workspace import derived

HIDDEN, ADDRESS, OFF = "notes_hidden", "notes", "off"


@dataclass(frozen=True)
class Picture:
    """A figure with its notes.  told: them in words, to end its `alt` with; "" where none is shown.  held: there are some."""

    name: str
    figure: Any
    told: str
    held: bool


@dataclass(frozen=True)
class Axis:
    """The time that a chart shows: [start, stop), ms; None for no bound.

    starts: of the periods that its axis numbers from 0, None where the axis holds times; looks: they are moments and no spans.
    width: px, at least so wide is it drawn.
    """

    start: int | None
    stop: int | None
    starts: tuple[int, ...] | None = None
    looks: bool = False
    width: int = 460


def noted(page: Page, name: str, axis: Axis, make: Callable[..., Figure], *parts: Any) -> Picture:
    """`make(*parts)`, the chart of this name, with the experiments of its time marked."""
    found = notes(page.con, axis.start, axis.stop)
    shown = () if hidden() else found
    if not shown:
        return Picture(name, derived(make, *parts), "", bool(found))
    zone = page.scope.timezone
    written = tuple((note.experiment, note.kind, note.at, note.label) for note in shown)
    figure = derived(_made, make, parts, written, zone, axis.starts, axis.stop, axis.looks, axis.width)
    return Picture(name, figure, described(shown, zone), True)


def _made(
    make: Callable[..., Figure],
    parts: tuple[Any, ...],
    written: tuple[tuple[str, str, int, str], ...],
    zone: str,
    starts: tuple[int, ...] | None,
    stop: int | None,
    looks: bool,
    width: int,
) -> Figure:
    periods = None if starts is None else Periods(starts, stop, looks)
    return annotate(make(*parts), [Note(*note) for note in written], zone, periods, width)


def hidden() -> bool:
    """Whether a person hid the marks; kept in the session and in the address."""
    if HIDDEN not in st.session_state:
        st.session_state[HIDDEN] = st.query_params.get(ADDRESS) == OFF
    if st.session_state[HIDDEN]:
        st.query_params[ADDRESS] = OFF
    return bool(st.session_state[HIDDEN])


def offer_to_hide(picture: Picture) -> None:
    """The switch below a chart on which there is something to mark; it counts for all charts."""
    if not picture.held:
        return
    key = f"notes_{picture.name}"
    st.session_state[key] = not hidden()
    st.toggle(
        "Mark experiments",
        key=key,
        on_change=_turn,
        args=(key,),
        help="Dotted: where an experiment started, ended or was decided. Hover a name to read more. This counts for all charts.",
    )


def _turn(key: str) -> None:
    st.session_state[HIDDEN] = not st.session_state[key]
    if not st.session_state[HIDDEN]:
        st.query_params.pop(ADDRESS, None)


def tell_notes(page: Page) -> None:
    """The experiments of the page's period in words, where its charts are too small for marks."""
    found = () if hidden() else notes(page.con, page.scope.start, page.scope.stop)
    if found:
        st.caption(":material/science: " + literal(f"Experiments in this period: {in_words(found, page.scope.timezone)}."))
