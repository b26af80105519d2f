"""The commonest ways, and what people did last before they left."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.paths_said import ARROW, before_end_table, before_leaving_table, top_paths_table
from journey.charts.words import short
from journey.paths import Path, Paths, Way
from pages.parts.frame import download_table, literal

WAY = "paths_way"
WIDE = 236  # px of the column of paths
LETTERS = 32  # that fit in a line of it
ROW, LINE = 35, 22  # px of a row of one line, and of each line more: under 4 rem, 56 px, a row does not wrap
COUNTS = {"session": "Sessions", "customer": "Customers"}


def show_top_paths(paths: Paths, usual: Way | None) -> Path | Way | None:
    """The table, and the way that is drawn in the accent.

    The way is the usual one, unless a person chose another, in the select or by a row.  Where two groups are compared,
    the paths are the first one's, and none is drawn.
    """
    compared = paths.comparison is not None
    with st.container(border=True, height="stretch", key="paths_top"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Top paths of A" if compared else "Top paths", anchor=False, width="stretch")
            way = usual if compared else _choose_way(paths, usual)
        _list_top_paths(paths, compared)
    return way if paths.top_paths else None


def _list_top_paths(paths: Paths, compared: bool) -> None:
    frame = top_paths_table(paths)
    if frame.is_empty():
        st.caption("There is no path to list.")
        return
    named = None if compared else [ARROW.join(path.events) for path in paths.top_paths]
    shown = frame if paths.question.counted == "session" else frame.drop("customers")
    _table(shown, "path", "Path", paths, "The commonest paths with their counts; a row draws its path", named)
    with st.container(horizontal=True, horizontal_alignment="right"):
        download_table("top_paths", frame)


def _choose_way(paths: Paths, usual: Way | None) -> Path | Way | None:
    ways = [path for path in paths.top_paths if len(path.events) > 1]
    if not ways:
        return None
    named: dict[str, Path | Way] = {ARROW.join(path.events): path for path in ways}
    if st.session_state.get(WAY) not in named:
        st.session_state.pop(WAY, None)
    chosen = st.selectbox(
        "Drawn in the accent",
        list(named),
        index=None,
        placeholder="Highlight another path",
        key=WAY,
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
            of = " (A)" if paths.comparison is not None else ""
            st.subheader(f"Before they left{of}" if end is None else literal(f"Just before {short(end, 30)}"), anchor=False)
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


def _table(frame: pl.DataFrame, text: str, title: str, paths: Paths, alt: str, named: list[str] | None = None) -> None:
    """named: what a row chooses to draw."""
    row = _row_height(frame[text]) if text == "path" else ROW

    def pick() -> None:
        rows = st.session_state.paths_top_table.selection.rows
        st.session_state[WAY] = named[rows[0]] if named and rows and rows[0] < len(named) else None

    chosen: dict[str, Any] = {"on_select": pick, "selection_mode": "single-row", "key": "paths_top_table"} if named else {}
    st.dataframe(
        frame,
        hide_index=True,
        height=min(282, 38 + row * frame.height),
        row_height=row,
        alt=alt,
        column_config={
            text: st.column_config.TextColumn(title, width=WIDE if text == "path" else 126),
            "count": st.column_config.NumberColumn(COUNTS[paths.question.counted], format="localized", width=72),
            "share": st.column_config.NumberColumn("Share", format="%.1f%%", width=62)
            if text == "path"
            else st.column_config.ProgressColumn("Share", format="%.0f%%", min_value=0, max_value=100, width=100),
            "interval": st.column_config.TextColumn("95% interval", width=108),
            "customers": st.column_config.NumberColumn("Customers", format="localized", width=78),
            "time": st.column_config.TextColumn("Time", width=66, help="Median, from the first event of the path to its last"),
        },
        **chosen,
    )


def _row_height(paths: pl.Series) -> int:
    """px that the longest of the commonest paths needs: a row that is higher than one line wraps its text."""
    longest = max(paths.head(8).str.len_chars().to_list(), default=0)
    return ROW + LINE * min(2, max(0, longest - 1) // LETTERS)
