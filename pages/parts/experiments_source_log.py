"""Which experiment of the log is read; and where the log shows none, what it takes for it to show one."""

from collections.abc import Hashable
from typing import Any

import streamlit as st

from journey.charts.words import several
from journey.experiments.plan import Planned, plans
from journey.experiments.read.exposure import SETTING, Exposure, Seen, experiments_in, exposures, keep_exposure
from journey.experiments.read.in_force import is_control_among
from journey.rules import known_properties
from journey.rules.match import event_names
from journey.warehouse import setting
from pages.parts.frame import Page, sentences
from pages.parts.text import literal
from pages.parts.workspace import answer

EXPERIMENT, CONTROL = "experiment", "experiment_control"
ANY_EVENT = "Any event that carries them"
NO_PROPERTY = "The log holds one experiment only"


def seen_in(page: Page) -> tuple[Seen, ...]:
    """The experiments of the log.  Their exposure is a setting, so it is part of what is asked."""
    where = exposures(page.con)
    return () if where is None else answer(page.con, page.version, experiments_in, where)


def log_source(page: Page) -> tuple[str, dict[str, Any], Hashable] | None:
    """(name, question, name); None where the log shows no experiment and none is planned."""
    seen = {one.name: one for one in seen_in(page)}
    latest = sorted(seen.values(), key=lambda one: (not one.running, -one.start, one.name))
    names = [one.name for one in latest] + [name for name in plans(page.con) if name not in seen]
    if not names:
        return None
    if st.session_state.get(EXPERIMENT) not in (None, *names):
        st.session_state.pop(EXPERIMENT)
    chosen = st.selectbox(
        "Experiment",
        names,
        key=EXPERIMENT,
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
        icon=":material/science:",
        width=270,
    )
    name = chosen if chosen in names else names[0]
    return name, {"experiment": name}, name


def choose_control(page: Page, name: str, planned: Planned | None) -> tuple[bool, str | None]:
    """(whether one knows which variant is control, the one chosen here): asked for where neither a name nor the plan tells."""
    variants = next((list(one.variants) for one in seen_in(page) if one.name == name), [])
    if not variants or is_control_among(variants, planned.plan.control if planned else None):
        return True, None
    if st.session_state.get(CONTROL) not in (None, *variants):
        st.session_state.pop(CONTROL)
    chosen = st.selectbox(
        "Control",
        variants,
        index=None,
        key=CONTROL,
        bind="query-params",
        placeholder="Which is control?",
        label_visibility="collapsed",
        icon=":material/balance:",
        width=200,
    )
    return chosen is not None, chosen


def explain_exposure(page: Page) -> None:
    """The designed state of a log without exposures: what to log, or which of its names say it already."""
    with st.container(border=True, key="experiment_nothing"):
        with st.container(horizontal=True):
            st.subheader("What the log needs to hold", anchor=False)
        st.markdown(
            "One event each time somebody is shown a variant, sent **where it is shown**, not where it is drawn, and for every variant, "
            "control too. It carries the name of the experiment and the name of the variant:"
        )
        st.code(
            "customer, event, ts, experiment, variant\nc-20418, Experiment viewed, 2026-03-01T09:00:00Z, Short checkout, control",
            language="csv",
        )
        st.caption(
            "The first such event of a customer counts as the exposure. What they did before it is no outcome of it. "
            "A table of units, or sums, can be read without a log: choose above."
        )
    choose_exposure(page, opened=True)


def choose_exposure(page: Page, opened: bool = False) -> None:
    """Name the event and the properties where the log calls them otherwise; kept for this workspace."""
    with st.expander("Where the log shows variants", icon=":material/label:", expanded=opened, key="experiment_exposure"):
        now = exposures(page.con)
        if now is not None:
            st.caption(literal(_told(now, len(seen_in(page)))))
        properties = [prop.name for prop in known_properties(page.con) if prop.of == "event"]
        if not properties:
            st.caption("No event of this log carries a property, so none can name a variant.")
            return
        with st.form("exposure_form", border=False):
            with st.grid(3, min_column_width=170):
                events = [ANY_EVENT, *sorted(event_names(page.con))]
                event = st.selectbox("Event", events, index=_place(events, now.event if now else None))
                options = [NO_PROPERTY, *properties]
                named = st.selectbox("Names the experiment", options, index=_place(options, now.experiment if now else None))
                variant = st.selectbox("Names the variant", properties, index=_place(properties, now.variant if now else None))
            kept = st.form_submit_button("**Read it from here**", icon=":material/check:")
        told = setting(page.con, SETTING) is not None
        forgotten = told and st.button("Go by the log's own names again", key="exposure_forget", icon=":material/undo:", type="tertiary")
        if kept:
            experiment = None if named == NO_PROPERTY else named
            _keep(page, {"event": None if event == ANY_EVENT else event, "experiment": experiment, "variant": variant})
        if forgotten:
            _keep(page, None)


def _keep(page: Page, exposure: dict[str, str | None] | None) -> None:
    with sentences():
        keep_exposure(page.con, exposure)
    st.cache_data.clear()
    st.rerun()


def _place(options: list[str], name: str | None) -> int:
    return options.index(name) if name is not None and name in options else 0


def _told(exposure: Exposure, experiments: int) -> str:
    event = exposure.event or "any event"
    of = f"{exposure.experiment} and {exposure.variant}" if exposure.experiment else exposure.variant
    return f"Now: {event}, by {of}; {several(experiments, 'experiment')} seen."
