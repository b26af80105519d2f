"""The sentences of verdicts: short, with the figures they rest on, and never saying more than those bear out."""

from collections.abc import Sequence

from journey.experiments.judge.how import HowRead
from journey.experiments.judge.progress import Progress
from journey.experiments.judge.variant import Variant
from journey.experiments.judge.words import between, day, digits_of, listed, told
from journey.experiments.result import HARMED, OPEN, Estimate, Split


def broken(split: Split, cause: str) -> str:
    sizes = listed([f"{arm.name} has {arm.units:,}" for arm in split.arms])
    meant = listed([f"{100 * arm.share:.4g}%" for arm in split.arms])
    seldom = "never does this" if not split.p else f"does this less than once in 1,000 times (p = {split.p:.1g})"
    said = f"Broken, no winner can be named: of the units {sizes}, where {meant} were meant, and chance {seldom}."
    return f"{said} {cause}".strip()


def shipped(best: Variant, too: Sequence[Variant], control: str, how: HowRead, effect: float | None) -> str:
    """The best variant, what it brings, and what to keep an eye on.  too: others that could be shipped."""
    figures = "; ".join(_told(one, control, how) for one in best.primary)
    parts = [f"Ship {best.arm}: {figures}."]
    if too:
        others = listed([one.arm for one in too])
        parts.append(f"{others} {'is' if len(too) == 1 else 'are'} better than {control} too, by less so far.")
    if best.guardrails:
        names = [one.metric.name for one in best.guardrails]
        parts.append(f"The guardrail{'s' if len(names) > 1 else ''} {listed(names)} {'are' if len(names) > 1 else 'is'} held.")
    if best.is_futile(effect):
        parts.append(f"It is real, but less than the {_worth(best, effect)} that was called worth finding.")
    worse = [one.metric.name for one in best.others if _is_worse(one, how)]
    return " ".join([*parts, *([f"Mind {listed(worse)}: worse."] if worse else [])])


def stopped(variants: Sequence[Variant], control: str, how: HowRead, effect: float | None, why: str) -> str:
    """Why each variant is given up; those of which nothing is told at the end are named together.  why: it is the end."""
    parts = [_given_up(one, control, how, effect) for one in variants if one.does_harm or one.is_futile(effect)]
    rest = [one for one in variants if not (one.does_harm or one.is_futile(effect))]
    if rest:
        figures = "; ".join(_told(found, control, how) for one in rest for found in one.primary)
        parts.append(
            f"{why if parts else why[:1].lower() + why[1:]}, and no difference is told: {figures}. That does not show that there is none."
        )
    return "Stop: " + " ".join(parts)


def _given_up(one: Variant, control: str, how: HowRead, effect: float | None) -> str:
    if one.worse:
        return f"{one.arm} does harm: {'; '.join(_told(found, control, how) for found in one.worse)}."
    if one.standing(HARMED):
        broke = one.standing(HARMED)
        figures = "; ".join(f"{told(found, control, how.confidence)}, where {_margin(found)} is tolerated" for found in broke)
        return f"{one.arm} breaks a guardrail: {figures}."
    return f"{one.arm} does not bring the {_worth(one, effect)} worth finding: {_told(one.primary[0], control, how)}."


def running(variants: Sequence[Variant], control: str, how: HowRead, until: str) -> str:
    """What is not told yet, and what is missing for it."""
    look = f" This is look {how.look} of {how.looks}." if how.kind == "planned" else ""
    parts = [f"Keep running{until}.{look}"]
    for one in variants:
        if one.does_harm:
            parts.append(f"Take {one.arm} out: {_given_up(one, control, how, None)}")
        elif few := one.few(control):
            parts.append(f"Too few to tell anything yet: {few}.")
        elif one.is_better:
            parts.append(f"{_capital(_told(one.primary[0], control, how))}, but {_open(one)}.")
        else:
            parts.append(f"Not told yet: {'; '.join(_told(found, control, how) for found in one.primary)}.")
    if not until and how.kind == "always_valid" and not any(one.few(control) or one.is_better for one in variants):
        parts.append("At this difference it would take more than 100 times the units so far.")
    return " ".join(parts)


def _open(one: Variant) -> str:
    """Guardrails that are neither held nor broken: how much harm is not ruled out."""
    said = []
    for found in one.standing(OPEN):
        interval = found.compared.relative_interval if found.metric.relative else found.compared.interval
        if found.metric.margin is None:
            said.append(f"no margin says how much harm to {found.metric.name} is tolerated")
        elif interval is None:
            said.append(f"of the guardrail {found.metric.name} too little is known")
        else:
            scope = f"{100 * interval[0]:+.1f}% to {100 * interval[1]:+.1f}%" if found.metric.relative else _interval(found)
            said.append(f"the guardrail {found.metric.name} is open ({scope}, where {_margin(found)} is tolerated)")
    return listed(said)


def early(how: HowRead, progress: Progress, until: str) -> str:
    """Before the one look, or the first of the planned looks."""
    if how.kind == "planned":
        return f"Keep running{until}. The first of {how.looks} planned looks is not due yet."
    if progress.planned is None and progress.stop is None:
        return (
            "Keep running. This reading is right at one look, and neither a size nor an end was planned for it: plan one, "
            "or use the reading that is always valid."
        )
    size = "" if progress.planned is None else f", at the planned {progress.planned:,} units; {progress.units:,} are in"
    return f"Keep running{until}. This reading is right at one look{size}. What it shows before decides nothing."


def until_when(when: int | None, more: float | None, timezone: str) -> str:
    """ " until about 14 March 2026", or how many more units, where either is known."""
    if when is not None:
        return f" until about {day(when, timezone)}"
    return f" for about {round(more, -2 if more >= 1_000 else -1):,.0f} more units" if more is not None and more >= 5 else ""


def _told(one: Estimate, control: str, how: HowRead) -> str:
    chance, figures = one.compared.p_better, told(one, control, how.confidence)
    if how.kind != "bayesian" or chance is None:
        return figures
    ends = "over 99.9%" if chance > 0.999 else "under 0.1%" if chance < 0.001 else f"{100 * chance:.1f}%"
    return f"{figures}, a chance of {ends} to be better"


def _is_worse(one: Estimate, how: HowRead) -> bool:
    found = one.compared
    if not found.told_from_none or found.difference is None or (found.p_adjusted is not None and found.p_adjusted > how.alpha):
        return False
    return (found.difference > 0) != (one.metric.good == "up")


def _interval(one: Estimate) -> str:
    interval = one.compared.interval or (0.0, 0.0)
    return between(one.metric, interval, digits_of(one.metric, interval))


def _margin(one: Estimate) -> str:
    metric = one.metric
    if metric.margin is None:
        return "no harm"
    return f"{100 * metric.margin:.3g}%" if metric.relative else _size(one, metric.margin)


def _worth(one: Variant, effect: float | None) -> str:
    return _size(one.primary[0], effect or 0.0)


def _size(one: Estimate, value: float) -> str:
    """1 point, 0.5 points, 2.5."""
    if one.metric.kind != "share":
        return f"{value:,.4g}"
    points = f"{100 * value:.3g}"
    return f"{points} point{'' if points == '1' else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
