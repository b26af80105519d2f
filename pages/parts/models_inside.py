"""What a model goes by: families and features with their weight, the typical customer, what can be changed."""

from typing import Any

import streamlit as st

from journey.charts.models_change import describe_families, families_figure
from journey.charts.models_said import portrait_told, traits_table
from journey.charts.words import percent
from journey.predict.portrait import Portrait, portray
from journey.predict.store import ModelCard, kept_record
from journey.predict.store.looking import score_with
from journey.warehouse import Warehouse
from pages.parts.charts import draw
from pages.parts.frame import Page, download_table
from pages.parts.text import literal
from pages.parts.workspace import answer, derived


def portrait_of(con: Warehouse, name: str, version: int) -> Portrait:
    """Of the customers it is about now."""
    return portray(score_with(con, kept_record(con, name, version)))


def show_inside(page: Page, card: ModelCard) -> None:
    """Families as bars, features as a table."""
    if card.shown is None:
        return
    with st.container(border=True, key="models_inside"):
        with st.container(horizontal=True):
            st.subheader("What does it look at?", anchor=False)
        with st.spinner("Asking the model what moves its chances …", show_time=True):
            found: Portrait = answer(page.con, page.version, portrait_of, card.name, card.shown.version)
        st.markdown(literal(portrait_told(found)))
        left, right = st.columns([2, 3], gap="medium")
        with left:
            st.caption("Share of what moves chances, by family. Full colour: what can be changed.")
            draw(derived(families_figure, found), "models_families", alt=describe_families(found))
        with right:
            table = traits_table(found)
            st.dataframe(table, hide_index=True, height=326, key="models_traits", column_config=_columns(table["Weight"].max()))
        told = f"The typical customer has a chance of {percent(found.probability)}. This is what the model goes by, not what causes what."
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(
                literal(told),
                width="stretch",
            )
            download_table("features", table)


def _columns(most: Any) -> dict[str, Any]:
    return {
        "Feature": st.column_config.TextColumn(width=200, pinned=True),
        "Weight": st.column_config.ProgressColumn(format="%.0f%%", min_value=0.0, max_value=float(most or 100.0), width=90),
        "Typical": st.column_config.TextColumn("Typical customer", width=118),
        "More of it": st.column_config.TextColumn(width=104),
        "Changeable": st.column_config.TextColumn(width=88),
    }
