"""From the overview to the page that shows more, with what was chosen here still chosen."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from journey.rules.saved import save_segment, saved_segments
from pages.parts.frame import Page

KEPT = ("period", "compare", "segment")


def go(page: Page, script: str, state: Mapping[str, str] | None = None, segment: tuple[str, Any] | None = None) -> None:
    """Open another page.  segment: (name, rule) of customers to look at there; kept, so that the address can name it."""
    kept = {key: value for key, value in st.query_params.to_dict().items() if key in KEPT}
    if segment is not None:
        name, rule = segment
        if saved_segments(page.con).get(name) != rule:
            save_segment(page.con, name, rule)
            st.cache_data.clear()
        kept["segment"] = name
    st.switch_page(f"pages/{script}", query_params={**kept, **(state or {})})
