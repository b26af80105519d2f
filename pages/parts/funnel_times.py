"""The time it takes: the share that had converted by then, or how many took how long, for the whole way or one step."""

import streamlit as st

from journey.charts.funnels import curve_figure, describe_curve
from journey.charts.funnels_times import class_name, describe_spread, spread_caption, spread_figure, spread_name
from journey.charts.words import count, short, span
from journey.funnels import Funnel, FunnelQuestion, Spread, funnel_customers, measure_times
from pages.parts.charts import draw
from pages.parts.frame import Page, measured
from pages.parts.funnel_marks import Mark, show_marks
from pages.parts.funnel_people import rule_of
from pages.parts.text import literal
from pages.parts.workspace import derived

CURVE = "By then"


def show_times(page: Page, funnel: Funnel, question: FunnelQuestion) -> None:
    if len(funnel.steps) < 2:
        return
    with st.container(border=True, height="stretch", key="funnel_time"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(f"Time to {short(funnel.steps[-1].title, 22)}"), anchor=False, width="stretch")
            kind = _choose() if any(step.time for step in funnel.steps) else CURVE
        if kind == CURVE:
            _show_curve(funnel)
        else:
            _show_spread(page, funnel, question)


def _choose() -> str:
    chosen = st.segmented_control(
        "Picture", [CURVE, "How many"], default=CURVE, key="funnel_time_picture", bind="query-params", label_visibility="collapsed"
    )
    return chosen or CURVE


def _show_curve(funnel: Funnel) -> None:
    if funnel.curve is None:
        st.caption("Nobody reached the last step, so there is no time to tell yet.")
        return
    longest = span(funnel.curve.points[-1][0])
    st.caption(f"From the first step on, of the {count(funnel.curve.n)} who reached the last. The longest took {longest}.")
    draw(derived(curve_figure, funnel.curve, funnel.window), "funnel_curve", alt=describe_curve(funnel.curve))


def _show_spread(page: Page, funnel: Funnel, question: FunnelQuestion) -> None:
    spreads: tuple[Spread, ...] = measured(page, measure_times, question)
    if not spreads:
        st.caption("Nobody reached the second step, so there is no time to tell yet.")
        return
    names = [f"{spread_name(spread, funnel)}" for spread in spreads]
    chosen = st.selectbox("Of which way", names, key="funnel_time_of", bind="query-params", label_visibility="collapsed")
    spread = spreads[names.index(chosen) if chosen in names else 0]
    st.caption(literal(spread_caption(spread)))
    click = draw(derived(spread_figure, spread, 210), "funnel_spread", alt=describe_spread(spread), clicks=True)
    marks = [
        Mark(f"{spread_name(spread, funnel)}: {class_name(low, high)}", spread.mark(at), n) for at, (low, high, n) in enumerate(spread.bins)
    ]
    rule, fullest = rule_of(page, question, {}), spread.bins.index(spread.fullest)
    show_marks(page, "funnel_time", marks, _index(click), funnel_customers, question, rule, funnel.unit, fullest)


def _index(click: object) -> int | None:
    at = click.get("index") if isinstance(click, dict) else None
    return at if isinstance(at, int) else None
