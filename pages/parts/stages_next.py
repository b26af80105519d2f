"""The likely next stage after each stage, beside how often such statements were right."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from journey.charts.following import describe_next, stages_next_figure
from journey.charts.following_said import ARROW, stages_caption, stages_sentence
from journey.charts.words import short
from journey.predict.following import Followed, Next, NextQuestion, horizon_of, measure_next_stages, next_customers
from journey.rules.staged import StageRule
from journey.scope import Scope
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, literal, measured
from pages.parts.paths_next import show_proof
from pages.parts.people import show_people
from pages.parts.workspace import answer, derived

WHO, NOW = "next_stage_who", "now"
TOP, ORDER = 3, 2


def show_stages_next(page: Page, rules: tuple[StageRule, ...] | None) -> None:
    """Two cards: the likeliest next stages of each stage, and the proof on later looks.

    Looks lie weeks apart, so all until the period's end are read, not only the few within it.
    """
    scope = Scope(None, page.scope.stop, page.scope.timezone, page.scope.segment)
    page = replace(page, scope=scope, period_label="everything until the end of the period")
    followed = Followed(of="stage", order=ORDER, rules=rules)
    found: tuple[Next, ...] = measured(page, measure_next_stages, NextQuestion(followed, (), TOP))
    days = answer(page.con, page.version, horizon_of, followed) / 86_400_000
    seen = [one for one in found if one.order and one.likely]
    mark = None
    left, right = st.columns([3, 2])
    with left, st.container(border=True, height="stretch", key="next_stage_card"):
        with st.container(horizontal=True):
            st.subheader("Likely next stage", anchor=False)
        st.markdown(literal(stages_sentence(found, days)))
        if seen:
            st.caption(literal(stages_caption(seen, days)))
            clicked = _draw(seen)
            mark = _choose(seen, clicked)
    with right, st.container(border=True, height="stretch", key="next_stage_proof"):
        show_proof(page, followed, "next_stage")
    if mark is not None:
        _show_behind(page, mark[0], mark[1])
    counted(page, (seen or found)[0].evidence, "counted_next_stage")


def _draw(seen: Sequence[Next]) -> str | None:
    """Two columns of stages; the mark that was clicked, as the select writes it."""
    half = -(-len(seen) // 2)
    clicked = None
    for number, (column, part) in enumerate(zip(st.columns(2), (seen[:half], seen[half:]), strict=True)):
        if not part:
            continue
        with column:
            alt = " ".join(describe_next(one) for one in part)
            click = draw(derived(stages_next_figure, tuple(part)), f"stages_next_{number}", alt=alt, clicks=True)
        marks = [_written(one.after[-1], likely.next) for one in part for likely in one.likely]
        at = click.get("index") if click else None
        if isinstance(at, int) and 0 <= at < len(marks):
            clicked = marks[at]
    return clicked


def _choose(seen: Sequence[Next], clicked: str | None) -> tuple[Next, dict[str, Any]] | None:
    """Who is behind a bar, or in a stage now: by a click or by the keyboard."""
    marks = {_written(one.after[-1], likely.next): (one, likely.customers) for one in seen for likely in one.likely}
    marks = {_written(one.after[-1], None): (one, one.now) for one in seen} | marks
    if clicked:
        st.session_state[WHO] = clicked
    if st.session_state.get(WHO) not in marks:
        st.session_state.pop(WHO, None)
    chosen = st.selectbox(
        "Who is behind",
        [mark for mark, (_, n) in marks.items() if n],
        index=None,
        placeholder="A bar: choose it here, or click it",
        format_func=_named,
        key=WHO,
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/ads_click:",
        width=380,
    )
    if chosen not in marks:
        return None
    _, target = json.loads(chosen)
    return marks[chosen][0], {"now": True} if target is None else {"then": target}


def _written(source: str, target: str | None) -> str:
    return json.dumps([source, target], ensure_ascii=False)


def _named(mark: str) -> str:
    source, target = json.loads(mark)
    return f"In {short(source, 30)} now" if target is None else f"{short(source, 24)}{ARROW}{short(target, 24)}"


def _show_behind(page: Page, found: Next, mark: dict[str, Any]) -> None:
    asked, stage = found.question, found.after[-1]
    people = answer(page.con, page.version, next_customers, asked, page.scope, mark)
    title = f"In {stage} now" if "now" in mark else f"Once in {stage}, {mark['then']} at the next look"
    question: dict[str, Any] = {"of": "stage", "after": list(asked.after), "order": asked.followed.order}
    if asked.followed.rules is not None:
        question["rules"] = [
            {"name": one.name, "why": one.why, "step": one.step, "rule": None if one is asked.followed.rules[-1] else one.rule}
            for one in asked.followed.rules
        ]
    show_people(page, people, title, {"next": question | {"scope": page.scope.as_plain()}, **mark}, title[:80])
