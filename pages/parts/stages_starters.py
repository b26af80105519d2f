"""Starter sets of rules: which one fits the log, and why, and choosing another."""

import streamlit as st

from journey.charts.words import percent, short
from journey.rules.staged import STARTERS, Fit, fit_sets
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import answer

SET = "stage_set"
NAMED = 6


def fit_told(page: Page, name: str | None) -> str:
    """Why a set fits: how many of its rules find their events, and which."""
    fit = next((fit for fit in answer(page.con, page.version, fit_sets) if fit.name == name), None)
    if fit is None or not fit.rules:
        return "" if fit is None else "It looks at how often and how lately customers came, whatever the events are called."
    named = ", ".join(short(event, 24) for event in fit.matched[:NAMED])
    more = f" and {len(fit.matched) - NAMED} more" if len(fit.matched) > NAMED else ""
    return f"{_score(fit)}: {named}{more}."


def _score(fit: Fit) -> str:
    return f"{fit.found} of {fit.rules} rules find their events, which are {percent(fit.told, 0)} of all"


def choose_starter(page: Page, shipped: str | None) -> str | None:
    """The set that a person takes in place of the rules in force, or None."""
    fits = {fit.name: fit for fit in answer(page.con, page.version, fit_sets)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Another starter set",
            [key for key in fits if key != shipped],
            index=None,
            placeholder="Another starter set",
            format_func=lambda key: f"{STARTERS[key]}: {_score(fits[key])}" if fits[key].rules else f"{STARTERS[key]}: by visits alone",
            key=SET,
            label_visibility="collapsed",
            width=480,
        )
        taken = st.button("Use this set", key="stage_set_use", icon=":material/swap_horiz:", disabled=name is None)
    if name is not None and fits[name].rules:
        st.caption(literal(fit_told(page, name)))
    return name if taken and name in fits else None
