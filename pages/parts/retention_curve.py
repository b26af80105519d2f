"""How return falls off with age: newer against older cohorts, or one line for each value of a property."""

from dataclasses import replace

import streamlit as st

from journey.answers import Evidence
from journey.charts.retention_curves import groups_curve, retention_curve, shown_groups
from journey.retention import Comparison, Retention, measure_retention
from pages.parts.charts import draw
from pages.parts.frame import Page, download_figure, literal, measured
from pages.parts.retention_choices import choose_breakdown
from pages.parts.retention_groups import show_groups
from pages.parts.retention_words import alt, groups_told
from pages.parts.workspace import derived


def show_curve(page: Page, retention: Retention, comparison: Comparison | None) -> Evidence:
    """The card below the heatmap; nothing where no period after joining is over.

    Answers the evidence of what is shown: the split's query counts the cells of the heatmap as well, group by group.
    """
    if all(mean is None for mean in retention.mean[1:]):
        return retention.evidence
    period, split = retention.question.period, None
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Return by {period}", anchor=False, width="stretch")
            name = choose_breakdown(page)
        st.caption(f"Mean over the cohorts by {period} after joining, of {period}s that are over. Band: 95% interval.")
        if name:
            split = measured(page, measure_retention, replace(retention.question, breakdown=name))
        if split and shown_groups(split):
            told, figure = groups_told(split, shown_groups(split)), derived(groups_curve, split)
            st.caption(literal(told))
        else:
            told, figure = alt(retention, comparison), derived(retention_curve, retention, comparison)
        draw(figure, "retention_curve", min_width=520, alt=told)
        download_figure("retention_curve", figure)
        if split:
            show_groups(page, split)
    return (split or retention).evidence
