"""The ways to tell a customer's stage a horizon later: it stays, it moves as its stage did before, or it is learned."""

from collections.abc import Sequence

import numpy as np

from journey.stages.accuracy.learned import Array, Learned, Sample
from journey.stages.accuracy.scores import tempered

FAINT = 1.0  # the weight, in customers, of how common each stage is, within a row of the matrix


def tell(samples: Sequence[Sample], sample: Sample, stages: int, bent: Sequence[int] = ()) -> dict[str, Array]:
    """method -> (n, stages) probabilities for the customers of a date, learned from samples whose windows had closed."""
    stage, later = (np.concatenate([getattr(one, side) for one in samples]) for side in ("stage", "later"))
    common = np.bincount(later, minlength=stages) / len(later)
    return {
        "rules": tempered(matrix(stage, later, common)[sample.stage]),
        "learned": tempered(Learned(samples, stages, bent).probabilities(sample)),
        "stays": tempered(_stays(stage, later, common)[sample.stage]),
        "common": tempered(np.tile(common, (len(sample), 1))),
    }


def matrix(stage: Array, later: Array, common: Array) -> Array:
    """(stages, stages): of those in a stage by the rules, the share in each a horizon later; each row leans a little on how
    common the stages are."""
    stages = len(common)
    counts = np.bincount(stage * stages + later, minlength=stages * stages).reshape(stages, stages) + FAINT * common
    found: Array = counts / counts.sum(axis=1, keepdims=True)
    return found


def _stays(stage: Array, later: Array, common: Array) -> Array:
    """Everyone stays with the share that stayed; the rest is spread by how common the other stages are."""
    stayed = float((stage == later).mean())
    others = np.tile(common, (len(common), 1))
    np.fill_diagonal(others, 0.0)
    sums = others.sum(axis=1, keepdims=True)
    rest = np.divide(others, sums, out=np.full_like(others, 1 / len(common)), where=sums > 0)
    found: Array = (1 - stayed) * rest + np.eye(len(common)) * max(stayed, 0.5)
    return found
