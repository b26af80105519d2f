"""What to do, in one sentence, by rules that neither looking often nor choosing among numbers can bend.

A variant is shipped only where every primary metric is told to be better, adjusted for how many primary metrics and variants
there are, and every guardrail is held.  A reading that is right at one look decides nothing before it.
"""

from collections.abc import Sequence
from dataclasses import replace

from journey.experiments.judge.how import HowRead
from journey.experiments.judge.progress import Progress
from journey.experiments.judge.sentences import as_it_stood, broken, early, hinted, nearly_broken, running, shipped, stopped, until_when
from journey.experiments.judge.variant import Variant, judged
from journey.experiments.judge.words import Terms
from journey.experiments.result import BROKEN, RUNNING, SHIP, STOP, Estimate, Split, Verdict


def decide_verdict(
    estimates: Sequence[Estimate],
    split: Split,
    how: HowRead,
    *,
    control: str = "control",
    size: int | None = None,
    effect: float | None = None,
    pace: float | None = None,
    now: int | None = None,
    stop: int | None = None,
    over: bool = False,
    cause: str = "",
    timezone: str = "UTC",
    currency: str | None = None,
    departs: Sequence[str] = (),
    due: bool | None = None,
    as_of: int | None = None,
) -> Verdict:
    """size: units of each variant planned.  effect: the smallest worth finding, above 0, in the first primary metric's unit.

    pace: units a day, of all variants.  now, stop: ms, until when the data reach, and the planned end; None of a table.
    over: nobody is exposed any more.  cause: a sentence on what broke the split.  timezone: of the days that are named.
    currency: of metrics that are revenue.  departs: sentences on what is otherwise than was planned; one makes it a hint.
    due: whether any planned look is; None where the units and the end tell.
    as_of: ms, the moment of the last look that was due, where more has come since.
    """
    if split.alarm:
        return Verdict(BROKEN, broken(split, cause))
    units = sum(arm.units for arm in split.arms)
    progress = Progress(units, None if size is None else size * len(split.arms), pace, now, stop, over)
    variants, terms = judged(estimates, how), Terms(control, how, effect, currency, timezone)
    if not variants:
        return Verdict(RUNNING, _nothing_asked(split))
    if _is_early(how, progress) if due is None else not due:
        return Verdict(RUNNING, early(terms, progress, until_when(progress.end(), None, terms)), progress.end())
    decided = _decided(variants, terms, progress)
    found = decided or _waiting(variants, terms, progress)
    beware = [nearly_broken(split)] if split.warn and found.state == SHIP else []
    beware += [] if as_of is None else [as_it_stood(as_of, terms)]
    sentence = " ".join([found.sentence, *beware])
    if decided is None or not departs:
        return replace(found, sentence=sentence)
    return replace(found, sentence=hinted(sentence, departs[0]), hint=True)


def _nothing_asked(split: Split) -> str:
    if len([arm for arm in split.arms if arm.units]) < 2:
        return "Keep running. Fewer than two variants have units, so there is nothing to compare."
    return "Keep running. No metric is primary, so nothing can be decided: name the one that the experiment is for."


def _is_early(how: HowRead, progress: Progress) -> bool:
    if how.kind == "planned":
        return how.look < 1
    return how.kind in ("fixed", "bayesian") and not progress.has_ended(how)


def _decided(variants: Sequence[Variant], terms: Terms, progress: Progress) -> Verdict | None:
    """Ship where one may; stop where none is left that could still win."""
    winners = sorted((one for one in variants if one.can_ship), key=lambda one: -one.gain)
    if winners:
        return Verdict(SHIP, shipped(winners[0], winners[1:], terms))
    ended = progress.has_ended(terms.how)
    given_up = [one for one in variants if not (one.few(terms.control) or one.is_better) and (one.is_futile(terms.effect) or ended)]
    lost = [one for one in variants if one.does_harm or one in given_up]
    return Verdict(STOP, stopped(lost, terms, progress.why_ended(terms.how))) if len(lost) == len(variants) else None


def _waiting(variants: Sequence[Variant], terms: Terms, progress: Progress) -> Verdict:
    """Until what is missing should be there: the fewest units, what would tell the difference, or the end of what was planned."""
    ways = [_times(one, terms) for one in variants if not one.does_harm]
    times = min((one for one in ways if one is not None), default=None)
    more = None if times is None else progress.units * (times - 1)
    if progress.has_ended(terms.how):
        return Verdict(RUNNING, running(variants, terms, until_when(None, more, terms)))
    told = None if more is None else progress.reaches(progress.units + more)
    when = min((one for one in (told, progress.end()) if one is not None), default=None)
    return Verdict(RUNNING, running(variants, terms, until_when(when, more, terms)), when)


def _times(one: Variant, terms: Terms) -> float | None:
    """How many times the units so far; other readings than the always-valid one wait for what was planned."""
    if one.few(terms.control):
        return one.times_few()
    return one.times(terms.how, terms.effect) if terms.how.kind == "always_valid" else None
