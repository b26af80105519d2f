"""The views of the Actions page, one at a time: only what is looked at is asked."""

from importlib import import_module
from pathlib import Path

import streamlit as st

from journey.actions.catalog import ActionCatalog
from pages.parts.frame import Page

VIEW = "actions_view"
# Name of the view -> (module beside this one, what shows it: called with the page and the catalog in force).
VIEWS = {
    "To approve": ("actions_queue", "show_queue"),
    "Results": ("actions_results", "show_results"),
    "Catalog": ("actions_catalog", "show_catalog"),
    "Rules": ("actions_rules", "show_rules"),
    "Before launch": ("actions_launch", "show_launch"),
    "Health": ("actions_health", "show_health"),
}
HERE = Path(__file__).parent


def choose_view() -> str:
    """The view that stands in the address, the first of all where none does."""
    options = [name for name, (module, _) in VIEWS.items() if (HERE / f"{module}.py").exists()]
    if st.session_state.get(VIEW) not in (None, *options):
        st.session_state.pop(VIEW)
    chosen = st.segmented_control(
        "View",
        options,
        default=None if VIEW in st.session_state else options[0],
        key=VIEW,
        bind="query-params",
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    return chosen if chosen in options else options[0]


def show_view(name: str, page: Page, catalog: ActionCatalog) -> None:
    module, function = VIEWS[name]
    getattr(import_module(f"pages.parts.{module}"), function)(page, catalog)
