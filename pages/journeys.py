"""Do customers make the journeys meant for them, how fast, and where do they leave the way?"""

import streamlit as st

from journey.charts.journeys_said import derived_words, journeys_caption, journeys_sentence
from journey.journeys import PREVIOUS, JourneysQuestion, measure_journeys
from pages.parts.frame import counted, literal, measured, open_page, say, sentences
from pages.parts.journeys_adoption import show_adoption
from pages.parts.journeys_catalog import edit_catalog
from pages.parts.journeys_people import choose_mark, show_behind
from pages.parts.journeys_rails import show_rails
from pages.parts.journeys_waiting import show_waiting

page = open_page("Journeys")
with sentences():
    answer = st.container()
    card = st.container(border=True, key="journeys_card")
    people = st.container()
    before = page.before
    compare: str | tuple[int, int] | None = PREVIOUS if page.scope.start is None else None
    if before is not None and before.start is not None and before.stop is not None:
        compare = before.start, before.stop
    question = JourneysQuestion(compare=compare)
    found = measured(page, measure_journeys, question)
    with answer:
        say(journeys_sentence(found), journeys_caption(found, page.period_label, page.segment_label, compare is not None))
        for remark in derived_words(found):
            st.caption(literal(remark))
    with card:
        clicked = show_rails(found)
        mark = choose_mark(page, found, clicked)
    with people:
        show_behind(page, question, found, mark)
    counted(page, found.evidence)
    edit_catalog(page)
    show_waiting(page)
    show_adoption(page)
