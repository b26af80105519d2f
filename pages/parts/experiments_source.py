"""What is read: an experiment of the log, a table of units that is brought along, or sums typed in."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.parts.experiments_source_log import log_source
from pages.parts.experiments_source_sums import sums_source
from pages.parts.experiments_source_table import table_source
from pages.parts.frame import Page

FROM = "experiment_from"
LOG, TABLE, SUMS = "log", "table", "sums"
PLACES = {LOG: "From the log", TABLE: "A table", SUMS: "Sums"}


@dataclass(frozen=True)
class Source:
    """plain: the question, but for how it is read.  same: what equal sources have in common, a table's content too."""

    kind: str
    name: str
    plain: Mapping[str, Any]
    same: Hashable


def choose_place() -> str:
    """Where the experiment comes from."""
    if st.session_state.get(FROM) not in (None, *PLACES):
        st.session_state.pop(FROM)
    chosen = st.segmented_control(
        "Where it comes from",
        list(PLACES),
        format_func=PLACES.__getitem__,
        default=None if FROM in st.session_state else LOG,
        key=FROM,
        bind="query-params",
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    return chosen if chosen in PLACES else LOG


def choose_source(page: Page, place: str) -> Source | None:
    """None where something is missing: the part that lacks it has said what."""
    found = {TABLE: table_source, SUMS: sums_source}.get(place, log_source)(page)
    if found is None:
        return None
    name, plain, same = found
    return Source(place, name, plain, (place, same))
