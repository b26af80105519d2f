"""Did it work?  The verdict of one experiment in a sentence, what it rests on, what may be wrong, and what was decided."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from journey.charts.experiments_said import ICONS, STATES, first_sentence, reading_caption
from journey.errors import QuestionError
from journey.experiments.plan import Planned, note_look, plan_of
from journey.experiments.read import measure_experiment, table_rows
from journey.experiments.read.question import ExperimentQuestion, read_experiment
from journey.experiments.result import Reading
from journey.scope import Scope
from journey.warehouse import Warehouse, setting
from pages.parts.experiments_checks import show_checks, show_checks_of_effects
from pages.parts.experiments_decide import show_decision
from pages.parts.experiments_groups import choose_by, show_groups
from pages.parts.experiments_picture import is_broken, show_pictures
from pages.parts.experiments_results_how import Manner, choose_reading
from pages.parts.experiments_results_people import offer_people
from pages.parts.experiments_results_plan import show_plan_status
from pages.parts.experiments_results_states import show_state, show_unplanned_start
from pages.parts.experiments_results_table import show_numbers
from pages.parts.experiments_source import LOG, SUMS, TABLE, Source, choose_place, choose_source
from pages.parts.experiments_source_log import choose_control, choose_exposure, explain_exposure
from pages.parts.frame import Page, counted, say
from pages.parts.text import literal
from pages.parts.workspace import IN_FLIGHT
from pages.parts.workspace import answer as answered

HELD = "experiment_reading_held"
ASKS = {TABLE: "Bring a table of units, one row each, and it is read here.", SUMS: "Type the sums of each variant, and they are read here."}


def show_results(page: Page, answer: DeltaGenerator) -> None:
    page = replace(page, scope=Scope(None, None, page.scope.timezone, page.scope.segment))
    row = st.container(horizontal=True, vertical_alignment="center", gap="small", key="experiment_choice")
    with row:
        place = choose_place()
    with row if place == LOG else st.container():
        source = choose_source(page, place)
    if source is None:
        with answer:
            say(ASKS.get(place, "No event of this log says who saw which variant, so no experiment can be read."), page.segment_label)
        if place == LOG:
            explain_exposure(page)
        return
    planned = plan_of(page.con, source.name) if place == LOG else None
    known, control = True, None
    with row:
        if place == LOG:
            known, control = choose_control(page, source.name, planned)
        manner = choose_reading(planned)
    if not known:
        with answer:
            say(f"Which variant of {source.name} is control?", page.segment_label)
        st.caption("Choose it above: the others are compared with it. A variant that is called control is taken for it unasked.")
        choose_exposure(page)
        return
    source = replace(source, plain={**source.plain, "control": control}) if control else source
    _show(page, answer, source, planned, manner)


def _show(page: Page, answer: DeltaGenerator, source: Source, planned: Planned | None, manner: Manner) -> None:
    by = choose_by(page, source)
    asked = {**source.plain, **manner.as_plain(), **({"over_time": True} if source.kind == LOG else {}), **({"by": by} if by else {})}
    question = read_experiment(asked, files=False)
    try:
        with st.spinner("Reading the experiment …", show_time=True):
            reading = read(page, source, question, planned)
    except QuestionError as fault:
        _refused(page, answer, source, fault)
        return
    if not sum(arm.units for arm in reading.split.arms):
        show_unplanned_start(page, answer, reading, planned)
        choose_exposure(page)
        counted(page, reading.evidence, "experiment_counted")
        return
    if source.kind == LOG and reading.evidence.data_until is not None:
        note_look(page.con, reading.name, sum(arm.units for arm in reading.split.arms), reading.evidence.data_until)
    currency = currency_of(page.con)
    whole = as_decided_on(page, source, planned, reading, manner)
    with answer:
        period = "" if source.kind != LOG else _period(page, reading)
        first, rest = first_sentence(reading.verdict.sentence)
        say(first, reading_caption(reading, period, page.segment_label if source.kind == LOG else ""))
        if rest:
            st.markdown(literal(rest))
        if is_broken(whole) and not is_broken(reading):
            st.markdown(f":red[:material/report:] **As a whole it is broken.** {literal(first_sentence(whole.verdict.sentence)[0])}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="experiment_state"):
        show_badge(reading)
        show_plan_status(page, reading, planned, source.kind == LOG)
    show_state(reading)
    more = partial(_more, page, reading, source, currency)
    show_pictures(page, reading, currency, more)
    show_checks(reading)
    if not is_broken(reading):
        more()
    if source.kind == LOG:
        offer_people(page, reading, question)
        show_decision(page, whole, currency, "" if whole is reading else _on_the_whole(planned))
        choose_exposure(page)
    with table_rows(page.con, question):  # so that the query of a table can be run again
        of = page if source.kind == LOG else replace(page, period_label="all of it", segment_label="not from the log")
    counted(of, reading.evidence, "experiment_counted", _question(page, source, asked), runs=source.kind != TABLE)


def _refused(page: Page, answer: DeltaGenerator, source: Source, fault: QuestionError) -> None:
    """Why it cannot be read, and the way out where the log was named wrongly."""
    with answer:
        say(f"{source.name} cannot be read like this.", page.segment_label)
    st.error(literal(fault), icon=":material/error:")
    if source.kind == LOG:
        choose_exposure(page)


def _more(page: Page, reading: Reading, source: Source, currency: str | None) -> None:
    show_groups(page, reading, source, currency)
    show_numbers(reading, currency)
    if is_broken(reading):
        show_checks_of_effects(reading)


def show_badge(reading: Reading) -> None:
    """The verdict in a word; no colour speaks for a variant where the split is broken, or where it is no more than a hint."""
    state, hint = reading.verdict.state, reading.verdict.hint
    colour = "gray" if hint else {"ship": "green", "stop": "orange", "broken": "red"}.get(state, "gray")
    told = f"{STATES.get(state, state)}{', a hint' if hint else ''}"
    st.badge(told, icon=f":material/{ICONS.get(state, 'hourglass_top')}:", color=colour)  # type: ignore[arg-type]


def as_decided_on(page: Page, source: Source, planned: Planned | None, reading: Reading, manner: Manner) -> Reading:
    """All its customers, read as planned: neither a segment nor another way of reading is a way around a verdict."""
    if source.kind != LOG or (page.scope.segment is None and manner == Manner()):
        return reading
    everybody = replace(page, scope=Scope(None, None, page.scope.timezone))
    return read(everybody, source, read_experiment(dict(source.plain), files=False), planned)


def _on_the_whole(planned: Planned | None) -> str:
    how = "as planned" if planned is not None and planned.locked else "always valid"
    return f"It is decided on all its customers, read {how}, whatever is chosen above."


def read(page: Page, source: Source, question: ExperimentQuestion, planned: Planned | None) -> Reading:
    """The reading, held while data, question and plan stay; of a table in this session alone, and only the last."""
    if source.kind != TABLE:
        scope = page.scope if source.kind == LOG else Scope()
        found: Reading = answered(page.con, page.version, measure_planned, question, scope, planned.hash if planned else "")
        return found
    same = (source.same, repr(replace(question, table=None)), page.version)
    held = st.session_state.get(HELD)
    if held is None or held[0] != same:
        with IN_FLIGHT:
            held = same, measure_experiment(page.con, question, Scope())
        st.session_state[HELD] = held
    return held[1]


def measure_planned(con: Warehouse, question: ExperimentQuestion, scope: Scope, plan: str) -> Reading:
    """plan: the hash of the plan in force, so that a reading is not held past a change of it."""
    del plan
    return measure_experiment(con, question, scope)


def currency_of(con: Warehouse) -> str | None:
    revenue = setting(con, "revenue")
    told = revenue.get("currency") if isinstance(revenue, dict) else None
    return told or setting(con, "currency")


def _period(page: Page, reading: Reading) -> str:
    from journey.charts.words import date

    zone = page.scope.timezone
    return "" if reading.start is None or reading.stop is None else f"exposed {date(reading.start, zone)} to {date(reading.stop, zone)}"


def _question(page: Page, source: Source, asked: dict[str, Any]) -> dict[str, Any] | None:
    """What repeats it on the command line; a table is named by its file there."""
    if source.kind == TABLE:
        return {"ask": "experiment", **asked, "table": source.name}
    return {"ask": "experiment", **asked, **({"scope": page.scope.as_plain()} if source.kind == LOG else {})}
