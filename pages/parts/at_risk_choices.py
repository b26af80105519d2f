"""Which list: by which prediction, for how large a team, of which tier."""

import streamlit as st

from journey.predict import TIERS, Named, named_predictions
from journey.worklist import WorklistQuestion
from pages.parts.frame import Page
from pages.parts.workspace import answer

MODEL, CAPACITY, TIER, HORIZON = "model", "capacity", "tier", "value_days"
USUAL = 200
MOST = 5_000
ALL = "all"
HORIZONS = (30, 90, 180, 365)


def choose_list(page: Page) -> WorklistQuestion:
    """The first row of the card; what is chosen stands in the address."""
    known: dict[str, Named] = answer(page.con, page.version, named_predictions)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        model = _choose_model(known)
        capacity = _choose_capacity()
        tier = _choose_tier()
        horizon = _choose_horizon()
    return WorklistQuestion(capacity, model, None if tier == ALL else tier, horizon, learn=False)


def _choose_model(known: dict[str, Named]) -> str:
    names = sorted(known, key=lambda name: (name != "churn", known[name].wanted))
    if st.session_state.get(MODEL) not in names:
        st.session_state.pop(MODEL, None)
    chosen = st.selectbox(
        "Ranked by",
        names,
        format_func=lambda name: known[name].question or name,
        key=MODEL,
        bind="query-params",
        persist_state="session",
        width=300,
    )
    return chosen if chosen in names else "churn"


def _choose_capacity() -> int:
    """Widgets check bounds in the browser only, so they are checked again."""
    found = st.number_input(
        "Your team can reach", 1, MOST, USUAL, step=25, key=CAPACITY, bind="query-params", persist_state="session", width=160
    )
    return min(MOST, max(1, int(found or USUAL)))


def _choose_tier() -> str:
    names = [ALL, *(name for name, _ in TIERS)]
    chosen = st.segmented_control(
        "Tier",
        names,
        default=None if TIER in st.session_state else ALL,
        format_func=str.capitalize,
        key=TIER,
        bind="query-params",
        help="High from 70%, medium from 40%, low below.",
    )
    return chosen if chosen in names else ALL


def _choose_horizon() -> int:
    with st.popover("Value", icon=":material/tune:", type="tertiary"):
        st.caption("What a customer is expected to bring is told over this time, as if nothing were done.")
        days = st.selectbox(
            "Over the next", HORIZONS, index=1, format_func=lambda n: f"{n} days", key=HORIZON, bind="query-params", persist_state="session"
        )
    return days if days in HORIZONS else 90
