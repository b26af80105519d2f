"""Is it running well: the last daily run, what got through, what guardrails stopped, what waits, and the webhooks."""

import polars as pl
import streamlit as st

from journey.actions.catalog import ActionCatalog
from journey.actions.daily import Run, RunStep, read_runs, run_daily
from journey.actions.delivery import targets
from journey.actions.ledger import Health, health
from journey.charts.actions_health_said import (
    handed,
    refusals_rows,
    run_caption,
    run_icon,
    run_title,
    step_told,
    target_told,
    waiting_told,
)
from journey.charts.actions_results import describe_throughput, throughput_figure
from journey.charts.words import count, delta, moment, several, span
from journey.warehouse import Warehouse
from pages.parts import data_job
from pages.parts.actions_webhooks import set_up_webhooks
from pages.parts.charts import draw
from pages.parts.data_job import DAILY, Job
from pages.parts.frame import Page
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.text import literal
from pages.parts.workspace import warehouse

FOLLOWED = "daily_job"
STEPS = 7


def show_health(page: Page, catalog: ActionCatalog) -> None:
    found = health(page.con)
    _cards(found)
    _run(page)
    left, right = st.columns([3, 2])
    with left:
        _throughput(page, found)
    with right:
        _webhooks(page, found)
    with st.expander("Set up webhooks", icon=":material/webhook:", key="health_set_up"):
        set_up_webhooks(page, catalog, targets(page.con))
    _refused(page, found)


def _cards(found: Health) -> None:
    waiting, oldest = waiting_told(found)
    with st.grid(4, min_column_width=150, key="health_cards"):
        _card("Wait for a decision", waiting, oldest)
        _card("Handed over", count(handed(found)), "in 14 days")
        _card("Refused by guardrails", count(found.refused), "in 14 days")
        _card("Failed to be delivered", count(found.failed), f"{several(found.expired_unseen, 'lapse')} unseen in 14 days")


def _card(label: str, value: str, beside: str) -> None:
    st.metric(label, value, delta(beside), border=True, height="stretch", delta_color="off", delta_arrow="off")


def _run(page: Page) -> None:
    """The last run with its steps, and a button for one now."""
    under_way = data_job.running(DAILY)
    runs = read_runs(page.con, 10)
    last = runs[0] if runs else None
    with st.container(border=True, key="health_run"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch", gap="xxsmall"):
                st.subheader(f":material/{run_icon(last)}: {literal(run_title(last))}", anchor=False)
                st.caption(literal(run_caption(last, page.scope.timezone)))
            st.button("**Run now**", key="health_run_now", icon=":material/play_arrow:", on_click=_begin, disabled=under_way is not None)
        if under_way is not None:
            _watch()
            return
        _ended()
        if last is not None:
            _steps(last)
        if len(runs) > 1:
            with st.expander("Earlier runs", icon=":material/history:"):
                told = [f":gray[{literal(moment(run.started_at, page.scope.timezone))}] {literal(run.sentence)}" for run in runs[1:]]
                st.markdown("  \n".join(told))


def _steps(run: Run) -> None:
    lines = []
    for step in run.steps:
        icon = "check" if step.done else "error"
        took = f":gray[{span(step.seconds)}]"
        alerts = step.facts.get("alerts", ())
        told = step.sentence if len(alerts) < 2 else f"{several(len(alerts), 'thing')} to look at:"
        lines.append(f":material/{icon}: **{literal(step_told(step))}** {literal(told)} {took}")
        lines += [f":material/chevron_right: {literal(alert)}" for alert in alerts if len(alerts) > 1]
    st.markdown("  \n".join(lines) or ":gray[It has not ended a step.]")


def _begin() -> None:
    """A callback: one run beside the pages; a second press finds it running."""
    job = data_job.start("the daily run", warehouse(), _work, st.cache_data.clear, DAILY)
    if job is not None:
        st.session_state[FOLLOWED] = job


def _work(con: Warehouse, job: Job) -> Run:
    ended = iter(range(1, STEPS + 1))

    def tell(step: RunStep) -> None:
        job.tell(f"{step_told(step)}: {step.sentence}", next(ended, STEPS), STEPS)

    return run_daily(con, progress=tell, kind="page")


def _ended() -> None:
    job: Job | None = st.session_state.get(FOLLOWED)
    if job is not None and job.fault is not None:
        st.error(literal(job.fault), icon=":material/error:")


@st.fragment(run_every=0.5)
def _watch() -> None:
    job = data_job.running(DAILY)
    if job is None:
        st.rerun(scope="app")
    status = st.status("Running the day", expanded=True)  # not as a context: leaving one would say that it is complete
    status.progress(min(1.0, job.done / job.total) if job.total else 0.0, text=literal(f"{job.stage} · {span(job.elapsed)}"))
    status.caption("It goes on when you leave this page.")


def _throughput(page: Page, found: Health) -> None:
    with st.container(border=True, height="stretch", key="health_throughput"):
        with st.container(horizontal=True):
            st.subheader("Per day", anchor=False)
        if not any(day.proposed or day.steps for day in found.days):
            st.caption("Nothing was proposed or decided in the last 14 days.")
            return
        st.caption("Pale: proposed. Full: decided by a person or handed over, each step counted. Days of UTC.")
        starts = tuple(day.start for day in found.days)
        picture = noted(page, "health_days", Axis(starts[0], None, starts), throughput_figure, found.days)
        draw(picture.figure, picture.name, alt=describe_throughput(found.days) + picture.told)
        offer_to_hide(picture)


def _webhooks(page: Page, found: Health) -> None:
    known = {target.name: target for target in found.targets}
    with st.container(border=True, height="stretch", key="health_webhooks"):
        with st.container(horizontal=True):
            st.subheader("Webhooks", anchor=False)
        kept = targets(page.con)
        if not kept:
            st.caption("No webhook is set up: approved proposals leave this machine as files only, when a person exports them.")
        lines = []
        for target in kept:
            state = "on" if target.on else "off"
            tried = known.get(target.name)
            told = target_told(tried) if tried is not None else "nothing sent in 14 days"
            icon = "error" if tried is not None and tried.failed else "check_circle" if target.on else "pause_circle"
            lines.append(f":material/{icon}: **{literal(target.name)}** {state} :gray[{literal(told)}]")
        st.markdown("  \n".join(lines))


def _refused(page: Page, found: Health) -> None:
    with st.container(border=True, key="health_refused"):
        with st.container(horizontal=True):
            st.subheader("What guardrails stopped", anchor=False)
        if not found.refusals:
            st.caption("Nothing in 14 days: whatever was proposed was allowed when it was booked, approved and handed over.")
            return
        rows = refusals_rows(found.refusals, page.scope.timezone)
        st.dataframe(pl.DataFrame(rows), hide_index=True, height=min(38 + 35 * len(found.refusals), 320), key="health_refusals")
