"""How many units it takes to tell a difference, and how small a difference they can tell, by formulas with names.

Counted are units of one variant and of control; every formula supposes that they are independent and that it is looked at once.
Known limit: a mean or a ratio is supposed to vary alike in both variants.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from journey.errors import QuestionError

MANY, FAR = 1e5, 6.0  # degrees of freedom above which t is a normal; standard errors beyond which a tail holds nothing
FEWEST, MOST = 2.0, 1e12  # units of control between which an answer is looked for
SHARES = {
    "pooled": "z test of two shares, pooled under no difference (Fleiss 1981, 3.2)",
    "baseline": "z test of two shares, the baseline's variance under no difference (Evan Miller's calculator)",
    "arcsine": "arcsine transformation of two shares (Cohen 1988, h)",
}
MEANS = {"student": "Student's t of two means, by its noncentral distribution (Cohen 1988, d)"}
RATIOS = {"student": "Student's t of two means, with the delta method's variance of one unit (Deng, Knoblich, Lu 2018)"}
FORMULAS = {"share": SHARES, "mean": MEANS, "ratio": RATIOS}
"""By kind of metric; the first is the default: it is the test that a reading at one look makes."""


@dataclass(frozen=True)
class Design:
    """One variant against control.

    baseline: of control, a share in (0, 1), or any mean.  variance: of one unit; None of a share, where it is p (1 - p).
    alpha: of this one comparison; two_sided: whether it looks both ways.  ratio: units of the variant for each unit of control.
    """

    kind: str
    baseline: float
    variance: float | None = None
    power: float = 0.8
    alpha: float = 0.05
    two_sided: bool = True
    ratio: float = 1.0
    formula: str = ""

    @property
    def named(self) -> str:
        """The formula's short name, the kind's default where none was chosen."""
        return self.formula or next(iter(FORMULAS[self.kind]))

    @property
    def tail(self) -> float:
        return self.alpha / 2 if self.two_sided else self.alpha

    def variances(self, effect: float) -> tuple[float, float]:
        """Of one unit of control, and of the variant."""
        if self.kind == "share":
            other = self.baseline + effect
            return self.baseline * (1 - self.baseline), other * (1 - other)
        return self.variance or 0.0, self.variance or 0.0

    def error(self, effect: float, n: float) -> float:
        """The standard error of the difference with n units of control, where the effect is true."""
        own, other = self.variances(effect)
        return math.sqrt(own / n + other / (n * self.ratio))


def power_at(design: Design, effect: float, n: float) -> float:
    """The chance that n units of control, and ratio x n of the variant, tell this effect from none."""
    return TESTS[design.named](design, effect, n)


def units_needed(design: Design, effect: float) -> float:
    """Units of control that tell this effect with the power asked, unrounded.

    Raises: QuestionError: an effect of 0, or one that takes the share out of 0 to 1.
    """
    refuse_impossible(design, effect)
    return needed(lambda n: power_at(design, effect, n), design.power)


def smallest_effect(design: Design, n: float, power_of: Callable[[float], float] | None = None, down: bool = False) -> float | None:
    """The smallest effect that n units of control tell with the power asked; below 0 where it is looked for downwards.

    power_of: effect -> power, where it is not the one of the formula.  None where even the largest cannot be told.
    """
    sign = -1.0 if down else 1.0
    chance = power_of or (lambda effect: power_at(design, effect, n))
    most = _farthest(design, n, sign)
    if most <= 0 or chance(sign * most) < design.power:
        return None
    least = most * 1e-9
    if chance(sign * least) >= design.power:
        return sign * least
    found = brentq(lambda log: chance(sign * math.exp(log)) - design.power, math.log(least), math.log(most), xtol=1e-14)
    return sign * math.exp(float(found))


def needed(power_of: Callable[[float], float], power: float) -> float:
    """The units at which a power that grows with them is reached."""
    if power_of(FEWEST) >= power:
        return FEWEST
    if power_of(MOST) < power:
        raise QuestionError("No number of units that could ever come tells so small an effect. Look for a larger one.")
    return math.exp(float(brentq(lambda log: power_of(math.exp(log)) - power, math.log(FEWEST), math.log(MOST), xtol=1e-14)))


def refuse_impossible(design: Design, effect: float) -> None:
    """Raises: QuestionError: an effect of 0, or one that takes the share out of 0 to 1."""
    if not effect or not math.isfinite(effect):
        raise QuestionError("effect is 0; an effect that is none cannot be told from none. Give the smallest one worth finding.")
    if design.kind == "share" and not 0 < design.baseline + effect < 1:
        raise QuestionError(
            f"A share of {design.baseline:g} cannot change by {effect:g}: it would be {design.baseline + effect:g}. "
            'Write shares from 0 to 1, or give "relative": true for an effect that is a share of the baseline.'
        )


def _farthest(design: Design, n: float, sign: float) -> float:
    if design.kind == "share":
        return (1 - design.baseline if sign > 0 else design.baseline) * (1 - 1e-9)
    return 100 * math.sqrt((design.variance or 0.0) * (1 + 1 / design.ratio))


def _pooled(design: Design, effect: float, n: float) -> float:
    whole = (design.baseline + design.ratio * (design.baseline + effect)) / (1 + design.ratio)
    return _one_tail(design, effect, n, whole * (1 - whole))


def _baseline(design: Design, effect: float, n: float) -> float:
    return _one_tail(design, effect, n, design.baseline * (1 - design.baseline))


def _one_tail(design: Design, effect: float, n: float, variance: float) -> float:
    """variance: of one unit where there is no difference.  The tail on the other side is left out, as those formulas do."""
    none = math.sqrt(variance * (1 + 1 / design.ratio) / n)
    return float(ndtr((abs(effect) + float(ndtri(design.tail)) * none) / design.error(effect, n)))


def _arcsine(design: Design, effect: float, n: float) -> float:
    h = 2 * (math.asin(math.sqrt(design.baseline + effect)) - math.asin(math.sqrt(design.baseline)))
    shift = abs(h) / math.sqrt((1 + 1 / design.ratio) / n)
    return _normal(design, shift)


def _student(design: Design, effect: float, n: float) -> float:
    freedom = n * (1 + design.ratio) - 2
    if freedom <= 0:
        return 0.0
    error = design.error(effect, n)
    shift = abs(effect) / error if error else math.inf
    if freedom > MANY:
        return _normal(design, shift)
    edge = -float(stdtrit(freedom, design.tail))
    other = float(nctdtr(freedom, shift, -edge)) if design.two_sided and shift < FAR else 0.0
    inside = 0.0 if shift - edge > FAR * 2 else float(nctdtr(freedom, shift, edge))
    return 0.0 if math.isnan(inside) or math.isnan(other) else 1 - inside + other  # too far out for the series: of two or three units


def _normal(design: Design, shift: float) -> float:
    """Of a normal that is `shift` standard errors off, and its other tail."""
    edge = float(ndtri(design.tail))
    return float(ndtr(shift + edge) + (ndtr(edge - shift) if design.two_sided else 0.0))


TESTS: dict[str, Callable[[Design, float, float], float]] = {
    "pooled": _pooled,
    "baseline": _baseline,
    "arcsine": _arcsine,
    "student": _student,
}
