"""Whose page: the search by id, what to do where nobody is chosen or nobody has the id, and the badges beside the name."""

from contextlib import suppress
from typing import Any

import polars as pl
import streamlit as st
from streamlit.errors import StreamlitAPIException

from journey.charts.customer_said import stage_told
from journey.charts.words import count, moment, short
from journey.customer import Customer, find_person, recent_customers, suggest_ids, unknown
from journey.errors import QuestionError
from journey.scope import Scope
from journey.warehouse import setting
from pages.parts.frame import Page, open_workspace, say
from pages.parts.text import literal
from pages.parts.workspace import answer

CUSTOMER = "customer"
OFFERED = 30
LISTED = 50
LONGEST = 200


def choose_customer() -> tuple[Page, str | None, Any]:
    """-> (this run, the id that is asked for or None, the place of the title and its badges)."""
    con, version = open_workspace("Customer")
    scope = Scope(timezone=setting(con, "timezone", "UTC"))
    page = Page(con, version, scope, None, "all time", "one customer")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = st.container(horizontal=True, vertical_alignment="center", gap="small", width="stretch")
        asked = _search([one for one, _, _ in answer(con, version, recent_customers, OFFERED)])
    return page, asked, title


def _search(recent: list[str]) -> str | None:
    """A box that offers those seen last and takes any id that is typed."""
    held = st.session_state.get(CUSTOMER, st.query_params.get(CUSTOMER))
    if held and st.query_params.get(CUSTOMER) != held:
        with suppress(StreamlitAPIException):  # once the box stands on the page, it keeps the address itself
            st.query_params[CUSTOMER] = held
    options = list(dict.fromkeys([*([held] if held else []), *recent]))
    chosen = st.selectbox(
        "Customer",
        options,
        index=None,
        key=CUSTOMER,
        bind="query-params",
        persist_state="session",
        accept_new_options=True,
        placeholder="Find a customer by id",
        label_visibility="collapsed",
        icon=":material/search:",
        width=260,
    )
    return " ".join(chosen.split())[:LONGEST] if chosen and chosen.strip() else None


def known(page: Page, asked: str) -> bool:
    """Whether somebody has the id."""
    try:
        find_person(page.con, asked)
    except QuestionError:
        return False
    return True


def show_nobody(page: Page, asked: str, title: Any) -> None:
    """Nobody has the id: the page says so and offers those that come near."""
    with title:
        st.title("Customer", anchor=False)
    say(f"Nobody has the id {short(asked, 40)}.", unknown(page.con, asked))
    with st.container(horizontal=True, gap="small", key="customer_near"):
        for place, one in enumerate(suggest_ids(page.con, asked, 8)):
            st.button(literal(short(one, 40)), key=f"near_{place}", icon=":material/person:", on_click=open_customer, args=(one,))


def show_recent(page: Page, title: Any) -> None:
    """Nobody is chosen yet: those seen last, to choose from."""
    with title:
        st.title("Customer", anchor=False)
    say("Choose a customer, or type an id.", "Any id will do, an anonymous one too. Below are those seen last.")
    found = answer(page.con, page.version, recent_customers, LISTED)
    zone = page.scope.timezone
    shown = pl.DataFrame(
        {
            "Customer": [one for one, _, _ in found],
            "Last seen": [moment(last, zone) for _, last, _ in found],
            "Events": [events for _, _, events in found],
        }
    )
    with st.container(border=True, key="customer_recent"):
        with st.container(horizontal=True):
            st.subheader("Seen last", anchor=False)
        st.caption(f"{count(len(found))} customers; select a row to open its page.")
        st.dataframe(
            shown,
            hide_index=True,
            height=min(560, 38 + 35 * len(found)),
            key="customer_recent_table",
            selection_mode="single-row",
            on_select=lambda: _open_selected([one for one, _, _ in found]),
        )


def _open_selected(ids: list[str]) -> None:
    rows = st.session_state["customer_recent_table"]["selection"]["rows"]
    if rows and rows[0] < len(ids):
        open_customer(ids[rows[0]])


def open_customer(one: str) -> None:
    """A callback: this page of another customer."""
    st.session_state[CUSTOMER] = one


def show_badges(title: Any, customer: Customer) -> None:
    """The name, and beside it what everybody asks first: the stage, and what the customer allowed."""
    with title:
        st.title(literal(f"Customer {short(customer.id, 40)}"), anchor=False, width="content")
        now = customer.history.now
        if now is not None:
            aside = now.step is None
            icon = ":material/trending_down:" if aside else ":material/route:"
            st.badge(literal(stage_told(now.stage)), icon=icon, color="orange" if aside else "blue")
        for one in customer.consent[:3]:
            told = "not asked" if one.given is None else "allowed" if one.given else "refused"
            icon = ":material/check:" if one.given else ":material/block:"
            st.badge(literal(f"{short(one.purpose.capitalize(), 24)} {told}"), icon=icon, color="gray")
