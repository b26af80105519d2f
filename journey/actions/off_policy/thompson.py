"""Thompson sampling: each action as often as it is likely to be the best, by what came of trying.

Source: Thompson 1933, Biometrika 25, 285; in batches, as Chapelle, Li 2011, NIPS 24, 2249.
"""

import numpy as np

Array = np.ndarray


def thompson_batch(successes: Array, failures: Array, size: int, rng: np.random.Generator) -> Array:
    """(size,) actions drawn for a batch of decisions, none of whose outcomes is known yet.

    successes, failures: (actions,) seen so far.  Each decision draws a chance for every action from its Beta(1 + successes,
    1 + failures) and takes the highest, so that a decision's propensity is the probability that its action is the best.
    """
    drawn = rng.beta(1 + successes, 1 + failures, (size, len(successes)))
    return drawn.argmax(axis=1)


def thompson_chances(successes: Array, failures: Array, rng: np.random.Generator, draws: int = 10_000) -> Array:
    """(actions,), sums to 1: the propensities of `thompson_batch`, as a share of draws."""
    drawn = thompson_batch(successes, failures, draws, rng)
    return np.bincount(drawn, minlength=len(successes)) / draws


def regret(chances: Array, decisions: int, batch: int, rng: np.random.Generator) -> float:
    """Expected outcomes lost against always taking the best action, over decisions made in batches.

    chances: (actions,), the true ones, which only a simulation knows.
    """
    successes, failures, lost = np.zeros(len(chances)), np.zeros(len(chances)), 0.0
    for begun in range(0, decisions, batch):
        tried = np.bincount(thompson_batch(successes, failures, min(batch, decisions - begun), rng), minlength=len(chances))
        came = rng.binomial(tried, chances)
        successes, failures = successes + came, failures + tried - came
        lost += float((tried * (chances.max() - chances)).sum())
    return lost
