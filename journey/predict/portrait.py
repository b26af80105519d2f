"""What a model goes by: the typical customer, and how far each feature moves chances away from theirs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.predict.fitted import chance
from journey.predict.result import Scored

LOOKED_AT = 1_000  # customers, evenly from the first of the list to the last


@dataclass(frozen=True)
class Trait:
    """typical: in `unit`; of a yes or no, the share of yes.  moves: log-odds added or taken, on average over customers.

    direction: the rank correlation of value and contribution: 1 where more of it always goes with a higher chance, -1 with a
    lower one, near 0 where it bends; None where nobody differs.
    """

    feature: str
    label: str
    unit: str
    family: str
    actionable: bool
    typical: float
    moves: float
    direction: float | None

    def as_plain(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Portrait:
    """probability: the typical customer's.  traits: those that move chances most first."""

    probability: float
    traits: tuple[Trait, ...]

    def as_plain(self) -> dict[str, Any]:
        return {"probability": self.probability, "traits": [one.as_plain() for one in self.traits]}


def portray(scored: Scored) -> Portrait:
    """The typical customer, and what moves others away from them.  It tells what the model goes by, not what causes what."""
    places = np.unique(np.linspace(0, max(len(scored) - 1, 0), LOOKED_AT).astype(int))[: len(scored)]
    values = scored.values[places]
    base, parts = scored.fitted.contributions(values)
    moves = np.abs(parts).mean(axis=0) if len(values) else np.zeros(len(scored.features))
    traits = [
        Trait(one.name, one.label, one.unit, one.family, one.actionable, typical, moved, _direction(values[:, k], parts[:, k]))
        for k, (one, typical, moved) in enumerate(zip(scored.features, scored.typical.tolist(), moves.tolist(), strict=True))
    ]
    ordered = sorted(traits, key=lambda one: (-one.moves, one.feature))
    return Portrait(float(chance(np.array([base]))[0]), tuple(ordered))


def _direction(values: np.ndarray, parts: np.ndarray) -> float | None:
    """Spearman's rank correlation."""
    if len(values) < 2 or np.ptp(np.nan_to_num(values)) == 0 or np.ptp(parts) < 1e-12:
        return None
    return float(np.corrcoef(_ranks(np.nan_to_num(values)), _ranks(np.round(parts, 12)))[0, 1])


def _ranks(column: np.ndarray) -> np.ndarray:
    """Ranks from 0, ties sharing their middle."""
    _, place, same = np.unique(column, return_inverse=True, return_counts=True)
    middle: np.ndarray = (np.cumsum(same) - (same + 1) / 2)[place]
    return middle
