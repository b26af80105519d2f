"""The rows that could not be stored: where they stood, why they wait, and what they said."""

from dataclasses import asdict

import polars as pl
import streamlit as st

from journey.charts.words import count, several, short
from journey.ingest.holdings import MOST_QUARANTINED_SHOWN, Holdings, QuarantinedRow, quarantine_reasons, read_quarantine
from pages.parts.frame import Page, download_table, literal

SCHEMA = {"load": pl.Int32, "file": pl.String, "line": pl.Int64, "reason": pl.String, "raw": pl.String}
EVERY = "Every reason"


def show_quarantine(page: Page, held: Holdings) -> None:
    """Reasons with their counts, then the rows themselves, as they came."""
    if not held.quarantined:
        with st.container(border=True):
            st.subheader("Nothing waits here", anchor=False)
            st.caption(
                "Every row that was received is stored, or was a duplicate of one that is. Rows that cannot be read would be kept here."
            )
        return
    reasons = dict(quarantine_reasons(page.con))
    with st.container(border=True):
        reason = _choose_reason(reasons)
        rows = read_quarantine(page.con, reason=None if reason == EVERY else reason)
        shown = reasons.get(reason, held.quarantined)
        st.caption(_told(len(rows), shown))
        frame = quarantine_frame(rows)
        _table(frame)
        download_table("quarantine", frame)


def _choose_reason(reasons: dict[str, int]) -> str:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Rows in quarantine", anchor=False, width="stretch")
        chosen = st.selectbox(
            "Reason",
            [EVERY, *reasons],
            format_func=lambda reason: reason if reason == EVERY else f"{count(reasons[reason])} · {short(reason, 80)}",
            key="quarantine_reason",
            label_visibility="collapsed",
            icon=":material/filter_list:",
            width=360,
        )
    return chosen if chosen in reasons else EVERY


def _told(drawn: int, total: int) -> str:
    kept = f"the first {count(drawn)} of {several(total, 'row')} are shown" if drawn < total else several(total, "row")
    return literal(
        f"{kept} · as they came, cut at 10,000 characters · mend them in the source and load it again: what is stored stays stored once"
    )


def quarantine_frame(rows: tuple[QuarantinedRow, ...]) -> pl.DataFrame:
    """One row each, at most MOST_QUARANTINED_SHOWN of them."""
    return pl.DataFrame([asdict(row) for row in rows[:MOST_QUARANTINED_SHOWN]], schema=SCHEMA)


def _table(frame: pl.DataFrame) -> None:
    st.dataframe(
        frame,
        hide_index=True,
        height="content" if frame.height <= 14 else 480,
        column_config={
            "load": st.column_config.NumberColumn("Load", width=60),
            "file": st.column_config.TextColumn("File", width=150),
            "line": st.column_config.NumberColumn("Line", width=70),
            "reason": st.column_config.TextColumn("Why it waits", width=430),
            "raw": st.column_config.TextColumn("The row as it came", width="large"),
        },
        alt="Rows in quarantine with load, file, line, reason and raw text",
    )
