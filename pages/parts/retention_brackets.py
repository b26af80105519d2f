"""The editor of brackets: one line of text, and the brackets that people commonly ask for."""

import streamlit as st

from journey.errors import QuestionError
from journey.retention import PRESETS, parse_brackets
from pages.parts.text import literal

KEY = "retention_brackets"
LETTERS = {"day": "D", "week": "W", "month": "M"}


def choose_brackets(period: str) -> list[list[int]]:
    """First and last period of each bracket; a text that is none is told of, and the first preset taken in its place."""
    usual = PRESETS[period][1]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        written = st.text_input(
            f"Brackets of {period}s, first to last",
            key=KEY,
            bind="query-params",
            placeholder=_told(usual, period),
            width=260,
            max_chars=200,
        )
        for preset in PRESETS[period]:
            st.button(_told(preset, period), key=f"{KEY}_{preset}", type="tertiary", on_click=_take, args=(preset,))
    try:
        return parse_brackets(written or usual)
    except QuestionError as fault:
        st.caption(f":material/error: {literal(fault)} Shown are {literal(_told(usual, period))}.")
        return parse_brackets(usual)


def _take(preset: str) -> None:
    st.session_state[KEY] = preset


def _told(preset: str, period: str) -> str:
    """ "1, 7, 30" -> "D1, D7, D30"; ranges as they are."""
    if "-" in preset:
        return preset.replace("-", "–")
    return ", ".join(LETTERS[period] + part.strip() for part in preset.split(","))
