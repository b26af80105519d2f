"""The commonest ways, and what people did last before they left."""

import polars as pl
import streamlit as st

from journey.charts.paths_said import ARROW, before_end_table, before_leaving_table, top_paths_table
from journey.charts.words import short
from journey.paths import Path, Paths
from pages.parts.frame import download_table, literal

OFFERED = 20  # ways that can be drawn in the accent
COUNTS = {"session": "Sessions", "customer": "Customers"}


def show_top_paths(paths: Paths, usual: Path | None) -> Path | None:
    """The way that is drawn in the accent: the usual one, unless a person chose another."""
    with st.container(border=True, height="stretch", key="paths_top"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Top paths", anchor=False, width="stretch")
            way = _choose_way(paths, usual)
        frame = top_paths_table(paths)
        if frame.is_empty():
            st.caption("There is no path to list.")
            return None
        _table(frame.drop("customers"), "path", "Path", paths, "The commonest paths with their counts")
        with st.container(horizontal=True, horizontal_alignment="right"):
            download_table("top_paths", frame)
    return way


def _choose_way(paths: Paths, usual: Path | None) -> Path | None:
    ways = [path for path in paths.top_paths[:OFFERED] if len(path.events) > 1]
    if usual is None or usual not in ways:
        ways = [usual, *ways] if usual else ways
    if not ways:
        return None
    named = {ARROW.join(path.events): path for path in ways}
    chosen = st.selectbox(
        "Drawn in the accent",
        list(named),
        index=None,
        placeholder="Highlight another path",
        key="paths_way",
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/ink_highlighter:",
        width=240,
    )
    return named.get(chosen or "", usual)


def show_before_leaving(paths: Paths) -> None:
    """What people did last before they left; where an end is asked for, what they did just before it."""
    end = paths.question.end
    with st.container(border=True, height="stretch", key="paths_before"):
        with st.container(horizontal=True):
            st.subheader("Before they left" if end is None else literal(f"Just before {short(end, 30)}"), anchor=False)
        frame = before_leaving_table(paths) if end is None else before_end_table(paths)
        if frame.is_empty():
            st.caption(f"Nobody left within {paths.question.steps} steps." if end is None else "Nobody came here.")
            return
        st.caption(
            f"The last event of those who left by step {paths.question.steps}." if end is None else "Every path here reaches its end."
        )
        _table(frame, "event", "Event", paths, "The event before, with its counts")
        with st.container(horizontal=True, horizontal_alignment="right"):
            download_table("just_before", frame)


def _table(frame: pl.DataFrame, text: str, title: str, paths: Paths, alt: str) -> None:
    st.dataframe(
        frame,
        hide_index=True,
        height=min(282, 38 + 35 * frame.height),
        alt=alt,
        column_config={
            text: st.column_config.TextColumn(title, width=342 if text == "path" else 140),
            "count": st.column_config.NumberColumn(COUNTS[paths.question.unit], format="localized", width=76),
            "share": st.column_config.ProgressColumn(
                "Share", format="%.0f%%", min_value=0, max_value=100, width=90 if text == "path" else 130
            ),
            "time": st.column_config.TextColumn("Time", width=66, help="Median, from the first event of the path to its last"),
        },
    )
