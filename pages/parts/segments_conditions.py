"""One condition of a segment as a row of widgets: what it holds is read from a rule, and written back as one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from journey.rules import event_names, known_properties
from journey.rules.groups import common_values
from journey.rules.match import NUMBERS, Property
from journey.rules.saved import saved_segments
from journey.rules.staged import stages_in_force
from journey.rules.words import OPS, tell_length, tell_rule, tell_step
from pages.parts.frame import Page
from pages.parts.segments_amounts import MORE_KINDS, MORE_ROWS, blank_of
from pages.parts.segments_draft import seeded
from pages.parts.segments_forms import MOST_STEPS, OTHER, how_often, kind_of
from pages.parts.segments_funnel import funnel_row
from pages.parts.segments_widgets import LENGTHS, choose_step, others, select, within
from pages.parts.text import literal
from pages.parts.workspace import answer

KINDS = {
    "did": "Did",
    "did_not": "Did not do",
    "property": "Property",
    "sequence": "Did in a row",
    "funnel": "In a funnel",
    "stage": "In the stage",
    **MORE_KINDS,
    "saved": "In the segment",
}
SIGNS = {">=": "at least", "=": "exactly", "<=": "at most"}
TEXT_OPS = ("eq", "ne", "in", "not_in", "contains", "prefix", "is_set", "is_null")
NUMBER_OPS = ("ge", "le", "gt", "lt", "eq", "ne", "is_set", "is_null")


def blank(page: Page, kind: str) -> Any:
    """A condition of that kind to begin with."""
    if kind in MORE_KINDS:
        return blank_of(page, kind)
    names = answer(page.con, page.version, event_names)
    first = names[0] if names else None
    prop = next((prop for prop in answer(page.con, page.version, known_properties) if prop.type == "varchar"), None)
    values = answer(page.con, page.version, common_values, prop) if prop else []
    stages = [stage.name for stage in stages_in_force(page.con)]
    return {
        "did": {"did": first},
        "did_not": {"did_not": first},
        "property": {"property": prop.name, "op": "eq", "value": values[0]} if prop and values else _any(page),
        "sequence": {"sequence": names[:2]},
        "funnel": {"funnel": {"steps": names[:2], "window": "7d"}, "dropped_after": 0},
        "stage": {"stage": stages[0]},
        "saved": next(iter(saved_segments(page.con)), ""),
    }[kind]


def _any(page: Page) -> dict[str, Any]:
    return {"property": next(iter(_properties(page)), ""), "op": "is_set"}


def condition_row(page: Page, place: int | str, rule: Any) -> Any:
    """The row's widgets; answers the condition as they stand now.  place: tells it from other rows on the page."""
    negated = isinstance(rule, Mapping) and set(rule) == {"not"}
    inner = rule["not"] if negated else rule
    kind = kind_of(inner)
    offered = [known for known in KINDS if known == kind or known != "saved" or saved_segments(page.con)]
    offered += [OTHER] if kind == OTHER else []
    labels = KINDS | {OTHER: "Another rule"}
    key = seeded(f"{place}_kind", kind)
    chosen = select("Kind", offered, key, 150, labels.__getitem__)
    inner = inner if chosen == kind else blank(page, chosen)
    now = ROWS[chosen](page, f"{place}_{chosen}", inner)
    if chosen == "did_not" and not negated:
        return now
    turned = st.toggle("Not", key=seeded(f"{place}_not", negated), help="Those for whom this does not hold")
    return {"not": now} if turned else now


