"""Filters, either-or, steps that may be skipped, and what may not come between: kept as one text in the address."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from journey.charts.words import short
from journey.funnels import suggest_values
from journey.funnels.refined import Refined, read_refined
from journey.rules import Property, known_properties
from journey.rules.match import NUMBERS
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import answer

ALSO = "funnel_also"
OPS = {
    "in": "is",
    "not_in": "is not",
    "contains": "contains",
    "prefix": "begins with",
    "is_set": "is known",
    "is_null": "is missing",
}
NUMBER_OPS = {"eq": "=", "ne": "≠", "gt": ">", "ge": "≥", "lt": "<", "le": "≤", "is_set": "is known", "is_null": "is missing"}
BARE = ("is_set", "is_null")


def keep(refined: Refined) -> None:
    """A callback: the address and the page say so from the next run on."""
    st.session_state[ALSO] = refined.as_text()


def refine(page: Page, events: Sequence[str], names: Sequence[str], unordered: bool) -> Refined:
    """Two popovers that add to what is said; `chips` shows it and takes it back."""
    with st.popover("Refine a step", icon=":material/filter_list:", type="tertiary"):
        given = st.container()
        text = st.text_input(
            "All refinements as text",
            key=ALSO,
            bind="query-params",
            persist_state="session",
            help="What the chips below the steps say, as the address carries it. Empty it to take everything back.",
        )
        refined = read_refined(text)
        with given:
            if events:
                _refine_step(page, refined, events, names, unordered)
            else:
                st.caption("Choose a step first.")
    with st.popover("Leave out", icon=":material/do_not_disturb_on:", type="tertiary"):
        _leave_out(refined, events, names)
    return refined


def _refine_step(page: Page, refined: Refined, events: Sequence[str], names: Sequence[str], unordered: bool) -> None:
    step = st.selectbox("Step", range(len(events)), format_func=lambda at: f"{at + 1}. {events[at]}", key="funnel_refine_step") or 0
    _add_filter(page, refined, step)
    others = [name for name in names if name != events[step] and (step, name) not in refined.either]
    other = st.selectbox("Or, just as well, the event", others, index=None, key="funnel_refine_or", placeholder="Another event")
    st.button(
        "Let it count too",
        icon=":material/add:",
        disabled=other not in others,
        key="funnel_refine_or_add",
        on_click=keep,
        args=(replace(refined, either=(*refined.either, (step, str(other)))),),
    )
    if step and not unordered and step not in refined.skip:
        skipped = replace(refined, skip=tuple(sorted({*refined.skip, step})))
        st.button("Let this step be skipped", icon=":material/redo:", key="funnel_refine_skip", on_click=keep, args=(skipped,))


def _add_filter(page: Page, refined: Refined, step: int) -> None:
    known = {prop.name: prop for prop in answer(page.con, page.version, known_properties)}
    left, middle = st.columns(2)
    name = left.selectbox("Count it only where", list(known), index=None, placeholder="A property", key="funnel_refine_property")
    prop = known.get(name) if name else None
    ops = NUMBER_OPS if prop and prop.type in NUMBERS else OPS
    op = middle.selectbox("holds", list(ops), format_func=ops.__getitem__, key=f"funnel_refine_op_{ops is OPS}", disabled=prop is None)
    op = op if op in ops else next(iter(ops))
    value = _value(page, prop, op) if prop and op not in BARE else None
    ready = prop is not None and (op in BARE or value not in (None, "", ()))
    filters = (*refined.where, (step, name or "", *_written(op, value)))
    st.button(
        "Add this filter",
        icon=":material/add:",
        disabled=not ready,
        key="funnel_refine_add",
        on_click=keep,
        args=(replace(refined, where=filters),),
    )


def _value(page: Page, prop: Property, op: str) -> Any:
    if op in ("in", "not_in"):
        known = list(answer(page.con, page.version, suggest_values, prop.name))
        return tuple(st.multiselect("Values", known, key=f"funnel_refine_values_{prop.name}", accept_new_options=True))
    return st.text_input("Value", key=f"funnel_refine_value_{prop.name}").strip()


def _written(op: str, value: Any) -> tuple[str, Any]:
    """One value is said as such, so that the step is called "device is mobile"."""
    if op in ("in", "not_in") and isinstance(value, tuple) and len(value) == 1:
        return ("eq" if op == "in" else "ne"), value[0]
    return op, value


def _leave_out(refined: Refined, events: Sequence[str], names: Sequence[str]) -> None:
    if len(events) < 2:
        st.caption("With two steps or more, an event between them can void the way.")
        return
    event = st.selectbox("An attempt with this event does not count", names, index=None, placeholder="An event", key="funnel_without")
    told = [f"{at + 1}. {name}" for at, name in enumerate(events)]
    left, right = st.columns(2)
    start = left.selectbox("after", range(len(events) - 1), format_func=told.__getitem__, key="funnel_without_from") or 0
    ends = range(start + 1, len(events))
    stop = right.selectbox(
        "and before", ends, index=len(ends) - 1, format_func=told.__getitem__, key=f"funnel_without_to_{start}_{len(events)}"
    )
    st.button(
        "Leave it out",
        icon=":material/add:",
        disabled=event not in names,
        key="funnel_without_add",
        on_click=keep,
        args=(replace(refined, without=(*refined.without, (str(event), start, stop or start + 1))),),
    )


def told_refinements(refined: Refined, events: Sequence[str]) -> list[tuple[str, Refined]]:
    """Each thing that is said, as a short sentence, with what is left when it is taken back."""
    told: list[tuple[str, Refined]] = []
    for at, (step, name, op, value) in enumerate(refined.where):
        left = replace(refined, where=_without(refined.where, at))
        told.append((f"{_step(events, step)}: {name} {_said(op, value)}", left))
    for at, (step, event) in enumerate(refined.either):
        told.append((f"{_step(events, step)} or {event}", replace(refined, either=_without(refined.either, at))))
    for at, step in enumerate(refined.skip):
        told.append((f"{_step(events, step)} may be skipped", replace(refined, skip=_without(refined.skip, at))))
    for at, (event, start, stop) in enumerate(refined.without):
        between = f"between {_step(events, start)} and {_step(events, stop)}"
        told.append((f"No {event} {between}", replace(refined, without=_without(refined.without, at))))
    return told


def _without(items: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return items[:at] + items[at + 1 :]


def _step(events: Sequence[str], step: int) -> str:
    return short(events[step], 24) if step < len(events) else f"step {step + 1} (not there)"


def _said(op: str, value: Any) -> str:
    signs = {"eq": "is", "ne": "is not", **OPS, **{key: sign for key, sign in NUMBER_OPS.items() if key in ("gt", "ge", "lt", "le")}}
    if op in BARE:
        return signs[op]
    return f"{signs.get(op, op)} {' or '.join(map(str, value)) if isinstance(value, tuple) else value}"


def chips(told: Sequence[tuple[str, Any, tuple[Any, ...]]]) -> None:
    """Small buttons that say what is in force; pressing one takes it back.  told: (sentence, callback, its arguments)."""
    if not told:
        return
    with st.container(horizontal=True, gap="xsmall", key="funnel_chips"):
        for at, (sentence, callback, arguments) in enumerate(told):
            st.button(
                literal(short(sentence, 70)),
                key=f"funnel_chip_{at}",
                icon=":material/close:",
                on_click=callback,
                args=arguments,
                help="In force. Press to take it back.",
            )
