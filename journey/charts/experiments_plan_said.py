"""A plan in words: what it takes, what it lacks, what was changed after the lock."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from journey.charts.experiments_plan_metrics import role_told
from journey.charts.experiments_said import difference_told, value_told
from journey.charts.words import between, change, count, date, decimal, moment, percent, several, short
from journey.experiments.metric import ExperimentMetric
from journey.experiments.plan import Plan, PlanChange, Planned
from journey.experiments.power.baseline import Baseline
from journey.experiments.power.result import Power, Size
from journey.experiments.read.exposure import Seen
from journey.rules.words import tell_rule

READINGS = {"fixed": "one look at the end", "planned": "planned looks", "always_valid": "looking whenever you like", "bayesian": "Bayesian"}
FIELDS = {
    "experiment": "Experiment", "hypothesis": "Hypothesis", "variants": "Variants", "control": "Control", "unit": "Unit",
    "segment": "Who takes part", "exposure": "Shown by", "reading": "Reading", "looks": "Looks", "confidence": "Confidence",
    "power": "Power", "effect": "Smallest effect worth finding", "baseline": "Baseline", "variance": "Variance of one unit",
    "daily": "Units a day", "units_per_arm": "Units per variant", "days": "Days", "start": "Starts", "stop": "Ends",
    "tuned_at": "Tightest at", "formula": "Formula", "at": "Let in when they first", "owner": "Owner", "about": "About",
}  # fmt: skip
SHORT_HASH, LIVELY = 10, 1.2
YEAR, MOST_DAYS = 365, 3_650
EFFECTS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0)  # of the baseline


def effect_choices(baseline: float, kind: str, down: bool, held: float | None) -> list[float]:
    """Effects to slide over, as shares of the baseline; those that would take a share out of 0 to 1 are left out: [] where all do."""
    sign = -1 if down else 1
    possible = [size for size in EFFECTS if kind != "share" or 0 < baseline * (1 + sign * size) < 1]
    own = [] if held is None or not baseline else [round(abs(held / baseline), 6)]
    return sorted({*possible, *(size for size in own if kind != "share" or 0 < baseline * (1 + sign * size) < 1)})


def effect_of(size: float, baseline: float, down: bool) -> float:
    """A share of the baseline as an effect in the metric's unit, below 0 where it should fall."""
    return (-1 if down else 1) * size * abs(baseline)


def size_of(effect: float | None, baseline: float, usual: float = 0.1) -> float:
    """An effect as a share of the baseline, as the slider holds it."""
    return usual if effect is None or not baseline else round(abs(effect / baseline), 6)


def effect_told(size: float, metric: ExperimentMetric, baseline: float, currency: str | None) -> str:
    """ "+10% (+1.2 pts)"."""
    down = metric.good == "down"
    relative = change(-size if down else size, 1 if size * 100 % 1 else 0)
    return f"{relative} ({difference_told(metric, effect_of(size, baseline, down), currency)})"


def would_be_told(metric: ExperimentMetric, baseline: float, effect: float, currency: str | None) -> str:
    """ "From 12.3% to 13.5%"."""
    return f"from {value_told(metric, baseline, currency)} to {value_told(metric, baseline + effect, currency)}"


def unit_noun(unit: str) -> str:
    """ "customer", or what the property names."""
    return unit.removeprefix("property:")


def plan_sentence(name: str, power: Power, ends: int | None, timezone: str, unit: str = "customer") -> str:
    """What the experiment takes, first the number, then until when."""
    units, days = power.units_of(power.size), power.size.days
    if not units:
        return f"No number of {unit_noun(unit)}s can be told: {power.size.why or 'the log holds too little'}."
    each, start = several(max(units), unit_noun(unit)), f"{short(name, 32)} needs " if name else "It takes "
    per = "per variant" if len(set(units)) < 2 else "in the largest variant"
    if days is None:
        return f"{start}{each} {per}; how long that takes is not known, as nobody new comes."
    if days > YEAR:
        return f"{start}{each} {per}: {decimal(days / YEAR)} years of this traffic. Look for a larger effect."
    whole = "in whole weeks " if power.size.weeks and 7 * power.size.weeks != days else ""
    until = "" if ends is None else f", {whole}until {date(ends, timezone)}"
    return f"{start}{each} {per}: {several(days, 'day')}{until}."


def weeks_told(power: Power, metric: ExperimentMetric, currency: str | None, weeks: int = 4) -> str:
    """ "4 weeks tell +2.5 pts or more. ", to choose from; "" where that is not known."""
    found = next((one.effect for one in power.by_days if one.days == 7 * weeks), None)
    most = "less" if metric.good == "down" else "more"
    return "" if found is None else f"{several(weeks, 'week')} tell {difference_told(metric, found, currency)} or {most} · "


