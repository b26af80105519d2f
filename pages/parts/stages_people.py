"""From a stage, a bar, a hatching or a move to who is behind it: by a click, or by the keyboard."""

from typing import Any

import streamlit as st

from journey.charts.stages_pace_said import KIND_NAMES, group_name
from journey.charts.stages_time import move_name
from journey.charts.words import several, short
from journey.stages import Stage, Stages, StagesQuestion, stage_customers
from pages.parts.frame import Page
from pages.parts.people import offer_page, offer_segment, show_people
from pages.parts.text import literal
from pages.parts.workspace import answer

STAGE, WHO, LIST = "stage", "who", "stage_list"
SETS = {"stage": "in it now", "reached": "came as far or further", "stopped": "came as far, no further", "lost": "of those, gone quiet"}


FIRST = ("stage", "stopped", "reached")  # the first of these that has people is chosen until a person chooses


def choose_mark(page: Page, question: StagesQuestion, found: Stages, clicked: dict[str, Any] | None) -> dict[str, Any] | None:
    """The mark whose people are asked for; None until the list is opened.  A click sets the controls and opens the list."""
    if not found.known:
        return None
    names = [stage.name for stage in found.stages]
    _follow(clicked, names)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        start = found.worst.name if found.worst else names[0]
        default = None if STAGE in st.session_state else start  # a click or the address has set it
        name = st.segmented_control(
            "Stage", names, default=default, format_func=_label, key=STAGE, bind="query-params", label_visibility="collapsed"
        )
    stage = found.stage(name or start) or found.stages[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        mark, n = _choose_set(found, stage)
        opened = st.toggle(literal(f"See these {several(n, 'customer')}"), key=LIST, bind="query-params", disabled=not n)
        if n:
            offer_segment(page, _rule(page, question, mark), _title(mark)[:80], "stage")
            rule, name = _rule(page, question, mark), _title(mark)[:80]
            offer_page(page, "What did they do next?", "paths.py", rule, name, "stage_next", ":material/account_tree:")
    return mark if opened else None


def _follow(clicked: dict[str, Any] | None, names: list[str]) -> None:
    """A click sets the controls; a stage of the address that is not there is forgotten."""
    if clicked:
        ((kind, name),) = clicked.items()
        st.session_state[STAGE], st.session_state[WHO], st.session_state[LIST] = name, kind, True
    if st.session_state.get(STAGE) not in names:
        st.session_state.pop(STAGE, None)


def _choose_set(found: Stages, stage: Stage) -> tuple[dict[str, Any], int]:
    """-> (the mark, how many are behind it).  A stage set apart has one set only."""
    sizes = {"stage": stage.customers, "reached": stage.reached, "stopped": stage.stopped, "lost": stage.lost if found.aside else None}
    sets = [kind for kind, n in sizes.items() if n is not None]
    if st.session_state.get(WHO) not in sets:
        st.session_state.pop(WHO, None)
    peopled = next((kind for kind in FIRST if sizes[kind]), "stage")
    index = 0 if WHO in st.session_state else sets.index(peopled)
    kind = st.selectbox(
        "Who", sets, index=index, format_func=SETS.__getitem__, key=WHO, bind="query-params", label_visibility="collapsed", width=220
    )
    kind = kind if kind in sets else peopled
    return {kind: stage.name}, int(sizes[kind] or 0)


def _label(name: str) -> str:
    return literal(short(name.capitalize(), 24))


def _title(mark: dict[str, Any]) -> str:
    if "kind" in mark:
        return KIND_NAMES[mark["kind"]]
    if "to" in mark:
        return move_name(mark["from"], mark["to"]).capitalize()
    if "pace" in mark:
        return {"went_on": "Went on from", "entered": "Came to", "skipped": "Came past"}[mark["pace"]] + f" {mark['stage']}"
    of = f", {group_name(mark['group'])}" if "group" in mark else ""
    kind = next(kind for kind in ("stage", "reached", "stopped", "lost") if kind in mark)
    told = {"stage": "In", "reached": "Came as far as", "stopped": "Stopped at", "lost": "Went quiet at"}[kind]
    return f"{told} {mark[kind]}{of}"


def _rule(page: Page, question: StagesQuestion, mark: dict[str, Any]) -> dict[str, Any]:
    """Answers the same customers, as a segment.  A stage is a rule of its own, told anew at every date; the others are of
    this question in its scope."""
    if set(mark) == {"stage"} and page.scope.segment is None:
        return dict(mark)
    breakdown = {} if question.breakdown is None else {"breakdown": question.breakdown}
    return {"stages": {**breakdown, "scope": page.scope.as_plain()}, **mark}


def show_behind(page: Page, question: StagesQuestion, found: Stages, mark: dict[str, Any] | None) -> None:
    named = [mark[key] for key in ("stage", "reached", "stopped", "lost") if mark and key in mark]
    if mark is None or any(found.stage(name) is None for name in named):
        return
    people = answer(page.con, page.version, stage_customers, question, page.scope, mark)
    show_people(page, people, _title(mark), _rule(page, question, mark), _title(mark)[:80])
