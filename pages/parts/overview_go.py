"""From the overview to the page that shows more, with what was chosen here still chosen."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.frame import Page, literal
from pages.parts.people import go_to


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
        on_click=go_to,
        args=(page, script, segment, state or {}),
    )