def locked_sentence(planned: Planned, timezone: str) -> str:
    """When it was locked, by whom, and whether anybody had been shown a variant by then."""
    at, name = date(planned.locked_at, timezone), short(planned.plan.experiment, 32)
    late = " before anybody was shown a variant"
    if planned.exposed_at_lock:
        late = f", after {several(planned.exposed_at_lock, 'customer')} had been shown a variant"
    elif planned.looks_at_lock:
        late = f", after {several(planned.looks_at_lock, 'look')} at the result"
    changed = f"; {several(len(planned.changes), 'change')} since" if planned.changes else ""
    return f"{name} was locked on {at}{late}{changed}."


def locked_caption(planned: Planned, timezone: str) -> str:
    chain = (
        "The chain of its versions holds."
        if planned.unbroken
        else f"Version {planned.broken_at} is not as it was kept: somebody changed the text beneath."
    )
    by = planned.locked_by or planned.kept_by
    kept = moment(planned.locked_at or planned.kept_at, timezone)
    return f"By {by}, {kept} · version {planned.version} · hash {planned.hash[:SHORT_HASH]} · {chain}"


def baseline_told(metric: ExperimentMetric, power: Power, currency: str | None) -> str:
    """Today's value with its interval, and of whom."""
    found = power.measured
    if found is None:
        return f"{value_told(metric, power.baseline, currency)}, as given"
    around = "" if found.interval is None else f" ({between(*(value_told(metric, end, currency) for end in found.interval))})"
    return f"{value_told(metric, found.value, currency)}{around}, of {several(found.units, 'customer')}"


def readings_told(power: Power) -> str:
    """What the other ways of reading would take."""
    told = [f"{READINGS[size.reading]} {_size_told(power, size)}" for size in power.sizes if power.units_of(size)]
    less = f" Counting what they did before as well (CUPED): {count(power.with_cuped)}." if power.with_cuped else ""
    return f"Per variant: {', '.join(told)}.{less}" if told else ""


def _size_told(power: Power, size: Size) -> str:
    days = "" if size.days is None else f" ({several(size.days, 'day')})"
    return count(max(power.units_of(size))) + days


def formulas_told(power: Power) -> str:
    others = [f"{one.named}: {count(one.n)}" for one in power.offered if one.named != power.formula and one.n is not None]
    told = f"By the {power.formula}"
    return f"{told}. Other formulas for one look say: {'; '.join(others)}." if others else f"{told}."


def guardrail_told(metric: ExperimentMetric, takes: Power, planned: Power, currency: str | None) -> str:
    """What ruling out its harm takes, against what is planned: a guardrail that stays open keeps a winner from being shipped."""
    units, held = max(takes.units_of(takes.size), default=0), max(planned.units_of(planned.size), default=0)
    if not units:
        return f"{metric.name} cannot be cleared: {takes.size.why or 'the log holds too little'}."
    most = role_told(metric, currency).partition("at most ")[2]
    days = "" if takes.size.days is None else f" ({several(takes.size.days, 'day')})"
    said = f"To rule out that {metric.name} is more than {most} takes {count(units)} per variant{days}"
    if units <= held:
        return f"{said}: that is on the way."
    return f"{said}, more than is planned: it may stay open, and then nothing is shipped. Tolerate more, or run longer."


def daily_told(found: Baseline) -> str:
    """Those who come daily are new once only, so that fewer new ones come as time goes by."""
    return f"{count(found.daily)} new ones a day over {several(found.days, 'day')}, {count(found.later)} a day by their end and later."


def cycle_told(power: Power) -> str:
    """Whether the weekdays differ so much that only whole weeks are fair; "" where they do not."""
    cycle = None if power.measured is None else power.measured.cycle
    return "" if cycle is None or cycle < LIVELY else f" The busiest weekday brings {decimal(cycle)} times the quietest: run whole weeks."


def field_name(field: str) -> str:
    return FIELDS.get(field, field.removeprefix("metrics.").removeprefix("metric "))


def said(value: Any, field: str = "", metric: ExperimentMetric | None = None, currency: str | None = None) -> str:
    """A field of a plan as a person reads it.  metric: the one that decides, in whose unit effect and baseline are."""
    if value is None or value in ("", [], {}):
        return "–"
    if field == "segment":
        return "everyone" if value is None else tell_rule(value)
    if field in ("confidence", "power") and isinstance(value, int | float):
        return percent(value, 0)
    if field == "variants" and isinstance(value, Mapping):
        return ", ".join(f"{name} {percent(share, 0)}" for name, share in value.items())
    if metric is not None and field in ("effect", "baseline"):
        return difference_told(metric, value, currency) if field == "effect" else value_told(metric, value, currency)
    if field == "reading":
        return READINGS.get(value, str(value))
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    whole = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:,.6g}" if isinstance(value, float) else count(value) if whole else str(value)


