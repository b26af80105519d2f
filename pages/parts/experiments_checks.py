"""What was checked about an experiment before its numbers are believed: each finding with its icon, what is wrong first."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from journey.charts.experiments_said import FINDINGS, worst_first
from journey.charts.words import several
from journey.experiments.result import Finding, Reading
from pages.parts.experiments_picture import is_broken, show_split
from pages.parts.text import literal

COLOURS = {"fine": "green", "look": "orange", "alarm": "red"}
CALLED = {"look": "Look at this", "alarm": "Alarm"}


OF_UNITS = ("split", "cause", "crossed", "plan", "small")  # what is checked of the units themselves, whatever they did

OF_GROUPS = ("groups", "mix")  # they stand beside the picture of the groups


def show_checks(reading: Reading) -> None:
    """Two cards: the findings in words, and the sizes of the variants.

    Of a broken split the picture stands above, and what is found of its effects stands with its estimates.
    """
    if is_broken(reading):
        with st.container(border=True, key="experiment_checks"):
            _findings([one for one in reading.findings if one.check in OF_UNITS])
        return
    if not reading.findings:
        with st.container(border=True, key="experiment_split_card"):
            _split(reading)
        return
    left, right = st.columns([3, 2])
    with left, st.container(border=True, height="stretch", key="experiment_checks"):
        _findings([one for one in reading.findings if one.check not in OF_GROUPS])
    with right, st.container(border=True, height="stretch", key="experiment_split_card"):
        _split(reading)


def _split(reading: Reading) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("The split", anchor=False, width="stretch")
        if reading.split.warn:
            st.badge("Suspicious", icon=":material/warning:", color="orange")
    show_split(reading)
    st.markdown("**How it is read**")
    st.caption(literal(reading.assumes))


def show_checks_of_effects(reading: Reading) -> None:
    """What is found of the effects where the split is broken: no more to be believed than they are."""
    for one in worst_first([one for one in reading.findings if one.check not in (*OF_UNITS, *OF_GROUPS)]):
        st.caption(f":material/{FINDINGS.get(one.state, 'info')}: {literal(one.sentence)}")


def _findings(findings: Sequence[Finding]) -> None:
    found = worst_first(findings)
    wrong = [one for one in found if one.state != "fine"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What was checked", anchor=False, width="stretch")
        told = f"{several(len(wrong), 'thing')} to look at" if wrong else "nothing stands out"
        st.badge(told, color="orange" if wrong else "green", icon=":material/warning:" if wrong else ":material/check:")
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
    called = "" if one.state == "fine" else f"**{CALLED.get(one.state, one.state)}** · "
    return f":{COLOURS.get(one.state, 'gray')}[:material/{icon}:] {called}{literal(one.sentence)}"


def _plain(row: dict[str, object]) -> dict[str, object]:
    """Pairs become texts: a table has no cell for two numbers."""
    return {key: " to ".join(f"{end:.3g}" for end in value) if isinstance(value, list | tuple) else value for key, value in row.items()}
