"""The head of the models page: every prediction on a small card, and which of them is looked at closer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from journey.charts.models_said import IN_USE, LACKING, TRIED, UNTRIED, progress_of, right_told, state_of, trained_told
from journey.charts.words import percent
from journey.predict import PredictQuestion
from journey.predict.drafted import measure_draft
from journey.predict.store import ModelCard
from journey.scope import Scope
from journey.warehouse import setting
from pages.parts.frame import Page, open_workspace
from pages.parts.models_job import train_button
from pages.parts.text import literal
from pages.parts.workspace import answer

MODEL = "prediction"
LOOKS: dict[str, tuple[Any, str]] = {
    IN_USE: ("green", ":material/check_circle:"),
    TRIED: ("orange", ":material/pause_circle:"),
    LACKING: ("gray", ":material/hourglass_empty:"),
    UNTRIED: ("gray", ":material/radio_button_unchecked:"),
}


def open_models() -> Page:
    """A page on everybody and all of the log: models are proved as of dates of their own."""
    con, version = open_workspace("Models")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Models", anchor=False, width="stretch")
    return Page(con, version, Scope(timezone=setting(con, "timezone", "UTC")), None, "all time", "everybody")


def lacking(page: Page, cards: Sequence[ModelCard]) -> dict[str, str]:
    """What is missing to try those that were never trained, by name: counts that need no training."""
    fresh = [card for card in cards if state_of(card) == UNTRIED and card.named is not None]
    found = {card.name: answer(page.con, page.version, measure_draft, _question(card)).missing for card in fresh}
    return {name: missing for name, missing in found.items() if missing}


def _question(card: ModelCard) -> PredictQuestion:
    """The question with its outcome read."""
    return replace(card.named.asked, outcome=card.outcome) if card.named else PredictQuestion(card.outcome)


def show_overview(page: Page, cards: Sequence[ModelCard], lacks: Mapping[str, str]) -> None:
    """A card per prediction: its state, what it is worth, or what is missing."""
    if not cards:
        return
    with st.grid(4, min_column_width=230, key="models_overview"):
        for place, card in enumerate(cards):
            with st.container(border=True, height="stretch", gap="xsmall", key=f"models_card_{place}"):
                missing = card.missing or lacks.get(card.name, "")
                _small(card, missing)
                with st.container(horizontal=True, vertical_alignment="bottom", gap="small", height="stretch"):
                    if card.shown is not None:
                        st.button(
                            "Proof",
                            key=f"models_see_{place}",
                            icon=":material/verified:",
                            type="tertiary",
                            on_click=_look_at,
                            args=(card.name,),
                        )
                    train_button(page, [card.name], "Train again" if card.shown else "Train now", f"models_train_{place}")


def _small(card: ModelCard, missing: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(literal(card.name[:1].upper() + card.name[1:]), anchor=False, width="stretch")
        state = LACKING if missing and state_of(card) == UNTRIED else state_of(card)
        colour, icon = LOOKS[state]
        st.badge(state, color=colour, icon=icon)
    st.caption(literal(card.question or f"Who {card.foretells}?"))
    if card.metrics is not None:
        right = card.metrics["precision_at_capacity"]
        st.markdown(f"**{percent(right, 0)}** :gray[{literal(right_told(card.metrics, card.baselines['recency']))}]")
    elif missing:
        share = progress_of(missing)
        if share is not None:
            st.progress(share)
        st.caption(literal(f"Not enough to learn from yet: {missing}."))
    else:
        st.caption("It can be tried on this log.")


def _look_at(name: str) -> None:
    st.session_state[MODEL] = name


def choose_model(page: Page, cards: Sequence[ModelCard]) -> ModelCard | None:
    """The prediction that the rest of the page is about, kept in the address; None where there are none."""
    names = [card.name for card in cards if card.shown is not None]
    if not names:
        return None
    if st.session_state.get(MODEL) not in names:
        st.session_state.pop(MODEL, None)
    carried = st.session_state.get("model")  # chosen on the page At risk
    usual = names.index(carried) if carried in names else 0
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="models_choice"):
        chosen = st.segmented_control(
            "The proof of",
            names,
            default=None if MODEL in st.session_state else names[usual],
            format_func=lambda name: literal(name[:1].upper() + name[1:]),
            key=MODEL,
            bind="query-params",
            label_visibility="collapsed",
            width="content",
        )
    card = next((card for card in cards if card.name == chosen), next(card for card in cards if card.name == names[usual]))
    with st.container(gap="xxsmall"):
        st.markdown(f"**{literal(_state_told(card))}** {literal(card.why)}")
        st.caption(literal(trained_told(card, page.scope.timezone)))
    return card


def _state_told(card: ModelCard) -> str:
    return f"The chance that a customer {card.foretells}: {'in use.' if card.used else 'not in use.'}"
