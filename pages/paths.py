"""What do people really do between two events, and where do they leave?"""

import streamlit as st

from journey.charts.paths_said import paths_caption, paths_sentence, usual_way
from journey.paths import measure_paths
from pages.parts.frame import counted, measured, open_page, say, sentences
from pages.parts.paths_choices import choose_question, why_unit
from pages.parts.paths_people import choose_mark, show_behind
from pages.parts.paths_picture import show_picture
from pages.parts.paths_tables import show_before_leaving, show_top_paths

page = open_page("Paths")
with sentences():
    answer = st.container()
    card = st.container(border=True, key="paths_card")
    with card:
        question = choose_question(page)
        picture = st.container()
        actions = st.container()
    paths = measured(page, measure_paths, question)
    before = measured(page, measure_paths, question, page.before) if page.before else None
    usual = usual_way(paths)
    people = st.container()
    left, right = st.columns([3, 2])
    with left:
        way = show_top_paths(paths, usual)
    with right:
        show_before_leaving(paths)
    with answer:
        caption = paths_caption(paths, before, page.period_label, page.segment_label, why_unit(page, question))
        say(paths_sentence(paths, usual), caption)
    with picture:
        clicked, drawn = show_picture(paths, way)
    with actions:
        mark = choose_mark(paths, way, clicked, drawn)
    with people:
        show_behind(page, paths, mark)
    counted(page, paths.evidence)
