"""Where nobody is said to allow anything: why actions that need consent reach nobody, and what can be done about it."""

import streamlit as st

from journey.actions.catalog import ActionCatalog
from journey.actions.guardrails import consent_is_said
from journey.charts.words import several
from pages.parts.frame import Page
from pages.parts.workspace import answer


def show_unsaid(page: Page, catalog: ActionCatalog) -> None:
    """A line, where the workspace holds no consent at all and actions in force need one."""
    asking = sum(action.on and bool(action.purpose) for action in catalog.actions)
    if not asking or answer(page.con, page.version, consent_is_said):
        return
    st.caption(
        ":material/info: Nothing is recorded of what customers allow, which means no: "
        f"{several(asking, 'action needs consent and reaches', 'actions need consent and reach')} nobody. "
        "Load it on the page Data as *Consent*, or say in the catalog that an action needs none."
    )
