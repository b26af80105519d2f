"""What is asked of a funnel: steps and window in the card's first rows, the rest behind well-named buttons, told as chips."""

from typing import Any

import streamlit as st

from journey.charts.words import short
from journey.funnels import FunnelQuestion, read_funnel, suggest_steps, suggest_window
from journey.funnels.refined import read_refined
from journey.rules import event_names
from journey.scope import read_duration
from journey.warehouse import Warehouse
from pages.parts.frame import Page
from pages.parts.funnel_counting import choose_breakdown, choose_counting, counting_chips
from pages.parts.funnel_refine import ALSO, chips, keep, refine, told_refinements
from pages.parts.text import literal
from pages.parts.workspace import answer

STEPS = tuple(f"funnel_step_{number}" for number in range(1, 13))
CLEARED, SHOWN = "funnel_cleared", "funnel_shown"
WINDOWS = {
    "1h": "Within an hour",
    "1d": "Within a day",
    "7d": "Within 7 days",
    "30d": "Within 30 days",
    "90d": "Within 90 days",
    "365d": "Within a year",
    "none": "No time limit",
}
OFFERED = 4


def choose_question(page: Page) -> FunnelQuestion:
    """The rows of controls; stops with a sentence where no step is chosen."""
    names = answer(page.con, page.version, event_names)
    likely = answer(page.con, page.version, suggest_steps, OFFERED)
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
        counting = choose_counting(page)
        refined = refine(page, steps, names, counting["order"] == "unordered")
        counting["breakdown"] = choose_breakdown(page, counting["order"], steps)
        if steps:
            _offer_likely(likely, tuple(steps))
    if not steps:
        st.caption("Choose the first step of a funnel above, or take one of the likely funnels:")
        _likely_buttons(list(enumerate(likely)), "first")
        st.stop()
    refinements: list[tuple[str, Any, tuple[Any, ...]]] = [(told, keep, (left,)) for told, left in told_refinements(refined, steps)]
    chips([*refinements, *counting_chips(counting)])
    options = refined.options_of(len(steps))
    if counting["order"] == "unordered":
        options["optional"] = []
    window_asked = None if window in (None, "none") else window
    return read_funnel({"steps": refined.steps_of(steps), "window": window_asked, **options, **_asked(counting)})


def _asked(counting: dict[str, Any]) -> dict[str, Any]:
    """In any order there is no order of ties, and no event of a step to take a value from."""
    return {**counting, "value": None} if counting["order"] == "unordered" else counting


def _choose_steps(names: list[str], usual: tuple[str, ...]) -> list[str]:
    """One select per step and an empty one to add to them; a step that is cleared closes the gap.

    Until the address names steps, or a person has cleared them all, the likely funnel is taken.
    """
    if not (st.session_state.get(CLEARED) or any(st.session_state.get(key) or key in st.query_params for key in STEPS)):
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
    st.session_state[SHOWN] = tuple(steps)
    return steps


def _close_gaps() -> None:
    """A callback: the steps move up, and what was said of them with them.

    A person clears one step at a time: where several went at once, a run was cut short before they reached the browser.
    """
    kept = [at for at, key in enumerate(STEPS) if st.session_state.get(key) is not None]
    shown: tuple[str, ...] = st.session_state.get(SHOWN, ())
    if not kept and len(shown) > 1:
        _take(shown)
        return
    if kept != list(range(len(kept))) and st.session_state.get(ALSO):
        keep(read_refined(st.session_state[ALSO]).moved(kept))
    st.session_state[CLEARED] = not kept
    _take(tuple(st.session_state[STEPS[at]] for at in kept))


def _take(steps: tuple[str, ...]) -> None:
    for at, key in enumerate(STEPS):
        st.session_state[key] = steps[at] if at < len(steps) else None


def _take_likely(steps: tuple[str, ...]) -> None:
    """A callback: another funnel, without what was said of the steps of the one before."""
    _take(steps)
    st.session_state[CLEARED] = False
    st.session_state[ALSO] = ""


def _usual_window(con: Warehouse, steps: tuple[str, ...]) -> str:
    window = suggest_window(con, steps) if steps else None
    return next((key for key in WINDOWS if key != "none" and read_duration(key, "window") == window), "none")


def _offer_likely(likely: tuple[tuple[str, ...], ...], steps: tuple[str, ...]) -> None:
    """One press each; the events of the one in force are left out of the offer."""
    others = [(number, found) for number, found in enumerate(likely) if found != steps]
    if not others:
        return
    with st.popover("Likely funnels", icon=":material/auto_awesome:", type="tertiary"):
        st.caption("From the log itself: events that customers rarely do without the one before.")
        _likely_buttons(others, "likely")


def _likely_buttons(offered: list[tuple[int, tuple[str, ...]]], key: str) -> None:
    for number, found in offered:
        told = literal(" → ".join(short(name, 28) for name in found))
        st.button(told, key=f"funnel_{key}_{number}", type="tertiary", on_click=_take_likely, args=(found,))
