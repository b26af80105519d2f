"""How a file is written, for the few that do not tell it themselves."""

from typing import Any

import streamlit as st

from journey.ingest.mapping import TIME_UNITS
from journey.ingest.sources import ENCODINGS

TOLD = "told from the file"
DELIMITERS = ("comma", "semicolon", "tab", "pipe", "space", "whitespace")
UNITS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}


def choose_options() -> dict[str, Any]:
    """The options that were named; empty where everything is told from the file."""
    with st.popover("File options", icon=":material/tune:", type="tertiary"):
        chosen = {
            "encoding": _one_of("Encoding", ENCODINGS, "file_encoding"),
            "delimiter": _one_of("Delimiter", DELIMITERS, "file_delimiter"),
            "unit": _one_of("Unit of times that are numbers", TIME_UNITS, "file_unit"),
            "format": st.text_input("Pattern of times", placeholder="such as %d/%m/%Y %H:%M", key="file_format").strip() or None,
        }
    return {name: value for name, value in chosen.items() if value is not None}


def _one_of(label: str, options: tuple[str, ...], key: str) -> str | None:
    chosen = st.selectbox(label, options, index=None, placeholder=TOLD, format_func=lambda option: UNITS.get(option, option), key=key)
    return chosen if chosen in options else None
