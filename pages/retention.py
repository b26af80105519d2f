"""Who comes back?  Cohorts by when customers joined, how many returned in each period after, and who they are."""

import streamlit as st

from journey.charts.retention import PALER, heatmap_width, retention_heatmap, shown_cohorts
from journey.retention import compare_cohorts, compare_spans, find_settled, find_waves, measure_retention
from pages.parts.charts import draw
from pages.parts.frame import counted, download_figure, download_table, literal, measured, open_page, say, sentences
from pages.parts.retention_choices import choose_question
from pages.parts.retention_curve import show_curve
from pages.parts.retention_lifecycle import show_lifecycle
from pages.parts.retention_people import choose_cell, show_cell, take_click
from pages.parts.retention_table import show_table
from pages.parts.retention_value import show_value
from pages.parts.retention_words import alt, caption, no_cells, remarks, sentence, table, waves_told
from pages.parts.retention_worth import show_worth
from pages.parts.workspace import derived

page = open_page("Retention")
with sentences():
    head = st.container(gap="xxsmall")
    cell = None
    with st.container(border=True):
        question = choose_question(page)
        retention = measured(page, measure_retention, question)
        before = measured(page, measure_retention, question, page.before) if page.before else None
        settled = measured(page, find_settled, question)
        comparison = derived(compare_spans, retention, before, settled) if before else None
        comparison = comparison or derived(compare_cohorts, retention, settled)
        with head:
            say(sentence(retention, comparison), caption(retention, comparison, before is not None))
        if rows := shown_cohorts(retention):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.subheader("Who came back, % of the cohort", anchor=False, width="stretch")
                st.caption(f"Hatched: {question.period} not over yet · {PALER}", width="content")
            heatmap = derived(retention_heatmap, retention)
            take_click(
                retention,
                draw(heatmap, "retention_heatmap", clicks=True, min_width=heatmap_width(retention), alt=alt(retention, comparison)),
            )
            for told in (waves_told(retention, measured(page, find_waves, question)), remarks(retention, len(rows), settled)):
                if told:
                    st.caption(literal(told))
            cell = choose_cell(retention)
            show_table(table(retention))
            with st.container(horizontal=True):
                download_table("retention", table(retention))
                download_figure("retention_heatmap", heatmap)
        else:
            st.caption(literal(no_cells(retention)))
    show_cell(page, retention, cell)
    counted(page, show_curve(page, retention, comparison))
    show_value(page, question)
    worth = st.container()
    show_lifecycle(page, question)
    with worth:  # last, as it fits models: the rest of the page does not wait for them
        show_worth(page)
