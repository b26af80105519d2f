"""What was checked about an experiment before its numbers are believed: each finding with its icon, what is wrong first."""

import polars as pl
import streamlit as st

from journey.charts.experiments_said import FINDINGS, split_sentence, worst_first
from journey.charts.words import several
from journey.experiments.result import Finding, Reading
from pages.parts.experiments_picture import is_broken, show_split
from pages.parts.text import literal

COLOURS = {"fine": "green", "look": "orange", "alarm": "red"}
CALLED = {"fine": "fine", "look": "look at this", "alarm": "alarm"}


def show_checks(reading: Reading) -> None:
    """Two cards: the findings in words, and the sizes of the variants; of a broken split the picture stands above."""
    if is_broken(reading):
        with st.container(border=True, key="experiment_checks"):
            _findings(reading)
        return
    left, right = st.columns([3, 2])
    with left, st.container(border=True, height="stretch", key="experiment_checks"):
        _findings(reading)
    with right, st.container(border=True, height="stretch", key="experiment_split_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("The split", anchor=False, width="stretch")
            if reading.split.warn:
                st.badge("Suspicious", icon=":material/warning:", color="orange")
        show_split(reading)


def _findings(reading: Reading) -> None:
    found = worst_first(reading.findings)
    wrong = [one for one in found if one.state != "fine"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What was checked", anchor=False, width="stretch")
        told = f"{several(len(wrong), 'thing')} to look at" if wrong else "nothing stands out"
        st.badge(told, color="orange" if wrong else "green", icon=":material/warning:" if wrong else ":material/check:")
    if not found:
        st.markdown(f":material/{FINDINGS['alarm' if reading.split.alarm else 'fine']}: {literal(split_sentence(reading.split))}")
    for one in found:
        st.markdown(_line(one))
    with_rows = [one for one in found if one.rows]
    if with_rows:
        with st.expander("What the checks rest on", icon=":material/table_rows:", key="experiment_checks_rows", on_change="rerun") as box:
            if box.open:
                for one in with_rows:
                    st.caption(literal(one.sentence))
                    frame = pl.DataFrame([_plain(row) for row in one.rows], infer_schema_length=None)
                    st.dataframe(frame, hide_index=True, height="content" if frame.height < 10 else 360, placeholder="")


def _line(one: Finding) -> str:
    icon = FINDINGS.get(one.state, "info")
    return f":{COLOURS.get(one.state, 'gray')}[:material/{icon}:] **{CALLED.get(one.state, one.state)}** · {literal(one.sentence)}"


def _plain(row: dict[str, object]) -> dict[str, object]:
    """Pairs become texts: a table has no cell for two numbers."""
    return {key: " to ".join(f"{end:.3g}" for end in value) if isinstance(value, list | tuple) else value for key, value in row.items()}
