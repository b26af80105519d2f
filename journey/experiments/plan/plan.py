"""A plan as plain data: what is expected, how it will be told, and when it ends, said before anybody looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from journey.answers import iso
from journey.errors import QuestionError
from journey.experiments.fields import number, read_unit, whole
from journey.experiments.metric import ExperimentMetric
from journey.experiments.plan.chain import plan_text
from journey.experiments.result import READINGS
from journey.scope import choose, read_time, refuse_deep, refuse_unknown

KEYS = (
    "experiment", "hypothesis", "metrics", "variants", "control", "unit", "segment", "exposure", "at", "reading", "looks", "confidence",
    "power", "effect", "baseline", "variance", "daily", "units_per_arm", "days", "start", "stop", "tuned_at", "formula", "owner", "about",
)  # fmt: skip
LONGEST = {"experiment": 100, "hypothesis": 2_000, "owner": 80, "control": 100, "formula": 200}
LAST = 253_402_300_799_999  # ms: the last moment that a date can say
MOST_VARIANTS, MOST_ABOUT, MOST_LOOKS = 20, 20, 400


@dataclass(frozen=True)
class Plan:
    """variants: name -> share of the units meant for it, together 1.  control: the one that others are compared with.

    unit: customer, or property:<name> of the exposure.  segment: a rule as plain data, None for everyone;
    locked, no name of a saved one stands in it.
    exposure: {"event", "experiment", "variant"}: how the log says who saw what; None for as it is found.
    at: the step at which units come in, from which baseline and traffic were measured; None for any event.
    looks: how often it will be looked at, of a planned reading; None else.
    effect: the smallest change of the primary metric worth finding, in its unit, below 0 where it is meant to fall.
    baseline, variance, daily: what the log said when it was planned: the metric without the change, of one unit, and how many
    units came a day.  units_per_arm: how many were found to be needed of each.  days, start, stop (ms): how long it is to run.
    tuned_at: the units of both at which the always-valid interval is the tightest.  formula: how units_per_arm was found.
    about: words under which it will be found again.
    """

    experiment: str
    hypothesis: str = ""
    metrics: tuple[ExperimentMetric, ...] = ()
    variants: Mapping[str, float] = field(default_factory=dict)
    control: str | None = None
    unit: str = "customer"
    segment: Any = None
    exposure: Mapping[str, Any] | None = None
    at: Any = None
    reading: str = "always_valid"
    looks: int | None = None
    confidence: float = 0.95
    power: float = 0.8
    effect: float | None = None
    baseline: float | None = None
    variance: float | None = None
    daily: float | None = None
    units_per_arm: int | None = None
    days: int | None = None
    start: int | None = None
    stop: int | None = None
    tuned_at: int | None = None
    formula: str = ""
    owner: str = ""
    about: tuple[str, ...] = ()

    @property
    def primary(self) -> ExperimentMetric | None:
        """The metric that decides; None while there is none."""
        return next((metric for metric in self.metrics if metric.role == "primary"), None)

    @property
    def ends(self) -> int | None:
        """ms: when it is to end; None where it is open."""
        if self.stop is not None or self.start is None or self.days is None:
            return self.stop
        return self.start + self.days * 86_400_000


def plan_from(plain: Any) -> Plan:
    """A plan from plain data.

    Raises: QuestionError: an unknown key, shares that do not add up to 1, a control that is no variant; said in a sentence.
    """
    from journey.experiments.read.metrics import read_metrics  # that room reads plans itself

    if not isinstance(plain, Mapping):
        raise QuestionError(f'A plan is an object such as {{"experiment": "Short checkout", "metrics": [...]}}; this is {plain!r}.')
    refuse_unknown(plain, KEYS, "a plan")
    refuse_deep(plain)
    plain = {key: value for key, value in plain.items() if value is not None}
    variants = _variants(plain.get("variants", {}))
    start, stop = (read_time(plain.get(key), ZoneInfo("UTC"), key) for key in ("start", "stop"))
    if start is not None and stop is not None and stop <= start:
        raise QuestionError(f"The plan stops ({plain['stop']}) before it starts ({plain['start']}). Put the later time in stop.")
    plan = Plan(
        experiment=_text(plain, "experiment", needed=True),
        hypothesis=_text(plain, "hypothesis"),
        metrics=read_metrics(plain["metrics"]) if plain.get("metrics") else (),
        variants=variants,
        control=_control(plain, variants),
        unit=read_unit(plain),
        segment=_segment(plain),
        exposure=_exposure(plain),
        at=_step(plain),
        reading=str(choose(plain, "reading", READINGS)),
        looks=whole(plain, "looks", 1, MOST_LOOKS),
        confidence=number({"confidence": 0.95, **plain}, "confidence", 0.5, 1) or 0.95,
        power=number({"power": 0.8, **plain}, "power", 0, 1) or 0.8,
        effect=_effect(plain),
        baseline=number(plain, "baseline"),
        variance=number(plain, "variance", 0),
        daily=number(plain, "daily", 0),
        units_per_arm=whole(plain, "units_per_arm", 2, 10**12),
        days=whole(plain, "days", 1, 3_650),
        start=start,
        stop=stop,
        tuned_at=whole(plain, "tuned_at", 1, 10**12),
        formula=_text(plain, "formula"),
        owner=_text(plain, "owner"),
        about=_about(plain.get("about", ())),
    )
    if plan.ends is not None and plan.ends > LAST:
        raise QuestionError("The plan ends after the year 9999. Let it start earlier, or run for fewer days.")
    _refuse_unwritable(plan)
    return plan


def plan_plain(plan: Plan) -> dict[str, Any]:
    """What `plan_from` reads back as this plan; what it does not say is left out."""
    from journey.experiments.read.metrics import metric_plain  # that room reads plans itself

    written: dict[str, Any] = {
        "metrics": [metric_plain(metric) for metric in plan.metrics],
        "variants": dict(plan.variants),
        "exposure": None if plan.exposure is None else dict(plan.exposure),
        "start": iso(plan.start),
        "stop": iso(plan.stop),
        "about": list(plan.about),
    }
    found = {key: written.get(key, getattr(plan, key)) for key in KEYS}
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def missing(plan: Plan) -> tuple[str, ...]:
    """What a plan still lacks before it can be locked, as sentences; () where it lacks nothing."""
    ends = plan.ends is not None
    sized = plan.units_per_arm is not None or plan.days is not None or plan.stop is not None
    lacks = {
        "Say in words what is expected, and why: the hypothesis.": not plan.hypothesis,
        "Name the metric that decides: one of the role primary.": plan.primary is None,
        "Name the variants, two at least, with their shares.": len(plan.variants) < 2,
        "Say which variant is control.": plan.control is None,
        "Say the smallest effect worth finding, in the unit of the primary metric.": plan.effect is None,
        "Say when it ends: units_per_arm, days or stop. Without an end, a reading is stopped by what it shows.": not sized,
        "Say when it starts: days alone have no end.": not ends and plan.units_per_arm is None and plan.days is not None,
        "A planned reading needs the number of looks.": plan.reading == "planned" and plan.looks is None,
        "Planned looks are laid over the units it ends with: give units_per_arm.": plan.reading == "planned" and plan.units_per_arm is None,
    }
    return tuple(sentence for sentence, lacking in lacks.items() if lacking)


def _refuse_unwritable(plan: Plan) -> None:
    try:
        plan_text(plan_plain(plan)).encode()
    except (TypeError, ValueError) as fault:
        raise QuestionError(
            f"The plan holds what cannot be written as JSON: {str(fault)[:80]}. Write texts, numbers, lists and objects."
        ) from fault


def _text(plain: Mapping[str, Any], key: str, needed: bool = False) -> str:
    value = plain.get(key, "")
    told = " ".join(value.split()) if isinstance(value, str) else None
    if told is None or len(told) > LONGEST[key] or (needed and not told):
        raise QuestionError(f"{key} is a text of {1 if needed else 0} to {LONGEST[key]:,} characters; found {str(value)[:80]!r}.")
    return told


def _variants(plain: Any) -> dict[str, float]:
    """{"control": .5, "treatment": .5}, or names alone, which share alike."""
    if isinstance(plain, Sequence) and not isinstance(plain, str) and plain:
        plain = {name if isinstance(name, str) else repr(name): 1 / len(plain) for name in plain}
    if not isinstance(plain, Mapping):
        raise QuestionError(f'variants is {plain!r}; write names with their shares, such as {{"control": 0.5, "treatment": 0.5}}.')
    if any(not isinstance(name, str) or not 0 < len(name) <= LONGEST["control"] for name in plain):
        raise QuestionError(f"A variant needs a name of 1 to {LONGEST['control']} characters; found {list(plain)!r}.")
    if plain and not 2 <= len(plain) <= MOST_VARIANTS:
        raise QuestionError(f"An experiment has 2 to {MOST_VARIANTS} variants; found {len(plain)}.")
    shares = {name: number(plain, name, 0, 1) for name in plain}
    if plain and abs(sum(share or 0 for share in shares.values()) - 1) > 1e-6:
        told = " + ".join(f"{share:g}" for share in shares.values())
        raise QuestionError(f"The shares of the variants must add up to 1; found {told}.")
    return {name: float(share or 0) for name, share in shares.items()}


def _control(plain: Mapping[str, Any], variants: Mapping[str, float]) -> str | None:
    """The one said; else the one called control, else the first."""
    told = plain.get("control")
    if told is None:
        return next((name for name in variants if name.lower() == "control"), next(iter(variants), None))
    if not isinstance(told, str) or told not in variants:
        raise QuestionError(f"control is {told!r}; it is one of the variants: {', '.join(map(repr, variants)) or 'there are none yet'}.")
    return told


def _exposure(plain: Mapping[str, Any]) -> dict[str, Any] | None:
    from journey.experiments.read.exposure import read_exposure  # that room reads plans itself

    found = plain.get("exposure")
    if not found:
        return None
    read_exposure(found)
    return dict(found)


def _segment(plain: Mapping[str, Any]) -> Any:
    rule = plain.get("segment")
    if rule and not isinstance(rule, str | Mapping):
        raise QuestionError(f'segment is {rule!r}; write the name of a saved one, or a rule such as {{"did": "order"}}.')
    return rule or None


def _step(plain: Mapping[str, Any]) -> Any:
    step = plain.get("at")
    if step is not None and (not isinstance(step, str | Mapping) or not step):
        raise QuestionError(f'at is {step!r}; write the step at which units come in: an event, or {{"event": ..., "where": ...}}.')
    return step


def _effect(plain: Mapping[str, Any]) -> float | None:
    found = number(plain, "effect")
    if found == 0:
        raise QuestionError("effect is 0; an effect that is none cannot be told from none. Give the smallest one worth finding.")
    return found


def _about(plain: Any) -> tuple[str, ...]:
    words = plain.split(",") if isinstance(plain, str) else plain
    if not isinstance(words, Sequence) or any(not isinstance(word, str) for word in words) or len(words) > MOST_ABOUT:
        raise QuestionError(f'about lists at most {MOST_ABOUT} words, such as ["checkout", "payment"]; found {plain!r}.')
    return tuple(dict.fromkeys(" ".join(word.split())[:80] for word in words if word.strip()))
