"""The difference between those with an action and those without, where each had a known chance of it.

Pure arithmetic on arrays, one entry per decision.  A customer is decided on many times, so their decisions are not
independent: errors are summed up by customer before they are squared.
"""

from dataclasses import dataclass

import numpy as np

from journey.inference import Z95, Interval
from journey.inference.clustered import clustered_error


@dataclass(frozen=True)
class Difference:
    """mean: of the treated less that of the control; se: its standard error, None below two customers in a group.

    treated, control: the weighed means.  decisions, controls: how many.  customers: different ones, in both together.
    """

    mean: float
    se: float | None
    treated: float
    control: float
    decisions: int
    controls: int
    customers: int

    @property
    def interval(self) -> Interval | None:
        return None if self.se is None else (self.mean - Z95 * self.se, self.mean + Z95 * self.se)


def weighed_difference(value: np.ndarray, treated: np.ndarray, weight: np.ndarray, customer: np.ndarray) -> Difference | None:
    """The Hajek difference of means; None where a group is empty.

    value: (n,), of each decision.  treated: (n,) bool.  weight: (n,) one over the chance of what was done.  customer: (n,)
    whole numbers; errors within one may hang together.
    Each mean is a ratio, sum(weight value) / sum(weight), so its error is linear in (value - mean) weight / sum(weight); these
    are added up by customer over both groups, as one customer may be in either at different times.
    Source: Hajek 1971, in Godambe and Sprott, "Foundations of Statistical Inference"; errors by cluster after Liang, Zeger
    1986, Biometrika 73, 13, with the correction G / (G - 1) for G customers.
    """
    if not treated.any() or treated.all():
        return None
    share = np.where(treated, weight / weight[treated].sum(), weight / weight[~treated].sum())
    first, second = float((share * value)[treated].sum()), float((share * value)[~treated].sum())
    error = clustered_error(share * np.where(treated, value - first, second - value), customer)
    few = min(len(np.unique(customer[treated])), len(np.unique(customer[~treated])))
    se = error * len(value) if error is not None and few > 1 else None
    return Difference(first - second, se, first, second, int(treated.sum()), int((~treated).sum()), len(np.unique(customer)))


def matched(treated: np.ndarray, weight: np.ndarray, stage: np.ndarray) -> np.ndarray:
    """(n,): weights by which the control has the stages of the treated; 0 in stages that only one of the two has.

    Source: direct standardisation, as in Rothman, Greenland, Lash 2008, "Modern Epidemiology", chapter 3.
    """
    names, place = np.unique(stage, return_inverse=True)
    with_it = np.bincount(place, weight * treated, len(names))
    without = np.bincount(place, weight * ~treated, len(names))
    factor = np.divide(with_it, without, out=np.zeros(len(names)), where=without > 0)
    return np.where(treated, weight * (without > 0)[place], weight * factor[place])
