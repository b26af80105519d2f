"""A classifier that tells the stage a horizon later from what a customer did before: multinomial logistic regression.

It learns from past dates: the features as of each, the stage by the rules as of the same, and as its label the stage a
horizon LATER.  Trained on the stage of its own date it would only learn the rules by heart, score 1.0 and prove nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
MOST = 30_000  # rows to learn from; more change nothing that can be seen
PENALTIES = (1.0, 0.05)  # inverse strength of the ridge, weakest first
SEED = 7
STEPS = 150
BENDS = 9
LEAST = 1e-6
BENT = ("since last", "overdue", "since order")
"""Measures of features that tell how long ago something was: what the rules of quiet stages cut at a number of days."""


@dataclass(frozen=True)
class Sample:
    """Customers as of one date.  values: (n, features); stage, later: (n,) places of the stages then and a horizon later."""

    values: Array
    stage: Array
    later: Array
    person: Array

    def __len__(self) -> int:
        return len(self.stage)


class Learned:
    """Says how likely each stage is a horizon later."""

    def __init__(self, samples: Sequence[Sample], stages: int, bent: Sequence[int] = ()) -> None:
        """samples: the latest window first.  bent: places of the features that tell how long ago something was."""
        self.stages = stages
        self.knots = _knots(samples, bent)
        inputs = [self._inputs(sample) for sample in samples]
        labels = [sample.later for sample in samples]
        self.model, self.mean, self.spread = _fit(inputs, labels, self._penalty(inputs, labels))

    def probabilities(self, sample: Sample) -> Array:
        """(n, stages); 0 for stages that nobody came to in the windows learned from."""
        return self._told(self.model, self.mean, self.spread, self._inputs(sample))

    def _penalty(self, inputs: Sequence[Array], labels: Sequence[Array]) -> float:
        """The one that does best on the latest window, learned from those before it."""
        missed = []
        for penalty in PENALTIES:
            told = self._told(*_fit(inputs[1:], labels[1:], penalty), inputs[0])
            missed.append(-np.log(told[np.arange(len(told)), labels[0]] + LEAST).mean())
        return PENALTIES[int(np.argmin(missed))]

    def _told(self, model: Any, mean: Array, spread: Array, inputs: Array) -> Array:
        found = np.zeros((len(inputs), self.stages))
        found[:, model.classes_] = _chances(model, (inputs - mean) / spread)
        return found

    def _inputs(self, sample: Sample) -> Array:
        """The features, bends of some of them, and the stage of the date as one column per stage."""
        bends = [np.maximum(sample.values[:, [place]] - knots, 0) for place, knots in self.knots.items()]
        return np.hstack([sample.values, *bends, np.eye(self.stages)[sample.stage]])


def _knots(samples: Sequence[Sample], bent: Sequence[int]) -> dict[int, Array]:
    """Where a feature's line may bend: its deciles.  What a stage's rule cuts at a number of days is no straight line."""
    return {
        place: np.unique(np.quantile(np.concatenate([sample.values[:, place] for sample in samples]), np.linspace(0.1, 0.9, BENDS)))
        for place in bent
    }


def _fit(inputs: Sequence[Array], labels: Sequence[Array], penalty: float) -> tuple[Any, Array, Array]:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    rows, label = np.concatenate(inputs), np.concatenate(labels)
    if len(label) > MOST:
        chosen = np.random.default_rng(SEED).choice(len(label), MOST, replace=False)
        rows, label = rows[chosen], label[chosen]
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread < 1e-9] = 1.0
    model = LogisticRegression(C=penalty, max_iter=STEPS, tol=1e-3)
    with threadpool_limits(1):  # on matrices so narrow, threads wait for each other: twenty times as long on two busy cores
        return model.fit((rows - mean) / spread, label), mean, spread


def _chances(model: Any, inputs: Array) -> Array:
    """(n, classes) by the model's own weights."""
    scores = inputs @ model.coef_.T + model.intercept_
    if scores.shape[1] == 1:  # of two classes only the second's log-odds are kept
        scores = np.hstack([np.zeros_like(scores), scores])
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Array = scores / scores.sum(axis=1, keepdims=True)
    return found
