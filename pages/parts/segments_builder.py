"""The card in which a segment is defined: its conditions one by one, saved ones put together, and the rule as text."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from journey.errors import JourneyError
from journey.rules.saved import saved_segments
from pages.parts.frame import Page
from pages.parts.segments_conditions import KINDS, blank, condition_row
from pages.parts.segments_draft import LONGEST, MODES, RULE, current_rule, joined, parsed, parts_of, seeded, take, turn, usual_rule, written
from pages.parts.text import literal

MOST = 12
WAYS = {"and": "and also", "or": "or", "without": "without"}


def choose_rule(page: Page) -> Any:
    """The segment's rule as it stands in the widgets; None, with the sentence that says why, where its text is no rule."""
    try:
        rule = current_rule(page)
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        st.button("Start anew", on_click=lambda: take(usual_rule(page)), key="segment_anew", icon=":material/restart_alt:")
        _text(page, opened=True)
        return None
    with rule_rows(page, rule, RULE) as drafted:
        _combine(page)
        _text(page)
    return drafted


@contextmanager
def rule_rows(page: Page, rule: Any, key: str, prefix: str = "") -> Iterator[Any]:
    """The conditions of a draft, one row each; inside is the row of buttons below them.

    key: where the draft's text is kept.  prefix: tells its widgets from those of another draft.
    """
    mode, parts = parts_of(rule)
    mode = _mode(mode, len(parts), prefix)
    now = [_row(page, f"{prefix}{place}", part, mode, parts, key) for place, part in enumerate(parts[:MOST])] + parts[MOST:]
    if not parts:
        st.caption("No condition yet: it holds for everyone." if mode == "all" else "No condition yet: it holds for nobody.")
    drafted = joined(mode, now)
    if drafted != rule:
        st.session_state[key] = written(drafted)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _add(page, mode, now, key, prefix)
        yield drafted


def _mode(mode: str, n: int, prefix: str) -> str:
    """Shown where there are several conditions to put together."""
    key = seeded(f"{prefix}mode", mode)
    if n < 2:
        return mode
    chosen = st.segmented_control("Which", list(MODES), format_func=MODES.__getitem__, key=key, label_visibility="collapsed", required=True)
    return chosen or mode


def _row(page: Page, place: str, part: Any, mode: str, parts: list[Any], key: str) -> Any:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"segment_row_{place}"):
        now = condition_row(page, place, part)
        st.space("stretch")
        st.button(
            "Remove",
            key=f"segment_button_{place}",
            icon=":material/close:",
            type="tertiary",
            on_click=_without,
            args=(mode, int(place.rpartition("_")[2]), key),
            disabled=len(parts) < 2,
        )
    return now


def _without(mode: str, place: int, key: str) -> None:
    _, parts = parts_of(parsed(st.session_state[key]))
    take(joined(mode, parts[:place] + parts[place + 1 :]), key)


def _add(page: Page, mode: str, now: list[Any], key: str, prefix: str) -> None:
    with st.popover("Add a condition", icon=":material/add:", disabled=len(now) >= MOST):
        kinds = [kind for kind in KINDS if kind != "saved" or saved_segments(page.con)]
        columns = st.columns(2, gap="medium")
        for place, kind in enumerate(kinds):
            added = {mode: [*now, blank(page, kind)]}
            with columns[2 * place // len(kinds)]:
                st.button(KINDS[kind], key=f"segment_add_{prefix}{kind}", type="tertiary", on_click=take, args=(added, key))


def _combine(page: Page) -> None:
    """Two saved segments put together as a new one."""
    names = list(saved_segments(page.con))
    if len(names) < 2:
        return
    with st.popover("Combine saved", icon=":material/join_inner:", type="tertiary"):
        first = st.selectbox("Those in", names, key="segment_first")
        way = st.segmented_control(
            "Put together", list(WAYS), format_func=WAYS.__getitem__, default="and", required=True, key="segment_way"
        )
        second = st.selectbox("those in", names, index=1, key="segment_second")
        rules = {"and": {"all": [first, second]}, "or": {"any": [first, second]}, "without": {"all": [first, {"not": second}]}}
        st.button("Put together", key="segment_combine", icon=":material/join_inner:", on_click=take, args=(rules[way or "and"],))


def _text(page: Page, opened: bool = False) -> None:
    """The rule as plain data, in the address too; what is typed here the conditions above are drawn from."""
    with (
        st.expander("As plain data", icon=":material/data_object:")
        if opened
        else st.popover("As plain data", icon=":material/data_object:", type="tertiary")
    ):
        st.text_area(
            "The rule",
            key=RULE,
            bind="query-params",
            height=220,
            width=640,
            max_chars=LONGEST,
            on_change=turn,
            help="Conditions: did, did_not, sum, mean, distinct, trend, property, date, sequence, stage, customers, a question "
            "with a mark, or a saved segment's name; put together by all, any and not.",
        )
