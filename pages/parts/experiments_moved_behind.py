"""Beside why a metric moved: who is in a group, and which experiments ran in that time."""

import streamlit as st

from journey.charts.experiments_said import STATES
from journey.charts.words import count, day, several
from journey.experiments.read.exposure import Seen, experiments_in
from journey.experiments.record import decisions
from journey.metrics import Named
from journey.metrics.why import MovedQuestion, Why, moved_customers
from pages.parts.experiments_views import VIEW
from pages.parts.frame import Page
from pages.parts.overview_kpis import question_of
from pages.parts.people import show_people
from pages.parts.text import literal
from pages.parts.workspace import answer

WHO, EXPERIMENT = "moved_who", "experiment"


def show_behind(page: Page, found: Why, named: Named, by: str) -> None:
    """The customers of one group and span: as many as the table counts units of it."""
    mixed = found.moved.mixed if found.moved else None
    if mixed is None:
        return
    marks = {
        f"{group.group}\n{span}": (group.group, span, units)
        for group in mixed.groups
        for span, units in zip(("before", "now"), group.units, strict=True)
        if units
    }
    if st.session_state.get(WHO) not in (None, *marks):
        st.session_state.pop(WHO)
    chosen = st.selectbox(
        "Who is in a group",
        list(marks),
        index=None,
        key=WHO,
        placeholder="See who is in a group",
        format_func=lambda mark: f"{marks[mark][0] or f'no {by}'}, {marks[mark][1]}: {count(marks[mark][2])}",
        label_visibility="collapsed",
        icon=":material/ads_click:",
        width=320,
    )
    if chosen is None or chosen not in marks:
        return
    group, span, _ = marks[chosen]
    question = MovedQuestion(question_of(page, named, by))
    mark = {"group": group, "span": span}
    people = answer(page.con, page.version, moved_customers, question, page.scope, mark)
    plain = {
        "metric": named.name,
        "breakdown": by,
        "compare": question.of.compare,
        "edges": question.of.edges,
        "period": question.of.period,
    }
    title = f"{group or f'no {by}'}, {'the period before' if span == 'before' else 'this period'}"
    show_people(page, people, title, {"moved": {**plain, "scope": page.scope.as_plain()}, **mark}, f"{named.name} {title}"[:80])


def show_ran(page: Page) -> None:
    """The experiments whose exposures lie in the period, or in the one before: what else may have moved it."""
    seen: tuple[Seen, ...] = answer(page.con, page.version, experiments_in)
    starts = [scope.start for scope in (page.scope, page.before) if scope is not None]
    start = None if None in starts or not starts else min(one for one in starts if one is not None)
    stop = page.scope.stop
    ran = [one for one in seen if (stop is None or one.start < stop) and (start is None or one.stop >= start)]
    with st.container(border=True, key="moved_ran"):
        with st.container(horizontal=True):
            st.subheader("What was tried in that time", anchor=False)
        if not ran:
            st.caption("No experiment of this log was exposed to anybody in either span.")
        decided = {made.experiment: made.decided for made in decisions(page.con)}
        for one in ran:
            zone = page.scope.timezone
            who = ", ".join(f"{name} {count(n)}" for name, n in one.variants.items())
            when = f"{day(one.start, zone)} to {day(one.stop, zone)}{', still running' if one.running else ''}"
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(
                    f":material/science: **{literal(one.name)}** {literal(f'{when} · {who}{_told(decided.get(one.name))}')}",
                    width="stretch",
                )
                st.button(
                    "See it", key=f"ran_{one.name}", type="tertiary", icon=":material/arrow_forward:", on_click=_open, args=(one.name,)
                )
        if ran:
            several_ran = several(len(ran), "experiment")
            st.caption(f"{several_ran} ran: what a variant changed is in the numbers of those who saw it, from the day they did.")


def _told(decided: str | None) -> str:
    return "" if decided is None or decided == "reopened" else f" · decided: {STATES.get(decided, decided).lower()}"


def _open(name: str) -> None:
    """A callback.  The choice of the experiment is not on this view, so the address is told by hand."""
    st.session_state[EXPERIMENT] = st.query_params[EXPERIMENT] = name
    st.session_state[VIEW] = "Results"
