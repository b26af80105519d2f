"""How a funnel counts: the order, the unit, what must stay the same, whose value is summed, and into which groups it falls."""

from typing import Any

import streamlit as st

from journey.answers import extent
from journey.funnels import suggest_breakdowns
from journey.rules import known_properties
from journey.rules.match import NUMBERS
from pages.parts.frame import Page
from pages.parts.workspace import answer

ORDERS = {"ordered": "In this order", "strict": "One right after the other", "unordered": "In any order"}
TIES = {"step_order": "Any order will do", "load_order": "The order they were loaded in"}
UNITS = {"customer": "Customers", "session": "Sessions", "property": "Values of a property"}
ATTRIBUTIONS = {"first_touch": "at the first step", "last_touch": "at their last step", "all_events": "funnel within each value"}
NO_BREAKDOWN = "No breakdown"
TRENDS = {"day": "By day", "week": "By week", "month": "By month"}
DAY = 86_400_000
FEW_A_DAY = 20


def choose_counting(page: Page) -> dict[str, Any]:
    """{"order", "ties", "count_by", "hold", "value"} of a funnel question, from one popover."""
    properties = answer(page.con, page.version, known_properties)
    names = [prop.name for prop in properties]
    numbers = [prop.name for prop in properties if prop.type in NUMBERS]
    with st.popover("Order and counting", icon=":material/tune:", type="tertiary"):
        order = st.radio("Steps come", list(ORDERS), format_func=ORDERS.__getitem__, key="funnel_order", bind="query-params") or "ordered"
        ties = st.radio("Events of the same moment", list(TIES), format_func=TIES.__getitem__, key="funnel_ties", bind="query-params")
        units = [unit for unit in UNITS if unit != "property" or names]
        unit = st.radio("Count", units, format_func=UNITS.__getitem__, key="funnel_unit", bind="query-params", horizontal=True)
        by = None
        if unit == "property":
            by = st.selectbox("The property whose values are counted", names, key="funnel_unit_property", bind="query-params")
        hold = st.multiselect(
            "All steps carry the same", names, key="funnel_hold", bind="query-params", placeholder="Properties that stay the same"
        )
        value = None
        if numbers:
            value = st.selectbox(
                "Also sum, step by step", numbers, index=None, key="funnel_value", bind="query-params", placeholder="A number"
            )
    count_by = f"property:{by}" if unit == "property" and by else "session" if unit == "session" else "customer"
    return {"order": order, "ties": ties or "step_order", "count_by": count_by, "hold": list(hold), "value": value}


def choose_breakdown(page: Page, order: str, steps: list[str]) -> dict[str, str] | None:
    """The groups that are held beside each other."""
    likely = answer(page.con, page.version, suggest_breakdowns)
    others = [prop.name for prop in answer(page.con, page.version, known_properties) if prop.name not in likely]
    with st.popover("Break down", icon=":material/call_split:", type="tertiary"):
        chosen = st.selectbox(
            "By", [NO_BREAKDOWN, *likely, *dict.fromkeys(others)], index=1 if likely else 0, key="funnel_by", bind="query-params"
        )
        options = [name for name in ATTRIBUTIONS if order != "unordered" or name != "last_touch"]
        if order != "unordered":
            options += [f"step:{at}" for at in range(1, len(steps))]
        at = st.selectbox(
            "Its value", options, format_func=lambda name: _attribution(name, steps), key="funnel_attribution", bind="query-params"
        )
    return None if chosen in (None, NO_BREAKDOWN) else {"property": chosen, "attribution": at or "first_touch"}


def _attribution(name: str, steps: list[str]) -> str:
    return ATTRIBUTIONS.get(name) or f"at step {int(name[5:]) + 1}: {steps[int(name[5:])]}"


def usual_trend(page: Page, entered: int) -> str:
    """The period that suits the length of the scope, a longer one where days would hold few entrants."""
    first, last = answer(page.con, page.version, extent)
    start = first if page.scope.start is None else page.scope.start
    days = ((last if page.scope.stop is None else page.scope.stop) - start) / DAY
    return "day" if days <= 45 and entered >= FEW_A_DAY * days else "week" if days <= 400 else "month"


def counting_chips(counting: dict[str, Any]) -> list[tuple[str, Any, tuple[Any, ...]]]:
    """What differs from the usual way of counting; each is taken back by a press."""
    told: list[tuple[str, Any, tuple[Any, ...]]] = []
    if counting["order"] != "ordered":
        told.append((f"Steps come {ORDERS[counting['order']].lower()}", _reset, ("funnel_order", "ordered")))
    if counting["ties"] != "step_order" and counting["order"] != "unordered":
        told.append(("Same moment: as loaded", _reset, ("funnel_ties", "step_order")))
    if counting["count_by"] != "customer":
        of = counting["count_by"].removeprefix("property:")
        told.append((f"Counts {'sessions' if of == 'session' else f'values of {of}'}", _reset, ("funnel_unit", "customer")))
    if counting["hold"]:
        told.append((f"Same {' and '.join(counting['hold'])} at every step", _reset, ("funnel_hold", [])))
    if counting["value"] and counting["order"] != "unordered":
        told.append((f"Sums {counting['value']}", _reset, ("funnel_value", None)))
    return told


def _reset(key: str, value: Any) -> None:
    st.session_state[key] = value
