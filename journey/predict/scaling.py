"""How raw features become the columns that a logistic regression sees, each of which belongs to one feature.

A feature is taken as it is or as sign(x) log(1 + |x|), then centred on its mean and divided by its spread over the
customers learned from.  Missing is told apart: its column is 0, and a column of its own says so where it was ever seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SKEWED = 1.0  # above this skewness of a feature that is never negative, its logarithm is nearer to straight
NARROWEST = 1e-12


@dataclass(frozen=True)
class Scaling:
    """All by feature, (k,): logged, mean and spread (of the logged values where logged), missing (share of customers without it)."""

    logged: tuple[bool, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    missing: tuple[float, ...]

    @property
    def owners(self) -> np.ndarray:
        """(c,): the feature that each column belongs to; those that say "missing" come after the others."""
        return np.array([*range(len(self.mean)), *(place for place, share in enumerate(self.missing) if share > 0)], dtype=int)

    def columns(self, values: np.ndarray) -> np.ndarray:
        """(n, k) raw -> (n, c), each of mean 0 over the customers learned from."""
        bent = bend(values, np.array(self.logged))
        unknown = np.isnan(bent)
        scaled = np.where(unknown, 0.0, (bent - np.array(self.mean)) / np.array(self.spread))
        told = [unknown[:, place] - share for place, share in enumerate(self.missing) if share > 0]
        return np.column_stack([scaled, *told]) if told else scaled

    def typical(self) -> np.ndarray:
        """(k,): the raw value that stands out in neither direction: the mean, taken on the scale that is seen."""
        mean = np.array(self.mean)
        return np.where(self.logged, np.sign(mean) * np.expm1(np.where(self.logged, np.abs(mean), 0.0)), mean)

    def as_plain(self) -> dict[str, Any]:
        return {"logged": list(self.logged), "mean": list(self.mean), "spread": list(self.spread), "missing": list(self.missing)}


def read_scaling(plain: Mapping[str, Any]) -> Scaling:
    """What `as_plain` wrote."""
    return Scaling(
        tuple(map(bool, plain["logged"])),
        tuple(map(float, plain["mean"])),
        tuple(map(float, plain["spread"])),
        tuple(map(float, plain["missing"])),
    )


def fit_scaling(values: np.ndarray, logged: Sequence[bool | None]) -> Scaling:
    """From those learned from, (n, k) raw.  logged: as the feature says; None where it says nothing: then by its skewness."""
    chosen = np.array([_is_skewed(values[:, place]) if said is None else said for place, said in enumerate(logged)], dtype=bool)
    bent = bend(values, chosen)
    known = ~np.isnan(bent)
    counts = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, bent, 0.0).sum(axis=0) / counts
    spread = np.sqrt(np.where(known, (bent - mean) ** 2, 0.0).sum(axis=0) / counts)
    spread = np.where(spread > NARROWEST * np.maximum(1.0, np.abs(mean)), spread, 1.0)
    missing = 1 - known.mean(axis=0) if len(values) else np.zeros(len(mean))
    return Scaling(tuple(chosen.tolist()), tuple(mean.tolist()), tuple(spread.tolist()), tuple(missing.tolist()))


def bend(values: np.ndarray, logged: np.ndarray) -> np.ndarray:
    """The logarithm, with its sign, of the columns that are logged."""
    return np.where(logged, np.sign(values) * np.log1p(np.abs(values)), values) if len(values) else values


def _is_skewed(column: np.ndarray) -> bool:
    known = column[~np.isnan(column)]
    spread = known.std() if len(known) else 0.0
    if len(known) < 3 or known.min() < 0 or not spread > 0 or known.max() <= 1:
        return False
    return float((((known - known.mean()) / spread) ** 3).mean()) > SKEWED
