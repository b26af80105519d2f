"""What an order of a customer is worth: their own mean, drawn towards everyone's the less they ordered (Gamma-Gamma).

Amounts of a customer are Gamma(p, nu) with nu ~ Gamma(q, v).  Orders after the first are read, one a day at most.  The model
takes for granted that how often somebody orders and how much they spend have nothing to do with each other; how far they
do is measured beside it.  Source: Fader, Hardie 2013, "The Gamma-Gamma Model of Monetary Value", equations 1a, 5.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from journey.predict.lifetime.fitting import Fit, fit

PARAMETERS = ("p", "q", "v")


@dataclass(frozen=True)
class Spend:
    """fitted: of p, q, v.  n: customers it was fitted on.  correlation: of how many orders with their mean worth, None below 3."""

    fitted: Fit
    n: int
    correlation: float | None

    @property
    def mean(self) -> float | None:
        """What an order of anyone is worth; None where q <= 1, which leaves the mean of the population undefined."""
        p, q, v = self.fitted.values
        return float(p * v / (q - 1)) if q > 1 else None


def fit_spend(orders: np.ndarray, mean: np.ndarray) -> Spend:
    """orders: (n,) valued orders after the first, 1 at least.  mean: (n,) what one was worth, above 0."""
    start = (2.0, 3.0, float(np.mean(mean)))
    found = fit(
        PARAMETERS,
        start,
        lambda theta: float(log_likelihood(theta, orders, mean).sum()),
        len(orders),
        lambda theta: slope(theta, orders, mean).sum(axis=1),
    )
    varied = len(orders) >= 3 and np.std(orders) > 0 and np.std(mean) > 0
    return Spend(found, len(orders), float(np.corrcoef(orders, mean)[0, 1]) if varied else None)


def log_likelihood(theta: np.ndarray, orders: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """(n,) of the mean worth of each customer's orders."""
    p, q, v = theta
    shape = p * orders
    whole = gammaln(shape + q) - gammaln(shape) - gammaln(q)
    return whole + q * np.log(v) + (shape - 1) * np.log(mean) + shape * np.log(orders) - (shape + q) * np.log(v + orders * mean)


def slope(theta: np.ndarray, orders: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """(3, n) derivatives of the log-likelihood by p, q and v."""
    p, q, v = theta
    shape, scale = p * orders, v + orders * mean
    whole = digamma(shape + q) - np.log(scale)
    return np.stack(
        [orders * (whole - digamma(shape) + np.log(mean * orders)), whole - digamma(q) + np.log(v), q / v - (shape + q) / scale]
    )


def expected_spend(theta: np.ndarray, orders: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """(n,) what the next order of each is worth; with no valued order (0 orders) that of the population.  Needs q > 1."""
    p, q, v = theta
    return p * (v + orders * mean) / (p * orders + q - 1)


def squared_spend(theta: np.ndarray, orders: np.ndarray, mean: np.ndarray) -> np.ndarray | None:
    """(n,) the mean square of p / nu, a customer's own mean worth; None where q <= 2, which leaves it undefined."""
    p, q, v = theta
    if q <= 2:
        return None
    shape = p * orders + q
    return (p * (v + orders * mean)) ** 2 / ((shape - 1) * (shape - 2))
