"""Several events told as one: a list of patterns with their labels, and which events each of them names."""

from collections.abc import Iterator

import streamlit as st

from journey.charts.words import several, short
from journey.paths import matched_by
from pages.parts.text import literal

MOST_GROUPS = 10
SHOWN = 6


def choose_groups(names: list[str]) -> dict[str, str]:
    """Pattern -> label, as many as a person has filled in; the first that fits an event tells it."""
    st.markdown("**Tell several events as one**")
    st.caption("A pattern is a name in which \\* stands for any text, such as Help\\*.")
    groups: dict[str, str] = {}
    for number in _lines():
        left, right = st.columns(2, gap="xsmall")
        pattern = left.text_input(
            f"Pattern {number}", key=f"paths_pattern_{number}", bind="query-params", placeholder="Help*", label_visibility="collapsed"
        )
        label = right.text_input(
            f"Label {number}", key=f"paths_label_{number}", bind="query-params", placeholder="Help", label_visibility="collapsed"
        )
        pattern, label = (pattern or "").strip(), (label or "").strip()
        if pattern and label and pattern not in groups:
            groups[pattern] = label
        if pattern:
            st.caption(literal(_preview(names, groups, pattern, label)))
    return groups


def _lines() -> Iterator[int]:
    """The lines that hold something, and one more."""
    for number in range(1, MOST_GROUPS + 1):
        yield number
        if not any(_kept(f"paths_{what}_{later}") for what in ("pattern", "label") for later in range(number, MOST_GROUPS + 1)):
            return


def _kept(key: str) -> str:
    return str(st.session_state.get(key) or st.query_params.get(key) or "")


def _preview(names: list[str], groups: dict[str, str], pattern: str, label: str) -> str:
    if not label:
        return f"{_told(matched_by(names, [(pattern, '?')])[0])} Give them a label to tell them by."
    if groups.get(pattern) != label:
        return "This pattern stands above already."
    return _told(matched_by(names, list(groups.items()))[list(groups).index(pattern)])


def _told(matched: tuple[str, ...]) -> str:
    if not matched:
        return "No event fits."
    more = f" and {len(matched) - SHOWN} more" if len(matched) > SHOWN else ""
    return f"{several(len(matched), 'event')}: {', '.join(short(name, 24) for name in matched[:SHOWN])}{more}."
