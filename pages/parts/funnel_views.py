"""What is looked at below the picture: one of four closer looks, chosen in one row and kept in the address."""

from typing import Any

import streamlit as st

from journey.funnels import Funnel, FunnelQuestion
from pages.parts.frame import Page
from pages.parts.funnel_drivers import show_drivers
from pages.parts.funnel_dropoffs import show_dropoffs
from pages.parts.funnel_groups import show_groups, show_rest
from pages.parts.funnel_times import show_times
from pages.parts.funnel_trend import show_trend

VIEWS = {
    "who": "Groups and time",
    "when": "Over time",
    "why": "What separates them",
    "instead": "What they did instead",
}


def show_views(page: Page, funnel: Funnel, question: FunnelQuestion) -> dict[str, Any] | None:
    """The mark of a group that was clicked in this run, or None."""
    view = st.segmented_control(
        "Look closer",
        [view for view in VIEWS if view not in ("why", "instead") or _has_timelines(question)],
        default="who",
        format_func=VIEWS.__getitem__,
        key="funnel_view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == "when":
        show_trend(page, funnel, question)
    elif view == "why" and len(question.steps) > 1:
        show_drivers(page, funnel, question)
    elif view == "instead":
        show_dropoffs(page, funnel, question)
    else:
        return _show_who(page, funnel, question)
    return None


def _has_timelines(question: FunnelQuestion) -> bool:
    """The values of a property have no timeline of their own to look at."""
    return not question.count_by.startswith("property:") and len(question.steps) > 1


def _show_who(page: Page, funnel: Funnel, question: FunnelQuestion) -> dict[str, Any] | None:
    left, right = st.columns([3, 2]) if question.breakdown else (st.container(), st.container())
    with left:
        clicked = show_groups(funnel, question)
    with right:
        show_times(page, funnel, question)
    show_rest(funnel, question)
    return clicked
