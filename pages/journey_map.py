"""How far have customers come, where do they fall out, and who is in which stage now?"""

import streamlit as st

from journey.charts.stages_said import stages_caption, stages_sentence
from journey.stages import StagesQuestion, grown_up, measure_stages
from pages.parts.frame import counted, measured, open_page, say, sentences
from pages.parts.stages_accuracy import show_accuracy
from pages.parts.stages_groups import show_groups
from pages.parts.stages_map import show_map
from pages.parts.stages_movement import show_flow, show_pace
from pages.parts.stages_moves import show_moves, show_over_time
from pages.parts.stages_next import show_stages_next
from pages.parts.stages_people import choose_mark, show_behind
from pages.parts.stages_rules import edit_rules

page = open_page("Journey map")
with sentences():
    answer = st.container()
    card = st.container(border=True, key="map_card")
    people = st.container()
    below = st.container()
    movers = st.container()
    rules = edit_rules(page)
    question = StagesQuestion(rules=rules)
    found = measured(page, measure_stages, question)
    before = measured(page, measure_stages, question, page.before) if page.before else None
    if before and not grown_up(page.con, question, before.as_of):
        before = None
    with answer:
        say(stages_sentence(found), stages_caption(found, before, page.scope.timezone, page.segment_label))
    with card:
        clicked = show_map(found)
        actions = st.container()
    with below:
        left, right = st.columns([2, 3])
        with left:
            show_over_time(page, found)
        with right:
            move = show_moves(found, page.scope.timezone)
        left, right = st.columns([3, 2])
        with left:
            pace = show_pace(found)
        with right:
            kind = show_flow(found)
        group = show_groups(page, question)
    with actions:
        mark = choose_mark(page, question, found, clicked)
    with people:
        for chosen in (mark, move):
            show_behind(page, question, found, chosen)
    with movers:
        for chosen in (pace, kind):
            show_behind(page, question, found, chosen)
        if group is not None:
            show_behind(page, group[0], found, group[1])
    counted(page, found.evidence)
    show_stages_next(page, rules)
    show_accuracy(page, rules)
