"""The answer of power: sizes under each way of reading, from a baseline that was given or that the log itself shows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.experiments.power.baseline import Baseline, baseline_customers, baseline_of
from journey.experiments.power.formulas import FEWEST, FORMULAS, Design, power_at, refuse_impossible, smallest_effect, units_needed
from journey.experiments.power.looks import power_always_valid, power_planned, units_always_valid, units_planned
from journey.experiments.power.question import READINGS, PowerQuestion
from journey.experiments.power.result import ByDays, Offered, Power, Size, whole_units
from journey.scope import Scope
from journey.warehouse import Warehouse

WEEKS = (1, 2, 3, 4, 6, 8, 12)
FEW_OF_BOTH = 10  # units of a variant that do it, or that do not, below which a normal is no picture of a share
FEW = 100  # units of the log, below which a baseline is an anecdote


def measure_power(con: Warehouse, question: PowerQuestion, scope: Scope) -> Power:
    """How many units it takes, or how small an effect they tell, under each way of reading.

    Where the log has no baseline to plan from, every size says so.
    Raises: QuestionError: an effect that no share can have; days in which nobody comes.
    """
    measured = None
    if question.metric is not None:
        measured = baseline_of(con, question.metric, question.at, scope, question.window, question.unit)
    question = _settled(question, measured)
    why = _why_not(question, measured)
    if why:
        return _answer(con, question, measured, tuple(Size(reading, why=why) for reading in READINGS))
    question = _with_total(question, measured)
    design = _design(question)
    if question.effect is not None:
        refuse_impossible(design, question.effect)
    sizes = tuple(_size(question, design, reading, measured) for reading in READINGS)
    offered = tuple(_offered(question, replace(design, formula=name), named) for name, named in FORMULAS[question.kind].items())
    by_days = _by_days(replace(question, tuned_at=sizes[-1].tuned_at), design, measured)
    return _answer(con, question, measured, sizes, offered, by_days)


def power_customers(con: Warehouse, question: PowerQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who the baseline was measured from: {"units": true}, or {"did": true}, of a share those who did it.

    Raises: QuestionError: another mark, or a baseline that was given.
    """
    if question.metric is None:
        raise QuestionError('The baseline was given, so nobody is behind it. Name a "metric" of the log to measure it from.')
    if question.unit != "customer":
        raise QuestionError(f"The units are those of {question.unit}, and no customers. Count customers to see who they are.")
    return baseline_customers(con, question.metric, question.at, scope, question.window, mark)


def _settled(question: PowerQuestion, measured: Baseline | None) -> PowerQuestion:
    """With the log's baseline, variance and traffic where none were given, and the effect in the metric's unit."""
    if measured is not None:
        question = replace(
            question,
            baseline=measured.value if question.baseline is None else question.baseline,
            variance=question.variance if question.kind == "share" or question.variance is not None else measured.variance,
            daily=measured.daily if question.daily is None else question.daily,
        )
    if question.relative and question.effect is not None and question.baseline:
        return replace(question, effect=question.effect * abs(question.baseline), relative=False)
    return question


def _why_not(question: PowerQuestion, measured: Baseline | None) -> str:
    """Why nothing can be planned from this baseline; "" where it can."""
    if question.baseline is None:
        return measured.why if measured is not None else ""
    if question.relative and question.effect is not None:
        return "the metric is 0 now, and a share of 0 is no effect: give it in the metric's unit"
    if question.kind == "share" and not 0 < question.baseline < 1:
        return f"{'nobody' if not question.baseline else 'everybody'} does it now, so what chance alone makes of it is not known"
    if question.kind != "share" and not question.variance:
        return "all units bring the same, so what chance alone makes of it is not known"
    return ""


def _answer(
    con: Warehouse,
    question: PowerQuestion,
    measured: Baseline | None,
    sizes: tuple[Size, ...],
    offered: tuple[Offered, ...] = (),
    by_days: tuple[ByDays, ...] = (),
) -> Power:
    return Power(
        kind=question.kind,
        baseline=question.baseline,
        variance=question.variance,
        power=question.power,
        alpha=question.alpha,
        alpha_each=question.alpha_each,
        two_sided=question.two_sided,
        split=question.split,
        reading=question.reading,
        formula=_formula(question),
        sizes=sizes,
        offered=offered,
        evidence=_evidence(con, question, measured, sizes),
        daily=question.daily,
        traffic=question.traffic,
        measured=measured,
        by_days=by_days,
    )


def _with_total(question: PowerQuestion, measured: Baseline | None) -> PowerQuestion:
    """The units that the days bring, where days were given."""
    if question.days is None:
        return question
    came = _coming(question, measured, question.days)
    if came < 2 * len(question.split):
        span = "one day" if question.days == 1 else f"{question.days} days"
        raise QuestionError(f"In {span} too few units come to tell anything. Give more days, or choose where more come.")
    return replace(question, total=came)


def _design(question: PowerQuestion) -> Design:
    """Control against the smallest of the variants, at the alpha that one comparison gets."""
    control, *others = question.split
    ratio = min(others) / control
    return Design(
        question.kind,
        float(question.baseline or 0),
        question.variance,
        question.power,
        question.alpha_each,
        question.two_sided,
        ratio,
        question.formula,
    )


