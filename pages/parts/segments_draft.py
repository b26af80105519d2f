"""The rule under construction: one text, kept in the address, that the conditions on the page are a view of."""

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from journey.errors import QuestionError
from journey.funnels import suggest_steps
from journey.rules import event_names
from journey.rules.saved import saved_segments
from journey.scope import refuse_deep
from pages.parts.frame import Page
from pages.parts.workspace import answer

RULE, NAME, TURN = "segment_rule", "segment_saved", "segment_turn"
LONGEST = 20_000
MODES = {"all": "All of these hold", "any": "Any of these holds"}


def current_rule(page: Page) -> Any:
    """The draft as plain data; the first is the address's own, the saved segment it names, or a likely one.

    Raises: QuestionError: the text is no JSON.
    """
    if RULE not in st.session_state:
        name = st.query_params.get(NAME)
        saved = saved_segments(page.con)
        kept = None if name is None else saved.get(name)
        st.session_state[RULE] = st.query_params.get(RULE) or written(usual_rule(page) if kept is None else kept)
    return parsed(st.session_state[RULE])


def usual_rule(page: Page) -> Any:
    """Who began the likeliest funnel and never ended it; else who did the commonest event."""
    likely = answer(page.con, page.version, suggest_steps, 1)
    steps = likely[0] if likely else tuple(answer(page.con, page.version, event_names)[:1])
    begun = {"did": steps[0] if steps else None}
    return {"all": [begun, {"did_not": steps[-1]}]} if len(steps) > 1 else begun


def parsed(text: str) -> Any:
    """Raises: QuestionError: no JSON, or too much of it."""
    if len(text) > LONGEST:
        raise QuestionError(
            f"The rule has {len(text):,} characters; {LONGEST:,} are the most that can be edited. Save parts of it by name."
        )
    try:
        rule = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise QuestionError(f"The rule is not valid JSON: {fault}. Mend it below, or start anew.") from fault
    refuse_deep(rule)
    return rule


def written(rule: Any) -> str:
    """A condition a line, so that it can be read."""
    short = json.dumps(rule, ensure_ascii=False)
    if len(short) <= 80 or not isinstance(rule, Mapping):
        return short
    mode, parts = parts_of(rule)
    if len(parts) < 2:
        return json.dumps(rule, ensure_ascii=False, indent=1)
    return f'{{"{mode}": [\n  ' + ",\n  ".join(json.dumps(part, ensure_ascii=False) for part in parts) + "\n]}"


def parts_of(rule: Any) -> tuple[str, list[Any]]:
    """-> (all | any, the conditions under it); any other rule is its own only condition."""
    if isinstance(rule, Mapping) and len(rule) == 1:
        ((key, value),) = rule.items()
        if key in MODES and isinstance(value, list):
            return key, list(value)
    return "all", [rule]


def joined(mode: str, parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else {mode: parts}


def take(rule: Any, key: str = RULE) -> None:
    """Put another rule in the draft's place; the conditions are drawn anew from it.  key: where the draft is kept."""
    st.session_state[key] = written(rule)
    turn()


def turn() -> None:
    """Forget what the condition widgets hold: the text has changed beneath them."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def seeded(name: str, value: Any) -> str:
    """The key of a condition's widget, holding this value until a person changes it."""
    key = f"segment_{st.session_state.get(TURN, 0)}_{name}"
    if key not in st.session_state:
        st.session_state[key] = value
    return key
