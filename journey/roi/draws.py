"""Futures: the same seed gives every input the same luck, in every scenario, so that two of them differ by what was changed."""

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from journey.roi.inputs import INPUTS
from journey.roi.question import RoiQuestion, correlations

PRIMES = np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53])
PLACE = {one.name: place for place, one in enumerate(INPUTS)}
EDGE = 1e-12


OWN = ("lift", "adoption", "recall", "treated", "cost_per_treated", "tool_per_month", "setup", "fade")
"""What each thing that could be done has of its own; the rest (churn, revenue, visitors, ...) is the same whatever is done."""


def draw(question: RoiQuestion, own: int = 0) -> dict[str, np.ndarray]:
    """Input -> (draws,) values; of a single number (1,).

    Correlated inputs by a Gaussian copula: their normal scores are correlated, their own spreads stay as they are.
    own: number of the option among several; each but the first (0) has luck of its own in OWN, the same in the rest.
    """
    uncertain = question.uncertain
    scores = {name: _scores(question.seed, question.draws, PLACE[name]) for name in uncertain}
    if own:
        scores |= {name: _shuffled(question.seed, own, name, scores[name]) for name in uncertain if name in OWN}
    tied = [name for name in uncertain if any(name in pair[:2] for pair in question.correlate)]
    if tied:
        pairs = tuple(pair for pair in question.correlate if pair[0] in tied and pair[1] in tied)
        together = np.linalg.cholesky(correlations(pairs, tied)) @ np.stack([scores[name] for name in tied])
        scores |= dict(zip(tied, together, strict=True))
    return {name: spread.drawn(scores[name]) if name in scores else np.array([spread.central]) for name, spread in question.values}


def _shuffled(seed: int, own: int, name: str, scores: np.ndarray) -> np.ndarray:
    """The same scores in an order of the option's own."""
    return np.random.default_rng((seed, own, PLACE[name])).permutation(scores)


@lru_cache(maxsize=32)
def _scores(seed: int, draws: int, place: int) -> np.ndarray:
    """(draws,) standard normal scores of one input, spread evenly over all inputs together, each with its mirror image.

    Points k sqrt(prime) modulo 1, shifted at random: quantiles of a profit err half as much as of independent draws.
    Looked at: scipy.stats.qmc, whose Sobol points are even for powers of two only and whose import takes a second.
    Source: Richtmyer 1951, Los Alamos LA-1342; Cranley and Patterson 1976, SIAM J. Numer. Anal. 13, 904 (the shift).
    """
    shift = np.random.default_rng(seed).random(len(PRIMES))[place]
    half = np.arange((draws + 1) // 2)
    points = np.clip((shift + half * np.sqrt(PRIMES[place])) % 1.0, EDGE, 1 - EDGE)
    scores = ndtri(np.concatenate([points, 1 - points])[:draws])
    scores.flags.writeable = False
    return scores
