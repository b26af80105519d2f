"""Who is behind a number of the results: each group can be listed, and the list is as long as the number."""

import streamlit as st

from journey.actions.results import Compared, ResultsQuestion, results_customers
from journey.actions.results.result import LEDGER
from journey.charts.words import count
from pages.parts.frame import Page
from pages.parts.people import show_people
from pages.parts.text import literal

GROUP = "results_group"


def offer_people(page: Page, action: str, one: Compared) -> None:
    """The groups of one comparison with their numbers; choosing one lists its customers."""
    groups = {
        ("treated", ""): (f"{count(one.treated.customers)} with it", {}),
        ("treated", "did"): (f"{count(one.treated.did)} of them had the outcome", {"did": True}),
        ("treated", "advanced"): (f"{count(one.treated.advanced)} came further", {"advanced": True}),
        ("control", ""): (f"{count(one.control.customers)} without", {}),
        ("control", "did"): (f"{count(one.control.did)} of them had the outcome", {"did": True}),
        ("control", "advanced"): (f"{count(one.control.advanced)} came further", {"advanced": True}),
    }
    chosen = st.pills(
        "See who", list(groups), format_func=lambda key: groups[key][0], key=f"{GROUP}_{one.source}", label_visibility="collapsed"
    )
    if chosen is None:
        return
    told, more = groups[chosen]
    mark = {"action": action, "source": one.source, "group": chosen[0], **more}
    people = results_customers(page.con, ResultsQuestion(), page.scope, mark)
    where = "ledger" if one.source == LEDGER else "campaign"
    rule = {"action_results": {**ResultsQuestion().as_plain(), "scope": page.scope.as_plain()}, **mark}
    show_people(page, people, f"{action}: {told}", rule, literal(f"{action} {chosen[0]} {chosen[1]} {where}"))
