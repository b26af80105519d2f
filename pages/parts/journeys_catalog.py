"""The catalog of journeys: its text, what is wrong with it, and what it would tell before it is saved."""

import polars as pl
import streamlit as st

from journey.catalogs import catalog_text, is_edited, parse, reset_catalog, write_catalog
from journey.charts.words import percent, span
from journey.errors import JourneyError
from journey.journeys import Journeys, JourneysQuestion, as_text, fit_journeys, journeys_in_force, measure_journeys, read_journeys_catalog
from pages.parts.frame import Page, measured
from pages.parts.text import literal

TEXT = "journeys_text"


def edit_catalog(page: Page) -> None:
    """The editor, closed at first."""
    with st.expander("Catalog of journeys", icon=":material/tune:", key="journeys_catalog", on_change="rerun") as box:
        if box.open:
            _editor(page)


def _editor(page: Page) -> None:
    text, own = catalog_text(page.con, "journeys"), is_edited(page.con, "journeys")
    st.caption(
        literal("Your own journeys." if own else "The shipped journeys.")
        + " The first is the most important. Of several with one name the first that the log can tell is taken."
    )
    drafted = st.text_area("Journeys", text, height=420, key=f"{TEXT}_{hash(text)}", label_visibility="collapsed")
    told = _checked(page, drafted)
    if told is not None and drafted != text:
        _preview(told)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Save these journeys", key="journeys_save", icon=":material/save:", disabled=told is None or drafted == text):
            write_catalog(page.con, "journeys", drafted)
            _changed("Saved. These journeys are in force now.")
        if own and st.button("Back to the shipped journeys", key="journeys_reset", icon=":material/undo:", type="tertiary"):
            reset_catalog(page.con, "journeys")
            _changed("The shipped journeys are in force again.")
        in_force = journeys_in_force(page.con)
        start = "Start from the journeys shown above"
        if not own and in_force and st.button(start, key="journeys_start", icon=":material/edit:", type="tertiary"):
            write_catalog(page.con, "journeys", as_text(in_force))
            _changed("The journeys shown are your own now: change them as you like.")


def _checked(page: Page, drafted: str) -> Journeys | None:
    """What the drafted journeys tell, or None with the sentence that says what is wrong."""
    try:
        journeys = fit_journeys(page.con, read_journeys_catalog(parse(drafted, "journeys")))
        return measured(page, measure_journeys, JourneysQuestion(journeys, None))
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        return None


def _preview(told: Journeys) -> None:
    st.caption("With these journeys, not saved yet:")
    for warning in told.evidence.warnings:
        st.caption(":material/warning: " + literal(warning))
    shown = pl.DataFrame(
        {
            "Journey": [one.journey.name for one in told.journeys],
            "Milestones": [" → ".join(one.journey.names) for one in told.journeys],
            "Began": [one.began for one in told.journeys],
            "Complete it": [percent(one.rate) for one in told.journeys],
            "Median time": [span(one.total.median if one.total else None) for one in told.journeys],
        }
    )
    st.dataframe(shown, hide_index=True, height="content", key="journeys_preview")


def _changed(told: str) -> None:
    st.cache_data.clear()
    st.toast(told)
    st.rerun()
