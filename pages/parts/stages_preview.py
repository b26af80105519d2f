"""Who would be in another stage by the drafted rules, before they are saved."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.words import count, percent, several, signed
from journey.rules.staged import StageRule, stages_in_force
from journey.stages import Redrawn, Stages, StagesQuestion, measure_stages, who_would_move
from pages.parts.frame import Page, measured
from pages.parts.text import literal
from pages.parts.workspace import answer

TOP = 12


def show_preview(page: Page, rules: tuple[StageRule, ...]) -> None:
    kept, drafted = StagesQuestion(rules=stages_in_force(page.con)), StagesQuestion(rules=rules)
    now: Stages = measured(page, measure_stages, kept)
    then: Stages = measured(page, measure_stages, drafted)
    moves: tuple[Redrawn, ...] = answer(page.con, page.version, who_would_move, kept, drafted, page.scope)
    moved = sum(move.customers for move in moves)
    told = f"{count(moved)} of {several(now.known, 'customer')} would be in another stage." if moved else "Nobody would move."
    st.markdown(literal(f"With these rules, not saved yet: {told}"))
    for warning in then.evidence.warnings:
        st.caption(":material/warning: " + literal(warning))
    if not moved:
        return
    left, right = st.columns(2)
    with left:
        st.dataframe(
            _stages(now, then), hide_index=True, height="content", key="stage_rules_preview", column_config=_numbers("Now", "Then")
        )
    with right:
        rows = [(move.source, move.target, move.customers) for move in moves[:TOP]]
        table = pl.DataFrame(rows, schema=["From", "To", "Customers"], orient="row")
        st.dataframe(table, hide_index=True, height="content", key="stage_rules_moves", column_config=_numbers("Customers"))
        if len(moves) > TOP:
            st.caption(f"And {several(len(moves) - TOP, 'smaller move')}.")


def _stages(now: Stages, then: Stages) -> pl.DataFrame:
    names = [stage.name for stage in then.stages] + [stage.name for stage in now.stages if then.stage(stage.name) is None]
    held = [(now.stage(name), then.stage(name)) for name in names]
    return pl.DataFrame(
        {
            "Stage": names,
            "Now": [0 if was is None else was.customers for was, _ in held],
            "Then": [0 if will is None else will.customers for _, will in held],
            "Change": [signed((will.customers if will else 0) - (was.customers if was else 0)) for was, will in held],
            "Share": [percent(will.share if will else 0.0) for _, will in held],
        }
    )


def _numbers(*names: str) -> dict[str, Any]:
    return {name: st.column_config.NumberColumn(name, format="localized", width="small") for name in names}
