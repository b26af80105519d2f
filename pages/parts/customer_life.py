"""The customer's life at a glance."""

import streamlit as st

from journey.charts.customer import describe_life, life_figure
from journey.customer import Customer
from pages.parts.charts import draw
from pages.parts.frame import Page
from pages.parts.workspace import derived


def show_life(page: Page, customer: Customer) -> None:
    """Stages on top, a lane for each kind of event below."""
    with st.container(border=True, key="customer_life"):
        with st.container(horizontal=True):
            st.subheader("What happened", anchor=False)
        if not customer.lifetime.events:
            st.caption("No event of this customer lies in the log.")
            return
        zone = page.scope.timezone
        draw(derived(life_figure, customer, zone), "customer_life_chart", alt=describe_life(customer, zone), min_width=440)
        st.caption("One mark per day and kind; the larger, the more. Hover a mark for what it holds.")
