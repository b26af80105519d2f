"""From a bar or a ghost to who is behind it: by a click, or by the keyboard."""

import json
from dataclasses import replace
from typing import Any

import streamlit as st

from journey.charts.funnels import group_name
from journey.charts.words import several, short
from journey.funnels import Funnel, FunnelQuestion, FunnelStep, funnel_customers, shown_groups
from pages.parts.frame import Page
from pages.parts.funnel_marks import show_units
from pages.parts.people import offer_page, offer_segment, show_people
from pages.parts.text import literal
from pages.parts.workspace import answer

KEY, LIST = "funnel_mark", "funnel_list"


def choose_mark(page: Page, funnel: Funnel, question: FunnelQuestion, clicked: dict[str, Any] | None) -> dict[str, Any] | None:
    """The mark whose people are asked for, None until the list is opened.  A click sets the select and opens the list."""
    marks = _marks(funnel)
    if clicked and _written(clicked) in marks:
        st.session_state[KEY], st.session_state[LIST] = _written(clicked), True
    if st.session_state.get(KEY) not in marks:
        st.session_state.pop(KEY, None)
    if not funnel.entered:
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox(
            "Who is behind",
            list(marks),
            index=list(marks).index(_usual(funnel)),
            format_func=lambda mark: marks[mark][0],
            key=KEY,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/ads_click:",
            width=340,
        )
        chosen = chosen if chosen in marks else _usual(funnel)
        told = several(marks[chosen][1], *(("customer",) if question.count_by == "customer" else (funnel.unit, funnel.unit)))
        opened = st.toggle(literal(f"See these {told}"), key=LIST, bind="query-params")
        if question.count_by == "customer" and marks[chosen][1]:
            _offer(page, question, json.loads(chosen), marks[chosen][0])
    return json.loads(chosen) if opened else None


def _offer(page: Page, question: FunnelQuestion, mark: dict[str, Any], title: str) -> None:
    rule = rule_of(page, question, mark)
    offer_segment(page, rule, title[:80], "funnel")
    # Their paths begin where their way through the funnel ended.
    last = question.steps[mark["dropped_after"] if "dropped_after" in mark else mark["reached"]]
    begin = {"paths_start": last} if isinstance(last, str) and question.order != "unordered" else {}
    offer_page(page, "What did they do next?", "paths.py", rule, title[:80], "funnel_next", ":material/account_tree:", begin)


def rule_of(page: Page, question: FunnelQuestion, mark: dict[str, Any]) -> dict[str, Any]:
    """Answers the same customers, as a segment: the question in its scope, and the mark."""
    return {"funnel": replace(question, trend=None).as_plain() | {"scope": page.scope.as_plain()}, **mark}


def bare_plain(question: FunnelQuestion) -> dict[str, Any]:
    """The funnel as another question is about it: without what only its own picture shows."""
    return replace(question, breakdown=None, value=None, trend=None).as_plain()


def _written(mark: dict[str, Any]) -> str:
    return json.dumps(mark, ensure_ascii=False)


def _usual(funnel: Funnel) -> str:
    """Who left at the worst step; of a funnel that loses nobody, who went all the way."""
    return _written({"reached": len(funnel.steps) - 1} if funnel.worst is None else {"dropped_after": funnel.worst - 1})


def _marks(funnel: Funnel) -> dict[str, tuple[str, int]]:
    """Mark -> (how it is called, how many are behind it): those who left, those who reached, then both per group."""
    marks = _marks_of(funnel.steps, {}, "")
    for name, steps in shown_groups(funnel).items():
        marks |= _marks_of(steps, {"group": name}, f"{short(group_name(name), 20)}: ")
    return marks


def _marks_of(steps: tuple[FunnelStep, ...], group: dict[str, str], head: str) -> dict[str, tuple[str, int]]:
    names = [short(step.title, 40) for step in steps]
    names = [name if names.count(name) == 1 else f"{name} (step {at + 1})" for at, name in enumerate(names)]
    left = {
        _written({"dropped_after": at - 1, **group}): (f"{head}Left before {names[at]}", steps[at - 1].left) for at in range(1, len(steps))
    }
    reached = {_written({"reached": at, **group}): (f"{head}Reached {names[at]}", step.count) for at, step in enumerate(steps)}
    return left | reached


def show_behind(page: Page, question: FunnelQuestion, funnel: Funnel, mark: dict[str, Any] | None) -> None:
    if mark is None:
        return
    people = answer(page.con, page.version, funnel_customers, question, page.scope, mark)
    title = _marks(funnel)[_written(mark)][0]
    if question.count_by == "customer":
        show_people(page, people, title, rule_of(page, question, mark), title[:80])
    else:
        show_units(people, title, funnel.unit, "funnel")
