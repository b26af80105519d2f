"""Whom should the team call first, why, and how many of them can be expected to leave?"""

import streamlit as st

from journey.charts.worklist_said import worklist_caption, worklist_sentence
from journey.worklist import measure_worklist
from pages.parts.at_risk_choices import choose_list
from pages.parts.at_risk_learn import offer_learning
from pages.parts.at_risk_list import show_list, show_totals
from pages.parts.at_risk_trade import show_trade
from pages.parts.frame import counted, measured, open_page, say, sentences

page = open_page("At risk", compare=False, period=False)
with sentences():
    answer = st.container()
    totals = st.container()
    card = st.container(border=True, key="at_risk_card")
    with card:
        question = choose_list(page)
        problem = st.container()
    with st.spinner("Ranking customers …", show_time=True):
        found = measured(page, measure_worklist, question)
    with answer:
        say(worklist_sentence(found), worklist_caption(found, page.scope.timezone, page.segment_label))
    with totals:
        show_totals(found)
    with problem:
        offer_learning(page, found)
    with card:
        show_list(page, found)
    show_trade(page, found)
    counted(page, found.evidence)
