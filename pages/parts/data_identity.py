"""Which ids are one person, and which links were made to say so."""

import polars as pl
import streamlit as st

from journey.charts.words import count, several
from journey.ingest.holdings import Holdings
from journey.ingest.quality import Identity, measure_identity
from pages.parts.data_words import clock, moment_column
from pages.parts.frame import Page, counted, download_table, literal
from pages.parts.workspace import answer

POLICY = (
    "An anonymous id joins the person it first logs in as, with all of its history. Whoever logs in on it later keeps their own: "
    "two people who have both logged in are never made one."
)


def show_identity(page: Page, held: Holdings) -> None:
    """n ids are m people; then the links."""
    identity = answer(page.con, page.version, measure_identity)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(identity_sentence(identity)), anchor=False, width="stretch")
            if identity.merges:
                download_table("identity_links", links_frame(identity, page.scope.timezone))
        st.caption(POLICY)
        _links(identity, page.scope.timezone)
    counted(page, identity.evidence, "identity_counted")


def identity_sentence(identity: Identity) -> str:
    """The whole of it in a line, true where nothing was linked too."""
    if not identity.people:
        return "No ids are known yet."
    people = f"{several(identity.ids, 'id')} {'is' if identity.ids == 1 else 'are'} {several(identity.people, 'person', 'people')}"
    if not identity.merged:
        return f"{people}: no id was linked to another."
    return f"{people}: {several(identity.merged, 'anonymous id')} joined the person they logged in as."


def _links(identity: Identity, timezone: str) -> None:
    if not identity.merges:
        st.caption("Name an anonymous id at the next load, such as a device or cookie id, and its history joins who logs in on it.")
        return
    if identity.merged > len(identity.merges):
        st.caption(f"The first {count(len(identity.merges))} of {count(identity.merged)} links.")
    frame = links_frame(identity, timezone)
    st.dataframe(
        frame,
        hide_index=True,
        height="content" if frame.height < 12 else 420,
        column_config={
            "anonymous": st.column_config.TextColumn("Anonymous id"),
            "person": st.column_config.TextColumn("Joined"),
            "linked": moment_column("At", list(frame["linked"])),
        },
        alt="Anonymous ids and the person each joined",
    )


def links_frame(identity: Identity, timezone: str) -> pl.DataFrame:
    """One row per link, in order of time."""
    return pl.DataFrame(
        {
            "anonymous": [link.anonymous for link in identity.merges],
            "person": [link.person for link in identity.merges],
            "linked": [clock(link.at, timezone) for link in identity.merges],
        }
    )
