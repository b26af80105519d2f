"""Learning whom an action helps: T-, X- and DR-learner over a logistic (or ridge) model or boosted trees.

Each learns, from customers who were treated or not by dice, a score for others: what the action would add to their outcome.
A model of the outcome alone ranks by who will buy, and not by whom the action makes buy: propensity is not uplift.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Predict = Callable[[Array], Array]
LEARNERS = ("dr", "x", "t")
BASES = ("logistic", "boosted")
FOLDS = 5
INNER = 3  # folds within those learned from, for the parts of a doubly robust effect
RIDGE = 10.0  # penalty of a logistic model over standardised columns
RIDGES = tuple(10.0**power for power in np.arange(0.0, 6.5, 0.5))  # penalties of a linear one, of which leaving one out chooses
GROWN = {"max_iter": 100, "max_leaf_nodes": 15, "learning_rate": 0.05, "min_samples_leaf": 100, "l2_regularization": 1.0}


@dataclass(frozen=True, eq=False)
class Learned:
    """From whom is learned.

    values: (n, k) finite.  outcome: (n,).  arm: (n,) 1 treated, 0 control, -1 something else was done.
    chance: (n,) of what was done, whatever it was, above 0.  group: (n,) rows of one customer, who is never on both sides of a
    split; None where each row is a customer of its own.
    """

    values: Array
    outcome: Array
    arm: Array
    chance: Array
    group: Array | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    def where(self, chosen: Array) -> "Learned":
        group = None if self.group is None else self.group[chosen]
        return Learned(self.values[chosen], self.outcome[chosen], self.arm[chosen], self.chance[chosen], group)


def learn_uplift(rows: Learned, learner: str, base: str, seed: int) -> Predict:
    """values (m, k) -> (m,) what the action adds, by the learner named."""
    return {"t": _t_learner, "x": _x_learner, "dr": _dr_learner}[learner](rows, base, seed)


@contextmanager
def one_thread() -> Iterator[None]:
    """Many small fits: threads that wait for a busy core cost more than they bring."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def _t_learner(rows: Learned, base: str, seed: int) -> Predict:
    """Two models of the outcome, one of each arm; their difference."""
    first, second = _by_arm(rows, base, seed)
    return lambda values: first(values) - second(values)


def _x_learner(rows: Learned, base: str, seed: int) -> Predict:
    """What each customer's outcome differs by from what the other arm's model expects of them, learned anew from both arms.

    Source: Kunzel, Sekhon, Bickel, Yu 2019, PNAS 116, 4156.
    """
    first, second = _by_arm(rows, base, seed)
    arm, other = rows.where(rows.arm == 1), rows.where(rows.arm == 0)
    of_treated = _regressed(arm.values, arm.outcome - second(arm.values), base, seed)
    of_control = _regressed(other.values, first(other.values) - other.outcome, base, seed)
    share = len(arm) / (len(arm) + len(other))
    return lambda values: share * of_control(values) + (1 - share) * of_treated(values)


def _dr_learner(rows: Learned, base: str, seed: int) -> Predict:
    """A regression of each customer's doubly robust effect, whose parts come from models that had not seen the customer.

    Source: Kennedy 2023, "Towards optimal doubly robust estimation of heterogeneous causal effects", EJS 17, 3008.
    """
    return _regressed(rows.values, doubly_robust(rows, base, seed), base, seed)


def doubly_robust(rows: Learned, base: str, seed: int) -> Array:
    """(n,): an unbiased guess, however noisy, of what the action adds to each customer; its mean is the average effect.

    A row in which something else was done tells only what the models expect: the chances of the others sum up to what is left.
    """
    with_it, without = np.zeros(len(rows)), np.zeros(len(rows))
    for fold in folds(len(rows), seed, rows.group, INNER):
        first, second = _by_arm(rows.where(~fold), base, seed)
        with_it[fold], without[fold] = first(rows.values[fold]), second(rows.values[fold])
    missed = np.select([rows.arm == 1, rows.arm == 0], [rows.outcome - with_it, without - rows.outcome], 0.0) / rows.chance
    return with_it - without + missed


def folds(n: int, seed: int, group: Array | None = None, parts: int = FOLDS) -> list[Array]:
    """Masks (n,) of the parts, at random; rows of one group stay together."""
    place = np.arange(n) if group is None else np.unique(group, return_inverse=True)[1]
    part = np.random.default_rng(seed).permutation(int(place.max(initial=-1)) + 1) % parts
    return [part[place] == number for number in range(parts)]


def _by_arm(rows: Learned, base: str, seed: int) -> tuple[Predict, Predict]:
    arms = (rows.where(rows.arm == 1), rows.where(rows.arm == 0))
    first, second = (expected_outcome(arm.values, arm.outcome, base, seed) for arm in arms)
    return first, second


def expected_outcome(values: Array, outcome: Array, base: str, seed: int) -> Predict:
    """The mean outcome given the values; the same for all where all had the same."""
    if len(outcome) == 0 or (outcome == outcome[0]).all() or not np.ptp(values, axis=0).any():
        mean = float(outcome.mean()) if len(outcome) else 0.0
        return lambda others: np.full(len(others), mean)
    if not np.isin(outcome, (0.0, 1.0)).all():
        return _regressed(values, outcome, base, seed)
    if base == "boosted":
        from sklearn.ensemble import HistGradientBoostingClassifier

        grown = HistGradientBoostingClassifier(**GROWN, early_stopping=False, random_state=seed).fit(values, outcome)
        return lambda others: grown.predict_proba(others)[:, 1]
    from sklearn.linear_model import LogisticRegression

    middle, scale = _scale(values)
    straight = LogisticRegression(C=1 / RIDGE, solver="newton-cholesky", max_iter=100).fit((values - middle) / scale, outcome)
    return lambda others: straight.predict_proba((others - middle) / scale)[:, 1]


def _regressed(values: Array, outcome: Array, base: str, seed: int) -> Predict:
    if base == "boosted":
        from sklearn.ensemble import HistGradientBoostingRegressor

        grown = HistGradientBoostingRegressor(**GROWN, early_stopping=False, random_state=seed).fit(values, outcome)
        return lambda others: grown.predict(others)
    from sklearn.linear_model import RidgeCV

    middle, scale = _scale(values)
    straight = RidgeCV(alphas=RIDGES).fit((values - middle) / scale, outcome)
    return lambda others: straight.predict((others - middle) / scale)


def _scale(values: Array) -> tuple[Array, Array]:
    spread = values.std(axis=0)
    return values.mean(axis=0), np.where(spread > 0, spread, 1.0)
