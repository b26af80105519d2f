"""The small widgets that conditions are made of: an event, a length of time, a comparison."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from journey.rules import event_names
from journey.rules.words import tell_length, tell_step
from pages.parts.frame import Page
from pages.parts.segments_draft import seeded
from pages.parts.workspace import answer

LENGTHS = ("", "1h", "1d", "3d", "7d", "14d", "30d", "60d", "90d", "365d")
ANY = ""  # no event is named so


def select(label: str, options: Sequence[Any], key: str, width: int, told: Callable[[Any], str] = str) -> Any:
    """A select without its own label; what it held and is no option any more is forgotten."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0] if options else None
    return st.selectbox(label, options, format_func=told, key=key, label_visibility="collapsed", width=width)


def choose_step(page: Page, key: str, step: Any, whole: str = "any event", label: str = "Event") -> Any:
    """An event's name, or None for any.  A step of several names is an option in its own words, kept as it is written."""
    names = answer(page.con, page.version, event_names)
    held = ANY if not step else step if isinstance(step, str) else tell_step(step)
    options = [ANY, *dict.fromkeys([*names, *([held] if held else [])])]
    chosen = select(label, options, seeded(key, held), 190, lambda name: name or whole)
    return step if chosen == held and not isinstance(step, str) else chosen or None


def choose_length(key: str, value: str, told: Callable[[str], str], label: str = "Within", width: int = 150, ever: bool = True) -> str:
    """A length of time as rules write it.  ever: whether it may be left out, as ""."""
    options = [length for length in dict.fromkeys([*LENGTHS, value]) if length or ever]
    return str(select(label, options, seeded(key, value), width, told) or "")


def within(key: str, value: str, ever: str = "at any time") -> str:
    return choose_length(key, value, lambda text: f"within {tell_length(text)}" if text else ever)


def choose_number(key: str, value: float, label: str = "Value", width: int = 110) -> float | int:
    """Whole numbers stay whole, as they were written."""
    found = float(st.number_input(label, key=seeded(key, float(value)), label_visibility="collapsed", width=width) or 0.0)
    return int(found) if found.is_integer() else found


def others(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The names that a condition leaves out, told beside it and kept as they are."""
    if not (names := rule.get("other_than")):
        return {}
    st.badge(f"{len(names)} left out", color="gray", help="Not counted: " + ", ".join(map(str, names)))
    return {"other_than": names}
