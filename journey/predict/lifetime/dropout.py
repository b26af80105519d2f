"""Who orders at a rate of their own and may leave after any order: BG/NBD, and MBG/NBD where they may leave after the first.

A customer orders at the rate lambda ~ Gamma(r, alpha) and leaves after an order with the chance p ~ Beta(a, b).  Given a
history of somebody who is still there, lambda ~ Gamma(r + x, alpha + age) and p ~ Beta(a, b + chances they had to leave).
Source: Fader, Hardie, Lee 2005, Marketing Science 24, 275 (BG/NBD); Batislam, Denizel, Filiztekin 2007, Int. J. Research in
Marketing 24, 201, and Hoppe, Wagner 2007, J. Business Market Management 1, 51 (MBG/NBD).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, digamma, gammaln, hyp2f1

from journey.predict.lifetime.history import Histories

LARGE = 5_000.0  # beyond it differences of 2F1 from 1 lose their digits
FARTHEST = 20_000  # orders within a horizon that the second moment adds up at most


@dataclass(frozen=True)
class Dropout:
    """first: chances to leave that the first order gave, 0 (BG/NBD) or 1 (MBG/NBD)."""

    name: str
    title: str
    first: int
    parameters: tuple[str, ...] = ("r", "alpha", "a", "b")

    def start(self, h: Histories) -> tuple[float, ...]:
        return 1.0, max(float(np.average(h.age, weights=h.count)), 0.1), 1.0, 2.0

    def _there_and_gone(self, theta: np.ndarray, h: Histories) -> tuple[np.ndarray, np.ndarray]:
        """Logarithms of the likelihood's two parts, but for what they share: still there, and gone after the last order."""
        r, alpha, a, b = theta
        stayed = h.x + self.first
        there = betaln(a, b + stayed) - betaln(a, b) - (r + h.x) * np.log(alpha + h.age)
        some = np.maximum(stayed, 1)
        gone = betaln(a + 1, b + some - 1) - betaln(a, b) - (r + h.x) * np.log(alpha + h.seen)
        return there, np.where(stayed > 0, gone, -np.inf)

    def log_likelihood(self, theta: np.ndarray, h: Histories) -> np.ndarray:
        """(n,) of each history."""
        r, alpha = theta[:2]
        shared = gammaln(r + h.x) - gammaln(r) + r * np.log(alpha)
        return shared + np.logaddexp(*self._there_and_gone(theta, h))

    def slope(self, theta: np.ndarray, h: Histories) -> np.ndarray:
        """(4, n) derivatives of the log-likelihood by each parameter: each part's by the chance that it is the one."""
        r, alpha, a, b = theta
        there, stayed = self.alive(theta, h), h.x + self.first
        gone, some = 1 - there, np.maximum(stayed, 1)
        whole = digamma(a + b) - digamma(a + b + stayed)
        return np.stack(
            [
                digamma(r + h.x) - digamma(r) + np.log(alpha) - there * np.log(alpha + h.age) - gone * np.log(alpha + h.seen),
                r / alpha - (r + h.x) * (there / (alpha + h.age) + gone / (alpha + h.seen)),
                whole + gone / a,
                whole - digamma(b) + there * digamma(b + stayed) + gone * digamma(b + some - 1),
            ]
        )

    def alive(self, theta: np.ndarray, h: Histories) -> np.ndarray:
        """(n,) the chance that the customer has not left; 1 under BG/NBD for one without a second order."""
        there, gone = self._there_and_gone(theta, h)
        return np.exp(there - np.logaddexp(there, gone))

    def expected(self, theta: np.ndarray, h: Histories, t: float) -> np.ndarray:
        """(n,) orders within t of somebody who is still there.

        Pfaff's form of the published 2F1, which cannot overflow; where a far parameter makes its value impossible (below 0,
        or above what would come if nobody left), the slow sum takes its place.
        """
        r, alpha, a, b = theta
        a = a + 1e-7 if abs(a - 1) < 1e-7 else a
        whole = a + b + h.x + self.first - 1
        with np.errstate(all="ignore"):
            found = whole / (a - 1) * (1 - hyp2f1(r + h.x, a - 1, whole, -t / (alpha + h.age)))
        most = (r + h.x) * t / (alpha + h.age)
        wrong = ~((found >= 0) & (found <= most * (1 + 1e-9))) | (whole > LARGE)
        if wrong.any():
            found[wrong] = self._moments(theta, Histories(h.x[wrong], h.seen[wrong], h.age[wrong], h.count[wrong]), t)[0]
        return found

    def squared(self, theta: np.ndarray, h: Histories, t: float) -> np.ndarray:
        """(n,) the mean square of the orders within t of somebody who is still there."""
        return self._moments(theta, h, t)[1]

    def _moments(self, theta: np.ndarray, h: Histories, t: float) -> tuple[np.ndarray, np.ndarray]:
        """Mean and mean square: the sums over k of 1 and of 2k - 1 times the chance of at least k orders.

        At least k come where the rate would make k, and the customer stayed after the first k - 1 of them.
        """
        r, alpha, a, b = theta
        shape, odds = r + h.x, t / (alpha + h.age + t)
        exactly = (1 - odds) ** shape  # P(the rate makes k), a negative binomial
        beyond = 1 - exactly  # P(it makes more than k)
        stayed, mean, square = np.ones_like(shape), np.zeros_like(shape), np.zeros_like(shape)
        kept = b + h.x + self.first
        for k in range(1, FARTHEST):
            chance = beyond * stayed
            mean += chance
            square += (2 * k - 1) * chance
            if (2 * k * chance).max(initial=0.0) < 1e-9:
                break
            exactly = exactly * (shape + k - 1) / k * odds
            beyond = np.maximum(beyond - exactly, 0.0)
            stayed = stayed * (kept + k - 1) / (a + kept + k - 1)
        return mean, square


BG_NBD = Dropout("bg_nbd", "BG/NBD", 0)
MBG_NBD = Dropout("mbg_nbd", "MBG/NBD", 1)
