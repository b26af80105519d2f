"""The sentences of verdicts: short, with the figures they rest on, and never saying more than those bear out."""

from collections.abc import Sequence

from journey.experiments.judge.progress import Progress
from journey.experiments.judge.variant import Variant
from journey.experiments.judge.words import Terms, between, day, digits_of, listed, size, told
from journey.experiments.result import HARMED, OPEN, Estimate, Split


def broken(split: Split, cause: str) -> str:
    sizes = listed([f"{arm.name} has {arm.units:,}{'' if place else ' units'}" for place, arm in enumerate(split.arms)])
    alike = max(arm.share for arm in split.arms) - min(arm.share for arm in split.arms) < 1e-9
    meant = "as many in each" if alike else listed([f"{100 * arm.share:.4g}%" for arm in split.arms])
    seldom = f"p = {split.p:.1g}" if split.p else "p below 1e-300"
    said = f"Broken, no winner can be named: {sizes}, where {meant} were meant; chance alone hardly ever does this ({seldom})."
    return f"{said} {cause}".strip()


def nearly_broken(split: Split) -> str:
    return f"Look at the split first: chance is as far off only {1_000 * (split.p or 0.0):.1g} times in 1,000."


def shipped(best: Variant, too: Sequence[Variant], terms: Terms) -> str:
    """The best variant, what it brings, and what to keep an eye on.  too: others that could be shipped."""
    figures = "; ".join(told(one, terms) for one in best.primary)
    parts = [f"Ship {best.arm}: {figures}."]
    if too:
        others = listed([one.arm for one in too])
        parts.append(f"{others} {'is' if len(too) == 1 else 'are'} better than {terms.control} too, by less so far.")
    if best.guardrails:
        names = [one.metric.name for one in best.guardrails]
        parts.append(f"The guardrail{'s' if len(names) > 1 else ''} {listed(names)} {'are' if len(names) > 1 else 'is'} held.")
    if best.is_futile(terms.effect):
        parts.append(f"That is less than the {_worth(best, terms)} worth finding.")
    worse = [one.metric.name for one in best.others if _is_worse(one, terms.how.alpha)]
    return " ".join([*parts, *([f"Mind {listed(worse)}: worse."] if worse else [])])


def stopped(variants: Sequence[Variant], terms: Terms, why: str) -> str:
    """Why each variant is given up; those of which nothing is told at the end are named together.  why: it is the end."""
    parts = [_given_up(one, terms) for one in variants if one.does_harm or one.is_futile(terms.effect)]
    rest = [one for one in variants if not (one.does_harm or one.is_futile(terms.effect))]
    if rest:
        figures = "; ".join(told(found, terms) for one in rest for found in one.primary)
        parts.append(
            f"{why if parts else why[:1].lower() + why[1:]}, and no difference is told: {figures}. That does not show that there is none."
        )
    return "Stop: " + " ".join(parts)


def _given_up(one: Variant, terms: Terms) -> str:
    if one.worse:
        return f"{one.arm} does harm: {'; '.join(told(found, terms) for found in one.worse)}."
    if one.standing(HARMED):
        broke = one.standing(HARMED)
        figures = "; ".join(f"{told(found, terms)}, where {_margin(found, terms)} is tolerated" for found in broke)
        return f"{one.arm} breaks a guardrail: {figures}."
    return f"{one.arm} does not bring the {_worth(one, terms)} worth finding: {told(one.primary[0], terms)}."


def running(variants: Sequence[Variant], terms: Terms, until: str) -> str:
    """What is not told yet, and what is missing for it."""
    look = f" This is look {terms.how.look} of {terms.how.looks}." if terms.how.kind == "planned" else ""
    parts = [f"Keep running{until}.{look}"]
    for one in variants:
        if one.does_harm:
            parts.append(f"Take {one.arm} out: {_given_up(one, terms)}")
        elif few := one.few(terms.control):
            parts.append(f"Too few to tell anything yet: {few}.")
        elif one.is_better:
            parts.append(f"{_capital(told(one.primary[0], terms))}, but {_open(one, terms)}.")
        else:
            parts.append(f"Not told yet: {'; '.join(told(found, terms) for found in one.primary)}.")
    if not until and terms.how.kind == "always_valid" and all(_is_known(one, terms) for one in variants):
        parts.append("At this difference it would take more than 100 times the units so far.")
    return " ".join(parts)


