"""Whether scores know whom an action helps: the Qini curve, its coefficient, and what random scores would reach.

Customers are put in order, those with the highest predicted uplift first.  The curve says how many outcomes the action added
among the first k of them, told by those treated against those not; the straight line from 0 to its end is what an order at
random adds.  The coefficient is the area between the two over that of the best order there could be: 0 says that the order
is worth nothing, 1 that it could not be better.  Outcomes that are no yes or no (money) have no best order; their area is
divided by the customers, twice, and is money for each customer.

Source: Radcliffe 2007, "Using control groups to target on predicted lift", Direct Marketing Analytics Journal 1, 14; curves
and coefficient as scikit-uplift defines them, so that figures can be compared.  Weights undo unequal chances of treatment.
"""

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Tried:
    """Customers who were treated or not, by dice.

    outcome: (n,) f64.  treated: (n,) bool.  weight: (n,), one over the chance of what was done; ones where all were alike.
    """

    outcome: Array
    treated: Array
    weight: Array

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def binary(self) -> bool:
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    def where(self, chosen: Array) -> "Tried":
        return Tried(self.outcome[chosen], self.treated[chosen], self.weight[chosen])


def tried(outcome: Array, treated: Array, weight: Array | None = None) -> Tried:
    """The same from plain arrays."""
    return Tried(np.asarray(outcome, float), np.asarray(treated, bool), np.ones(len(outcome)) if weight is None else np.asarray(weight))


def qini_curve(those: Tried, score: Array) -> tuple[Array, Array]:
    """(customers, outcomes added among them): from (0, 0), one point wherever the score changes, the highest first."""
    return _curve(those, score, per_treated=True)


def uplift_curve(those: Tried, score: Array) -> tuple[Array, Array]:
    """The same as if all of them, and not only those treated, had been treated."""
    return _curve(those, score, per_treated=False)


def _curve(those: Tried, score: Array, per_treated: bool) -> tuple[Array, Array]:
    order = np.argsort(score, kind="mergesort")[::-1]
    score = np.asarray(score)[order]
    ends = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    treated, weight, outcome = those.treated[order], those.weight[order], those.outcome[order]
    n1, n0, y1, y0 = (
        np.cumsum(value)[ends] for value in (weight * treated, weight * ~treated, weight * treated * outcome, weight * ~treated * outcome)
    )
    added = y1 - y0 * _over(n1, n0) if per_treated else (_over(y1, n1) - _over(y0, n0)) * (n1 + n0)
    return np.append(0, ends + 1), np.append(0.0, added)


def _over(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def qini_coefficient(those: Tried, score: Array) -> float | None:
    """The area between curve and straight line over that of the best order; of money, over the customers, twice.

    None where the best order is no better than any: nobody had the outcome, or everybody, or one group is empty.
    """
    best = best_area(those)
    return None if best is None else area(*qini_curve(those, score)) / best


def best_area(those: Tried) -> float | None:
    """What the area of an order is divided by."""
    if not _both(those) or (those.outcome == those.outcome[0]).all():
        return None
    if not those.binary:
        return float(len(those)) ** 2
    return area(*qini_curve(those, np.where(those.treated, those.outcome, -those.outcome))) or None


def area(customers: Array, added: Array) -> float:
    """Between a curve and the straight line to its end."""
    return float(np.trapezoid(added, customers) - added[-1] * customers[-1] / 2)


def uplift_auc(those: Tried, score: Array) -> float | None:
    """The same of the uplift curve, for outcomes of yes or no; None for others."""
    if not those.binary or not _both(those):
        return None
    done, treated = those.outcome == 1, those.treated
    summand = done if (done & ~treated).sum() > (~done & treated).sum() else treated
    best = area(*uplift_curve(those, 2 * (done == treated) + 1.0 * summand))
    return area(*uplift_curve(those, score)) / best if best else None


def uplift_at(those: Tried, score: Array, share: float) -> float | None:
    """What the action added to the mean outcome of the first `share` of customers; None where a group of them is empty."""
    order = np.argsort(score, kind="mergesort")[::-1]
    first = those.where(order[: int(len(order) * share)])
    if not _both(first):
        return None
    means = [np.average(first.outcome[arm], weights=first.weight[arm]) for arm in (first.treated, ~first.treated)]
    return float(means[0] - means[1])


def _both(those: Tried) -> bool:
    return bool(those.treated.any()) and not bool(those.treated.all())
