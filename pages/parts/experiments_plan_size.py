"""What a plan takes, at once: units of each variant, days, until when; and what the weeks could tell."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from journey.charts.experiments_plan import describe_weeks, told_days, weeks_figure
from journey.charts.experiments_plan_said import (
    baseline_told,
    cycle_told,
    daily_told,
    effect_choices,
    effect_of,
    effect_told,
    formulas_told,
    guardrail_told,
    readings_told,
    size_of,
    unit_noun,
    would_be_told,
)
from journey.charts.experiments_said import value_told
from journey.charts.words import UNKNOWN, count, date, day, several
from journey.errors import JourneyError, QuestionError
from journey.experiments.metric import ExperimentMetric
from journey.experiments.power import measure_power, power_customers, read_power
from journey.experiments.power.baseline import Baseline, baseline_of
from journey.experiments.power.result import Power
from journey.experiments.read.metrics import read_metric
from journey.scope import Scope
from pages.parts.charts import draw
from pages.parts.experiments_plan_draft import OWN, SHARE, Plain, seeded
from pages.parts.frame import Page, counted, download_figure, literal
from pages.parts.people import show_people
from pages.parts.workspace import answer, derived, resolved

WINDOW = 28


def who(page: Page, plain: Mapping[str, Any]) -> Scope:
    """Those who take part, over all of the log."""
    return resolved(page.con, page.version, Scope(timezone=page.scope.timezone, segment=plain.get("segment")))


def baseline(page: Page, plain: Plain, metric: ExperimentMetric) -> Baseline:
    found: Baseline = answer(page.con, page.version, baseline_of, metric, plain.get("at"), who(page, plain), WINDOW, plain["unit"])
    return found


def effect_field(plain: Plain, metric: ExperimentMetric, found: Baseline, currency: str | None) -> Plain:
    """The smallest effect worth finding, on a slider over shares of today's value; typed in its unit where there is none.

    Where today's value becomes another, as that of a later step is, the share stays and the effect follows it.
    """
    held, value, down = plain.get("effect"), found.value, metric.good == "down"
    if not value:
        typed = st.number_input("Smallest effect worth finding, in its unit", key=seeded("effect_typed", float(held or 0.01)), format="%g")
        return {"effect": typed or None}
    own = float(plain.get(OWN) or size_of(held, value))
    before = float(plain.get(SHARE) or own)
    choices = effect_choices(value, metric.kind, down, effect_of(own, value, down))
    if not choices:
        raise QuestionError(f"{metric.name} is {value_told(metric, value, currency)} already: it cannot {'fall' if down else 'rise'}.")
    usual = min(choices, key=lambda size: abs(size - before))
    size = st.select_slider(
        "Smallest effect worth finding",
        choices,
        key=seeded(f"effect_{metric.name}_{metric.good}_{choices[0]}_{len(choices)}", usual),
        format_func=lambda size: effect_told(size, metric, value, currency),
        help="Of today's value. A smaller effect takes more customers: half as large, four times as many.",
    )
    share = size or usual
    unmoved = held is not None and share == size_of(held, value)
    effect = float(held) if unmoved and held is not None else effect_of(share, value, down)
    st.caption(literal(f"A change {would_be_told(metric, value, effect, currency)} shall not be missed."))
    return {"effect": effect, SHARE: share, OWN: own}


def question_of(plain: Plain, metric: Mapping[str, Any]) -> Plain:
    """The question of power that the plan stands for, as ask takes it."""
    control = plain.get("control")
    shares = plain["variants"]
    split = [shares[name] for name in sorted(shares, key=lambda name: name != control)]
    reading = plain["reading"] if plain["reading"] in ("fixed", "planned", "always_valid") else "fixed"
    looks = {"looks": plain["looks"]} if plain.get("looks") else {}
    at = {"unit": plain["unit"]} | ({} if plain.get("at") is None else {"at": plain["at"]})
    told = {"metric": dict(metric), "effect": plain["effect"], "power": plain["power"], "alpha": round(1 - plain["confidence"], 12)}
    return told | {"split": split, "reading": reading, "tuned_at": None, "window": WINDOW, **looks, **at}


def measure(page: Page, plain: Plain, metric: Mapping[str, Any]) -> Power:
    found: Power = answer(page.con, page.version, measure_power, read_power(question_of(plain, metric)), who(page, plain))
    return found


def show_size(page: Page, plain: Plain, metric: ExperimentMetric, power: Power, currency: str | None, ends: int | None) -> None:
    """Four numbers, the curve over the weeks, the formula by its name, and how all that was counted."""
    _numbers(page, plain["unit"], metric, power, currency, ends)
    with st.container(border=True, key="plan_weeks"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What the weeks can tell", anchor=False, width="stretch")
        if told_days(power):
            figure = derived(weeks_figure, power, metric, plain["effect"], currency)
            st.caption(
                literal(f"The smallest effect on {metric.name} told with the power chosen, by weeks of traffic. Filled: small enough.")
            )
            draw(figure, "plan_weeks_chart", alt=describe_weeks(power, metric, currency), min_width=420)
            with st.container(horizontal=True):
                download_figure("plan_weeks", figure)
        else:
            st.caption("Not enough data yet: too few came in the last four weeks to say what the coming ones would bring.")
    st.caption(literal(f"{readings_told(power)}{cycle_told(power)} {formulas_told(power)}"))
    for told in _guardrails(page, plain, power, currency):
        st.caption(f":material/shield: {literal(told)}")
    for warning in power.evidence.warnings:
        st.caption(":material/warning: " + literal(warning))


def _guardrails(page: Page, plain: Plain, power: Power, currency: str | None) -> list[str]:
    """What it takes to rule out the harm that each guardrail tolerates no more; those that cannot be measured are left out."""
    told = []
    for metric in plain["metrics"]:
        if metric.get("role") != "guardrail" or not metric.get("margin"):
            continue
        margin = metric["margin"]
        relative = isinstance(margin, Mapping)
        size = float(margin["relative"] if isinstance(margin, Mapping) else margin) * (-1 if metric.get("good", "up") == "up" else 1)
        asked = question_of({**plain, "effect": size}, metric) | {"relative": relative, "tuned_at": power.size.tuned_at}
        try:
            found: Power = answer(page.con, page.version, measure_power, read_power(asked), who(page, plain))
            told.append(guardrail_told(read_metric(metric), found, power, currency))
        except JourneyError:  # nobody brought anything to it yet, or so much harm cannot be
            continue
    return told


def _numbers(page: Page, unit: str, metric: ExperimentMetric, power: Power, currency: str | None, ends: int | None) -> None:
    units, size, found = power.units_of(power.size), power.size, power.measured
    quiet: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "border": True, "height": "stretch"}
    with st.grid(4, min_column_width=136, key="plan_numbers"):
        label = "Per variant" if len(set(units)) < 2 else "Largest variant"
        all_of = f"{count(size.total)} in all" if size.total else "more than will come"
        st.metric(label, count(max(units)) if units else UNKNOWN, all_of, help=literal(f"How many {unit_noun(unit)}s."), **quiet)
        daily, came = (UNKNOWN, None) if found is None else (_a_day(found), daily_told(found))
        st.metric("Days", UNKNOWN if size.days is None else count(size.days), daily, help=came, **quiet)
        weeks = "" if size.weeks is None else several(size.weeks, "week")
        until = UNKNOWN if ends is None else day(ends, page.scope.timezone)
        whole = "The whole weeks that hold these days, from the day it starts."
        year = "not known" if ends is None else f"{date(ends, page.scope.timezone).rsplit(' ', 1)[1]}, {weeks}"
        st.metric("Ends about", until, year, help=whole, **quiet)
        told = baseline_told(metric, power, currency)
        around = told.split(" (", 1)[1].split(")", 1)[0] if " (" in told else "no interval"
        named = literal(f"{metric.name} today")
        st.metric(named, literal(value_told(metric, power.baseline, currency)), literal(around), help=literal(told), **quiet)


def _a_day(found: Baseline) -> str:
    """Whoever multiplies days by it shall see that it is the pace of later, where more come at first."""
    later, first = count(found.later), count(found.daily)
    return f"{later} a day" if later == first else f"{first} to {later} a day"


def show_grounds(page: Page, plain: Plain, metric: Mapping[str, Any], power: Power) -> None:
    """How the baseline was counted, and of whom."""
    question, scope = question_of(plain, metric), who(page, plain)
    asked = {"ask": "power", **question, **({} if scope.segment is None else {"scope": scope.as_plain()})}
    counted(page, power.evidence, "plan_counted", asked)
    if power.measured is None or not power.measured.units or plain["unit"] != "customer":
        return
    if st.toggle(f"See the {several(power.measured.units, 'customer')} behind the baseline", key="plan_people"):
        people = answer(page.con, page.version, power_customers, read_power(question), scope, {"units": True})
        rule = {"power": question | {"scope": scope.as_plain()}, "units": True}
        show_people(
            page, people, f"{several(people.count, 'customer')} behind the baseline", rule, f"Baseline of {plain['experiment'] or 'a plan'}"
        )
