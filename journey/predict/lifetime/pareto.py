"""Who orders at a rate of their own and may leave at any moment: Pareto/NBD.

A customer orders at the rate lambda ~ Gamma(r, alpha) until a lifetime ends that has the rate mu ~ Gamma(s, beta).
Source: Schmittlein, Morrison, Colombo 1987, Management Science 33, 1; likelihood as in Fader, Hardie 2005, "A Note on
Deriving the Pareto/NBD Model and Related Expressions".
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, hyp2f1

from journey.predict.lifetime.history import Histories


@dataclass(frozen=True)
class Pareto:
    """The model without a state: its parameters come in with each call."""

    name: str = "pareto_nbd"
    title: str = "Pareto/NBD"
    parameters: tuple[str, ...] = ("r", "alpha", "s", "beta")

    def start(self, h: Histories) -> tuple[float, ...]:
        age = max(float(np.average(h.age, weights=h.count)), 0.1)
        return 1.0, age, 0.7, 1.1 * age

    def _there_and_gone(self, theta: np.ndarray, h: Histories) -> tuple[np.ndarray, np.ndarray]:
        """Logarithms of the likelihood's two parts, but for what they share: still there, and gone since the last order."""
        r, alpha, s, beta = theta
        there = -(r + h.x) * np.log(alpha + h.age) - s * np.log(beta + h.age)
        early, late = self._since(theta, h, h.seen), self._since(theta, h, h.age)
        with np.errstate(divide="ignore", invalid="ignore"):
            gone = np.log(s) - np.log(r + s + h.x) + early + np.log(-np.expm1(np.minimum(late - early, 0.0)))
        return there, gone

    def _since(self, theta: np.ndarray, h: Histories, at: np.ndarray) -> np.ndarray:
        r, alpha, s, beta = theta
        larger, all_in = max(alpha, beta), r + s + h.x
        second = s + 1 if alpha >= beta else r + h.x
        return np.log(hyp2f1(all_in, second, all_in + 1, abs(alpha - beta) / (larger + at))) - all_in * np.log(larger + at)

    def log_likelihood(self, theta: np.ndarray, h: Histories) -> np.ndarray:
        """(n,) of each history."""
        r, alpha, s, beta = theta
        shared = gammaln(r + h.x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        return shared + np.logaddexp(*self._there_and_gone(theta, h))

    def alive(self, theta: np.ndarray, h: Histories) -> np.ndarray:
        """(n,) the chance that the customer has not left."""
        there, gone = self._there_and_gone(theta, h)
        return np.exp(there - np.logaddexp(there, gone))

    def expected(self, theta: np.ndarray, h: Histories, t: float) -> np.ndarray:
        """(n,) orders within t of somebody who is still there: their rate times how long of t they stay."""
        r, alpha = theta[:2]
        return (r + h.x) / (alpha + h.age) * self._stay(theta, h, t)[0]

    def squared(self, theta: np.ndarray, h: Histories, t: float) -> np.ndarray:
        """(n,) the mean square of the orders within t of somebody who is still there."""
        r, alpha = theta[:2]
        first, second = self._stay(theta, h, t)
        shape, rate = r + h.x, alpha + h.age
        return shape / rate * first + shape * (shape + 1) / rate**2 * second

    def _stay(self, theta: np.ndarray, h: Histories, t: float) -> tuple[np.ndarray, np.ndarray]:
        """The mean, and the mean square, of the part of t that somebody who is still there stays."""
        s, beta = theta[2:]
        s = s + 1e-6 if min(abs(s - 1), abs(s - 2)) < 1e-6 else s
        now, then = beta + h.age, beta + h.age + t
        first = (now**s) * (then ** (1 - s) - now ** (1 - s)) / (1 - s)
        grown = (then ** (2 - s) - now ** (2 - s)) / (2 - s) - now * (then ** (1 - s) - now ** (1 - s)) / (1 - s)
        return first, 2 * now**s * grown


PARETO_NBD = Pareto()