def change_caption(one: PlanChange, timezone: str) -> str:
    """Who, when, and what had been seen by then."""
    looks = f", {several(one.looks, 'look')} taken" if one.looks else ""
    return f"{one.by}, {moment(one.at, timezone)} · {several(one.exposed, 'customer')} shown a variant by then{looks}"


def change_rows(changes: Sequence[PlanChange], timezone: str) -> list[dict[str, Any]]:
    """One row per field that was changed after the lock."""
    return [
        {
            "When": moment(one.at, timezone),
            "Who": one.by,
            "Why": one.reason,
            "Field": field_name(field.field),
            "From": said(field.before, field.field),
            "To": said(field.after, field.field),
            "Shown by then": one.exposed,
        }
        for one in changes
        for field in one.fields
    ]


def sizes_of(power: Power) -> dict[str, Any]:
    """What a plan keeps of the numbers it was made from; whole weeks, so that every weekday counts alike."""
    size = power.size
    found = {
        "baseline": power.baseline,
        "variance": power.variance if power.kind != "share" else None,
        "daily": power.daily,
        "units_per_arm": min(power.units_of(size), default=None),
        "days": None if size.weeks is None or 7 * size.weeks > MOST_DAYS else 7 * size.weeks,
        "tuned_at": size.tuned_at,
        "formula": power.formula,
    }
    return {key: value for key, value in found.items() if value is not None}


def plan_rows(planned: Planned, currency: str | None, timezone: str) -> list[tuple[str, str]]:
    """The plan in force, fact by fact: (what, how it is said)."""
    plan, primary = planned.plan, planned.plan.primary
    rows = [(role_told(metric, currency).capitalize(), metric.name) for metric in plan.metrics]
    rows.append(("Variants", said(plan.variants, "variants") + (f"; compared with {plan.control}" if plan.control else "")))
    rows.append(("Who takes part", "everyone" if plan.segment is None else said(plan.segment, "segment")))
    rows += [] if plan.at is None else [("Let in when they first", said(plan.at, "at"))]
    if primary is not None and plan.effect is not None:
        baseline = "" if plan.baseline is None else f", {would_be_told(primary, plan.baseline, plan.effect, currency)}"
        rows.append(("Smallest effect worth finding", f"{difference_told(primary, plan.effect, currency)}{baseline}"))
    if plan.units_per_arm is not None:
        days = "" if plan.days is None else f", {several(plan.days, 'day')}"
        rows.append(("Customers per variant", count(plan.units_per_arm) + days))
    if plan.start is not None:
        rows.append(("Runs", f"from {date(plan.start, timezone)}" + ("" if plan.ends is None else f" to {date(plan.ends, timezone)}")))
    sure = f"{percent(plan.confidence, 0)} intervals, {percent(plan.power, 0)} power"
    looks = f", {several(plan.looks, 'look')}" if plan.looks else ""
    rows.append(("Read by", f"{READINGS.get(plan.reading, plan.reading)}{looks}, {sure}"))
    rows += [("About", ", ".join(plan.about))] if plan.about else []
    return rows + ([("Owner", plan.owner)] if plan.owner else [])


def progress_share(plan: Plan, seen: Seen | None) -> float | None:
    """Of the customers that are needed, how many were shown a variant, 1 at most; None where no number was planned."""
    needed = None if plan.units_per_arm is None or not plan.variants else plan.units_per_arm / min(plan.variants.values())
    return None if not needed else min(1.0, sum(seen.variants.values()) / needed if seen else 0.0)


def progress_told(plan: Plan, seen: Seen | None, timezone: str) -> str:
    """ "3,544 of 3,038 planned customers were shown a variant, until 14 Aug 2026."."""
    planned = "" if plan.units_per_arm is None else f" of {count(plan.units_per_arm / min(plan.variants.values()))} planned"
    if seen is None:
        when = "" if plan.start is None else f" It is to start on {date(plan.start, timezone)}."
        return f"Nobody{planned or ' yet'} was shown a variant.{when}"
    until = "and they still come" if seen.running else f"the last on {date(seen.stop, timezone)}"
    return f"{count(sum(seen.variants.values()))}{planned} customers were shown a variant, {until}."
