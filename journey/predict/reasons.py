"""Why a score is what it is: what each feature adds, the number beside the typical one, and one sentence.

Reasons say what a customer stands out by, never what makes them leave or buy: only an experiment tells that.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TOLD = 3
SHARE_OF_ALL = 0.05  # of what all features add: less is not worth telling


@dataclass(frozen=True)
class Reason:
    """value, typical: in `unit`, value None where unknown.  contribution: log-odds added against the typical customer."""

    feature: str
    label: str
    unit: str
    family: str
    actionable: bool
    value: float | None
    typical: float
    contribution: float

    def as_plain(self) -> dict[str, Any]:
        return {
            "feature": self.feature,
            "label": self.label,
            "unit": self.unit,
            "family": self.family,
            "value": self.value,
            "typical": self.typical,
            "contribution": self.contribution,
            "actionable": self.actionable,
        }


def in_order(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Actionable ones first, then by how much they add in either direction."""
    return tuple(sorted(reasons, key=lambda one: (not one.actionable, -abs(one.contribution), one.feature)))


def worth_telling(reasons: Sequence[Reason], most: int = TOLD) -> tuple[Reason, ...]:
    """The few that move the estimate most in the direction in which it lies, actionable ones first; () where none does.

    Features of a family often say the same and share or cancel what they add, so families are weighed by their sums and of
    each the feature is told that adds most.
    """
    whole = sum(one.contribution for one in reasons)
    least = SHARE_OF_ALL * sum(abs(one.contribution) for one in reasons)
    families: dict[str, list[Reason]] = {}
    for one in sorted(reasons, key=lambda one: (-abs(one.contribution), one.feature)):
        families.setdefault(one.family, []).append(one)
    sums = {family: sum(one.contribution for one in of) for family, of in families.items()}
    along = sorted((family for family, net in sums.items() if net * whole > 0 and abs(net) >= least), key=lambda f: -abs(sums[f]))
    return in_order([_spoken(families[family], whole) for family in along[:most]])


def _spoken(family: Sequence[Reason], whole: float) -> Reason:
    """Of a family, largest first, the one to tell: a number before what is not known."""
    along = [one for one in family if one.contribution * whole > 0]
    return next((one for one in along if one.value is not None), along[0])


def sentence(probability: float, interval: tuple[float, float], base: float, reasons: Sequence[Reason]) -> str:
    """One plain sentence: the chance, the typical customer's, and what the customer stands out by.

    base: the chance of the typical customer.  Labels are data and are shown as they are.
    """
    low, high = interval
    chance = f"{share(probability)} ({share(low)} to {share(high)}), where the typical customer has {share(base)}"
    told = worth_telling(reasons)
    if not told:
        return f"{chance}; nothing stands out."
    way = "higher" if sum(one.contribution for one in reasons) > 0 else "lower"
    listed = [
        f"{one.label[:1].lower()}{one.label[1:]} {number(one.value, one.unit)} (typical {number(one.typical, one.unit)})" for one in told
    ]
    return f"{chance}; stands out by {join(listed)}, which go{'es' if len(told) == 1 else ''} with a {way} chance."


def _told(one: Reason) -> str:
    label = f"{one.label[:1].lower()}{one.label[1:]}"
    return f"{label} {number(one.value, one.unit)} (typical {number(one.typical, one.unit)})"


def share(p: float) -> str:
    """A chance as a person says it; never 0% or 100% where it is neither."""
    if 0 < p < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < p < 1 else f"{p:.0%}"


def number(value: float | None, unit: str) -> str:
    """A number of a feature as a person says it."""
    if value is None or math.isnan(value):
        return "none"
    if unit == "yes or no":
        return "yes" if value == 1 else "no" if value == 0 else f"{value:.0%} yes"
    if abs(value) >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    if unit == "share":
        return share(value)
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2g}" if abs(value) >= 0.01 else "almost 0"


def join(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
