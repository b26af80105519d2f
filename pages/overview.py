"""How are we doing, what changed and why, and what deserves a look?"""

from dataclasses import replace

import streamlit as st

from journey.charts.overview_words import compared_words, overview_sentence, passed_over_words
from journey.charts.words import moment, several
from pages.parts.frame import counted, open_page, say, sentences
from pages.parts.notes import tell_notes
from pages.parts.overview_kpis import measure_all, show_kpis
from pages.parts.overview_next import find_leads, likely_funnel, show_leads
from pages.parts.overview_why import choose_split, explain, show_beside, show_moved

page = open_page("Overview")
with sentences():
    choice, metrics = measure_all(page)
    named, star = choice.metrics[0], metrics[0]
    answer = st.container()
    show_kpis(choice, metrics)
    tell_notes(page)
    left, right = st.columns([3, 2])
    with left, st.container(border=True, height="stretch", key="moved_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What moved it, and why", anchor=False, width="stretch")
            by = choose_split(page, named)
        moved = explain(page, named, by)
        show_moved(page, named, star, moved, by)
    funnel = likely_funnel(page)
    with right, st.container(border=True, height="stretch", key="beside_card"):
        show_beside(page, choice, metrics, funnel)
    show_leads(find_leads(page, choice, metrics, moved, funnel, by), page)
    with answer:
        evidence = star.evidence
        until = f"data until {moment(evidence.data_until, page.scope.timezone)}"
        people = several(evidence.population, "customer")
        said = f"{page.period_label}{compared_words(star)} · {people} · {page.segment_label} · {until}"
        say(overview_sentence(named, star, moved, funnel), said)
    missing = (passed_over_words(choice.passed_over),) if choice.passed_over else ()
    definition = f"{evidence.definition} {moved.evidence.definition if moved else ''}"
    counted(page, replace(evidence, definition=definition, warnings=(*evidence.warnings, *missing)))
