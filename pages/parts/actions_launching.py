"""Launching a rule to approval: for how many, what it costs and brings, what forbade the rest; then into the queue."""

import time
from collections.abc import Sequence
from typing import Any

import streamlit as st

from journey.actions.catalog import ActionCatalog, Trigger
from journey.actions.guardrails import GUARDRAILS
from journey.actions.launch import Launch, plan_launch
from journey.actions.ledger import Booked, book
from journey.charts.actions_launch_said import booked_lines, forbidden_told, launch_sentence
from journey.charts.words import between, count, delta, money
from journey.errors import JourneyError
from journey.warehouse import setting
from pages.parts.actions_person import UNNAMED, person
from pages.parts.actions_views import VIEW
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import warehouse

PLAN, DONE = "launch_plan", "launch_done"
OFF: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "border": True, "height": "stretch"}


def offer_launch(page: Page, catalog: ActionCatalog, trigger: Trigger, due: int, kept: bool) -> None:
    """The card; `kept`: the rule in the editor is the one in force, which alone can be launched."""
    action = catalog.action(trigger.action)
    with st.container(border=True, key="launch"):
        with st.container(horizontal=True):
            st.subheader("Launch to approval", anchor=False)
        _show_done(trigger.name)
        if why := _not_now(trigger, action is not None and action.on, due, kept):
            st.caption(literal(why))
            return
        st.caption(
            "Proposes the action to those who are due now and may get it. Nothing is sent by this: what needs approval waits for it."
        )
        plan = _planned(page, trigger)
        if plan is not None:
            _show(page, plan)
            _buttons(plan)


def _not_now(trigger: Trigger, on: bool, due: int, kept: bool) -> str:
    """Why it cannot be launched; "" where it can."""
    if not kept:
        return "Keep the rule first: only what is in the catalog is launched."
    if trigger.lacking:
        return f"It is at rest: the log holds no {' or '.join(trigger.lacking)}."
    if not trigger.on or not on:
        return f"{'It' if not trigger.on else f'The action {trigger.action}'} is switched off: switch it on first."
    return "" if due else "Nobody is due now, so there is nothing to propose."


def _planned(page: Page, trigger: Trigger) -> Launch | None:
    """The plan that this session keeps, so that what is shown is what is booked; made where somebody asks for it."""
    of = trigger, page.version, repr(page.scope.segment)
    kept = st.session_state.get(PLAN)
    if kept is not None and kept[0] == of:
        found: Launch = kept[1]
        return found
    place = st.empty()
    if not place.button("**See what it would propose**", key="launch_plan_now", icon=":material/rocket_launch:"):
        return None
    st.session_state.pop(DONE, None)
    with place, st.spinner("Choosing for everybody who is due …", show_time=True):
        # A number of its own at the end, so that this launch can be taken back alone.
        plan = plan_launch(page.con, trigger.name, page.scope, run=f"launch of {trigger.name} {time.strftime('%Y%m%d%H%M%S')}")
    st.session_state[PLAN] = of, plan
    return plan


def _show(page: Page, plan: Launch) -> None:
    currency = setting(page.con, "currency")
    st.markdown(f"**{literal(launch_sentence(plan))}**")
    with st.grid(4, min_column_width=150, key="launch_numbers"):
        st.metric("Proposals", count(len(plan.treated)), f"of {count(plan.due)} due", **OFF)
        around = "effect not known" if plan.interval is None else between(*(money(end, currency) for end in plan.interval))
        st.metric("Expected value", literal(money(plan.value, currency)), literal(delta(around)), **OFF)
        st.metric("Cost, if all are done", literal(money(plan.cost, currency)), "at most", **OFF)
        st.metric("Held out", count(plan.held_out), "chosen, never reached", **OFF)
    if told := forbidden_told(plan, GUARDRAILS):
        st.caption(literal(told))


def _buttons(plan: Launch) -> None:
    n = len(plan.proposals)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"**Propose to {count(len(plan.treated))}**",
            key="launch_book",
            icon=":material/rocket_launch:",
            disabled=not n,
            on_click=_book,
            args=(plan,),
        )
        st.button("Not now", key="launch_drop", type="tertiary", on_click=lambda: st.session_state.pop(PLAN, None))
        if not person():
            st.caption(UNNAMED)


def _book(plan: Launch) -> None:
    """A callback: the proposals that were shown become part of the ledger, each once.

    The run that drew the button may not have ended yet, so it has a cursor of its own.  Who presses has just read how many of
    those due it is for, so a flood is judged by the share of all customers.
    """
    by = person()
    if not by:
        st.session_state[DONE] = (plan.trigger, [UNNAMED])
        return
    try:
        found: Booked = book(warehouse().cursor(), plan.proposals, by=by)
    except JourneyError as fault:
        st.session_state[DONE] = (plan.trigger, [str(fault)])
        return
    st.session_state.pop(PLAN, None)
    st.session_state[DONE] = (plan.trigger, booked_lines(found, by, {one.proposal for one in plan.proposals if one.arm == "holdout"}))


def _show_done(trigger: str) -> None:
    """What became of the last launch of this rule, until another is planned."""
    kept: tuple[str, Sequence[str]] | None = st.session_state.get(DONE)
    if kept is None or kept[0] != trigger:
        return
    for line in kept[1]:
        st.markdown(literal(line))
    st.button("Go and approve", key="launch_approve", icon=":material/checklist:", on_click=_go_and_approve)


def _go_and_approve() -> None:
    st.session_state.pop(DONE, None)
    st.session_state[VIEW] = "To approve"
