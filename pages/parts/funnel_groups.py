"""The same funnel for the largest groups of a breakdown, side by side, and each of all groups against the rest."""

from typing import Any, Literal

import polars as pl
import streamlit as st

from journey.charts.funnels import describe_multiples, group_name, multiples_figure
from journey.charts.funnels_said import groups_caption, lowest_group, rest_caption, rest_judged
from journey.charts.words import percent, points
from journey.funnels import Funnel, FunnelQuestion, shown_groups
from pages.parts.charts import draw
from pages.parts.frame import download_table
from pages.parts.text import literal
from pages.parts.workspace import derived

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
        figure = derived(multiples_figure, funnel, shown, lowest)
        click = draw(figure, "funnel_multiples", alt=describe_multiples(funnel, shown), clicks=True, min_width=130 * len(shown))
    if not click or not isinstance(curve := click.get("curve"), int) or curve % TRACES or curve // TRACES >= len(shown):
        return None
    at = click.get("index")
    known = isinstance(at, int) and 0 <= at < len(funnel.steps)
    return {"reached": at, "group": list(shown)[curve // TRACES]} if known else None


def show_rest(funnel: Funnel, question: FunnelQuestion) -> None:
    """Every group against all others together: shares, the difference with its interval, and what chance could make."""
    if question.breakdown is None or len(funnel.groups) < 2:
        return
    rest = funnel.against_rest
    rows = [
        {
            "Group": group_name(name),
            funnel.unit.capitalize(): steps[0].count,
            "Converted": steps[-1].count,
            "Share": percent(steps[-1].share_of_first),
            "95% interval": _span(steps[-1].interval),
            "Difference to the rest": points(rest[name].difference) if name in rest else "",
            "Its 95% interval": _points(rest[name].interval) if name in rest else "",
            "Told apart?": rest_judged(rest.get(name)),
        }
        for name, steps in funnel.groups.items()
    ]
    table = pl.DataFrame(rows, infer_schema_length=None)
    with st.container(border=True, key="funnel_rest"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(f"Each {question.breakdown.name} against the rest"), anchor=False, width="stretch")
            download_table("funnel_groups", _facts(funnel))
        st.caption(literal(rest_caption(funnel, question.breakdown.attribution)))
        columns = {name: st.column_config.NumberColumn(name, format="localized") for name, kind in table.schema.items() if kind == pl.Int64}
        tall: int | Literal["content"] = "content" if len(rows) <= 10 else 388
        st.dataframe(table, hide_index=True, column_config=columns, height=tall, placeholder="", key="funnel_rest_table")


def _facts(funnel: Funnel) -> pl.DataFrame:
    """The numbers unrounded."""
    rest = funnel.against_rest
    rows = []
    for name, steps in funnel.groups.items():
        found = rest[name].as_plain() if name in rest else {}
        low, high = found.pop("interval", None) or (None, None)
        told = {f"rest_{key}" if key in ("share", "entered") else key: value for key, value in found.items()}
        rows.append({"group": group_name(name), "entered": steps[0].count, "converted": steps[-1].count, **told, "low": low, "high": high})
    return pl.DataFrame(rows, infer_schema_length=None)


def _span(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{percent(interval[0])} to {percent(interval[1])}"


def _points(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{points(interval[0]).removesuffix(' pts')} to {points(interval[1])}"
