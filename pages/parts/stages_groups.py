"""The journey by group: who goes on from each stage, and which group does so less than all others."""

from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from journey.charts.stages_pace import groups_figure
from journey.charts.stages_pace_said import LESS, MORE, describe_groups, group_name, groups_sentence
from journey.charts.words import short
from journey.rules.groups import telling_properties
from journey.stages import Group, StagesQuestion, stages_by_group
from pages.parts.charts import draw
from pages.parts.frame import Page, download_table, measured
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

BY, CELL = "stage_by", "stage_group"


def show_groups(page: Page, question: StagesQuestion) -> tuple[StagesQuestion, dict[str, Any]] | None:
    """The card of a property's groups; (the question with its breakdown, the mark whose people are asked for)."""
    names = answer(page.con, page.version, telling_properties)
    if not names:
        return None
    with st.container(border=True, key="stages_groups"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Who goes on, by group", anchor=False, width="stretch")
            if st.session_state.get(BY) not in names:
                st.session_state.pop(BY, None)
            name = st.selectbox(
                "By", names, key=BY, bind="query-params", label_visibility="collapsed", width=200, icon=":material/category:"
            )
        asked = replace(question, breakdown=name or names[0])
        groups: tuple[Group, ...] = measured(page, stages_by_group, asked)
        st.markdown(literal(groups_sentence(groups, asked.breakdown or "")))
        told = f"Of those of each group who came as far, who went further. {LESS} {MORE}: surely differs from all others of a known group."
        st.caption(literal(told))
        if not groups:
            return None
        click = draw(derived(groups_figure, groups), "stages_groups_chart", alt=describe_groups(groups), clicks=True, min_width=620)
        with st.container(horizontal=True, vertical_alignment="center"):
            mark = _choose(groups, click)
            download_table("stages_by_group", _table(groups))
    return None if mark is None else (asked, mark)


def _choose(groups: tuple[Group, ...], click: dict[str, Any] | None) -> dict[str, Any] | None:
    """Who came as far as a stage, of a group: by a click on its cell, or by the select."""
    stages = list(dict.fromkeys(part.stage for group in groups for part in group.parts if part.goes_on is not None))
    marks = {
        f"{short(group_name(group.value), 30)} · as far as {short(part.stage, 30)}": {"reached": part.stage, "group": group.value}
        for group in groups
        for part in group.parts
        if part.reached
    }
    row, column = (click.get("y"), click.get("x")) if click else (None, None)
    if isinstance(row, int) and isinstance(column, int) and 0 <= row < len(groups) and 0 <= column < len(stages):
        wanted = {"reached": stages[column], "group": groups[row].value}
        clicked = next((name for name, mark in marks.items() if mark == wanted), None)
        if clicked:
            st.session_state[CELL] = clicked
    if st.session_state.get(CELL) not in marks:
        st.session_state.pop(CELL, None)
    chosen = st.selectbox(
        "Group and stage",
        list(marks),
        index=None,
        placeholder="See who: choose a cell here, or click it",
        key=CELL,
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/group:",
        width=380,
    )
    return marks.get(chosen or "")


def _table(groups: tuple[Group, ...]) -> pl.DataFrame:
    rows = [
        (group.value, part.stage, part.customers, part.reached, part.goes_on, *(part.interval or (None, None)), part.rest, part.q)
        for group in groups
        for part in group.parts
    ]
    names = ["group", "stage", "customers", "reached", "goes_on", "low", "high", "all_others", "q"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)
