"""Who are they?  Define a segment of customers, see how many and who, keep it by name, and compare it with the others."""

import streamlit as st

from journey.charts.segments_said import segment_caption, segment_sentence
from journey.charts.words import moment
from journey.errors import JourneyError
from pages.parts.frame import counted, literal, open_page, say, sentences
from pages.parts.segments_builder import choose_rule
from pages.parts.segments_compare import show_compare
from pages.parts.segments_count import choose_who, condition_counts, measure, show_count, show_who
from pages.parts.segments_saved import choose_saved, follow_change, offer_saving, show_saved

follow_change()
page = open_page("Segments", compare=False)
with sentences():
    answer = st.container()
    with st.container(border=True, key="segment_card"):
        name = choose_saved(page)
        rule = choose_rule(page)
        problem = st.container()
        picture = st.container()
        keep = st.container()
    people = st.container()
    rows = None
    if rule is not None:
        try:
            segment = measure(page, rule)
            rows = condition_counts(page, rule, segment)
        except JourneyError as fault:
            problem.error(literal(fault), icon=":material/error:")
    with keep:
        offer_saving(page, name, rule, rows is not None)
    with answer:
        if rows is None:
            say("The rule cannot be read yet.", "What is wrong with it is said below; nothing was changed.")
        else:
            scope = page.scope
            until = moment((scope.stop or (segment.evidence.data_until or 0) + 1) - 1, scope.timezone)
            say(segment_sentence(segment, rule, name), segment_caption(segment, rule, until, page.segment_label))
    if rows is not None:
        with picture:
            who = choose_who(page, rows, show_count(rows), name)
        with people:
            show_who(page, rows, who, name)
        counted(page, segment.evidence)
        show_compare(page, rule, name)
    show_saved(page)
