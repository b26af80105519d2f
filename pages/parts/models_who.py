"""Whom a model scores now, by tier, and who they are."""

import streamlit as st

from journey.charts.words import count, date, several
from journey.predict.store import ModelCard
from journey.predict.store.question import ModelsQuestion, models_customers
from pages.parts.frame import Page
from pages.parts.people import show_people
from pages.parts.text import literal
from pages.parts.workspace import answer

TIER = "models_tier"


def show_scored(page: Page, card: ModelCard) -> None:
    """Customers by tier; one of them as a list."""
    if card.scores is None:
        return
    tiers = {tier: n for tier, n in card.scores.tiers.items() if n}
    with st.container(border=True, key="models_scored"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(
                literal(f"{several(card.scores.customers, 'customer')} scored as of {date(card.scores.as_of - 1, page.scope.timezone)}"),
                anchor=False,
                width="stretch",
            )
            st.page_link("at_risk.py", label="Work through them on At risk", icon=":material/support_agent:")
        if st.session_state.get(TIER) not in tiers:
            st.session_state.pop(TIER, None)
        chosen = st.selectbox(
            "Who is in a tier",
            list(tiers),
            index=None,
            placeholder="A tier: choose it to see who is in it",
            format_func=lambda tier: f"{tier.capitalize()}: {count(tiers[tier])}",
            key=TIER,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/ads_click:",
            width=320,
        )
        st.caption(
            "High from 70%, medium from 40%, low below."
            + (" The data changed since: train again to score everybody anew." if card.scores.stale else "")
        )
    if chosen in tiers:
        people = answer(page.con, page.version, models_customers, ModelsQuestion(card.name), page.scope, {"tier": chosen})
        title = f"{card.name[:1].upper() + card.name[1:]}, tier {chosen}"
        show_people(page, people, title, {"score": card.name, "tier": chosen}, title[:80])
