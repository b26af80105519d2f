"""The conversion by date of entry."""

from dataclasses import replace

import polars as pl
import streamlit as st

from journey.answers import iso
from journey.charts.funnels_trend import describe_trend, trend_caption, trend_figure, trend_rows, trend_sentence
from journey.charts.theme import Told
from journey.charts.words import dates
from journey.funnels import Funnel, FunnelQuestion, funnel_customers, measure_funnel
from pages.parts.charts import draw
from pages.parts.frame import Page, download_figure, download_table, measured
from pages.parts.funnel_counting import TRENDS, usual_trend
from pages.parts.funnel_marks import Mark, show_marks
from pages.parts.funnel_people import rule_of
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.text import literal


def show_trend(page: Page, funnel: Funnel, question: FunnelQuestion) -> None:
    with st.container(border=True, key="funnel_trend_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Conversion by date of entry", anchor=False, width="stretch")
            period = st.segmented_control(
                "Periods",
                list(TRENDS),
                default=usual_trend(page, funnel.entered),
                format_func=TRENDS.__getitem__,
                key="funnel_trend",
                bind="query-params",
                label_visibility="collapsed",
            )
        if not funnel.entered or len(funnel.steps) < 2:
            st.caption("A trend needs entrants, and a step to convert to.")
            return
        asked = replace(question, trend=period or usual_trend(page, funnel.entered), breakdown=None, times=False)
        funnel = measured(page, measure_funnel, asked)
        st.markdown(f"**{literal(trend_sentence(funnel))}**")
        st.caption(literal(trend_caption(funnel)))
        axis = Axis(funnel.trend[0].start, funnel.trend[-1].stop, tuple(period.start for period in funnel.trend), width=560)
        picture = noted(page, "funnel_trend_line", axis, trend_figure, funnel.trend, page.scope.timezone)
        click = draw(picture.figure, picture.name, alt=describe_trend(funnel) + picture.told, clicks=True, min_width=560)
        labels = dates([period.start for period in funnel.trend], page.scope.timezone)
        marks = _marks(funnel, labels)
        at = click.get("index") if isinstance(click, dict) and click.get("curve") == last_trace(picture.figure) else None
        at = at if isinstance(at, int) else None
        show_marks(page, "funnel_trend", marks, at, funnel_customers, question, rule_of(page, question, {}), funnel.unit)
        with st.container(horizontal=True, vertical_alignment="center"):
            download_table("funnel_trend", pl.DataFrame(trend_rows(funnel, page.scope.timezone), infer_schema_length=None))
            download_figure("funnel_trend", picture.figure)
            offer_to_hide(picture)


def last_trace(figure: Told) -> int:
    """The number of the figure's last trace, the marks."""
    return len(figure.to_dict()["data"]) - 1


def _marks(funnel: Funnel, labels: list[str]) -> list[Mark]:
    """Who entered in a period and converted, period by period; then all who entered in it."""
    last = len(funnel.steps) - 1
    periods = [{"from": iso(period.start), "before": iso(period.stop)} for period in funnel.trend]
    named = list(zip(funnel.trend, labels, periods, strict=True))
    converted = [Mark(f"Entered from {label} and converted", {"reached": last, "entered": when}, p.converted) for p, label, when in named]
    return converted + [Mark(f"Entered from {label}", {"reached": 0, "entered": when}, p.entered) for p, label, when in named]
