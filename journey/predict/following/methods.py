"""Ways to tell what comes next, each fitted to earlier moments: (n, kinds) chances for later ones."""

from collections.abc import Callable

import numpy as np

from journey.predict.following.question import AccuracyQuestion
from journey.predict.following.rows import BACK, Array, Moments
from journey.predict.following.witten_bell import even, fit_markov, interpolated

MARKOV, FREQUENCY, STAYS, BOOSTED = "markov", "frequency", "stays", "boosted"
MOST_LEARNED = 40_000  # of the latest earlier moments that boosted trees learn from
MOST_KINDS = 15  # that boosted trees tell apart: they grow one tree a round for each
FEWEST = 10  # moments of a kind that they learn
LEAST_CHANCE = 0.001  # of the chances that boosted trees share among all kinds, so that nothing is impossible

Method = Callable[[Moments, Moments, AccuracyQuestion], Array]


def by_frequency(earlier: Moments, later: Moments, question: AccuracyQuestion) -> Array:
    """As often as each came before, whatever the history."""
    return np.tile(_frequency(earlier), (len(later), 1))


def by_staying(earlier: Moments, later: Moments, question: AccuracyQuestion) -> Array:
    """The same again, as likely as it was before; the rest by frequency."""
    stayed = (float((earlier.following == earlier.trail[:, 0]).sum()) + 1) / (len(earlier) + 2)
    same = later.trail[:, 0][:, None] == np.arange(later.kinds)
    rest = np.where(same, 0.0, _frequency(earlier))
    return np.where(same, stayed, (1 - stayed) * rest / np.maximum(rest.sum(axis=1, keepdims=True), 1e-300))


def by_markov(earlier: Moments, later: Moments, question: AccuracyQuestion) -> Array:
    """By the latest events or stages, as `next` tells it."""
    order = question.followed.order
    return fit_markov(earlier.trail, earlier.following, order, earlier.kinds).chances(later.trail)


def by_boosting(earlier: Moments, later: Moments, question: AccuracyQuestion) -> Array:
    """Gradient-boosted trees on the last three, the times between them and how often each was seen.

    They tell the commonest kinds apart, two at the least; how likely the rest are is told by Markov, and trees share what is left.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    kinds, learned = learnable(earlier), latest(earlier)
    learned = learned.where(np.isin(learned.following, kinds))
    trees = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.15,
        max_leaf_nodes=15,
        min_samples_leaf=40,
        l2_regularization=1.0,
        categorical_features=list(range(BACK)),
        early_stopping=len(learned) >= 2_000,
        n_iter_no_change=4,
        random_state=question.seed,
    )
    chances = by_markov(earlier, later, question)
    with threadpool_limits(1):  # on a busy machine its threads wait for each other many times as long as one works
        trees.fit(_seen(learned), learned.following)
        chances[:, trees.classes_] = trees.predict_proba(_seen(later)) * chances[:, trees.classes_].sum(axis=1, keepdims=True)
    return (1 - LEAST_CHANCE) * chances + LEAST_CHANCE * _frequency(earlier)


def latest(earlier: Moments) -> Moments:
    """The moments that boosted trees learn from."""
    return earlier.where(np.sort(np.argsort(earlier.ts, kind="stable")[-MOST_LEARNED:]))


def learnable(earlier: Moments) -> Array:
    """The kinds that boosted trees tell apart, the commonest first: each costs a tree a round, and rare ones teach little."""
    counts = np.bincount(latest(earlier).following, minlength=earlier.kinds)
    ranked = np.argsort(-counts, kind="stable")[:MOST_KINDS]
    found: Array = ranked[counts[ranked] >= FEWEST]  # fewer cannot be split for stopping early
    return found


def _seen(moments: Moments) -> Array:
    """(n, BACK + features): what trees see.  A symbol beyond what is known is missing."""
    return np.column_stack([np.where(moments.trail[:, :BACK] < 0, np.nan, moments.trail[:, :BACK]), moments.numbers])


def _frequency(moments: Moments) -> Array:
    return interpolated([np.bincount(moments.following, minlength=moments.kinds)], even(moments.kinds))


METHODS: dict[str, Method] = {MARKOV: by_markov, FREQUENCY: by_frequency, STAYS: by_staying, BOOSTED: by_boosting}
