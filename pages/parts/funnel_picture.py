"""The bars, the time it takes, and the same numbers as a table."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.funnels import LOST, REACHED, curve_figure, describe, describe_curve, funnel_figure
from journey.charts.words import percent, span
from journey.funnels import Funnel
from pages.parts.charts import draw
from pages.parts.frame import download_figure, download_table


def show_picture(funnel: Funnel) -> dict[str, Any] | None:
    """The mark that was clicked in this run, or None: a bar is who reached it, a ghost who left before it."""
    if not funnel.entered:
        st.caption("No bar to draw: choose a longer period, another segment, or another first step.")
        return None
    few = len(funnel.steps) <= 6
    click = draw(funnel_figure(funnel), "funnel", alt=describe(funnel), clicks=True, min_width=None if few else 90 * len(funnel.steps))
    if not click or not isinstance(at := click.get("index"), int) or not 0 <= at < len(funnel.steps):
        return None
    if click.get("curve") == LOST and at:
        return {"dropped_after": at - 1}
    return {"reached": at} if click.get("curve") == REACHED else None


def show_curve(funnel: Funnel) -> None:
    if len(funnel.steps) < 2:
        return
    with st.container(border=True, height="stretch", key="funnel_time"):
        with st.container(horizontal=True):
            st.subheader("Time to the last step", anchor=False)
        if funnel.curve is None:
            st.caption("Nobody reached the last step, so there is no time to tell yet.")
            return
        st.caption(f"From the first step on, of the {funnel.curve.n:,} who reached the last.")
        draw(curve_figure(funnel.curve, funnel.window), "funnel_curve", alt=describe_curve(funnel.curve))


def show_table(funnel: Funnel) -> None:
    """Step by step, with what the bars cannot hold: times and intervals."""
    rows = pl.DataFrame(
        {
            "Step": [step.title for step in funnel.steps],
            funnel.unit.capitalize(): [step.count for step in funnel.steps],
            "Of the first": [step.share_of_first for step in funnel.steps],
            "95% interval": [_interval(step.interval) for step in funnel.steps],
            "Of the step before": [step.share_of_previous for step in funnel.steps],
            "Left before": [step.lost for step in funnel.steps],
            "Median time": [span(step.time.median) if step.time else "" for step in funnel.steps],
            "Mean time": [span(step.time.average) if step.time else "" for step in funnel.steps],
        }
    )
    shares = {name: st.column_config.NumberColumn(name, format="percent") for name in ("Of the first", "Of the step before")}
    with st.container(border=True, key="funnel_table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Step by step", anchor=False, width="stretch")
            download_table("funnel", rows)
            download_figure("funnel", funnel_figure(funnel))
        st.dataframe(rows, hide_index=True, column_config=shares, height="content", key="funnel_steps_table")


def _interval(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{percent(interval[0])} to {percent(interval[1])}"
