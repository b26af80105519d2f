"""The published calculator beside the model that leaves nothing out, on the same figures."""

import polars as pl
import streamlit as st

from journey.charts.roi_rows import beside_rows
from journey.roi import Roi
from pages.parts.text import literal


def show_beside(published: Roi, corrected: Roi) -> None:
    """What both say, row by row, and what the published one leaves out."""
    with st.container(border=True, key="roi_beside"):
        with st.container(gap="xxsmall"):
            with st.container(horizontal=True):
                st.subheader("The published calculator, and what it leaves out", anchor=False)
            st.caption(literal(published.note))
        st.dataframe(pl.DataFrame(beside_rows(published, corrected)), hide_index=True, height="content", key="roi_beside_table")
        if published.currency not in (None, "USD"):
            st.caption(literal(f"Its own example was published in dollars; the same figures stand here in {published.currency}."))
        st.caption("All that follows is of the right-hand column; what it adds stands under What it leaves out.")
