"""What is asked of a funnel: steps and window in the card's first row, the rest behind one button."""

import streamlit as st

from journey.funnels import FunnelQuestion, read_funnel, suggest_breakdowns, suggest_steps, suggest_window
from journey.rules import event_names, known_properties
from journey.warehouse import Warehouse
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import answer

STEPS = tuple(f"funnel_step_{number}" for number in range(1, 13))
BEGUN = "funnel_begun"
WINDOWS = {
    "1h": "Within an hour",
    "1d": "Within a day",
    "7d": "Within 7 days",
    "30d": "Within 30 days",
    "90d": "Within 90 days",
    "365d": "Within a year",
    "none": "No time limit",
}
ORDERS = {"ordered": "In this order", "strict": "One right after the other", "unordered": "In any order"}
UNITS = {"customer": "Customers", "session": "Sessions"}
ATTRIBUTIONS = {"first_touch": "at the first step", "last_touch": "at their last step", "all_events": "funnel within each value"}
NO_BREAKDOWN = "No breakdown"


def choose_question(page: Page) -> FunnelQuestion:
    """The row of controls; stops with a sentence where no step is chosen."""
    names = answer(page.con, page.version, event_names)
    likely = answer(page.con, page.version, suggest_steps, 4)
    usual = answer(page.con, page.version, _usual_window, likely[0] if likely else ())
    steps = _choose_steps(names, likely[0] if likely else ())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        window = st.selectbox(
            "Window",
            list(WINDOWS),
            index=list(WINDOWS).index(usual),
            format_func=WINDOWS.__getitem__,
            key="funnel_window",
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/timer:",
            width=176,
        )
        rest = _choose_rest(page, likely)
    if not steps:
        st.caption("Choose the first step of a funnel above, or take one of the likely funnels.")
        st.stop()
    return read_funnel({"steps": list(steps), "window": None if window in (None, "none") else window, **rest})


def _choose_steps(names: list[str], usual: tuple[str, ...]) -> list[str]:
    """One select per step and an empty one to add to them; a step that is cleared closes the gap.

    The first run takes the likely funnel, unless the address names steps.
    """
    if BEGUN not in st.session_state:
        st.session_state[BEGUN] = True
        if not any(key in st.query_params for key in STEPS):
            _take(usual)
    for key in STEPS:
        if st.session_state.get(key) not in (None, *names):
            st.session_state.pop(key)
    steps: list[str] = []
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for at, key in enumerate(STEPS, 1):
            step = st.selectbox(
                f"Step {at}",
                names,
                index=None,
                placeholder="Add a step" if steps else "First step",
                key=key,
                bind="query-params",
                label_visibility="collapsed",
                on_change=_close_gaps,
                width=158,
            )
            if step not in names:
                break
            steps.append(step)
    return steps


def _close_gaps() -> None:
    _take(tuple(step for key in STEPS if (step := st.session_state.get(key)) is not None))


def _take(steps: tuple[str, ...]) -> None:
    for at, key in enumerate(STEPS):
        st.session_state[key] = steps[at] if at < len(steps) else None


def _usual_window(con: Warehouse, steps: tuple[str, ...]) -> str:
    window = suggest_window(con, steps) if steps else None
    return "none" if window is None else f"{window // 86_400_000}d"


def _choose_rest(page: Page, likely: tuple[tuple[str, ...], ...]) -> dict[str, object]:
    with st.popover("Likely funnels", icon=":material/auto_awesome:", type="tertiary"):
        st.caption("From the log itself: events that customers rarely do without the one before.")
        for number, steps in enumerate(likely):
            told = literal(" → ".join(steps))
            st.button(told, key=f"funnel_likely_{number}", type="tertiary", on_click=_take, args=(steps,))
    with st.popover("More", icon=":material/tune:", type="tertiary"):
        order = st.radio("Steps come", list(ORDERS), format_func=ORDERS.__getitem__, key="funnel_order", bind="query-params")
        unit = st.radio("Count", list(UNITS), format_func=UNITS.__getitem__, key="funnel_unit", bind="query-params", horizontal=True)
        breakdown = _choose_breakdown(page, order or "ordered")
    return {"order": order or "ordered", "count_by": unit or "customer", "breakdown": breakdown}


def _choose_breakdown(page: Page, order: str) -> dict[str, str] | None:
    likely = answer(page.con, page.version, suggest_breakdowns)
    others = [prop.name for prop in answer(page.con, page.version, known_properties) if prop.name not in likely]
    chosen = st.selectbox(
        "Break down by",
        [NO_BREAKDOWN, *likely, *dict.fromkeys(others)],
        index=1 if likely else 0,
        key="funnel_by",
        bind="query-params",
    )
    options = [name for name in ATTRIBUTIONS if order != "unordered" or name != "last_touch"]
    at = st.selectbox("Its value", options, format_func=ATTRIBUTIONS.__getitem__, key="funnel_attribution", bind="query-params")
    return None if chosen in (None, NO_BREAKDOWN) else {"property": chosen, "attribution": at or "first_touch"}
