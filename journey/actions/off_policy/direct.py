"""What a model expects of every action for every decision, learned from other customers only."""

import numpy as np

from journey.actions.uplift.learners import expected_outcome, folds

Array = np.ndarray
FEWEST = 100  # decisions with an action, below which its mean is drawn toward that of all instead of learned from features
DRAWN = 20.0  # as many decisions of the mean of all are added to those of an action with few


def expected_rewards(values: Array, reward: Array, action: Array, actions: int, group: Array, seed: int) -> Array:
    """(n, actions): the reward expected of each action, by models that had not seen the customer.

    values: (n, k) what was known, k may be 0.  action: (n,) places from 0.  group: (n,), one number per customer.
    """
    found = np.zeros((len(reward), actions))
    for fold in folds(len(reward), seed, group):
        for number in range(actions):
            mine = ~fold & (action == number)
            if mine.sum() >= FEWEST and values.shape[1]:
                found[fold, number] = expected_outcome(values[mine], reward[mine], "logistic", seed)(values[fold])
            else:
                found[fold, number] = _drawn(reward[mine], reward[~fold])
    return found


def _drawn(mine: Array, all_: Array) -> float:
    middle = float(all_.mean()) if len(all_) else 0.0
    return (float(mine.sum()) + DRAWN * middle) / (len(mine) + DRAWN)
