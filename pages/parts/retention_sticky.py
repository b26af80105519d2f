"""On how many days people are active, and which share of a month's customers is there on a day of it."""

from typing import Any

import streamlit as st

from journey.charts.lifecycle import in_bar, stickiness_bars, sticky_bars
from journey.charts.lifecycle_share import share_figure, shown_shares, span_name, told_per_day
from journey.charts.words import between, count, decimal, percent, several
from journey.lifecycle import (
    ActiveShares,
    ShareQuestion,
    Stickiness,
    StickinessQuestion,
    measure_share,
    measure_stickiness,
    share_customers,
    stickiness_customers,
)
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, literal, measured
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.people import show_people
from pages.parts.retention_steps import select
from pages.parts.workspace import answer, derived

COUNTED = {"day": "Days", "week": "Weeks", "month": "Months"}
WITHIN = {"month": "A day in the month", "week": "A day in the week"}
Chosen = tuple[str, int, bool]


def show_stickiness(page: Page, event: Any, week_start: str) -> tuple[Stickiness, Chosen | None]:
    """The card; answers the bar that is chosen in it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        title = st.container(width="stretch")
        period = select("Count", list(COUNTED), "sticky_by", 110, COUNTED.__getitem__)
    title.subheader(f"On how many {period}s", anchor=False)
    sticky = measured(page, measure_stickiness, StickinessQuestion(event, period, week_start))
    if not sticky.rows:
        st.caption("Nobody was active in this period.")
        return sticky, None
    told = told_stickiness(sticky)
    st.caption(literal(told))
    picked = draw(derived(stickiness_bars, sticky), "stickiness", select=True, alt=told)
    bars = {f"{name} {period}{'' if name == '1' else 's'}": (name, days, more) for name, days, more in sticky_bars(sticky)}
    take_bar(picked, "sticky_spot", "sticky_days", list(bars))
    chosen = st.selectbox(
        "Customers active on", list(bars), index=None, placeholder="Choose how many", key="sticky_days", bind="query-params", width=178
    )
    return sticky, bars.get(chosen or "")


def told_stickiness(sticky: Stickiness) -> str:
    period = sticky.question.period
    interval = "" if sticky.interval is None else f" ({between(*(decimal(end) for end in sticky.interval))})"
    whom = several(sticky.evidence.population, "active customer")
    return f"On {decimal(sticky.mean)}{interval} of {several(sticky.periods, period)} on average. Shares of {whom}; whiskers: 95%."


def show_stickiness_people(page: Page, sticky: Stickiness, chosen: Chosen | None) -> None:
    """The customers of a bar."""
    if chosen is None:
        return
    name, days, more = chosen
    mark = {"active_days": days, "or_more": more}
    people = answer(page.con, page.version, stickiness_customers, sticky.question, page.scope, mark)
    unit = sticky.question.period if name == "1" else sticky.question.period + "s"
    title = f"{count(in_bar(sticky, days, more))} of {count(sticky.evidence.population)} were active on {name} {unit}"
    rule = {"stickiness": sticky.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    show_people(page, people, title, rule, f"Active on {name} {unit}")


def show_share(page: Page, event: Any, week_start: str) -> None:
    """A card with the daily as a share of the monthly or weekly active, and the customers of a chosen period."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = st.container(width="stretch")
            within = select("Share of", list(WITHIN), "share_within", 178, WITHIN.__getitem__)
        title.subheader(f"Active on a day, % of the {within}’s customers", anchor=False)
        shares = measured(page, measure_share, ShareQuestion(event, within, week_start))
        if not shown_shares(shares):
            st.caption(f"Nobody was active in a {within} of which the data hold more than one day.")
            return
        told = told_share(shares)
        st.caption(literal(told))
        names = {span_name(shares, span): span for span in shown_shares(shares)}
        shown = shown_shares(shares)
        axis = Axis(shown[0].start, shown[-1].stop, tuple(one.start for one in shown), width=520)
        picture = noted(page, "active_share", axis, share_figure, shares)
        picked = draw(picture.figure, picture.name, select=True, min_width=520, alt=told + picture.told)
        take_bar(picked, "share_spot", "share_start", list(names))
        offer_to_hide(picture)
        chosen = st.selectbox(
            f"Customers active in a {within}",
            list(reversed(names)),
            index=None,
            placeholder=f"Choose a {within}",
            key="share_start",
            bind="query-params",
            width=210,
        )
    if chosen in names:
        mark = {"period": names[chosen].start}
        people = answer(page.con, page.version, share_customers, shares.question, page.scope, mark)
        rule = {"active_share": shares.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
        name = f"Active in the {within} of {chosen}"
        show_people(page, people, f"{several(names[chosen].customers, 'customer')} active in the {within} of {chosen}", rule, name)
    counted(page, shares.evidence, key="share_counted")


def told_share(shares: ActiveShares) -> str:
    """The newest period that the data hold all of, else the newest of all."""
    within, shown = shares.question.within, shown_shares(shares)
    whole = [span for span in shown if span.complete]
    span = (whole or shown)[-1]
    interval = "no interval" if span.interval is None else between(*(percent(end) for end in span.interval))
    part = "" if span.complete else f", of which the data hold {several(span.days, 'day')}"
    hollow = "" if len(whole) == len(shown) else f" Hollow: a {within} that the data hold a part of."
    return (
        f"In the {within} of {span_name(shares, span)}{part}: {told_per_day(span)} a day, of {count(span.customers)} in all: "
        f"{percent(span.share)} ({interval}).{hollow}"
    )


def take_bar(picked: Any, spot: str, key: str, names: list[str]) -> None:
    """A clicked mark sets the select of this key, once: the chart keeps its selection over later runs."""
    points = picked.get("selection", {}).get("points", []) if picked else []
    place = points[0].get("point_index") if points else None
    if place == st.session_state.get(spot):
        return
    st.session_state[spot] = place
    if isinstance(place, int) and 0 <= place < len(names):
        st.session_state[key] = names[place]
