"""The stages over time, and who moved from which to which."""

from typing import Any

import polars as pl
import streamlit as st

from journey.answers import iso
from journey.charts.stages_said import moved_sentence
from journey.charts.stages_time import describe_moves, describe_time, move_name, moves_figure, sources_of, time_figure
from journey.charts.words import date
from journey.stages import Move, Stages
from pages.parts.charts import draw
from pages.parts.frame import Page, download_table
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.text import literal
from pages.parts.workspace import derived

MOVE = "stage_move"


def show_over_time(page: Page, found: Stages) -> None:
    timezone = page.scope.timezone
    with st.container(border=True, height="stretch", key="stages_time"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Stages over time", anchor=False, width="stretch")
            rows = [(iso(look.moment), look.stage, look.customers) for look in found.over_time]
            download_table("stages_over_time", pl.DataFrame(rows, schema=["as_of", "stage", "customers"], orient="row"))
        if not found.moves:
            st.caption("There is one moment only, so there is nothing to follow yet.")
            return
        st.caption(
            literal(f"Everyone known by then, end of {date(found.start - 1, timezone)} to end of {date(found.as_of - 1, timezone)}.")
        )
        picture = noted(page, "stages_time_chart", Axis(found.start, found.as_of, width=330), time_figure, found, timezone)
        draw(picture.figure, picture.name, alt=describe_time(found) + picture.told)
        offer_to_hide(picture)


def show_moves(found: Stages, timezone: str) -> dict[str, Any] | None:
    """The move whose people are asked for, {"from", "to"}: by a click on its cell, or by the select below."""
    with st.container(border=True, height="stretch", key="stages_moves"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Who moved where", anchor=False, width="stretch")
            rows = [(move.source, move.target, move.customers, move.of) for move in found.moves]
            kinds = {"from": pl.String, "to": pl.String, "customers": pl.Int64, "of": pl.Int64}
            download_table("stage_moves", pl.DataFrame(rows, schema=kinds, orient="row"))
        if not found.moves:
            st.caption("There is one moment only, so nobody can have moved yet.")
            return None
        st.caption(literal(f"From the end of {date(found.start - 1, timezone)} (rows) to now (columns). {moved_sentence(found)}"))
        click = draw(derived(moves_figure, found), "stages_moves_chart", alt=describe_moves(found), clicks=True, min_width=540)
        return _choose_move(found, _cell(found, click) if click else None)


def _choose_move(found: Stages, clicked: Move | None) -> dict[str, Any] | None:
    moves = {move_name(move.source, move.target): move for move in sorted(found.moves, key=_most)}
    if clicked is not None:
        st.session_state[MOVE] = next(name for name, move in moves.items() if move == clicked)
    if st.session_state.get(MOVE) not in moves:
        st.session_state.pop(MOVE, None)
    chosen = st.selectbox(
        "Move",
        list(moves),
        index=None,
        placeholder="See who made a move",
        key=MOVE,
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/group:",
    )
    return {"from": moves[chosen].source, "to": moves[chosen].target} if chosen in moves else None


def _most(move: Move) -> tuple[bool, int]:
    """The largest moves first, those who stayed last."""
    return move.source == move.target, -move.customers


def _cell(found: Stages, click: dict[str, Any]) -> Move | None:
    row, column, sources = click.get("y"), click.get("x"), sources_of(found)
    if not isinstance(row, int) or not isinstance(column, int) or not (0 <= row < len(sources) and 0 <= column < len(found.stages)):
        return None
    wanted = (sources[row], found.stages[column].name)
    return next((move for move in found.moves if (move.source, move.target) == wanted), None)
