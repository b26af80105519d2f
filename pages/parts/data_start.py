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
    "and a checkout that leaks on one device. Its truth is known, so every answer can be checked."
)


def show_start(page: Page, held: Holdings) -> None:
    """The two ways in, side by side."""
    shop, own = st.columns([2, 3])
    with shop, st.container(border=True):
        st.subheader("Look around in a simulated shop", anchor=False)
        st.caption(SHOP)
        st.button(
            "**Explore the simulated shop**",
            icon=":material/storefront:",
            key="load_shop",
            on_click=_load_shop,
            disabled=data_job.running() is not None,
        )
        st.caption("Takes some seconds. When you load files of your own, they take its place.")
    with own:
        show_load(page, held)


def _load_shop() -> None:
    follow(data_job.start("the simulated shop", warehouse(), _shop))


def _shop(con: Warehouse, job: Job) -> Any:
    # Drawing a shop brings in libraries that no other page needs.
    from journey.demo import load_shop

    return load_shop(con, progress=job.tell)
