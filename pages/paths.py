"""What do people really do between two events, and where do they leave?"""

from dataclasses import replace

import streamlit as st

from journey.charts.paths_difference import difference_caption, difference_sentence
from journey.charts.paths_said import paths_caption, paths_sentence, usual_way
from journey.paths import measure_paths
from pages.parts.frame import counted, measured, open_page, say, sentences
from pages.parts.paths_choices import choose_question, why_unit
from pages.parts.paths_compare import Against, choose_against, show_difference, show_differences
from pages.parts.paths_conformance import show_conformance
from pages.parts.paths_matrix import show_loops, show_matrix
from pages.parts.paths_next import show_next
from pages.parts.paths_people import choose_mark, show_behind
from pages.parts.paths_picture import show_picture
from pages.parts.paths_tables import show_before_leaving, show_top_paths

page = open_page("Paths")
with sentences():
    answer = st.container()
    card = st.container(border=True, key="paths_card")
    chosen: list[Against | None] = []
    with card:
        asked = choose_question(page, lambda: chosen.append(choose_against(page)))
        picture = st.container()
        actions = st.container()
    against = chosen[0]
    whole, question = page, asked.question
    if against is not None:
        page, question = against.page, replace(question, compare=against.compare)
    paths = measured(page, measure_paths, question)
    usual = usual_way(paths)
    people = st.container()
    if against is not None and paths.comparison is not None:
        show_differences(paths.comparison, against)
    left, right = st.columns([2, 1])
    with left:
        way = show_top_paths(paths, usual)
    with right:
        show_before_leaving(paths)
    if against is not None and paths.comparison is not None:
        caption = difference_caption(paths, paths.comparison, against.names, page.period_label)
        with answer:
            say(difference_sentence(paths, paths.comparison, against.names), " · ".join(filter(None, (caption, against.doubt))))
        with picture:
            clicked, drawn = show_difference(paths, paths.comparison, against)
    else:
        before = measured(page, measure_paths, question, page.before) if page.before else None
        with answer:
            caption = paths_caption(paths, before, page.period_label, page.segment_label, why_unit(page, question))
            say(paths_sentence(paths, usual), caption)
        with picture:
            clicked, drawn = show_picture(paths, way)
    with actions:
        mark = choose_mark(paths, way, clicked, drawn, None if against is None else against.names)
    with people:
        show_behind(page, question, mark, asked.anchors)
    counted(page, paths.evidence)
    show_next(whole, asked.question)
    show_matrix(whole, asked.question)
    show_loops(whole, asked.question)
    show_conformance(whole)
