"""The page that holds the pages: configuration, navigation, and what runs after each of them."""

from pathlib import Path

import streamlit as st

STATIC = Path(__file__).parent / "static"

st.set_page_config(page_title="Journey", page_icon=str(STATIC / "mark.svg"), layout="wide", initial_sidebar_state="auto")
page = st.navigation(
    {
        "Home": [st.Page("overview.py", title="Overview", icon=":material/home:", default=True)],
        "Explore": [
            st.Page("journey_map.py", title="Journey map", icon=":material/route:"),
            st.Page("funnels.py", title="Funnels", icon=":material/filter_alt:"),
            st.Page("paths.py", title="Paths", icon=":material/account_tree:"),
            st.Page("retention.py", title="Retention", icon=":material/grid_on:"),
        ],
        "Data": [st.Page("data.py", title="Data", icon=":material/database:")],
    }
)
st.logo(str(STATIC / "logo.svg"), icon_image=str(STATIC / "mark.svg"), size="large")
try:
    page.run()
finally:  # a page may stop early; the theme is watched all the same
    from pages.parts.clicks import watch_theme

    watch_theme()
