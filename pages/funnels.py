"""Where do people leave between one step and the next, who are they, and what do they do instead?"""

import streamlit as st

from journey.charts.funnels_said import funnel_caption, funnel_sentence
from journey.funnels import measure_funnel
from pages.parts.frame import counted, measured, open_page, say, sentences
from pages.parts.funnel_choices import choose_question
from pages.parts.funnel_people import choose_mark, show_behind
from pages.parts.funnel_picture import show_picture, show_table
from pages.parts.funnel_views import show_views

page = open_page("Funnels")
with sentences():
    answer = st.container()
    card = st.container(border=True, key="funnel_card")
    with card:
        question = choose_question(page)
        picture = st.container()
        actions = st.container()
    people = st.container()
    funnel = measured(page, measure_funnel, question)
    before = measured(page, measure_funnel, question, page.before) if page.before else None
    with answer:
        say(funnel_sentence(funnel), funnel_caption(funnel, before, page.period_label, page.segment_label))
    with picture:
        clicked = show_picture(funnel)
    clicked = show_views(page, funnel, question) or clicked
    with actions:
        mark = choose_mark(page, funnel, question, clicked)
    with people:
        show_behind(page, question, funnel, mark)
    show_table(funnel, question.value)
    counted(page, funnel.evidence)
