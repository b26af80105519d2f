"""Figures on a page: one configuration, a key that turns with the theme, clicks on every kind of mark."""

from typing import Any

import streamlit as st

from journey.charts.theme import QUIET, STILL, Figure, Told
from pages.parts import clicks as bridge


def draw(
    figure: Figure | Told,
    name: str,
    *,
    alt: str,
    clicks: bool = False,
    select: bool = False,
    min_width: int | None = None,
    still: bool = False,
) -> Any:
    """Show a figure.

    clicks: nodes, links and cells answer {"kind": "node" | "link" | "point", ...}, or None without a click.
    select: bars answer a Plotly selection.  min_width: px below which it scrolls instead of shrinking.
    alt: what a person who cannot see it should know.
    """
    key = bridge.chart_key(name)
    config = STILL if still else QUIET
    holder = st.container() if min_width is None else st.grid(1, wrap=False, min_column_width=min_width)
    with holder:
        if select:
            return st.plotly_chart(figure, key=key, config=config, alt=alt, on_select="rerun", selection_mode="points")
        st.plotly_chart(figure, key=key, config=config, alt=alt)
    return bridge.clicks(key) if clicks else None
