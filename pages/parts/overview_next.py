"""Three things to look at next: computed, each with one button that leads on."""

from collections.abc import Sequence

import streamlit as st

from journey.charts.overview_leads import Lead, back_lead, group_lead, leak_lead, metric_lead, part_lead
from journey.funnels import Funnel, FunnelQuestion, measure_funnel, suggest_steps, suggest_window
from journey.metrics import Choice, Metric, Moved, by_change, can_be_judged, farthest_group, measure_metric
from pages.parts.frame import Page, literal, measured
from pages.parts.overview_go import offer_way
from pages.parts.overview_kpis import question_of
from pages.parts.workspace import answer

SHOWN = 3


def likely_funnel(page: Page) -> Funnel | None:
    """The funnel that the Funnels page opens with; None where there are no two steps."""
    suggested = answer(page.con, page.version, suggest_steps, 4)
    steps = suggested[0] if suggested else ()
    if len(steps) < 2:
        return None
    window = answer(page.con, page.version, suggest_window, steps)
    return measured(page, measure_funnel, FunnelQuestion(steps, window=window, times=False))


def find_leads(
    page: Page, choice: Choice, metrics: Sequence[Metric], moved: Moved | None, funnel: Funnel | None, by: str | None
) -> list[Lead]:
    """The biggest leak, the part or the group that is worst, the metric that moved most; then how others stand."""
    named, star = choice.metrics[0], metrics[0]
    found = [leak_lead(funnel, {}) if funnel else None]
    found.append(part_lead(moved, named, star.currency) if moved and can_be_judged(star) else None)
    if found[-1] is None and by is not None and named.shape.over is not None:
        grouped = measured(page, measure_metric, question_of(page, named, by))
        group = farthest_group(grouped, named.good)
        found.append(group_lead(named, grouped, *group) if group else None)
    names = {id(metric): other for other, metric in zip(choice.metrics, metrics, strict=True)}
    changed = by_change(metrics[1:], [other.good for other in choice.metrics[1:]])
    found += [metric_lead(names[id(metric)], metric) for metric in changed]
    found += [back_lead(names[id(metric)], metric) for metric in metrics[1:] if metric not in changed]
    return [lead for lead in found if lead is not None][:SHOWN]


def show_leads(leads: Sequence[Lead], page: Page) -> None:
    """Equal cards in one row."""
    st.subheader("What to look at next", anchor=False)
    if not leads:
        st.caption("Not enough data yet: nothing stands out from what chance alone would do.")
        return
    for place, (column, lead) in enumerate(zip(st.columns(SHOWN), leads, strict=False)):
        with column, st.container(border=True, height="stretch", key=f"lead_{place}", gap="xsmall"):
            st.markdown(f"**{place + 1}. {literal(lead.title)}**")
            st.markdown(f"**{literal(lead.value)}** :gray[{literal(lead.interval)}]" if lead.interval else f"**{literal(lead.value)}**")
            with st.container(height="stretch"):
                st.caption(literal(lead.why))
            offer_way(page, lead.action, lead.page, f"lead_{place}_go", segment=lead.segment, state=lead.state)
