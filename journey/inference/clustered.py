"""The error of a mean whose rows hang together by customer, from what each row adds to it (its influence)."""

import math

import numpy as np
from scipy.special import stdtrit

from journey.inference import Interval


def clustered_error(influence: np.ndarray, group: np.ndarray) -> float | None:
    """The standard error of the mean of (n,) influences, which have mean 0; rows of one group may depend on each other.

    None below two groups.  With every row a group of its own it is the ordinary standard error of a mean.
    Source: Liang, Zeger 1986, Biometrika 73, 13, with the correction G / (G - 1) for G groups.
    """
    _, place = np.unique(group, return_inverse=True)
    sums = np.bincount(place, influence)
    groups = len(sums)
    return math.sqrt(float((sums**2).sum()) * groups / (groups - 1)) / len(influence) if groups > 1 else None


def student_interval(value: float, error: float | None, freedom: float, confidence: float = 0.95) -> Interval | None:
    """The interval of an estimate by Student's t; None without an error, or below one degree of freedom."""
    if error is None or freedom < 1:
        return None
    half = float(stdtrit(freedom, 0.5 + confidence / 2)) * error
    return value - half, value + half
