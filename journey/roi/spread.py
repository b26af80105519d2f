"""How sure an input is: one number, or a spread of numbers within the bounds that the input can have."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

FAMILIES = {
    "fixed": "one number",
    "beta": "a beta distribution",
    "normal": "a normal distribution",
    "lognormal": "a lognormal distribution",
    "triangular": "a triangular distribution",
    "interval": "a normal distribution about the estimate, each side as wide as the interval says",
}
GRID = np.linspace(-6.0, 6.0, 1_201)
TAIL = 1.2815515655446004  # standard normal, P90
GIVEN = {
    "p10_p90": ("p10", "p90"),
    "low_mode_high": ("low", "mode", "high"),
    "mean_sd": ("mean", "sd"),
    "interval": ("estimate", "low", "high", "confidence"),
}


@dataclass(frozen=True)
class Spread:
    """What an input may turn out to be.

    given, numbers: as it was written: number | p10_p90 | low_mode_high | mean_sd | beta | normal | triangular | interval.
    family, fitted: the distribution that holds: beta (a, b); normal (mean, sd); lognormal (mean and sd of the logarithm);
    triangular (low, mode, high); interval (estimate, sd below it, sd above it); fixed (the number).
    bounds: nothing lies outside; what a family would put there is cut off, and the rest is scaled up to one.
    """

    given: str
    numbers: tuple[float, ...]
    family: str
    fitted: tuple[float, ...]
    bounds: tuple[float, float]

    @property
    def is_fixed(self) -> bool:
        return self.family == "fixed"

    @property
    def central(self) -> float:
        """The median."""
        return self.at(0.5)

    @property
    def p10(self) -> float:
        return self.at(0.1)

    @property
    def p90(self) -> float:
        return self.at(0.9)

    @property
    def cut(self) -> float:
        """The share of the family that lay outside the bounds and was cut off."""
        low, high = _within(self)
        return max(0.0, 1.0 - (high - low))

    @property
    def sound(self) -> bool:
        """Whether every value can be worked out: of extreme numbers the families have none."""
        table = _table(self)
        return bool(np.isfinite(table).all() and (np.diff(table) >= -1e-9 * np.abs(table).max()).all())

    def at(self, p: float) -> float:
        """The value that a share p of the spread lies below."""
        return _at(self, p)

    def below(self, value: float) -> float:
        """The share of the spread that lies below a value."""
        return float(np.interp(value, _table(self), ndtr(GRID), left=0.0, right=1.0))

    def drawn(self, scores: np.ndarray) -> np.ndarray:
        """(n,) standard normal scores -> (n,) values, the greater the greater."""
        return np.full(len(scores), self.fitted[0]) if self.is_fixed else np.interp(scores, GRID, _table(self))

    def as_plain(self) -> Any:
        """What reads back as this spread."""
        if self.given == "number":
            return self.numbers[0]
        if self.given in GIVEN:
            return dict(zip(GIVEN[self.given], self.numbers, strict=True))
        return {self.given: list(self.numbers)}


def fixed(value: float) -> Spread:
    return Spread("number", (value,), "fixed", (value,), (value, value))


def quantiles(spread: Spread, p: np.ndarray) -> np.ndarray:
    """(n,) shares -> (n,) values that they lie below."""
    low, high = _within(spread)
    with np.errstate(over="ignore"):
        values = _FORMS[spread.family](np.asarray(low + p * (high - low)), spread.fitted)
    return np.clip(values, *spread.bounds)


@lru_cache(maxsize=1_024)
def _at(spread: Spread, p: float) -> float:
    return float(quantiles(spread, np.array([p]))[0])


@lru_cache(maxsize=256)
def _table(spread: Spread) -> np.ndarray:
    """The values at GRID, once per spread: drawing is then looking up, and a slider that moves redraws one input only."""
    return quantiles(spread, ndtr(GRID))


def _within(spread: Spread) -> tuple[float, float]:
    """The family's distribution function at the bounds."""
    low, high = spread.bounds
    if spread.family == "normal":
        mean, sd = spread.fitted
        return float(ndtr((low - mean) / sd)), float(ndtr((high - mean) / sd))
    if spread.family == "interval":
        middle, below, above = spread.fitted
        return tuple(float(ndtr((bound - middle) / (below if bound < middle else above))) for bound in (low, high))  # type: ignore[return-value]
    return 0.0, 1.0


def _normal(p: np.ndarray, fitted: tuple[float, ...]) -> np.ndarray:
    return fitted[0] + fitted[1] * ndtri(p)


def _interval(p: np.ndarray, fitted: tuple[float, ...]) -> np.ndarray:
    scores = ndtri(p)
    return fitted[0] + np.where(scores < 0, fitted[1], fitted[2]) * scores


def _triangular(p: np.ndarray, fitted: tuple[float, ...]) -> np.ndarray:
    low, mode, high = fitted
    rising = low + np.sqrt(p * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - p) * (high - low) * (high - mode))
    return np.where(p * (high - low) < mode - low, rising, falling)


_FORMS: dict[str, Callable[[np.ndarray, tuple[float, ...]], np.ndarray]] = {
    "fixed": lambda p, fitted: np.full(len(p), fitted[0]),
    "beta": lambda p, fitted: betaincinv(fitted[0], fitted[1], p),
    "normal": _normal,
    "lognormal": lambda p, fitted: np.exp(_normal(p, fitted)),
    "triangular": _triangular,
    "interval": _interval,
}


@lru_cache(maxsize=256)
def beta_of(p10: float, p90: float) -> tuple[float, float] | None:
    """(a, b) of the beta distribution with these P10 and P90, 0 < p10 < p90 < 1; None where none is found.

    scipy's root finder over the logarithms of both, from the beta whose mean and spread the two suggest.
    """
    from scipy.optimize import root

    def off(logs: np.ndarray) -> np.ndarray:
        a, b = np.exp(np.clip(logs, -20, 20))
        found = betaincinv(a, b, np.array([0.1, 0.9]))
        return _logit(found) - _logit(np.array([p10, p90]))

    started = beta_by_moments((p10 + p90) / 2, (p90 - p10) / (2 * TAIL)) or (1.0, 1.0)
    found = root(off, np.log(started), method="hybr")
    if not found.success and np.abs(found.fun).max() > 1e-8:
        return None
    a, b = np.exp(found.x)
    return (float(a), float(b)) if np.abs(off(found.x)).max() < 1e-6 else None


def _logit(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 1e-15, 1 - 1e-15)
    return np.log(share / (1 - share))


def beta_by_moments(mean: float, sd: float) -> tuple[float, float] | None:
    """(a, b) of the beta distribution with this mean and standard deviation; None where there is none: sd too great."""
    if not 0 < mean < 1 or not 0 < sd * sd < mean * (1 - mean):
        return None
    size = mean * (1 - mean) / (sd * sd) - 1
    return mean * size, (1 - mean) * size


def lognormal_by_moments(mean: float, sd: float) -> tuple[float, float]:
    """Mean and sd of the logarithm, of positive numbers with this mean and standard deviation."""
    variance = math.log1p((sd / mean) ** 2)
    return math.log(mean) - variance / 2, math.sqrt(variance)
