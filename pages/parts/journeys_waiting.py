"""How long until: the time from one event to another, with those who still wait counted for as long as they were seen."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.waiting import groups_sentence, lasting, naive_words, waiting_curve, waiting_rows, waiting_sentence
from journey.charts.words import several, short
from journey.journeys import journeys_in_force
from journey.predict.waiting import WaitingQuestion, measure_waiting, waiting_customers
from journey.predict.waiting.result import Waiting
from journey.rules import event_names, known_properties
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_figure, download_table, literal, measured
from pages.parts.people import show_people
from pages.parts.workspace import answer, derived

FIRST, NONE = "", ""
UPTO = {
    "": "All that was seen",
    "1h": "First hour",
    "1d": "First day",
    "7d": "First 7 days",
    "30d": "First 30 days",
    "90d": "First 90 days",
}
SECONDS = {"1h": 3_600, "1d": 86_400, "7d": 7 * 86_400, "30d": 30 * 86_400, "90d": 90 * 86_400}


def show_waiting(page: Page) -> None:
    """The card, and the customers of the mark that was chosen on it."""
    names: list[str] = answer(page.con, page.version, event_names)
    if not names:
        return
    with st.container(border=True, key="waiting_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("How long until …", anchor=False)
        question, upto = _choose(page, names)
        waiting: Waiting = measured(page, measure_waiting, question)
        st.markdown(f"**{literal(waiting_sentence(waiting))}**")
        for told in (naive_words(waiting), groups_sentence(waiting) if question.breakdown else ""):
            if told:
                st.caption(literal(told))
        mark = _pictures(waiting, SECONDS.get(upto)) if waiting.everyone.curve.customers else None
    if mark is not None:
        _show_people(page, waiting, mark)
    counted(page, waiting.evidence, key="counted_waiting")


def _choose(page: Page, names: list[str]) -> tuple[WaitingQuestion, str]:
    """From the first event to the goal of the most important journey, until a person chooses."""
    properties = list(dict.fromkeys(prop.name for prop in answer(page.con, page.version, known_properties)))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        start = _select("From", [FIRST, *names], "waiting_from", 230, lambda name: short(name, 40) if name else "First event ever")
        event = _select("to", names, "waiting_to", 230, lambda name: short(name, 40), names.index(_goal(page, names)))
        by = _select("by", [NONE, *properties], "waiting_by", 170, lambda name: name or "Everyone")
        upto = _select("Show", list(UPTO), "waiting_upto", 160, lambda key: UPTO.get(key, key))
    return WaitingQuestion(event, start or None, by or None), upto


def _goal(page: Page, names: list[str]) -> str:
    """The event that the most important journey leads to, where the log has it."""
    for journey in answer(page.con, page.version, journeys_in_force):
        step = journey.milestones[-1].step
        for part in step["any_of"] if isinstance(step, dict) and "any_of" in step else [step]:
            if part in names:
                return str(part)
    return names[-1]


def _select(label: str, options: list[str], key: str, width: int, told: Any, usual: int = 0) -> str:
    """A choice that an address may hold; one it cannot hold falls back to the usual one."""
    chosen = st.selectbox(label, options, index=usual, format_func=told, key=key, bind="query-params", width=width)
    return chosen if chosen in options else options[usual]


def _pictures(waiting: Waiting, upto: float | None) -> dict[str, Any] | None:
    """The curve, the table and the choice of whom to see."""
    figure = derived(waiting_curve, waiting, upto)
    if waiting.everyone.curve.done:
        draw(figure, "waiting_curve", min_width=560, alt=f"{waiting_sentence(waiting)} {naive_words(waiting)}")
        st.caption(
            "Share that has done it by the time since the start, with its 95% interval, and under each time how many were still waiting."
        )
    rows = pl.DataFrame(waiting_rows(waiting), infer_schema_length=None)
    st.dataframe(rows, hide_index=True, height="content" if rows.height < 10 else 360, key="waiting_table")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        mark = _choose_who(waiting)
        st.space("stretch")
        download_table("waiting", rows)
        download_figure("waiting_curve", figure)
    return mark


def _choose_who(waiting: Waiting) -> dict[str, Any] | None:
    """The marks of the card: who has done it, within a time, or not yet; of everyone or of one group."""
    marks: dict[str, dict[str, Any]] = {"Who has not yet": {"done": False}, "Who has": {"done": True}}
    marks |= {f"Who has within {lasting(by.seconds)}": {"done": True, "within": by.seconds} for by in waiting.everyone.by}
    who = _option("See customers", list(marks), "waiting_who", "See customers behind the curve", 250)
    group = None
    if who and waiting.groups:
        names = {name or "missing": name for name in waiting.groups}
        chosen = _option("Of group", list(names), "waiting_group", "Of everyone", 180)
        group = names.get(chosen or "")
    return None if who is None else marks[who] | ({} if group is None else {"group": group})


def _option(label: str, options: list[str], key: str, placeholder: str, width: int) -> str | None:
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    return st.selectbox(
        label,
        options,
        index=None,
        placeholder=placeholder,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        format_func=lambda name: short(name, 40),
        width=width,
    )


def _show_people(page: Page, waiting: Waiting, mark: dict[str, Any]) -> None:
    people = answer(page.con, page.version, waiting_customers, waiting.question, page.scope, mark)
    within = f" within {lasting(mark['within'])}" if "within" in mark else ""
    done = f"came to {waiting.label}{within}" if mark["done"] else f"have not come to {waiting.label} yet"
    of = f", {mark['group'] or 'missing'}" if "group" in mark else ""
    rule = {"time_to": waiting.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    name = f"{'Came' if mark['done'] else 'Not yet'} to {short(waiting.label, 30)}{within}{of}"
    show_people(page, people, f"{several(people.count, 'customer')} {done}, from {waiting.start_label}{of}", rule, name[:80])
