"""The views of the Experiments page, one at a time: only what is looked at is asked."""

import streamlit as st

VIEW = "experiments_view"
RESULTS, MOVED = "Results", "Why it moved"
EXPERIMENT = "experiment"  # whose results are looked at
# Each is called with the page and the place of the answer in one sentence, which stands above the choice of the view.
VIEWS = {
    RESULTS: ("experiments_results", "show_results"),
    "Plan": ("experiments_plan", "show_plan"),
    "Archive": ("experiments_archive", "show_archive"),
    MOVED: ("experiments_moved", "show_moved"),
}
GO = "experiments_go"  # the experiment whose results a click on a figure asks for


def is_of_a_period() -> bool:
    """Whether the view looked at is of a period that is chosen at the head; an experiment has its own.

    Asked before any widget is drawn: where a click on a figure led elsewhere, it is gone there now.
    """
    if name := st.session_state.pop(GO, None):
        st.session_state[VIEW], st.session_state[EXPERIMENT] = RESULTS, name
    return (st.session_state.get(VIEW) or st.query_params.get(VIEW)) == MOVED
