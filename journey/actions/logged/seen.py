"""What was known of customers when something was decided about them, as features.

Decisions are taken together by stretches of days, and looked at as of the first moment of each stretch at which one was
made: nothing that came at a decision or after it is seen, and of the last days before it some may be missing.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.features import Feature, Snapshot, take_snapshot
from journey.warehouse import Warehouse

DAY = 86_400_000
MOST_LOOKS = 60
LOOKBACK = 14 * DAY  # an action answers to what they did lately; how long they are known is told from all


@dataclass(frozen=True, eq=False)
class Seen:
    """features: of the columns.  values: (decisions, k), finite; rows of those not known then are nought, and not in `known`."""

    features: tuple[Feature, ...]
    values: np.ndarray
    known: np.ndarray


def seen_before(con: Warehouse, decisions: pl.DataFrame, without: Collection[str]) -> Seen:
    """decisions: rows of id and at (ms).  without: event names of which nothing is made, as the assignments themselves."""
    if not decisions.height:
        return Seen((), np.empty((0, 0)), np.zeros(0, bool))
    at, ids = decisions["at"].to_numpy(), np.array(decisions["id"].to_list())
    stretch = _stretches(at)
    looks = {number: int(at[stretch == number].min()) for number in np.unique(stretch)}
    last = _look(con, ids[stretch == max(looks)], looks[max(looks)], without, None, min(looks.values()))
    values, known = np.zeros((len(at), len(last.features))), np.zeros(len(at), bool)
    for number, moment in looks.items():
        here = np.flatnonzero(stretch == number)
        look = last if number == max(looks) else _look(con, ids[here], moment, without, last.features, None)
        place = {one: row for row, one in enumerate(look.ids)}
        rows = np.array([place.get(one, -1) for one in ids[here]])
        values[here[rows >= 0]], known[here[rows >= 0]] = look.values[rows[rows >= 0]], True
    return Seen(last.features, values, known)


def _stretches(at: np.ndarray) -> np.ndarray:
    """(n,) the number of the stretch of whole days that each decision falls in: each day with any by itself, sixty at most."""
    days, place = np.unique(at // DAY, return_inverse=True)
    return place // -(-len(days) // MOST_LOOKS)


def _look(
    con: Warehouse, ids: np.ndarray, moment: int, without: Collection[str], like: tuple[Feature, ...] | None, first: int | None
) -> Snapshot:
    return take_snapshot(con, moment, LOOKBACK, customers=sorted(set(ids.tolist())), without=tuple(without), like=like, first=first)
