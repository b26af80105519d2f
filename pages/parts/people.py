"""The customers behind a mark: how many, who, and where to go with them."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from journey.answers import People
from journey.charts.words import count
from journey.rules.saved import free_name, save_segment, saved_segments
from pages.parts.frame import GO_TO, Page, download_table, sentences
from pages.parts.text import literal

SHOWN = 1_000
NEXT = {
    "funnels.py": ("Funnel of them", ":material/filter_alt:"),
    "paths.py": ("Paths of them", ":material/account_tree:"),
    "retention.py": ("Retention of them", ":material/grid_on:"),
}


def show_people(page: Page, people: People, title: str, rule: Mapping[str, Any], name: str) -> None:
    """The list behind a mark.

    rule: answers the same customers, as a segment.  name: what the segment is called unless a person changes it.
    """
    key = "people_" + re.sub(r"\W+", "_", name)
    with st.container(border=True, key=key):
        st.subheader(literal(title), anchor=False)
        if not people.count:
            st.caption("Nobody: no customer is behind this mark.")
            return
        ids = pl.DataFrame({"customer": people.ids})
        told = f"{count(people.count)} customers" if people.count > 1 else "1 customer"
        shown = f"; the first {count(SHOWN)} are shown, the download holds all" if people.count > SHOWN else ""
        st.caption(f"{told}{shown}. Select a row to open the customer.")
        st.dataframe(
            ids.head(SHOWN),
            hide_index=True,
            height=min(245, 37 + 35 * people.count),
            key=f"{key}_table",
            selection_mode="single-row",
            on_select=partial(open_selected, page, people.ids, f"{key}_table"),
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            offer_segment(page, rule, name, key)
            for script, (label, icon) in NEXT.items():
                offer_page(page, label, script, rule, name, f"{key}_{script}", icon)
            download_table(re.sub(r"\W+", "_", name).strip("_").lower(), ids)


def open_selected(page: Page, ids: Sequence[str], table: str) -> None:
    """A callback: the page of the customer whose row was selected in the table of this key."""
    rows = st.session_state[table]["selection"]["rows"]
    if rows and rows[0] < len(ids):
        go_to(page, "customer.py", None, {"customer": ids[rows[0]]})


def offer_segment(page: Page, rule: Mapping[str, Any], name: str, key: str) -> None:
    with st.popover("Save as segment", icon=":material/group_add:"):
        chosen = " ".join(st.text_input("Name", name, key=f"{key}_name", max_chars=80).split())
        taken = chosen in (saved := saved_segments(page.con)) and saved[chosen] != rule
        if taken:
            st.caption("A segment of this name is saved with another rule. Saving replaces it.")
        if st.button("Replace" if taken else "Save", key=f"{key}_save", icon=":material/save:") and chosen:
            with sentences():
                save_segment(page.con, chosen, dict(rule))
            st.toast(f"Saved: {literal(chosen)}. Choose it at the head of any page.")
            st.cache_data.clear()


def offer_page(
    page: Page, label: str, script: str, rule: Mapping[str, Any], name: str, key: str, icon: str, state: dict[str, Any] | None = None
) -> None:
    """A button that opens another page with these customers in scope.  state: what the widgets there shall hold, by key."""
    st.button(label, key=key, icon=icon, type="tertiary", on_click=go_to, args=(page, script, (name, rule), state or {}))


def go_to(page: Page, script: str, segment: tuple[str, Mapping[str, Any]] | None, state: Mapping[str, Any]) -> None:
    """A callback: `open_page` goes on to the page before anything is drawn.

    segment: (name, rule) of customers to look at there; saved, so that the address can name it.
    state: what the widgets there shall hold, by key.
    """
    if segment is not None:
        name, rule = segment
        saved = saved_segments(page.con)
        name = free_name(saved, name, rule)  # a person's own segment of that name stays as it is
        if name not in saved:
            save_segment(page.con, name, dict(rule))
            st.cache_data.clear()
        st.session_state["segment"] = name
    for key, value in {**state, GO_TO: script}.items():
        st.session_state[key] = value
