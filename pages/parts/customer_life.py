"""The customer's life at a glance."""

import streamlit as st

from journey.charts.customer import describe_life, life_figure
from journey.customer import Customer
from pages.parts.charts import draw
from pages.parts.frame import Page
from pages.parts.notes import Axis, noted, offer_to_hide


def show_life(page: Page, customer: Customer) -> None:
    """Stages on top, a lane for each kind of event below."""
    with st.container(border=True, key="customer_life"):
        with st.container(horizontal=True):
            st.subheader("What happened", anchor=False)
        if not customer.lifetime.events:
            st.caption("No event of this customer lies in the log.")
            return
        zone = page.scope.timezone
        picture = noted(page, "customer_life_chart", Axis(customer.lifetime.first, customer.as_of), life_figure, customer, zone)
        draw(picture.figure, picture.name, alt=describe_life(customer, zone) + picture.told, min_width=440)
        offer_to_hide(picture)
        st.caption("One mark per day and kind; the larger, the more. Hover a mark for what it holds.")
