"""Pages of several views, one at a time: only what is looked at is asked."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import streamlit as st

Views = Mapping[str, tuple[str, str]]
"""Name of the view -> (module beside this one, the function in it that shows the view)."""


def choose_view(key: str, views: Views) -> str:
    """The view that stands in the address under this key, the first of all where none does."""
    options = list(views)
    if st.session_state.get(key) not in (None, *options):
        st.session_state.pop(key)
    chosen = st.segmented_control(
        "View",
        options,
        default=None if key in st.session_state else options[0],
        key=key,
        bind="query-params",
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    return chosen if chosen in options else options[0]


def show_view(views: Views, name: str, *given: Any) -> None:
    """given: what the view is called with."""
    module, function = views[name]
    getattr(import_module(f"pages.parts.{module}"), function)(*given)
