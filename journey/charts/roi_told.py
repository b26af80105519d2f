"""Inputs of ROI as a person reads them: each in its unit, with as many decimals as matter."""

import math
from typing import Any

from journey.charts.words import MINUS, UNKNOWN, between, count, money, percent, points, several
from journey.roi import NAMED, SELL, RoiQuestion


def told_input(question: RoiQuestion, name: str, value: float | None, currency: str | None, *, finer: bool = False) -> str:
    """A value of an input in its unit: 4.8%, +1.6 pts, 32,000, €27.00.  finer: a lift with one more decimal."""
    if value is None:
        return UNKNOWN
    if name == "months":
        return several(value, "month")
    if name == "lift" and question.lift_is == "added":
        return told_lift(question.model, value, finer=finer)
    return told_unit(NAMED[name].unit, value, currency)


def told_range(question: RoiQuestion, name: str, low: float, high: float, currency: str | None) -> str:
    """Two values of an input with the same decimals: 4.5% to 5.1%, +0.07 to +0.73 pts."""
    if NAMED[name].unit != "share":
        return between(told_input(question, name, low, currency), told_input(question, name, high, currency))
    return told_shares(low, high, name == "lift" and question.model == SELL and question.lift_is == "added")


def told_shares(low: float, high: float, are_points: bool = False) -> str:
    digits = digits_of(100 * max(abs(low), abs(high)))
    if are_points:
        return between(points(low, digits).removesuffix(" pts"), points(high, digits))
    return between(percent(low, digits), percent(high, digits))


def told_lift(model: str, value: float, *, finer: bool = False) -> str:
    """A lift in the share that buys is a difference of shares; in those who stay, a share of those who would leave."""
    digits = max(digits_of(100 * value), 2) if finer else digits_of(100 * value)
    return points(value, digits) if model == SELL else percent(value, digits)


def told_unit(unit: str, value: float, currency: str | None) -> str:
    if unit == "share":
        return percent(value, digits_of(100 * value))
    if not unit.startswith("money"):
        return count(value)
    whole = 999.5 <= value < 1e6 or (value >= 100 and value == round(value) and value < 1e6)
    return whole_told(value, currency) if whole else money(value, currency)


def told_plain(question: RoiQuestion, name: str, plain: Any, currency: str | None) -> str:
    """An input as it was put in: a figure, or its P10 to P90."""
    spread = question.spreads.get(name)
    if spread is None or spread.is_fixed:
        return told_input(question, name, spread.central if spread else plain, currency)
    return told_range(question, name, spread.p10, spread.p90, currency)


def digits_of(value: float) -> int:
    """Decimals with which a percentage shows two digits that matter: 12.3, 4.8, 0.48."""
    return 1 if not value or abs(value) >= 1 else min(3, 1 - math.floor(math.log10(abs(value))))


def sum_told(amount: float | None, currency: str | None) -> str:
    """A sum of months: from 100 on without cents: €907, −€13k."""
    if amount is None or not 100 <= abs(amount) < 1_000:
        return money(amount, currency)
    return money(round(amount), currency).removesuffix(".00")


def whole_told(amount: float, currency: str | None) -> str:
    """A sum to the last unit, as the published calculator gives it: €4,250, −€217,341."""
    sign = money(0.0, currency).removesuffix("0.00")
    return (MINUS if round(amount) < 0 else "") + sign + count(abs(amount))
