"""What looking more than once costs: the units that other ways of reading need for the same power.

Planned looks cost little, since nearly all of alpha is kept for the last; an interval that is always valid costs about twice
the units, and in return may be looked at daily and may stop early: of a large effect it needs fewer days than were planned.
"""

import math
from functools import lru_cache

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from journey.experiments.power.formulas import Design, needed, power_at
from journey.inference.boundaries import Walk, boundaries
from journey.inference.sequences import always_valid_half

FARTHEST_SHIFT = 30.0  # standard errors at the end of the sample, at which anything is told


def power_of_looks(shift: float, bounds: tuple[float, ...]) -> float:
    """The chance that the difference leaves the bounds at one of evenly spread looks, where it is `shift` standard errors at the last.

    The walk without a difference is weighed by how much likelier its end is with one (likelihood ratio), so that one
    integration serves every shift.
    """
    walk = Walk()
    for look, z in enumerate(bounds, 1):
        walk.go_on(z, look / len(bounds))
    inside = walk.mass * [math.exp(shift * place - shift * shift / 2) for place in walk.at.tolist()]
    return 1 - float(inside.sum())


def inflation(bounds: tuple[float, ...], alpha: float, power: float) -> float:
    """How many times the units of one look at alpha, two-sided, it takes with these bounds.

    Source: Jennison, Turnbull 2000, "Group Sequential Methods", table 2.4: 1.028 of O'Brien-Fleming's five looks at 5%, power .8.
    """
    shift = brentq(lambda size: power_of_looks(size, bounds) - power, 0, FARTHEST_SHIFT, xtol=1e-10)
    return float((shift / (float(ndtri(1 - alpha / 2)) + float(ndtri(power)))) ** 2)


@lru_cache(maxsize=256)
def planned_inflation(looks: int, alpha: float, power: float) -> float:
    """The same of looks that spend alpha as a planned reading does."""
    return inflation(boundaries(looks, alpha), alpha, power)


def power_planned(design: Design, effect: float, n: float, looks: int) -> float:
    """The chance to tell the effect at one of the looks, n units of control at the last."""
    return power_at(design, effect, n / planned_inflation(looks, both_sides(design), design.power))


def power_always_valid(design: Design, effect: float, n: float, tuned_at: int | None) -> float:
    """The chance that the interval leaves out zero when n units of control are in; it may have done so before.

    tuned_at: units of both variants at which the interval is the tightest; None for the n in question.
    """
    both = max(2, round(n * (1 + design.ratio)))
    half = always_valid_half(float(both), both, both_sides(design), tuned_at or both)
    error = design.error(effect, n)
    return float(ndtr(abs(effect) / error - half)) if error and half else 0.0


def units_planned(design: Design, units: float, looks: int) -> float:
    """Units of control with planned looks, from those of one look."""
    return units * planned_inflation(looks, both_sides(design), design.power)


def units_always_valid(design: Design, effect: float, tuned_at: int | None) -> float:
    """Units of control after which the always-valid interval leaves out zero with the power asked."""
    return needed(lambda n: power_always_valid(design, effect, n, tuned_at), design.power)


def both_sides(design: Design) -> float:
    """The alpha of a two-sided interval that errs on the side asked as often as the test does."""
    return min(2 * design.tail, 0.999)
