"""The catalog: what can be done for a customer, what it costs, what it adds, and where that is known from."""

import polars as pl
import streamlit as st

from journey.actions.catalog import ActionCatalog
from pages.parts.frame import Page


def show_catalog(page: Page, catalog: ActionCatalog) -> None:
    with st.container(border=True, key="actions_catalog"):
        rows = [(action.name, action.channel, action.owner, action.cost) for action in catalog.actions]
        st.dataframe(pl.DataFrame(rows, schema=["Action", "Channel", "Owner", "Cost"], orient="row"), hide_index=True, height="content")
