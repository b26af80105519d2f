"""A plan that is locked: what it says, when and by whom it was locked, and every change since."""

import json

import polars as pl
import streamlit as st

from journey.charts.experiments_plan_said import (
    change_caption,
    change_rows,
    field_name,
    locked_caption,
    locked_sentence,
    plan_rows,
    progress_share,
    progress_told,
    said,
)
from journey.experiments.judge import HowRead, assumes
from journey.experiments.plan import Planned, plan_plain
from journey.experiments.read.exposure import experiments_in
from journey.experiments.record import ArchiveQuestion, measure_archive
from journey.scope import Scope
from journey.warehouse import setting
from pages.parts.experiments_plan_draft import AFTER, hold, turn
from pages.parts.experiments_views import EXPERIMENT, RESULTS, VIEW
from pages.parts.frame import Page, counted, download_table, literal, say
from pages.parts.workspace import answer


def say_locked(page: Page, planned: Planned) -> None:
    zone = page.scope.timezone
    say(locked_sentence(planned, zone), locked_caption(planned, zone))
    if not planned.unbroken:
        st.error("A text of this plan was changed beneath its hash. Do not rely on it.", icon=":material/link_off:")


def show_locked(page: Page, planned: Planned) -> None:
    left, right = st.columns([3, 2])
    with left, st.container(border=True, height="stretch", key="plan_locked"):
        _facts(page, planned)
    with right:
        with st.container(border=True, key="plan_progress"):
            _progress(page, planned)
        with st.container(border=True, height="stretch", key="plan_changes"):
            _changes(page, planned)
    asked = ArchiveQuestion(experiment=planned.plan.experiment)
    found = measure_archive(page.con, asked, Scope(timezone=page.scope.timezone))
    counted(page, found.evidence, "plan_counted", {"ask": "experiments", "experiment": planned.plan.experiment})


def _facts(page: Page, planned: Planned) -> None:
    plan, currency = planned.plan, setting(page.con, "currency")
    with st.container(horizontal=True):
        st.subheader("The plan", anchor=False)
    st.markdown(literal(plan.hypothesis or "No hypothesis was written."))
    rows = plan_rows(planned, currency, page.scope.timezone)
    with st.grid(2, min_column_width=230, key="plan_facts"):
        for what, told in rows:
            with st.container(gap="xxsmall"):
                st.caption(literal(what))
                st.markdown(literal(told))
    how = HowRead()
    tuned = plan.tuned_at or how.tuned_at
    st.caption(literal(assumes(HowRead(plan.reading, plan.confidence, plan.looks or how.looks, 0, tuned))))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("**See its results**", icon=":material/monitoring:", key="plan_results", on_click=_open_results, args=(plan.experiment,))
        st.button("Change the plan", icon=":material/edit:", type="tertiary", key="plan_change", on_click=_change, args=(planned,))
        st.download_button(
            "Download",
            json.dumps(planned.as_plain(), indent=1, ensure_ascii=False),
            file_name="plan.json",
            mime="application/json",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
            key="download_plan",
        )


def _progress(page: Page, planned: Planned) -> None:
    """How many were shown a variant, of those that are needed."""
    with st.container(horizontal=True):
        st.subheader("How far it is", anchor=False)
    seen = next((one for one in answer(page.con, page.version, experiments_in) if one.name == planned.plan.experiment), None)
    share = progress_share(planned.plan, seen)
    if share is not None:
        st.progress(share)
    st.caption(literal(progress_told(planned.plan, seen, page.scope.timezone)))


def _changes(page: Page, planned: Planned) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Changes after the lock", anchor=False, width="stretch")
        if planned.changes:
            rows = change_rows(planned.changes, page.scope.timezone)
            download_table("plan_changes", pl.DataFrame(rows, infer_schema_length=None))
    if not planned.changes:
        st.caption("None. What is compared, and how, stands as it was said beforehand.")
        return
    st.caption("They stand beside the result, too.")
    currency = setting(page.con, "currency")
    for one in reversed(planned.changes):
        with st.container(gap="xxsmall", key=f"plan_change_{one.version}"):
            st.markdown(f"**{literal(one.reason)}**")
            st.caption(literal(change_caption(one, page.scope.timezone)))
            for field in one.fields:
                before, after = (said(value, field.field, planned.plan.primary, currency) for value in (field.before, field.after))
                st.markdown(f"{literal(field_name(field.field))}: ~~{literal(before)}~~ → {literal(after)}")


def _open_results(experiment: str) -> None:
    st.session_state[VIEW], st.session_state[EXPERIMENT] = RESULTS, experiment


def _change(planned: Planned) -> None:
    """Open the form on what is in force; keeping it will ask for a reason."""
    hold(planned.plan.experiment, plan_plain(planned.plan) | {AFTER: planned.version})
    turn()
