"""One experiment of the archive: when, what was believed, what was decided and why, what was learned, and who saw it."""

import streamlit as st

from journey.charts.experiments_archive import STATE_ICONS, TO_DECIDE, Came, decided_told, variants_told, when_told
from journey.charts.experiments_said import ICONS
from journey.charts.words import change, several
from journey.experiments.record import ArchiveQuestion, Remembered, archive_customers
from journey.scope import Scope
from pages.parts.experiments_plan_draft import OF
from pages.parts.experiments_views import EXPERIMENT, RESULTS, VIEW
from pages.parts.frame import Page, literal
from pages.parts.people import show_people
from pages.parts.workspace import answer

OPENED = "archive_open"
PLAN = "Plan"


def show_card(page: Page, one: Remembered, came: Came | None, question: ArchiveQuestion) -> None:
    key = f"archive_{one.experiment}"
    with st.container(border=True, key=key):
        _head(page, one)
        if one.hypothesis:
            st.markdown(literal(one.hypothesis))
        _decision(page, one, came)
        _ways(one, key)
    if st.session_state.get(OPENED) == one.experiment:
        _people(page, one, question)


def _head(page: Page, one: Remembered) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(literal(one.experiment), anchor=False, width="content")
        icon = ICONS.get(one.decision.decided, "gavel") if one.decision else STATE_ICONS.get(one.state, "science")
        st.badge(TO_DECIDE.get(one.state, one.state), icon=f":material/{icon}:", color="gray")
        if one.planned is not None and one.planned.changes:
            st.badge(several(len(one.planned.changes), "change") + " of the plan", icon=":material/edit_note:", color="orange")
    about = f" · about {', '.join(one.about)}" if one.about else ""
    st.caption(literal(f"{when_told(one, page.scope.timezone)} · {variants_told(one)}{about}"))


def _decision(page: Page, one: Remembered, came: Came | None) -> None:
    """What was decided and why; what was learned; else what is still open."""
    if came is not None:
        hoped = "nothing was said beforehand" if came.expected is None else f"{change(came.expected)} was hoped for"
        st.markdown(literal(f"{came.under}: {hoped}." if came.broken else f"{came.under}: {change(came.seen)} came, {hoped}."))
    if one.decision is not None:
        st.markdown(f"**{literal(decided_told(one.decision, page.scope.timezone))}.** {literal(one.decision.why)}")
    elif one.state == "over":
        st.caption("It is over, and nobody has decided yet.")
    if came is not None and came.verdict:
        st.caption(literal(came.verdict))
    for learned in one.learned:
        st.markdown(f":material/lightbulb: **Learned:** {literal(learned)}")


def _ways(one: Remembered, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if one.customers:
            icon, args = ":material/monitoring:", (one.experiment,)
            st.button("See its results", key=f"{key}_results", icon=icon, on_click=open_results, args=args)
        st.button(
            "See its plan", key=f"{key}_plan", icon=":material/edit_calendar:", type="tertiary", on_click=open_plan, args=(one.experiment,)
        )
        if one.customers:
            opened = st.session_state.get(OPENED) == one.experiment
            label = "Hide them" if opened else f"See the {several(one.customers, 'customer')}"
            st.button(label, key=f"{key}_who", icon=":material/group:", type="tertiary", on_click=_open, args=(one.experiment,))


def open_results(name: str) -> None:
    """A callback: the results of this experiment."""
    st.session_state[VIEW], st.session_state[EXPERIMENT] = RESULTS, name


def open_plan(name: str) -> None:
    st.session_state[VIEW], st.session_state[OF] = PLAN, name


def _open(name: str) -> None:
    st.session_state[OPENED] = None if st.session_state.get(OPENED) == name else name


def _people(page: Page, one: Remembered, question: ArchiveQuestion) -> None:
    """Those who saw a variant; the number on the card is how many they are."""
    scope, mark = Scope(timezone=page.scope.timezone), {"experiment": one.experiment}
    people = answer(page.con, page.version, archive_customers, ArchiveQuestion(experiment=one.experiment), scope, mark)
    rule = {"experiments": {"scope": scope.as_plain()}, **mark}
    show_people(page, people, f"{several(people.count, 'customer')} were shown a variant", rule, f"Shown {one.experiment}")