def _is_known(one: Variant, terms: Terms) -> bool:
    """Whether there is enough, and a difference that more of the same could tell."""
    told_of = all(found.compared.interval is not None for found in one.primary)
    return told_of and not (one.few(terms.control) or one.is_better)


def _open(one: Variant, terms: Terms) -> str:
    """Guardrails that are neither held nor broken: how much harm is not ruled out."""
    said = []
    for found in one.standing(OPEN):
        interval = found.compared.relative_interval if found.metric.relative else found.compared.interval
        if found.metric.margin is None:
            said.append(f"no margin says how much harm to {found.metric.name} is tolerated")
        elif interval is None:
            said.append(f"of the guardrail {found.metric.name} too little is known")
        else:
            scope = f"{100 * interval[0]:+.1f}% to {100 * interval[1]:+.1f}%" if found.metric.relative else _interval(found, terms)
            said.append(f"the guardrail {found.metric.name} is open ({scope}, where {_margin(found, terms)} is tolerated)")
    return listed(said)


def early(terms: Terms, progress: Progress, until: str) -> str:
    """Before the one look, or the first of the planned looks."""
    if terms.how.kind == "planned":
        return f"Keep running{until}. The first of {terms.how.looks} planned looks is not due yet."
    if progress.planned is None and progress.stop is None:
        return (
            "Keep running. This reading is right at one look, and neither a size nor an end was planned for it: plan one, "
            "or use the reading that is always valid."
        )
    unfinished = ", and the time of some is not over" if progress.is_full else ""
    size = "" if progress.planned is None else f", at the planned {progress.planned:,} units; {progress.units:,} are in{unfinished}"
    nobody = " Nobody new is exposed any more: let more in, or use the reading that is always valid." if progress.over else ""
    return f"Keep running{until}. This reading is right at one look{size}. What it shows before decides nothing.{nobody}"


def as_it_stood(when: int, terms: Terms) -> str:
    """Of a reading that is right at planned looks only: it is that of the last look, whatever has come since."""
    if terms.how.kind == "planned" and terms.how.look < terms.how.looks:
        due, then = f"look {terms.how.look} of {terms.how.looks} was due", "waits for the next look"
    else:
        due, then = "what was planned was in", "is not read, since that would be another look"
    return f"It is read as it stood on {day(when, terms.timezone)}, when {due}; what came after {then}."


def hinted(sentence: str, why: str) -> str:
    """A verdict that was not reached as it was planned."""
    return f"A hint to {sentence[:1].lower()}{sentence[1:]} This is no proof. {why}"


def until_when(when: int | None, more: float | None, terms: Terms) -> str:
    """ " until about 14 March 2026", or how many more units, where either is known."""
    if when is not None:
        return f" until about {day(when, terms.timezone)}"
    return f" for about {round(more, -2 if more >= 1_000 else -1):,.0f} more units" if more is not None and more >= 5 else ""


def _is_worse(one: Estimate, alpha: float) -> bool:
    found = one.compared
    if not found.told_from_none or found.difference is None or (found.p_adjusted is not None and found.p_adjusted > alpha):
        return False
    return (found.difference > 0) != (one.metric.good == "up")


def _interval(one: Estimate, terms: Terms) -> str:
    interval = one.compared.interval or (0.0, 0.0)
    return between(one.metric, interval, digits_of(one.metric, interval), terms.currency)


def _margin(one: Estimate, terms: Terms) -> str:
    metric = one.metric
    if metric.margin is None:
        return "no harm"
    return f"{100 * metric.margin:.3g}%" if metric.relative else size(metric, metric.margin, terms.currency)


def _worth(one: Variant, terms: Terms) -> str:
    return size(one.primary[0].metric, terms.effect or 0.0, terms.currency)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
