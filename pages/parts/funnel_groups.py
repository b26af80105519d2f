"""The same funnel for the largest groups of a breakdown, side by side."""

from typing import Any

import streamlit as st

from journey.charts.funnels import describe_multiples, multiples_figure
from journey.charts.funnels_said import groups_caption, lowest_group
from journey.funnels import Funnel, FunnelQuestion, shown_groups
from pages.parts.charts import draw
from pages.parts.text import literal

TRACES = 3  # per group: bars, whiskers, dashes


def show_groups(funnel: Funnel, question: FunnelQuestion) -> dict[str, Any] | None:
    """The bar that was clicked in this run, as a mark of its group; None without one."""
    if question.breakdown is None:
        return None
    with st.container(border=True, height="stretch", key="funnel_groups"):
        with st.container(horizontal=True):
            st.subheader(literal(f"By {question.breakdown.name}"), anchor=False)
        shown = shown_groups(funnel)
        if not shown:
            st.caption("Nobody entered, so there is no group to compare.")
            return None
        lowest = lowest_group(funnel, list(shown))
        st.caption(literal(groups_caption(funnel, len(shown), lowest)))
        figure = multiples_figure(funnel, shown, lowest)
        click = draw(figure, "funnel_multiples", alt=describe_multiples(funnel, shown), clicks=True, min_width=130 * len(shown))
    if not click or not isinstance(curve := click.get("curve"), int) or curve % TRACES or curve // TRACES >= len(shown):
        return None
    at = click.get("index")
    known = isinstance(at, int) and 0 <= at < len(funnel.steps)
    return {"reached": at, "group": list(shown)[curve // TRACES]} if known else None
