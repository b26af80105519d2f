"""Which events the retention page is about: a name, others that will do as well, and what a property must be."""

from typing import Any

import streamlit as st

from journey.rules import known_properties
from pages.parts.frame import Page
from pages.parts.workspace import answer

ANY = "Any event"
OPS = {
    "eq": "is",
    "ne": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "gt": "is more than",
    "ge": "is at least",
    "lt": "is less than",
    "le": "is at most",
    "contains": "contains",
    "prefix": "begins with",
    "is_set": "is set",
    "is_null": "is missing",
}
ALONE = ("is_set", "is_null")
LISTS = ("in", "not_in")


def select(label: str, options: list[str], key: str, width: int, told_as: Any, usual: int = 0) -> str:
    """A choice that an address may hold; one it cannot hold falls back to the usual one, the first unless told."""
    chosen = st.selectbox(label, options, index=usual, format_func=told_as, key=key, bind="query-params", width=width)
    return chosen if chosen in options else options[usual]


def choose_event(label: str, names: list[str], key: str) -> str | None:
    return select(label, ["", *names], key, 178, lambda name: name or ANY) or None


def choose_filter(page: Page, title: str, event: str | None, names: list[str], key: str) -> Any:
    """The step that the event and its filter make: other events that count as well, and one condition on a property."""
    st.markdown(f"**{title}**")
    others: list[str] = []
    if event is not None:
        found = st.multiselect(
            "Or any of", [name for name in names if name != event], key=f"{key}_or", bind="query-params", placeholder="No other", width=420
        )
        others = [name for name in found if name in names]
    where = _condition(page, key)
    steps = [{"event": name, "where": where} if where else name for name in (event, *others)]
    if len(steps) == 1:
        return steps[0]
    return {"any_of": steps}


def _condition(page: Page, key: str) -> dict[str, Any]:
    """{property: condition}, or {} where none is written to its end."""
    names = list(dict.fromkeys(prop.name for prop in answer(page.con, page.version, known_properties)))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        name = select("Only where", ["", *names], f"{key}_where", 150, lambda name: name or "Any property")
        op = select("Is", list(OPS), f"{key}_op", 126, lambda op: OPS.get(op, op))
        value = st.text_input(
            "Value",
            key=f"{key}_value",
            bind="query-params",
            width=130,
            max_chars=400,
            disabled=not name or op in ALONE,
            placeholder="a, b, c" if op in LISTS else None,
        )
    if not name:
        return {}
    if op in ALONE:
        return {name: {"op": op}}
    written = (value or "").strip()
    parts = [part.strip() for part in written.split(",") if part.strip()]
    return {name: {"op": op, "value": parts if op in LISTS else written}} if parts else {}


def told_step(step: Any) -> str:
    """The step as a person says it: "Purchase or Payment where device is mobile"; any event is "anything"."""
    if step is None:
        return "anything"
    if isinstance(step, str):
        return step
    if "any_of" in step:
        parts = [part if isinstance(part, str) else part.get("event") or "anything" for part in step["any_of"]]
        return " or ".join(parts) + _told_where(step["any_of"][0])
    return (step.get("event") or "anything") + _told_where(step)


def _told_where(step: Any) -> str:
    where = step.get("where") if isinstance(step, dict) else None
    if not where:
        return ""
    return " where " + " and ".join(f"{name} {_told_condition(condition)}" for name, condition in where.items())


def _told_condition(condition: Any) -> str:
    op, value = condition.get("op", "eq"), condition.get("value")
    said = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"{OPS[op]} {said}".strip()
