"""A rule tried on the past: who would have come due day by day, how often, and who treats them already."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from journey.actions.triggers import DryRun, DryRunQuestion, dry_run_customers, measure_dry_run
from journey.answers import iso
from journey.charts.actions_dry_run import (
    describe_newly,
    describe_overlaps,
    dry_run_caption,
    dry_run_sentence,
    newly_figure,
    often_told,
    overlaps_figure,
)
from journey.charts.words import count, date, percent, several, short
from journey.errors import JourneyError
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, measured
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.people import show_people
from pages.parts.segments_draft import written
from pages.parts.text import literal
from pages.parts.workspace import derived

TRIED, MARK = "dry_run_tried", "dry_run_mark"
ALL = "all"


def show_dry_run(page: Page, question: DryRunQuestion, name: str, rule: Any, kept: bool) -> None:
    """A rule as it is kept is tried at once; a drafted one when somebody asks for it."""
    with st.container(border=True, key="dry_run"):
        with st.container(horizontal=True):
            st.subheader("Dry run on history", anchor=False)
        if not kept and not _asked(rule):
            return
        try:
            with st.spinner("Looking back over 28 days …", show_time=True):
                run: DryRun = measured(page, measure_dry_run, question)
        except JourneyError as fault:
            st.error(literal(fault), icon=":material/error:")
            return
        _picture(page, run)
        mark = _choose(page, run) if run.reached.customers else None
    if mark is not None:
        _people(page, question, name, mark[0], mark[1])
    counted(page, run.evidence, "counted_dry_run", _plain(question))


def _asked(rule: Any) -> bool:
    """Whether the draft as it stands was asked to be tried."""
    text = written(rule)
    if st.session_state.get(TRIED) == text:
        return True
    st.caption("The rule was changed: try it before it is kept. Nothing is proposed by a dry run.")
    if not st.button("**Try it on the last 28 days**", key="dry_run_now", icon=":material/history:"):
        return False
    st.session_state[TRIED] = text
    return True


def _picture(page: Page, run: DryRun) -> None:
    st.markdown(f"**{literal(dry_run_sentence(run))}**")
    if not run.reached.customers:
        return
    st.caption(literal(dry_run_caption(run)))
    zone = page.scope.timezone
    left, right = st.columns([3, 2], gap="large")
    with left:
        ends = tuple(look.at for look in run.looks)
        picture = noted(page, "dry_run_days", Axis(ends[0], ends[-1] + 1, ends, looks=True), newly_figure, run.looks, zone)
        draw(picture.figure, picture.name, alt=describe_newly(run, zone) + picture.told)
        offer_to_hide(picture)
    with right:
        st.markdown("**The same people by other rules**")
        if any(overlap.part.customers for overlap in run.overlaps):
            draw(derived(overlaps_figure, run.overlaps), "dry_run_overlaps", alt=describe_overlaps(run.overlaps))
        else:
            st.caption("No other rule held for any of them.")
        st.caption(literal(f"How often they came due: {often_told(run)}."))
        st.caption(literal(_contacts(run)))


def _contacts(run: DryRun) -> str:
    found = [f"{short(one.by, 28)} ({one.channel}) {count(one.part.customers)}" for one in run.contacts[:4]]
    return f"In touch in the week before: {', '.join(found)}." if found else "Nobody was in touch with them in the week before."


def _choose(page: Page, run: DryRun) -> tuple[str, Mapping[str, Any], int] | None:
    """Whose list is open: (words, mark, how many); None until one is opened."""
    zone = page.scope.timezone
    marks: dict[str, tuple[str, Mapping[str, Any], int]] = {ALL: ("All who came due", {}, run.reached.customers)}
    marks["treated"] = ("In touch in the week before", {"treated": True}, run.treated.customers)
    for one in run.overlaps:
        marks[f"overlap {one.trigger}"] = (f"Also due by {one.trigger}", {"overlap": one.trigger}, one.part.customers)
    for stage, part in run.stages:
        label = f"Came due in the stage {stage} ({percent(part.share, 0)})"
        marks[f"stage {stage}"] = (label, {"stage": stage}, part.customers)
    for k, n in run.times:
        marks[f"times {k}"] = (f"Came due {several(k, 'time')}", {"times": k}, n)
    for look in reversed(run.looks):
        marks[f"day {look.at}"] = (f"Newly due on {date(look.at - 1, zone)}", {"day": iso(look.at)}, look.newly)
    offered = {key: mark for key, mark in marks.items() if mark[2]}
    if st.session_state.get(MARK) not in (None, *offered):
        st.session_state.pop(MARK)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        key = st.selectbox(
            "Who",
            list(offered),
            format_func=lambda key: f"{offered[key][0]}: {count(offered[key][2])}" if key in offered else key,
            key=MARK,
            label_visibility="collapsed",
            icon=":material/ads_click:",
            width=340,
        )
        key = key if key in offered else ALL
        opened = st.toggle(literal(f"See these {several(offered[key][2], 'customer')}"), key="dry_run_list", bind="query-params")
    return offered[key] if opened else None


def _plain(question: DryRunQuestion) -> dict[str, Any]:
    if question.trigger is not None:
        return {"ask": "dry_run", "trigger": question.trigger}
    return {"ask": "dry_run", "rule": question.rule, "action": question.action}


def _people(page: Page, question: DryRunQuestion, name: str, told: str, mark: Mapping[str, Any]) -> None:
    """Who is behind a mark, as a segment that follows the data; those of one day stay as they are listed."""
    people = dry_run_customers(page.con, question, page.scope, mark)
    asked = {key: value for key, value in _plain(question).items() if key != "ask"}
    rule = {"customers": list(people.ids)} if "day" in mark else {"dry_run": asked | {"scope": page.scope.as_plain()}, **mark}
    show_people(page, people, told, rule, f"{name}, {told.lower()}"[:80])
