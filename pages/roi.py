"""Is it worth it?  Assumptions with where they come from, the profit they make with its spread, and what would have to be true."""

import streamlit as st

from journey.charts.roi_said import LOST_ON, missing_sentence, roi_caption, roi_sentence
from journey.roi import measure_roi
from journey.scope import Scope
from pages.parts.frame import counted, open_page, say, sentences
from pages.parts.roi_assumptions import choose_assumptions
from pages.parts.roi_certain import certain_of, show_certain
from pages.parts.roi_options import show_options
from pages.parts.roi_people import show_counted
from pages.parts.roi_preset import show_beside
from pages.parts.roi_result import show_cards, show_cash, show_cautions, show_needs, show_profit, show_tornado
from pages.parts.roi_scenarios import show_scenarios
from pages.parts.text import literal
from pages.parts.workspace import answer

page = open_page("ROI", compare=False, period=False)
with sentences():
    head = st.container()
    left, right = st.columns([4, 11], gap="small")
    with left:
        put = choose_assumptions(page)
    if put.question is None:
        with head:
            say(missing_sentence(put.missing), roi_caption(None, put.about, page.segment_label))
        st.stop()
    roi = answer(page.con, page.version, measure_roi, put.question, Scope())
    corrected = None if put.corrected is None else answer(page.con, page.version, measure_roi, put.corrected, Scope())
    with head:
        say(roi_sentence(roi, put.limit, corrected, len(certain_of(put))), roi_caption(roi, put.about, page.segment_label))
    with right:
        show_cards(roi, put.limit)
        show_certain(put)
        show_cautions(roi, put)
        if corrected is not None:
            show_beside(roi, corrected)
        shown = corrected or roi
        show_profit(page, put, shown, roi)
        show_tornado(page, shown)
    needs, cash = st.columns([3, 2], gap="small")
    with needs:
        show_needs(page, put, shown)
    with cash:
        show_cash(shown)
    show_counted(page, put)
    show_scenarios(page, put, shown)
    show_options(page, put)
    st.caption(literal(LOST_ON))
    counted(page, roi.evidence, asked={"ask": "roi", **put.question.as_plain()})
