"""Whether it worked: planned before anybody looks, read so that looking often cannot fool, decided, and remembered."""

import streamlit as st

from pages.parts.experiments_views import VIEW, VIEWS, is_of_a_period
from pages.parts.frame import open_page, sentences
from pages.parts.views import choose_view, show_view

of_a_period = is_of_a_period()
page = open_page("Experiments", compare=of_a_period, period=of_a_period)
with sentences():
    answer = st.container()
    show_view(VIEWS, choose_view(VIEW, VIEWS), page, answer)
