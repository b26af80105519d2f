"""Maximum likelihood of positive parameters, with the covariance of their logarithms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from journey.inference import Interval

Z95 = 1.959963984540054
LOWEST, HIGHEST = -12.0, 14.0  # logarithms; a parameter that runs further has no maximum the data could show
STEP = 1e-4


Likelihood = Callable[[np.ndarray], float]
Slope = Callable[[np.ndarray], np.ndarray]
PRIOR_SD = 2.0
FLAT = 0.05  # information below it: the logarithm has a standard error above 4, so the data do not say where it lies


@dataclass(frozen=True)
class Fit:
    """values: (k,) at the maximum.  covariance: (k, k) of their logarithms, None where the maximum is no settled peak.

    steadied: whether a weak prior was needed to settle it.  log_likelihood: of the values, without the prior.
    """

    names: tuple[str, ...]
    values: np.ndarray
    covariance: np.ndarray | None
    log_likelihood: float
    steadied: bool = False

    def as_plain(self) -> dict[str, float]:
        return dict(zip(self.names, map(float, self.values), strict=True))

    def intervals(self) -> dict[str, Interval | None]:
        """95% of each parameter, normal in its logarithm; None where the maximum is not settled."""
        if self.covariance is None:
            return dict.fromkeys(self.names)
        half = Z95 * np.sqrt(np.diag(self.covariance))
        ends = zip(self.names, self.values * np.exp(-half), self.values * np.exp(half), strict=True)
        return {name: (float(low), float(high)) for name, low, high in ends}


def fit(names: Sequence[str], start: Sequence[float], log_likelihood: Likelihood, n: float, slope: Slope | None = None) -> Fit:
    """The parameters under which what was seen is likeliest.

    log_likelihood: of positive parameters (k,), summed over n customers; slope: (k,) its derivatives, by differences where
    there is none.  The search goes over logarithms, so that no parameter can become negative, and over the mean per
    customer, so that its tolerance does not depend on n.  Where the likelihood rises towards a parameter of nothing or
    without end, as it does when hardly anyone is seen to leave, a weak prior settles it: each logarithm normal about its
    start with a standard deviation of 2.
    """
    whole = _Searched(log_likelihood, slope, n, np.log(start), 0.0)
    logs, covariance = whole.peak()
    if covariance is not None:
        return Fit(tuple(names), np.exp(logs), covariance, float(log_likelihood(np.exp(logs))))
    logs, covariance = _Searched(log_likelihood, slope, n, np.log(start), PRIOR_SD**-2).peak()
    return Fit(tuple(names), np.exp(logs), covariance, float(log_likelihood(np.exp(logs))), True)


@dataclass(frozen=True)
class _Searched:
    """What is searched: the loss per customer over logarithms about `middle`, with a prior of this precision, 0 for none."""

    log_likelihood: Likelihood
    slope: Slope | None
    n: float
    middle: np.ndarray
    precision: float

    def lost(self, logs: np.ndarray) -> float:
        off = logs - self.middle
        value = (-self.log_likelihood(np.exp(logs)) + self.precision * off @ off / 2) / self.n
        return float(value) if np.isfinite(value) else 1e10

    def gradient(self, logs: np.ndarray) -> np.ndarray:
        theta = np.exp(logs)
        moved = np.zeros(len(logs)) if self.slope is None else self.slope(theta) * theta
        return (-moved + self.precision * (logs - self.middle)) / self.n

    def peak(self) -> tuple[np.ndarray, np.ndarray | None]:
        """-> (logarithms at the maximum, their covariance or None)."""
        from scipy.optimize import minimize

        bounds = [(LOWEST, HIGHEST)] * len(self.middle)
        known = None if self.slope is None else self.gradient
        options = {"maxiter": 400, "ftol": 1e-13, "gtol": 1e-7}
        best = minimize(self.lost, self.middle, jac=known, method="L-BFGS-B", bounds=bounds, options=options)
        if known is None:  # differences are too coarse to end at the very top
            near = {"maxiter": 300, "xatol": 1e-5, "fatol": 1e-12}
            top = minimize(self.lost, best.x, method="Nelder-Mead", bounds=bounds, options=near)
            best = top if top.fun < best.fun else best
        inside = bool(np.all((best.x > LOWEST + 1) & (best.x < HIGHEST - 1)))
        return best.x, self._covariance(best.x) if inside else None

    def _covariance(self, at: np.ndarray) -> np.ndarray | None:
        """The inverse of the observed information; None where the surface is no peak."""
        curved = hessian(self.lost, at) if self.slope is None else _turning(self.gradient, at)
        information = self.n * curved
        if not np.all(np.isfinite(information)) or np.any(np.linalg.eigvalsh(information) <= FLAT):
            return None
        return np.linalg.inv(information)


def _turning(gradient: Slope, at: np.ndarray) -> np.ndarray:
    """(k, k) second derivatives, from differences of the first."""
    found = np.stack([(gradient(at + one) - gradient(at - one)) / (2 * STEP) for one in np.eye(len(at)) * STEP])
    return (found + found.T) / 2


def hessian(f: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """(k, k) second derivatives, by central differences."""
    steps = np.eye(len(at)) * step
    found = np.empty((len(at), len(at)))
    for i, one in enumerate(steps):
        for j, other in enumerate(steps[: i + 1]):
            corners = f(at + one + other) - f(at + one - other) - f(at - one + other) + f(at - one - other)
            found[i, j] = found[j, i] = corners / (4 * step * step)
    return found


def slopes(f: Callable[[np.ndarray], np.ndarray], fitted: Fit) -> np.ndarray:
    """(k, n): how each of n values of `f` moves with the logarithm of each parameter, by central differences."""
    logs = np.log(fitted.values)
    return np.stack([(f(np.exp(logs + step)) - f(np.exp(logs - step))) / (2 * STEP) for step in np.eye(len(logs)) * STEP])
