"""The bars, the time it takes, and the same numbers as a table."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.funnels import LOST, REACHED, describe, funnel_figure, group_name
from journey.charts.words import decimal, percent, span
from journey.funnels import Funnel, StepTime
from pages.parts.charts import draw
from pages.parts.frame import download_figure, download_table
from pages.parts.workspace import derived


def show_picture(funnel: Funnel) -> dict[str, Any] | None:
    """The mark that was clicked in this run, or None: a bar is who reached it, a ghost who left before it."""
    if not funnel.entered:
        st.caption("No bar to draw: choose a longer period, another segment, or another first step.")
        return None
    few = len(funnel.steps) <= 6
    click = draw(
        derived(funnel_figure, funnel), "funnel", alt=describe(funnel), clicks=True, min_width=None if few else 90 * len(funnel.steps)
    )
    if not click or not isinstance(at := click.get("index"), int) or not 0 <= at < len(funnel.steps):
        return None
    if click.get("curve") == LOST and at:
        return {"dropped_after": at - 1}
    return {"reached": at} if click.get("curve") == REACHED else None


def show_table(funnel: Funnel, value: str | None = None) -> None:
    """Step by step, with what the bars cannot hold: times, intervals, and the sum of `value` over the events that served."""
    shown = pl.DataFrame(
        {
            "Step": [step.title for step in funnel.steps],
            funnel.unit.capitalize(): [step.count for step in funnel.steps],
            "Of the first": [percent(step.share_of_first) for step in funnel.steps],
            "95% interval": [_interval(step.interval) for step in funnel.steps],
            "Of the step before": ["" if step.previous is None else percent(step.share_of_previous) for step in funnel.steps],
            "Left before": [None if step.previous is None else step.lost for step in funnel.steps],
            "Median time": [span(step.time.median) if step.time else "" for step in funnel.steps],
            "Middle half": [_middle(step.time) for step in funnel.steps],
            **({f"Sum of {value}": [decimal(step.value, 2) for step in funnel.steps]} if value else {}),
        }
    )
    counts = [name for name, kind in shown.schema.items() if kind == pl.Int64]
    with st.container(border=True, key="funnel_table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Step by step", anchor=False, width="stretch")
            download_table("funnel", _facts(funnel))
            download_figure("funnel", derived(funnel_figure, funnel))
        columns = {name: st.column_config.NumberColumn(name, format="localized") for name in counts}
        st.dataframe(shown, hide_index=True, column_config=columns, height="content", placeholder="", key="funnel_steps_table")


def _facts(funnel: Funnel) -> pl.DataFrame:
    """The numbers unrounded, those of the groups below those of all."""
    parts = {"": funnel.steps, **{f"group: {group_name(name)}": steps for name, steps in funnel.groups.items()}}
    rows = []
    for group, steps in parts.items():
        for step in steps:
            plain = step.as_plain()
            low, high = plain.pop("interval") or (None, None)
            first, third = plain.pop("quartile_seconds") or (None, None)
            rows.append({"of": group or "all", **plain, "low": low, "high": high, "quartile_1": first, "quartile_3": third})
    return pl.DataFrame(rows, infer_schema_length=None)


def _interval(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{percent(interval[0])} to {percent(interval[1])}"


def _middle(time: StepTime | None) -> str:
    return "" if time is None else f"{span(time.quartiles[0])} to {span(time.quartiles[1])}"
