"""Planning an experiment: what is to be found out, how it is counted, and how long that takes."""

from datetime import UTC, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from journey.answers import data_until, iso
from journey.charts.experiments_plan_metrics import row_of
from journey.charts.experiments_plan_said import plan_sentence, sizes_of, weeks_told
from journey.charts.words import date, percent
from journey.errors import JourneyError
from journey.experiments.metric import ExperimentMetric
from journey.experiments.plan import Planned
from journey.experiments.power.result import Power
from journey.experiments.read.metrics import read_metric
from journey.scope import period_start, read_time, to_datetime
from journey.warehouse import setting
from pages.parts.experiments_plan_draft import NEW, OWN, SHARE, Plain, choose_experiment, draft_of, drafts, hold, planned_of, seeded
from pages.parts.experiments_plan_fields import reading_fields, say_assumed, variant_fields, who_fields, word_fields
from pages.parts.experiments_plan_keep import is_sized_alike, read_plan, show_keeping
from pages.parts.experiments_plan_locked import say_locked, show_locked
from pages.parts.experiments_plan_metrics import metric_fields
from pages.parts.experiments_plan_size import baseline, effect_field, measure, show_grounds, show_size
from pages.parts.frame import Page, literal, say
from pages.parts.workspace import answer

DAY = 86_400_000


def show_plan(page: Page, place: DeltaGenerator) -> None:
    """The form and what it takes, or the plan as it was locked."""
    name = choose_experiment(page)
    planned = planned_of(page, name)
    if planned is not None and planned.locked and name not in drafts():
        with place:
            say_locked(page, planned)
        show_locked(page, planned)
        return
    _show_form(page, place, name, planned)


def _show_form(page: Page, place: DeltaGenerator, name: str, planned: Planned | None) -> None:
    plain, currency = draft_of(page, name, planned), setting(page.con, "currency")
    left, right = st.columns([2, 3])
    with right:
        numbers, manner, keeping = st.container(), st.container(border=True, key="plan_reading"), st.container()
    power, ends = None, None
    with left:
        plain, metric, why, assumed = _fields(page, name, plain, currency, manner)
    if metric is not None and not why:
        power, why = _power(page, plain)
    if power is not None and not (planned and planned.locked and is_sized_alike(plain, planned)):
        plain = plain | sizes_of(power)
    if power is not None:
        ends = read_plan(plain | {"experiment": "any"})[0]
    with assumed:
        say_assumed(plain)
    hold(name, plain)
    with numbers:
        if metric is None or power is None:
            _nothing(why)
        else:
            show_size(page, plain, metric, power, currency, ends.ends if ends else None)
    with keeping:
        show_keeping(page, name, plain, *read_plan(plain), planned)
    if metric is not None and power is not None:
        show_grounds(page, plain, plain["metrics"][0], power)
    with place:
        _say(page, name, plain, metric, power, ends.ends if ends else None)


def _nothing(why: str) -> None:
    with st.container(border=True, key="plan_nothing"):
        with st.container(horizontal=True):
            st.subheader("How long it takes", anchor=False)
        st.caption(literal(why or "Choose the metric that decides: then this tells how many customers it takes, and how long."))


def _say(page: Page, name: str, plain: Plain, metric: ExperimentMetric | None, power: Power | None, ends: int | None) -> None:
    if metric is None or power is None:
        say("An experiment is planned before anybody looks at it.", "Say what you expect, and which metric is to show it.")
        return
    zone = page.scope.timezone
    told = "" if name == NEW and not plain.get("experiment") else str(plain.get("experiment"))
    until = power.evidence.data_until
    tell = weeks_told(power, metric, setting(page.con, "currency"))
    traffic = f"traffic and baseline of the last four weeks of the log, until {date(until, zone)}"
    say(
        plan_sentence(told, power, ends, zone, str(plain.get("unit") or "customer")),
        f"{tell}a chance of {percent(power.power, 0)} to find the effect where it is there · {traffic}",
    )


def _fields(
    page: Page, name: str, plain: Plain, currency: str | None, manner: DeltaGenerator
) -> tuple[Plain, ExperimentMetric | None, str, DeltaGenerator]:
    """The draft as the fields say it; the metric that decides; why nothing can be measured, or ""; the place of what is assumed."""
    metric, why = None, ""
    with st.container(border=True, key="plan_words"):
        plain = plain | word_fields(name, plain)
    with st.container(border=True, key="plan_metrics"):
        metrics, slider = metric_fields(page, name, plain)
        decided = [row_of(metric) for metric in plain.get("metrics", ()) if metric.get("role") == "primary"]
        if decided and metrics and decided[0] != row_of(metrics[0]):
            for key in ("effect", SHARE, OWN):  # it was one of another metric
                plain.pop(key, None)
    with st.container(border=True, key="plan_who"):
        plain = plain | {"metrics": metrics} | who_fields(page, plain) | variant_fields(name, plain)
    with manner:
        plain = plain | reading_fields(plain)
        assumed = st.container()
        plain = plain | {"start": _start(page, plain)}
    try:
        metric = read_metric(metrics[0]) if metrics else None
        if metric is not None:
            with slider:
                plain = plain | effect_field(plain, metric, baseline(page, plain, metric), currency)
    except JourneyError as fault:
        why = str(fault)
    return plain, metric, why, assumed


def _power(page: Page, plain: Plain) -> tuple[Power | None, str]:
    """The sizes, or the sentence why there are none."""
    try:
        return measure(page, plain, plain["metrics"][0]), ""
    except JourneyError as fault:
        return None, str(fault)


def _start(page: Page, plain: Plain) -> str | None:
    """The day it starts; the day after the data end unless it is said."""
    zone = page.scope.timezone
    held = read_time(plain.get("start"), page.scope.zone, "start")
    usual = held if held is not None else (answer(page.con, page.version, data_until) or 0) + DAY
    day = to_datetime(usual, page.scope.zone).date()
    chosen = st.date_input("Starts", key=seeded("start", day))
    if chosen == day or not hasattr(chosen, "year"):
        return iso(held if held is not None else period_start(usual, "day", zone))
    midday = datetime(chosen.year, chosen.month, chosen.day, 12, tzinfo=UTC)
    return iso(period_start(int(midday.timestamp() * 1000), "day", zone))