def _size(question: PowerQuestion, design: Design, reading: str, measured: Baseline | None) -> Size:
    looks = question.looks if reading == "planned" else None
    power: float | None
    if question.total is None:
        n, effect = _units(question, design, reading), question.effect
        total = sum(whole_units(n * share / question.split[0]) for share in question.split)
        days, power = _days(question, measured, total), question.power
    else:
        total, days, n = question.total, question.days, question.total * question.split[0]
        days = _days(question, measured, total) if days is None else days
        effect = question.effect or _smallest(question, design, reading, n)
        power = None if effect is None else question.power
        if question.effect is not None:
            power = _chance(question, design, reading, n)(question.effect)
    tuned = None if reading != "always_valid" else question.tuned_at or whole_units(n) + whole_units(n * design.ratio)
    why = "" if effect is not None else "even the largest change could not be told from none with so few units"
    return Size(reading, n, total, effect, power, days, looks, tuned, why)


def _units(question: PowerQuestion, design: Design, reading: str) -> float:
    effect = question.effect or 0.0
    units = units_needed(design, effect)
    if reading == "always_valid":
        return units_always_valid(design, effect, question.tuned_at)
    return units_planned(design, units, question.looks) if reading == "planned" else units


def _chance(question: PowerQuestion, design: Design, reading: str, n: float) -> Callable[[float], float]:
    """effect -> the chance to tell it with n units of control."""
    if reading == "always_valid":
        return lambda effect: power_always_valid(design, effect, n, question.tuned_at)
    if reading == "planned":
        return lambda effect: power_planned(design, effect, n, question.looks)
    return lambda effect: power_at(design, effect, n)


def _smallest(question: PowerQuestion, design: Design, reading: str, n: float) -> float | None:
    return smallest_effect(design, n, _chance(question, design, reading, n), question.down)


def _offered(question: PowerQuestion, design: Design, named: str) -> Offered:
    if question.total is None:
        return Offered(design.formula, named, units_needed(design, question.effect or 0.0), question.effect)
    n = question.total * question.split[0]
    return Offered(design.formula, named, n, smallest_effect(design, n, down=question.down))


def _days(question: PowerQuestion, measured: Baseline | None, total: int) -> int | None:
    """Days until so many units have come: as they came over the days measured, then as over the last week of them."""
    wanted = total / question.traffic
    if measured is not None and question.daily == measured.daily:
        return measured.days_for(wanted)
    return None if not question.daily else max(1, -int(-wanted // question.daily))


def _coming(question: PowerQuestion, measured: Baseline | None, days: int) -> int:
    came = measured.units_in(days) if measured is not None and question.daily == measured.daily else days * (question.daily or 0.0)
    return int(came * question.traffic)


def _by_days(question: PowerQuestion, design: Design, measured: Baseline | None) -> tuple[ByDays, ...]:
    if not question.daily:
        return ()
    found = []
    for weeks in WEEKS:
        total = _coming(question, measured, 7 * weeks)
        n = total * question.split[0]
        if n < FEWEST:
            found.append(ByDays(7 * weeks, total, None))
            continue
        chance = None if question.effect is None else _chance(question, design, question.reading, n)(question.effect)
        found.append(ByDays(7 * weeks, total, _smallest(question, design, question.reading, n), chance))
    return tuple(found)


def _formula(question: PowerQuestion) -> str:
    return FORMULAS[question.kind][question.formula or next(iter(FORMULAS[question.kind]))]


def _evidence(con: Warehouse, question: PowerQuestion, measured: Baseline | None, sizes: tuple[Size, ...]) -> Evidence:
    sides, baseline = "two-sided" if question.two_sided else "one-sided", question.baseline
    family = ""
    if question.comparisons > 1:
        family = f" {question.comparisons} comparisons share alpha, so each gets {question.alpha_each:.4g} (Holm's first step)."
    told = (
        f"Units of each variant for a {question.kind} {'that is not known' if baseline is None else f'of {baseline:.6g}'} at alpha "
        f"{question.alpha:g} {sides} and power {question.power:g}. Formula: {_formula(question)}.{family}"
    )
    warnings = _warnings(question, measured, sizes)
    if measured is None:
        return Evidence(told, "", {}, 0, data_until(con), warnings)
    own = measured.evidence
    return Evidence(f"{told} {own.definition}", own.sql, own.params, own.population, own.data_until, (*own.warnings, *warnings))


def _warnings(question: PowerQuestion, measured: Baseline | None, sizes: tuple[Size, ...]) -> tuple[str, ...]:
    found = []
    if measured is not None and measured.units < FEW:
        found.append(f"Not enough data yet to plan from: {measured.units} of {FEW} needed came there in the window.")
    total = next(size.total for size in sizes if size.reading == question.reading)
    rarer = min(question.baseline or 0.0, 1 - (question.baseline or 0.0))
    if question.kind == "share" and total is not None and total * min(question.split) * rarer < FEW_OF_BOTH:
        expected = "some ten in each variant who do it, and ten who do not"
        found.append(f"So few units would do it that these formulas are rough: expect {expected}.")
    return tuple(found)
