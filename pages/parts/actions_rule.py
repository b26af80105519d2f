"""A rule of the catalog in the rows in which segments are defined, and whom it holds for now."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import streamlit as st

from journey.ask import resolve_rule
from journey.errors import JourneyError
from journey.rules import event_names
from journey.rules.segment import Segment, measure_segment
from journey.scope import Scope
from pages.parts.frame import Page, measured
from pages.parts.segments_builder import rule_rows
from pages.parts.segments_draft import LONGEST, parsed, turn, written
from pages.parts.text import literal
from pages.parts.workspace import answer


def in_own_names(page: Page, rule: Any) -> Any:
    """The rule with the names that this log holds; of a list that holds one of them, that one."""
    return _kept(rule, frozenset(answer(page.con, page.version, event_names)))


def _kept(rule: Any, known: frozenset[str]) -> Any:
    if isinstance(rule, list):
        return [_kept(part, known) for part in rule]
    if not isinstance(rule, Mapping):
        return rule
    if set(rule) == {"any_of"} and isinstance(names := rule["any_of"], list):
        held = [name for name in names if not isinstance(name, str) or name in known] or names
        return held[0] if len(held) == 1 else {"any_of": held}
    return {key: _kept(value, known) for key, value in rule.items()}


def edit_rule(page: Page, name: str, first: Any) -> Any:
    """The rule as it stands in the widgets, beginning with `first`; None, with the sentence why, where its text is no rule.

    name: of what the rule is of; another one begins anew.
    """
    key = rule_key(name)
    if key not in st.session_state:
        st.session_state[key] = written(first)
    try:
        rule = parsed(st.session_state[key])
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        _text(key)
        return None
    with rule_rows(page, rule, key, f"{crc32(name.encode())}_") as drafted:
        _text(key)
    return drafted


def rule_key(name: str) -> str:
    return f"rule_text_{crc32(name.encode())}"


def forget_rule(name: str) -> None:
    """Begin anew with the rule that is kept."""
    st.session_state.pop(rule_key(name), None)
    turn()


def _text(key: str) -> None:
    with st.popover("As plain data", icon=":material/data_object:", type="tertiary"):
        st.text_area("The rule", key=key, height=220, width=560, max_chars=LONGEST, on_change=turn)


def count_rule(page: Page, rule: Any) -> Segment:
    """Whom of the segment at the head it holds for now.  Raises: JourneyError: a rule that cannot be read."""
    asked = answer(page.con, page.version, resolve_rule, rule, Scope(timezone=page.scope.timezone))
    found: Segment = measured(page, measure_segment, asked)
    return found
