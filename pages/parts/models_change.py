"""Whether a model still sees customers like those it was proved on, and whether it treats groups of them alike."""

import streamlit as st

from journey.charts.models_change import describe_drift, describe_fairness, drift_figure, fairness_figure, shown_drift
from journey.charts.models_said import drift_told
from journey.charts.words import count, date
from journey.inference.fairness import FEWEST, FEWEST_CAME
from journey.predict.store import ModelCard
from journey.predict.store.question import ModelsQuestion, measure_models
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, measured
from pages.parts.text import literal
from pages.parts.workspace import derived

BY = "fair_by"
DRAWN = (
    "Bars: population stability index. Upright marks: what chance alone stays below 95 times in 100. Dotted: 0.1, below which no change is "
    "worth acting on."
)
GROUPS = "Lines are 95% intervals; in the last panel, right of the line more came true than was told."
NEEDED = f"{FEWEST} customers with {FEWEST_CAME} of each outcome are needed. Where base rates differ, no score can be alike in all three."


def show_drift(page: Page, card: ModelCard) -> None:
    """Drift on the left, what the model treats differently on the right: both in one row."""
    with st.container(border=True, key="models_drift"):
        with st.container(horizontal=True):
            st.subheader("Are customers still like those it was proved on?", anchor=False)
        st.caption(literal(drift_told(card)))
        if card.drift is None:
            return
        draw(derived(drift_figure, card.drift), "models_drift_chart", alt=describe_drift(card.drift))
        zone, left_out = page.scope.timezone, len(card.drift.found) - len(shown_drift(card.drift))
        when = f"As of {date(card.drift.as_of - 1, zone)} beside the test as of {date(card.drift.tested, zone)}."
        rest = f" {count(left_out)} features that moved less are not drawn." if left_out > 0 else ""
        st.caption(literal(f"{when} {DRAWN}{rest}"))


def show_fairness(page: Page, card: ModelCard) -> None:
    """Groups beside each other: chosen, found, and whether their chances hold."""
    if not card.fairness:
        return
    with st.container(border=True, key="models_fairness"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Does it treat groups of customers alike?", anchor=False, width="stretch")
            names = [one.by for one in card.fairness]
            if st.session_state.get(BY) not in names:
                st.session_state.pop(BY, None)
            by = st.selectbox("By", names, key=BY, bind="query-params", label_visibility="collapsed", width=220)
        chosen = next((one for one in card.fairness if one.by == by), card.fairness[0])
        apart = chosen.apart()
        told = (
            " ".join(apart[:2])
            if apart
            else "No two groups that are large enough differ by more than chance in who is chosen or who is found."
        )
        more = len(apart) - 2
        st.markdown(literal(told + (f" {count(more)} more pairs differ." if more > 0 else "")))
        draw(derived(fairness_figure, chosen), "models_fairness_chart", alt=describe_fairness(chosen), min_width=520)
        few = [group.group or "not known" for group in chosen.groups if not group.is_large]
        pale = f"Pale: too few to compare ({', '.join(few[:4])}); " if few else ""
        st.caption(literal(f"Chosen: {chosen.chosen_by}, as of the test. {GROUPS} {pale}{NEEDED}"))
    found = measured(page, measure_models, ModelsQuestion(card.name))
    counted(page, found.evidence, "counted_change", {"ask": "models", "name": card.name})
