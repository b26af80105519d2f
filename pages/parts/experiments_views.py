"""The views of the Experiments page, one at a time: only what is looked at is asked."""

from importlib import import_module
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.frame import Page

VIEW = "experiments_view"
RESULTS, MOVED = "Results", "Why it moved"
EXPERIMENT = "experiment"  # whose results are looked at
# Name of the view -> (module beside this one, what shows it: called with the page and the place of the answer in one sentence,
# which stands above the choice of the view).
VIEWS = {
    RESULTS: ("experiments_results", "show_results"),
    "Plan": ("experiments_plan", "show_plan"),
    "Archive": ("experiments_archive", "show_archive"),
    MOVED: ("experiments_moved", "show_moved"),
}
GO = "experiments_go"  # the experiment whose results a click on a figure asks for
HERE = Path(__file__).parent


def is_of_a_period() -> bool:
    """Whether the view looked at is of a period that is chosen at the head; an experiment has its own.

    Asked before any widget is drawn: where a click on a figure led elsewhere, it is gone there now.
    """
    if name := st.session_state.pop(GO, None):
        st.session_state[VIEW], st.session_state[EXPERIMENT] = RESULTS, name
    return (st.session_state.get(VIEW) or st.query_params.get(VIEW)) == MOVED


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


def show_view(name: str, page: Page, answer: DeltaGenerator) -> None:
    module, function = VIEWS[name]
    getattr(import_module(f"pages.parts.{module}"), function)(page, answer)
