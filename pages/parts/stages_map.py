"""The journey map."""

from typing import Any

import streamlit as st

from journey.charts.stages import BARS, GHOSTS, describe, map_figure, min_width
from journey.stages import Stages
from pages.parts.charts import draw
from pages.parts.workspace import derived


def show_map(found: Stages) -> dict[str, Any] | None:
    """The mark that was clicked in this run, or None: a bar is who came as far, a hatching who stopped one before."""
    if not found.known:
        st.caption("No bar to draw: choose a later period or another segment.")
        return None
    click = draw(derived(map_figure, found), "journey_map", alt=describe(found), clicks=True, min_width=min_width(found))
    if not click or not isinstance(at := click.get("index"), int) or not 0 <= at < len(found.stages):
        return None
    stage = found.stages[at]
    if click.get("curve") == GHOSTS and 0 < at < len(found.journey):
        return {"stopped": found.journey[at - 1].name}
    if click.get("curve") == BARS:
        return {"stage": stage.name} if stage.step is None else {"reached": stage.name}
    return None
