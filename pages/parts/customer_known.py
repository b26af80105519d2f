"""What is known of a customer: figures so far, tickets and answers, ids and why, consent, properties."""

import polars as pl
import streamlit as st

from journey.charts.customer_said import carried, value_told
from journey.charts.words import UNKNOWN, count, date, decimal, money, several, short, span
from journey.customer import Customer
from pages.parts.frame import Page
from pages.parts.text import literal

SHOWN_TICKETS = 5


def show_facts(page: Page, customer: Customer) -> None:
    """Four figures, and what is missing for those that are not there."""
    life = customer.lifetime
    with st.container(border=True, key="customer_facts"):
        with st.container(horizontal=True):
            st.subheader("So far", anchor=False)
        with st.grid(2, min_column_width=120):
            st.metric("Sessions", count(life.sessions))
            st.metric("Active days", count(life.active_days))
            st.metric("Orders", count(life.orders))
            st.metric("Brought", literal(money(life.revenue, life.currency)))
        now = customer.history.now
        lines = []
        if now is not None:
            lasted = span((customer.as_of - now.start) / 1000)
            lines.append(f"In **{literal(short(now.stage, 30))}** for {lasted}. {literal(customer.history.why)}")
        if life.no_revenue:
            lines.append(f":gray[{literal(life.no_revenue)}]")
        if lines:
            st.markdown("  \n".join(lines))


def show_contacts(page: Page, customer: Customer) -> None:
    """Tickets, complaints and failures, and what the customer said when asked."""
    with st.container(border=True, key="customer_contacts"):
        with st.container(horizontal=True):
            st.subheader("Tickets and answers", anchor=False)
        if not customer.tickets and not customer.answers:
            st.caption("No ticket, complaint, failure or answer to a survey lies in the log.")
            return
        zone = page.scope.timezone
        icons = {"trouble": "error", "support": "support_agent"}
        lines = []
        for event in customer.tickets[:SHOWN_TICKETS]:
            told = carried(event.properties, 4)
            head = f":material/{icons.get(event.kind, 'circle')}: {date(event.at, zone)} **{literal(short(event.name, 40))}**"
            lines.append(head + (f" :gray[{literal(told)}]" if told else ""))
        if len(customer.tickets) > SHOWN_TICKETS:
            lines.append(f":gray[{several(len(customer.tickets) - SHOWN_TICKETS, 'more')} in the timeline.]")
        for answer in customer.answers[:-4:-1]:
            scale = f"answers run from {answer.low:g} to {answer.high:g}"
            lines.append(
                f":material/reviews: {date(answer.at, zone)} **{decimal(answer.score, 0)}** :gray[{scale}, {literal(answer.event)}]"
            )
        st.markdown("  \n".join(lines))


def show_person(page: Page, customer: Customer) -> None:
    """Which ids are this person and why, what they allowed, and what customers tables say."""
    with st.container(border=True, key="customer_person"):
        with st.container(horizontal=True):
            st.subheader("Who this is", anchor=False)
        ids = customer.ids
        st.caption(
            f"{several(len(ids), 'id')} {'is' if len(ids) == 1 else 'are'} this person." if ids else "Only a customers table knows this id."
        )
        zone = page.scope.timezone
        lines = [f"**{literal(short(one.id, 40))}** :gray[{several(one.events, 'event')}] {literal(one.why)}" for one in ids[:3]]
        if lines:
            st.markdown("  \n".join(lines))
        if len(ids) > 3:
            with st.expander(f"All {count(len(ids))} ids"):
                table = {"Id": [one.id for one in ids], "Events": [one.events for one in ids], "Why": [one.why for one in ids]}
                st.dataframe(pl.DataFrame(table), hide_index=True, key="customer_ids")
        rows = [(name, value_told(value)) for name, value in customer.properties.items()]
        rows += [(f"consent: {one.purpose}", _consent(one.given, one.since, zone)) for one in customer.consent]
        if rows:
            table = {"What": [name for name, _ in rows], "Value": [value for _, value in rows]}
            st.dataframe(pl.DataFrame(table), hide_index=True, height=min(420, 38 + 35 * len(rows)), key="customer_properties")


def _consent(given: bool | None, since: int | None, zone: str) -> str:
    if given is None:
        return "never asked, so no"
    return f"{'yes' if given else 'no'}, since {date(since, zone) if since is not None else UNKNOWN}"
