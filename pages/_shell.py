"""The page that holds the pages: configuration, navigation, and what runs after each of them."""

from pathlib import Path

import streamlit as st

STATIC = Path(__file__).parent / "static"

st.set_page_config(page_title="Journey", page_icon=str(STATIC / "mark.svg"), layout="wide", initial_sidebar_state="auto")
GROUPS = {
    "Home": [("overview.py", "Overview", ":material/home:")],
    "Explore": [
        ("journey_map.py", "Journey map", ":material/route:"),
        ("journeys.py", "Journeys", ":material/moving:"),
        ("funnels.py", "Funnels", ":material/filter_alt:"),
        ("paths.py", "Paths", ":material/account_tree:"),
        ("retention.py", "Retention", ":material/grid_on:"),
        ("segments.py", "Segments", ":material/group_work:"),
    ],
    "Customers": [
        ("at_risk.py", "At risk", ":material/support_agent:"),
        ("customer.py", "Customer", ":material/person:"),
    ],
    "Decide": [
        ("actions.py", "Actions", ":material/bolt:"),
        ("experiments.py", "Experiments", ":material/science:"),
        ("roi.py", "ROI", ":material/savings:"),
    ],
    "Data": [
        ("data.py", "Data", ":material/database:"),
        ("models.py", "Models", ":material/verified:"),
    ],
}
HERE = Path(__file__).parent
page = st.navigation(
    {
        group: [
            st.Page(script, title=title, icon=icon, default=title == "Overview")
            for script, title, icon in pages
            if (HERE / script).exists()
        ]
        for group, pages in GROUPS.items()
    }
)
st.logo(str(STATIC / "logo.svg"), icon_image=str(STATIC / "mark.svg"), size="large")
try:
    page.run()
finally:  # a page may stop early; the theme is watched all the same
    from pages.parts.clicks import watch_theme

    watch_theme()
