"""How fast customers go on from stage to stage, and how they move: on, past a stage, back, out and back again."""

from typing import Any

import streamlit as st

from journey.charts.stages_pace import flow_figure, pace_figure, told_paces
from journey.charts.stages_pace_said import (
    KIND_NAMES,
    describe_flow,
    describe_pace,
    flow_caption,
    flow_sentence,
    followed,
    pace_caption,
    pace_sentence,
)
from journey.charts.words import short
from journey.stages import Stages
from pages.parts.charts import draw
from pages.parts.text import literal
from pages.parts.workspace import derived

PACE, KIND = "stage_pace", "stage_kind"
WENT = {"went_on": "went on from", "entered": "came to", "skipped": "came past"}


def show_pace(found: Stages) -> dict[str, Any] | None:
    """The mark whose people are asked for, {"pace", "stage"}: by a click on its bar, or by the select."""
    with st.container(border=True, height="stretch", key="stages_pace"):
        with st.container(horizontal=True):
            st.subheader("How fast they go on", anchor=False)
        st.markdown(literal(pace_sentence(found.pace)))
        rows = told_paces(found.pace)
        if not followed(found.pace):
            return None
        st.caption(literal(pace_caption(found.pace)))
        click = draw(derived(pace_figure, found.pace), "stages_pace_chart", alt=describe_pace(found.pace), clicks=True, min_width=520)
        spells = [(pace, pace.on) for pace in rows if pace.on is not None]
        sizes = {f"went_on {pace.stage}": spell.went_on for pace, spell in spells}
        sizes |= {f"entered {pace.stage}": spell.entered for pace, spell in spells}
        sizes |= {f"skipped {pace.stage}": pace.skipped for pace in rows}
        at = click.get("index") if click else None
        clicked = f"went_on {rows[at].stage}" if isinstance(at, int) and 0 <= at < len(rows) else None
        chosen = _choose("Who went on", [mark for mark, n in sizes.items() if n], clicked, PACE, _pace_name)
        if chosen is None:
            return None
        kind, _, stage = chosen.partition(" ")
        return {"pace": kind, "stage": stage}


def show_flow(found: Stages) -> dict[str, Any] | None:
    """The mark whose people are asked for, {"kind"}."""
    with st.container(border=True, height="stretch", key="stages_flow"):
        with st.container(horizontal=True):
            st.subheader("On, back and out", anchor=False)
        st.markdown(literal(flow_sentence(found.flow)))
        if not found.flow.kinds[0].of:
            return None
        st.caption(literal(flow_caption(found.flow)))
        click = draw(derived(flow_figure, found.flow), "stages_flow_chart", alt=describe_flow(found.flow), clicks=True)
        kinds = [shift.kind for shift in found.flow.kinds]
        at = click.get("index") if click else None
        clicked = kinds[at] if isinstance(at, int) and 0 <= at < len(kinds) else None
        offered = [shift.kind for shift in found.flow.kinds if shift.customers]
        chosen = _choose("Who moved so", offered, clicked, KIND, KIND_NAMES.__getitem__)
        return None if chosen is None else {"kind": chosen}


def _choose(label: str, options: list[str], clicked: str | None, key: str, name: Any) -> str | None:
    if clicked in options:
        st.session_state[key] = clicked
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    chosen: str | None = st.selectbox(
        label,
        options,
        index=None,
        placeholder="See who: choose a bar here, or click it",
        format_func=name,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/group:",
    )
    return chosen if chosen in options else None


def _pace_name(mark: str) -> str:
    kind, _, stage = mark.partition(" ")
    return f"{WENT[kind].capitalize()} {short(stage, 40)}"
