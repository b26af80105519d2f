"""The chance of what comes next after a history, from counts: Markov of order k with Witten-Bell back-off.

A history that was seen often is believed; one after which many different things came, seldom each, leans on the history
without its oldest part, down to how often each comes at all, and last to an even chance for everything known.

    p(w | h) = (c(h w) + T(h) p(w | h')) / (c(h) + T(h))      T(h): how many different things came after h

Known limit: histories count alike whenever they were; what customers do now weighs no more than what they did then.
Source: Witten, Bell 1991, IEEE Trans. Inf. Theory 37, 1085; in the form of Chen, Goodman 1998, Harvard TR-10-98, 2.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def interpolated(counts: Sequence[Array], floor: Array) -> Array:
    """(..., kinds): the chance of each kind; they sum to 1 where the floor does.

    counts: (..., kinds) of each order from the lowest: how often each kind came after the history cut to that order.
    floor: (kinds,) chances to lean on below the lowest.  A history that was never seen changes nothing.
    """
    chances = floor
    for seen in counts:
        total = seen.sum(axis=-1, keepdims=True)
        different = np.count_nonzero(seen, axis=-1, keepdims=True)
        chances = np.where(total > 0, (seen + different * chances) / np.maximum(total + different, 1), chances)
    return chances


def even(kinds: int) -> Array:
    """(kinds,): the same chance for each."""
    return np.full(kinds, 1.0 / max(kinds, 1))


@dataclass(frozen=True)
class Markov:
    """A fitted model; nothing that is asked of it changes it.

    order: symbols of the history looked at.  kinds: what can come next, 0..kinds - 1.
    first: (kinds,) how often each came at all.  pairs[j], counts[j]: of order j + 1, sorted: history * kinds + next, and how often.
    """

    order: int
    kinds: int
    first: Array
    pairs: tuple[Array, ...]
    counts: tuple[Array, ...]

    def chances(self, trails: Array) -> Array:
        """(n, kinds) of trails (n, order): the latest symbol first, -1 beyond what is known."""
        whole = (trails[:, : self.order] + 1) @ (self.kinds + 2) ** np.arange(self.order)
        _, first, places = np.unique(whole, return_index=True, return_inverse=True)
        histories = trails[first]
        counts = [np.broadcast_to(self.first, (len(histories), self.kinds))]
        counts += [self._after(back, _packed(histories, back, self.kinds)) for back in range(1, self.order + 1)]
        return interpolated(counts, even(self.kinds))[places.reshape(-1)]

    def _after(self, back: int, histories: Array) -> Array:
        """(histories, kinds): what came after each."""
        pairs, counts = self.pairs[back - 1], self.counts[back - 1]
        low, high = np.searchsorted(pairs, histories * self.kinds), np.searchsorted(pairs, (histories + 1) * self.kinds)
        high = np.where(histories < 0, low, high)
        rows = np.repeat(np.arange(len(histories)), high - low)
        at = np.arange(len(rows)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[rows]
        seen = np.zeros((len(histories), self.kinds))
        seen[rows, pairs[at] % self.kinds] = counts[at]
        return seen


def fit_markov(trails: Array, following: Array, order: int, kinds: int, opening: Array | None = None) -> Markov:
    """From trails (n, at least order) and what came next (n,).

    opening: (n,) bool, where nothing but the beginning was known: such tell what comes first, not what comes at all.
    """
    within = slice(None) if opening is None else ~opening
    first = np.bincount(following[within], minlength=kinds).astype(np.float64)
    pairs, counts = [], []
    for back in range(1, order + 1):
        histories = _packed(trails, back, kinds)
        found = np.unique(histories[histories >= 0] * kinds + following[histories >= 0], return_counts=True)
        pairs.append(found[0])
        counts.append(found[1])
    for array in (first, *pairs, *counts):
        array.flags.writeable = False
    return Markov(order, kinds, first, tuple(pairs), tuple(counts))


def _packed(trails: Array, back: int, kinds: int) -> Array:
    """(n,) the latest `back` symbols as one number; -1 where fewer are known."""
    number = np.zeros(len(trails), np.int64)
    for place in range(back):
        number = number * (kinds + 2) + trails[:, place] + 1
    return np.where((trails[:, :back] < 0).any(axis=1), -1, number) if back else number
