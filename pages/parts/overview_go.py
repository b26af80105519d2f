"""From the overview to the page that shows more, with what was chosen here still chosen."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from journey.rules.saved import save_segment, saved_segments
from pages.parts.frame import GO_TO, Page, literal


def offer_way(
    page: Page,
    label: str,
    script: str,
    key: str,
    *,
    segment: tuple[str, Any] | None = None,
    state: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> None:
    """A button that opens another page.

    segment: (name, rule) of customers to look at there; kept, so that the address can name it.
    state: what the widgets there shall hold, by key.  quiet: beside a title.
    """
    st.button(
        literal(label),
        key=key,
        type="tertiary" if quiet else "secondary",
        icon=":material/arrow_forward:" if quiet else None,
        on_click=_choose,
        args=(page, script, segment, state or {}),
    )


def _choose(page: Page, script: str, segment: tuple[str, Any] | None, state: Mapping[str, str]) -> None:
    """`open_page` goes on to the page before anything is drawn."""
    if segment is not None:
        name, rule = segment
        if saved_segments(page.con).get(name) != rule:
            save_segment(page.con, name, rule)
            st.cache_data.clear()
        st.session_state["segment"] = name
    for key, value in (dict(state) | {GO_TO: script}).items():
        st.session_state[key] = value
