"""No score to rank by: why, and the one thing that may change it, learning from the log."""

import streamlit as st

from journey.predict.store import train
from journey.worklist import Worklist
from pages.parts.frame import Page
from pages.parts.text import literal


def offer_learning(page: Page, found: Worklist) -> None:
    """Says why there is no ranking by score, and learns on demand."""
    if not found.refused:
        return
    with st.container(border=True, key="at_risk_learn"):
        st.markdown(f"**This list is no prediction.** {literal(found.refused)}")
        st.caption("Until there is a score, customers stand in the order of how long they have been quiet against their own habit.")
        if found.learnable and st.button("Learn from this log now", key="learn_now", icon=":material/model_training:"):
            _learn(page, found.question.model)


def _learn(page: Page, model: str) -> None:
    """Trains the prediction and scores everybody, telling what is being done; then the page is drawn anew."""
    with st.status("Learning from past dates, proving it on later ones …", expanded=True) as status:

        def tell(name: str, doing: str) -> None:
            st.caption(f"{literal(name)}: {literal(doing)}")

        told = train(page.con, [model], tell)
        status.update(label=literal(" ".join(one.sentence for one in told)), state="complete")
    st.cache_data.clear()
    st.rerun()