def _did(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    sign, n = how_often(rule) or (">=", 1)
    step = choose_step(page, f"{key}_event", rule["did"])
    sign = select("How", list(SIGNS), seeded(f"{key}_sign", sign), 110, SIGNS.__getitem__)
    n = int(st.number_input("Times", 0, 999_999, key=seeded(f"{key}_n", n), label_visibility="collapsed", width=96) or 0)
    often = {} if (sign, n) == (">=", 1) else {"times": f"{sign}{n}"}
    length = within(f"{key}_within", rule.get("within") or "")
    return {"did": step, **often, **({"within": length} if length else {}), **others(rule)}


def _did_not(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    step = choose_step(page, f"{key}_event", rule["did_not"])
    names = answer(page.con, page.version, event_names)
    since = rule.get("since") or ""
    held = since if isinstance(since, str) else tell_step(since)
    options = list(dict.fromkeys([*LENGTHS, *names, held]))
    told = {length: f"in the last {tell_length(length)}" for length in LENGTHS} | {"": "ever"}
    chosen = select("Since", options, seeded(f"{key}_since", held), 200, lambda text: told.get(text, f"since {text}"))
    kept = since if chosen == held else chosen
    return {"did_not": step, **({"since": kept} if kept else {}), **others(rule)}


def _properties(page: Page) -> dict[str, Property]:
    found = answer(page.con, page.version, known_properties)
    return {prop.name: prop for prop in reversed(found)}


def _property(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    known = _properties(page)
    options = list(dict.fromkeys([*sorted(known), rule["property"]]))
    name = select("Property", options, seeded(f"{key}_name", rule["property"]), 170)
    prop = known.get(name)
    plain = "is_null" if "value" in rule and rule["value"] is None else "in" if isinstance(rule.get("value"), list) else "eq"
    op = rule.get("op", plain)
    ops = NUMBER_OPS if prop and prop.type in (*NUMBERS, "timestamp") else TEXT_OPS
    ops = tuple(dict.fromkeys([*ops, *([op] if name == rule["property"] else [])]))
    op = select("Is", ops, seeded(f"{key}_op", op), 130, OPS.__getitem__)
    if op in ("is_set", "is_null"):
        return {"property": name, "op": op}
    return {"property": name, "op": op, "value": _value(page, f"{key}_{name}_{op in ('in', 'not_in')}", prop, op, rule)}


def _value(page: Page, key: str, prop: Property | None, op: str, rule: Mapping[str, Any]) -> Any:
    """One of the commonest values or another that is typed; several of them where the op takes a list."""
    kept = rule.get("value") if prop is None or prop.name == rule["property"] else None
    known = answer(page.con, page.version, common_values, prop) if prop else []
    if op in ("in", "not_in"):
        values = [str(part) for part in kept] if isinstance(kept, list) else [str(kept)] if kept is not None else known[:1]
        options = list(dict.fromkeys([*known, *values]))
        where = seeded(key, values)
        options = list(dict.fromkeys([*options, *st.session_state[where]]))
        return st.multiselect("Values", options, key=where, accept_new_options=True, label_visibility="collapsed", width=260)
    value = "" if kept is None or isinstance(kept, list) else str(kept).lower() if isinstance(kept, bool) else str(kept)
    if prop and prop.type in (*NUMBERS, "timestamp"):
        typed = st.text_input("Value", key=seeded(key, value or "0"), label_visibility="collapsed", width=130)
        return _number(typed) if prop.type in NUMBERS else typed
    where = seeded(key, value or (known[0] if known else ""))
    options = list(dict.fromkeys([*known, *([held] if (held := st.session_state[where]) else [])]))
    chosen = st.selectbox("Value", options, key=where, accept_new_options=True, label_visibility="collapsed", width=190)
    return chosen or ""


def _number(typed: str) -> Any:
    """The number that was typed; what is none stays a text, and is refused with its sentence."""
    try:
        number = float(typed)
    except ValueError:
        return typed
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _sequence(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    steps = step_row(page, key, rule["sequence"])
    units = {"session": "in one session", "customer": "over all time"}
    unit = select("Where", list(units), seeded(f"{key}_in", rule.get("in", "session")), 150, units.__getitem__)
    return {"sequence": steps, **({} if unit == "session" else {"in": unit})}


def step_row(page: Page, key: str, steps: Sequence[str]) -> list[str]:
    """One select a step and an empty one to add to them; a step that is cleared is left out."""
    names = answer(page.con, page.version, event_names)
    options = list(dict.fromkeys([*names, *steps]))
    found: list[str] = []
    for at in range(MOST_STEPS):
        where = seeded(f"{key}_step_{at}", steps[at] if at < len(steps) else None)
        if st.session_state[where] not in options:
            st.session_state[where] = None
        told = "First event" if not found else "then …"
        step = st.selectbox(f"Step {at + 1}", options, index=None, placeholder=told, key=where, label_visibility="collapsed", width=160)
        if step is not None:
            found.append(step)
        elif at >= len(steps):
            break
    return found


def _funnel(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    def choose(name: str, options: Sequence[Any], value: Any, told: Callable[[Any], str]) -> Any:
        return select(name, options, seeded(f"{key}_{name}", value), 190, told)

    return funnel_row(rule, lambda steps: step_row(page, key, steps), choose)


def _stage(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    names = [stage.name for stage in stages_in_force(page.con)]
    options = list(dict.fromkeys([*names, rule["stage"]]))
    return {"stage": select("Stage", options, seeded(f"{key}_stage", rule["stage"]), 190)}


def _saved(page: Page, key: str, rule: str) -> str:
    options = list(dict.fromkeys([*saved_segments(page.con), rule]))
    return select("Segment", options, seeded(f"{key}_saved", rule), 260)


def _other(page: Page, key: str, rule: Any) -> Any:
    st.markdown(literal(tell_rule(rule)[:300]), width="content")
    return rule


ROWS: dict[str, Callable[[Page, str, Any], Any]] = {
    "did": _did,
    "did_not": _did_not,
    "property": _property,
    "sequence": _sequence,
    "funnel": _funnel,
    "stage": _stage,
    **MORE_ROWS,
    "saved": _saved,
    OTHER: _other,
}
