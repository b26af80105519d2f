"""Which models are in use, how far they can be trusted, and why the others are not: the proof of every prediction."""

import streamlit as st

from journey.charts.models_said import models_caption, models_sentence
from journey.predict.store import model_cards
from pages.parts.frame import say, sentences
from pages.parts.models_change import show_drift, show_fairness
from pages.parts.models_define import define_prediction
from pages.parts.models_elsewhere import show_elsewhere
from pages.parts.models_head import choose_model, lacking, open_models, show_overview
from pages.parts.models_inside import show_inside
from pages.parts.models_job import offer_training, show_training
from pages.parts.models_proof import show_measures, show_proof
from pages.parts.models_trade import show_trade
from pages.parts.models_versions import show_versions
from pages.parts.models_who import show_scored
from pages.parts.workspace import answer

page = open_models()
with sentences():
    cards = answer(page.con, page.version, model_cards)
    lacks = lacking(page, cards)
    say(models_sentence(cards, lacks), models_caption(cards, page.scope.timezone))
    show_training(page)
    offer_training(page, cards, lacks)
    show_overview(page, cards, lacks)
    card = choose_model(page, cards)
    if card is not None and card.shown is not None:
        show_measures(page, card)
        show_proof(page, card)
        show_trade(page, card)
        show_drift(page, card)
        show_fairness(page, card)
        inside = st.container()
        show_versions(page, card)
        show_scored(page, card)
    define_prediction(page, cards)
    show_elsewhere(page)
    if card is not None and card.shown is not None:
        with inside:
            show_inside(page, card)
