"""Who comes back?  Cohorts by when customers joined, how many returned in each period after, and who they are."""

import streamlit as st

from journey.charts.retention import SMALL, retention_curve, retention_heatmap, shown_cohorts
from journey.retention import compare_cohorts, measure_retention
from pages.parts.charts import draw
from pages.parts.frame import counted, download_figure, download_table, literal, measured, open_page, say, sentences
from pages.parts.retention_choices import choose_question
from pages.parts.retention_lifecycle import show_lifecycle
from pages.parts.retention_people import choose_cell, show_cell, take_click
from pages.parts.retention_words import alt, caption, remarks, sentence, table

page = open_page("Retention", compare=False)
with sentences():
    answer_place = st.container(gap="xxsmall")
    with st.container(border=True):
        question = choose_question(page)
        retention = measured(page, measure_retention, question)
        comparison = compare_cohorts(retention)
        with answer_place:
            say(sentence(retention, comparison), caption(retention, comparison))
        rows, cell = shown_cohorts(retention), None
        if any(cohort.size for cohort in rows):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.subheader("Who came back, % of the cohort", anchor=False, width="stretch")
                st.caption(
                    f"Hatched: {question.period} not over yet · Faded: fewer than {SMALL} customers",
                    width="content",
                    text_alignment="right",
                )
            heatmap = retention_heatmap(retention)
            take_click(retention, draw(heatmap, "retention_heatmap", clicks=True, min_width=720, alt=alt(retention, comparison)))
            if told := remarks(retention, len(rows)):
                st.caption(literal(told))
            cell = choose_cell(retention)
            with st.container(horizontal=True):
                download_table("retention", table(retention))
                download_figure("retention_heatmap", heatmap)
        else:
            st.caption(f"The cells appear once a {question.period} has passed since the first customers joined.")
    show_cell(page, retention, cell)
    if any(mean is not None for mean in retention.mean[1:]):
        with st.container(border=True):
            with st.container(horizontal=True):
                st.subheader(f"Return by {question.period}", anchor=False)
            st.caption(f"{question.period.capitalize()}s after joining, over those that are over. Band: 95% interval.")
            curve = retention_curve(retention, comparison)
            draw(curve, "retention_curve", min_width=520, alt=alt(retention, comparison))
            download_figure("retention_curve", curve)
    counted(page, retention.evidence)
    show_lifecycle(page, question)
