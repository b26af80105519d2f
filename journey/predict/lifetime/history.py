"""What the models read of a customer: how often, until when, and for how long they could have ordered."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Histories:
    """Distinct histories, and how many customers share each.

    x: orders after the first.  seen: time from the first order to the last.  age: time from the first order to the last
    day before the calibration's end.  count: customers of this history.  Times in periods of the question.
    """

    x: np.ndarray
    seen: np.ndarray
    age: np.ndarray
    count: np.ndarray

    @property
    def customers(self) -> int:
        return int(self.count.sum())


def distinct(x: np.ndarray, seen_days: np.ndarray, age_days: np.ndarray, unit_days: float) -> tuple[Histories, np.ndarray]:
    """-> (distinct histories, the place of each customer's among them).  Days are whole numbers."""
    days = int(age_days.max(initial=0)) + 1
    key = (x.astype(np.int64) * days + seen_days) * days + age_days
    keys, place, count = np.unique(key, return_inverse=True, return_counts=True)
    rest, age = np.divmod(keys, days)
    repeats, seen = np.divmod(rest, days)
    return Histories(repeats.astype(float), seen / unit_days, age / unit_days, count.astype(float)), place
