"""What an order by predicted uplift goes by: the features in which its first fifth differs most from its last.

Facts of two groups of customers, no causes: what differs between them need not be what makes the action work.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.actions.uplift.trial import Trial

FIFTH = 0.2
MOST = 8
LEAST = 0.1  # standard deviations, below which two groups are as good as alike


@dataclass(frozen=True)
class Apart:
    """A feature's mean in the fifth with the highest predicted uplift, and in the fifth with the lowest.

    label: in plain words.  unit: of both means.  gap: first less last in standard deviations of what the model saw.
    """

    feature: str
    label: str
    unit: str
    first: float
    last: float
    gap: float

    def as_plain(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in ("feature", "label", "unit", "first", "last", "gap")}


def what_differs(trial: Trial, score: np.ndarray) -> tuple[Apart, ...]:
    """The widest gap first; at most eight, none where the fifths are as good as alike.

    trial: of the rows that were scored.  score: (n,) predicted uplift of each.
    """
    size = int(len(score) * FIFTH)
    if not size:
        return ()
    order = np.argsort(score, kind="mergesort")[::-1]
    first, last = trial.values[order[:size]], trial.values[order[-size:]]
    spread = trial.values.std(axis=0)
    gaps = np.divide(first.mean(axis=0) - last.mean(axis=0), spread, out=np.zeros(len(spread)), where=spread > 0)
    widest = [int(place) for place in np.argsort(-np.abs(gaps), kind="stable")[:MOST] if abs(gaps[place]) >= LEAST]
    return tuple(_apart(trial, place, first[:, place], last[:, place], float(gaps[place])) for place in widest)


def _apart(trial: Trial, place: int, first: np.ndarray, last: np.ndarray, gap: float) -> Apart:
    """Means in the feature's own unit: of what a model sees as a logarithm, the numbers that it was made from."""
    name = trial.names[place]
    if place >= len(trial.features):  # a stage, or a column of a table
        told, unit = (name.replace("stage: ", "Stage: ", 1), "share") if name.startswith("stage: ") else (name, "")
        return Apart(name, told, unit, float(first.mean()), float(last.mean()), gap)
    feature = trial.features[place]
    if feature.scale == "log":
        first, last = (np.sign(part) * np.expm1(np.abs(part)) for part in (first, last))
    return Apart(name, feature.label, feature.unit, float(first.mean()), float(last.mean()), gap)
