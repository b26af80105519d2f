"""What the models say of a customer, why, and what is missing where they say nothing."""

from collections.abc import Sequence

import streamlit as st

from journey.charts.customer_scores import describe_waterfall, main_score, waterfall_figure
from journey.charts.words import between, percent, several
from journey.charts.worklist_said import to_do
from journey.customer import Customer
from journey.customer.scored import Score, scores_of
from pages.parts.charts import draw
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

SCORE = "score"


def measure_scores(page: Page, customer: Customer) -> tuple[Score, ...]:
    """Kept while the data and the models stay."""
    found: tuple[Score, ...] = answer(page.con, page.version, scores_of, customer.id)
    return found


def show_scores(scores: Sequence[Score]) -> None:
    """One score at a time: the chance, and the steps that lead to it."""
    with st.container(border=True, key="customer_scores"):
        main = main_score(scores)
        if main is None:
            _none(scores)
            return
        score = _choose(scores, main)
        chance = score.chance
        if chance is None:
            return
        with st.container(horizontal=True):
            st.subheader(f"Why {percent(chance.probability, 0)}", anchor=False)
        told = between(percent(chance.interval[0], 0), percent(chance.interval[1], 0))
        likely = f"{percent(chance.probability, 0)} likely to {to_do(score.outcome)} ({told}), tier {chance.tier}"
        st.caption(literal(f"{likely}. Points added or taken away, most first."))
        draw(derived(waterfall_figure, score), "customer_why", alt=describe_waterfall(score), min_width=440)
        st.caption(
            "It adds up to the score exactly. In log-odds each part is exact; in points it also depends on the order, so a step is about "
            "so large. Reasons say what the customer stands out by, not what made them so."
        )
        _missing([one for one in scores if one.chance is None])


def _choose(scores: Sequence[Score], main: Score) -> Score:
    known = [score for score in scores if score.chance is not None]
    if len(known) < 2:
        return main
    names = [score.name for score in known]
    chosen = st.segmented_control(
        "Score", names, default=main.name, format_func=lambda name: literal(name.capitalize()), key=SCORE, label_visibility="collapsed"
    )
    return next((score for score in known if score.name == chosen), main)


def _none(scores: Sequence[Score]) -> None:
    """No score yet: what is missing."""
    with st.container(horizontal=True):
        st.subheader("No score yet", anchor=False)
    if not scores:
        st.caption("No prediction fits this log.")
    reasons: dict[str, list[str]] = {}
    for score in scores:
        reasons.setdefault(score.missing, []).append(score.name)
    st.markdown("  \n".join(f"**{literal(', '.join(names).capitalize())}** {literal(why)}" for why, names in reasons.items()))
    st.page_link("at_risk.py", label="Learn from the log on the page At risk", icon=":material/model_training:")


def _missing(scores: Sequence[Score]) -> None:
    if scores:
        told = "; ".join(f"{score.name}: {score.missing}" for score in scores)
        with st.expander(f"{several(len(scores), 'prediction')} without a score for this customer"):
            st.caption(literal(told))
