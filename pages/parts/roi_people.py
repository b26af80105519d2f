"""The customers behind what was measured: who was counted, who went, who came by and who bought."""

import streamlit as st

from journey.charts.words import count
from journey.roi import inputs_customers, read_inputs
from pages.parts.frame import Page
from pages.parts.people import show_people
from pages.parts.roi_assumptions import Put
from pages.parts.workspace import answer

WHO = "roi_who"
TOLD = {
    "customers": "Customers counted",
    "churn": "Customers gone",
    "visitors_per_month": "Customers who came by",
    "conversion": "Customers who bought",
    "value_per_order": "Customers who paid",
}


def choose_counted(put: Put) -> None:
    """Which number's customers are listed below."""
    names = _names(put)
    if st.session_state.get(WHO) not in (None, *names):
        st.session_state.pop(WHO)
    if names:
        st.selectbox(
            "Who was counted",
            list(names),
            index=None,
            placeholder="See who was counted",
            key=WHO,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/group:",
            width=280,
        )


def show_counted(page: Page, put: Put) -> None:
    """The list, as long as the number says."""
    name = _names(put).get(st.session_state.get(WHO) or "")
    if name is None:
        return
    question = read_inputs({})
    people = answer(page.con, page.version, inputs_customers, question, page.scope, {"input": name})
    rule = {"roi_inputs": question.as_plain() | {"scope": page.scope.as_plain()}, "input": name}
    show_people(page, people, f"{TOLD[name]}: {count(people.count)}", rule, TOLD[name])


def _names(put: Put) -> dict[str, str]:
    behind = {entry.field.name: entry.field.assumption.behind for entry in put.entries if entry.field.assumption.source == "measured"}
    return {f"{told}: {count(behind[name])}": name for name, told in TOLD.items() if behind.get(name)}
