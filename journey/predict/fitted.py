"""A fitted model as plain numbers: what it says of a customer, how sure it is, and which feature adds how much.

Log-odds before calibration are a weighted sum (logistic) or a sum over trees (boosted); calibration is a straight line
through them (Platt's sigmoid), so that what adds up before it adds up after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.errors import QuestionError
from journey.inference import Z95
from journey.predict.scaling import Scaling, read_scaling
from journey.predict.trees import Trees, read_trees

KINDS = ("logistic", "boosted")
ALIKE = 200  # trees have no errors of their own: as unsure as a share among so many customers


@dataclass(frozen=True, eq=False)
class Fitted:
    """features: names, in the order of the columns of `values`, (n, k) raw numbers, NaN where unknown.

    intercept, weights (c,), covariance (1 + c, 1 + c) of both: over the columns of `scaling`; trees: of a boosted one.
    slope, shift: log-odds = slope x raw + shift; line: covariance (2, 2) of the two.
    """

    kind: str
    features: tuple[str, ...]
    scaling: Scaling
    intercept: float
    weights: np.ndarray
    covariance: np.ndarray
    trees: Trees | None = None
    slope: float = 1.0
    shift: float = 0.0
    line: np.ndarray | None = None

    def raw(self, values: np.ndarray) -> np.ndarray:
        """(n,): log-odds before calibration."""
        self._check(values)
        return self.trees.log_odds(values) if self.trees else self.intercept + self.scaling.columns(values) @ self.weights

    def log_odds(self, values: np.ndarray) -> np.ndarray:
        """(n,): calibrated."""
        return self.slope * self.raw(values) + self.shift

    def probability(self, values: np.ndarray) -> np.ndarray:
        """(n,)."""
        return chance(self.log_odds(values))

    @property
    def base(self) -> float:
        """Log-odds of the typical customer, which contributions are added to."""
        return self.slope * (self.trees.base if self.trees else self.intercept) + self.shift

    def contributions(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        """(base, (n, k)): base + the sum of a row = its log-odds.

        Logistic: weight x (value - mean), exactly; base is the log-odds of who is typical in everything.
        """
        self._check(values)
        if self.trees:
            parts = self.trees.contributions(values)[1]
        else:
            each = self.scaling.columns(values) * self.weights
            parts = np.zeros(values.shape)
            for column, owner in enumerate(self.scaling.owners):
                parts[:, owner] += each[:, column]
        return self.base, self.slope * parts

    def interval(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(low, high), each (n,): 95%, of the probability of those who look like this, not of what one person does.

        Logistic: the delta method over weights, from a covariance clustered by customer, and over the calibration.
        Boosted: as unsure as a share among `ALIKE` customers, and the calibration.
        """
        raw = self.raw(values)
        middle = self.slope * raw + self.shift
        half = Z95 * np.sqrt(np.maximum(self._variance(values, raw, middle), 0.0))
        return chance(middle - half), chance(middle + half)

    def _variance(self, values: np.ndarray, raw: np.ndarray, middle: np.ndarray) -> np.ndarray:
        if self.trees:
            p = chance(middle)
            own = 1 / np.maximum(ALIKE * p * (1 - p), 1.0)
        else:
            columns = np.column_stack([np.ones(len(values)), self.scaling.columns(values)])
            own = self.slope**2 * np.einsum("ni,ij,nj->n", columns, self.covariance, columns, optimize=True)
        if self.line is None:
            return own
        return own + raw**2 * self.line[0, 0] + 2 * raw * self.line[0, 1] + self.line[1, 1]

    def _check(self, values: np.ndarray) -> None:
        if values.ndim != 2 or values.shape[1] != len(self.features):
            raise QuestionError(f"This model reads {len(self.features)} features a customer; it was given {values.shape[1:]}.")

    def as_plain(self) -> dict[str, Any]:
        """Everything as lists and numbers; `read_fitted` reads it back."""
        return {
            "kind": self.kind,
            "features": list(self.features),
            "scaling": self.scaling.as_plain(),
            "intercept": self.intercept,
            "weights": self.weights.tolist(),
            "covariance": self.covariance.tolist(),
            "trees": self.trees and self.trees.as_plain(),
            "slope": self.slope,
            "shift": self.shift,
            "line": None if self.line is None else self.line.tolist(),
        }


def read_fitted(plain: Mapping[str, Any]) -> Fitted:
    """A model that was kept.

    Raises: QuestionError: it was kept in another shape.
    """
    try:
        return Fitted(
            kind=str(plain["kind"]),
            features=tuple(plain["features"]),
            scaling=read_scaling(plain["scaling"]),
            intercept=float(plain["intercept"]),
            weights=np.array(plain["weights"], dtype=float),
            covariance=np.array(plain["covariance"], dtype=float),
            trees=read_trees(plain["trees"]) if plain["trees"] else None,
            slope=float(plain["slope"]),
            shift=float(plain["shift"]),
            line=None if plain["line"] is None else np.array(plain["line"], dtype=float),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise QuestionError(f"The model was kept in a shape that is not known here ({fault!r}). Train it anew.") from fault


def chance(log_odds: np.ndarray) -> np.ndarray:
    """Log-odds -> probability, without overflow."""
    return 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))
