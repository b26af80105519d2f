"""What is said in place of pictures: nobody exposed yet, one variant only, too few units to tell anything."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from journey.charts.words import count, date, several
from journey.experiments.judge.enough import FEWEST
from journey.experiments.plan import Plan, Planned
from journey.experiments.read.exposure import Exposure, exposures, read_exposure
from journey.experiments.result import Reading
from pages.parts.experiments_results_plan import show_plan_status
from pages.parts.frame import Page, say
from pages.parts.text import literal


def show_unplanned_start(page: Page, answer: DeltaGenerator, reading: Reading, planned: Planned | None) -> None:
    """Nobody was exposed: planned and not started, or emptied by the segment at the head."""
    zone = page.scope.timezone
    starts = planned.plan.start if planned else None
    when = f" It is to start on {date(starts, zone)}." if starts is not None else ""
    narrow = page.scope.segment is not None
    said = (
        f"{reading.name} has nobody of this segment in it."
        if narrow and planned is None
        else f"{reading.name} has not started: nobody was exposed.{when}"
    )
    with answer:
        say(said, page.segment_label)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="experiment_state"):
        show_plan_status(page, reading, planned, True)
    with st.container(border=True, key="experiment_not_started"):
        with st.container(horizontal=True):
            st.subheader("What comes next", anchor=False)
        if planned is not None and not planned.locked:
            st.markdown(":material/lock: Lock the plan in the view Plan before the first customer is exposed.")
        plan = planned.plan if planned else None
        st.markdown(":material/sensors: Send an event each time somebody is shown a variant; the first of them starts it. It says:")
        st.markdown(literal(_exposure_told(page, reading.name, plan)))
        if plan is not None and plan.units_per_arm is not None:
            days = f", about {several(plan.days, 'day')}" if plan.days else ""
            st.markdown(literal(f"{count(plan.units_per_arm)} units of each variant are needed{days}."))
        for warning in () if planned else reading.evidence.warnings:  # of a plan one knows that nothing is there yet
            st.caption(":material/warning: " + literal(warning))


def _exposure_told(page: Page, name: str, plan: Plan | None) -> str:
    """The event that its exposures are to be, in the names that this log or the plan has for it."""
    named = read_exposure(plan.exposure) if plan and plan.exposure else None
    where = named or exposures(page.con) or Exposure("Experiment viewed", "experiment", "variant")
    variants = " or ".join(plan.variants) if plan and plan.variants else "the variant's name"
    told = [f"event {where.event or 'any'}", f"{where.experiment} {name}" if where.experiment else "", f"{where.variant} {variants}"]
    return " · ".join(part for part in told if part)


def show_state(reading: Reading) -> None:
    """One variant only, or too few of one: said before any picture."""
    held = [arm for arm in reading.split.arms if arm.units]
    if len(held) < 2:
        only = held[0] if held else None
        told = f"Only {only.name} was seen, by {several(only.units, 'unit')}" if only else "No variant was seen"
        with st.container(border=True, key="experiment_one_variant"):
            st.markdown(f":material/call_split: **{literal(told)}**")
            st.caption("There is nothing to compare it with. Is the exposure of control logged too, from the same moment on?")
        return
    few = [arm for arm in reading.split.arms if arm.units < FEWEST]
    if few:
        with st.container(border=True, key="experiment_few"):
            told = ", ".join(f"{count(arm.units)} of {count(FEWEST)} units needed in {arm.name}" for arm in few)
            st.markdown(f":material/hourglass_top: **{literal('Not enough data yet: ' + told + '.')}**")
            st.caption("What is drawn below is shown with its interval, but nothing is called by it.")
