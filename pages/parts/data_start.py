"""An empty workspace: the simulated shop, or files of one's own."""

from typing import Any

import streamlit as st

from journey.ingest.holdings import Holdings
from journey.warehouse import Warehouse
from pages.parts import data_job
from pages.parts.data_job import Job
from pages.parts.data_load import show_load
from pages.parts.data_receipt import follow
from pages.parts.frame import Page
from pages.parts.workspace import warehouse

SHOP = (
    "Twenty thousand made-up customers, half a year, about 600,000 events: visits, carts, orders, support tickets, campaigns, "
    "and a checkout that leaks on one device. Its truth is known, so every answer can be checked. "
    "It takes some seconds; files of your own take its place."
)


def start_sentence() -> str:
    """What a workspace without anything has to say."""
    job = data_job.running()
    if job is not None:
        return f"There is nothing here yet: {job.what} is being loaded."
    return "There is nothing here yet: load an event log, or look around in a simulated shop."


def show_start(page: Page, held: Holdings) -> None:
    """The two ways in, one above the other, so that the form of one's own files has the width that its table needs."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width="stretch", gap="xxsmall"):
            st.subheader("Look around in a simulated shop", anchor=False)
            st.caption(SHOP)
        st.button(
            "**Explore the simulated shop**",
            icon=":material/storefront:",
            key="load_shop",
            on_click=_load_shop,
            disabled=data_job.running() is not None,
        )
    show_load(page, held)


def _load_shop() -> None:
    follow(data_job.start("the simulated shop", warehouse(), _shop))


def _shop(con: Warehouse, job: Job) -> Any:
    # Drawing a shop brings in libraries that no other page needs.
    from journey.demo import load_shop

    return load_shop(con, progress=job.tell)
