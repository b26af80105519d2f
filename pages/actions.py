"""What to do next, for whom, why, what became of it, and whether it worked: the catalog, its rules, the queue and the proof."""

import streamlit as st

from pages.parts.actions_head import catalog_of, look_ahead, say_where_things_stand
from pages.parts.actions_views import VIEW, VIEWS
from pages.parts.frame import open_page, sentences
from pages.parts.views import choose_view, show_view

page = open_page("Actions", compare=False, period=False)
with sentences():
    answer = st.container()
    catalog = catalog_of(page)
    if catalog is not None:
        view = choose_view(VIEW, VIEWS)
        with answer:
            look_ahead(page, catalog)
        show_view(VIEWS, view, page, catalog)
        with answer:
            say_where_things_stand(page, catalog)
