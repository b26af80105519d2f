"""One row per unit that counts: what both ways to a funnel's numbers, SQL and the index, end with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from journey.index import Array

MISSING = -1


class Found(NamedTuple):
    """What the index tells of the units that count, by number: customers, sessions, or values of the property that is the unit.

    units, deepest, last_start: (n,).  times, rows: (steps, n), MISSING where a step was not done, or no event is left to tell of.
    Times are ms since 1970.
    """

    units: Array
    deepest: Array
    last_start: Array
    times: Array
    rows: Array


@dataclass(frozen=True)
class Counted:
    """units: (n,) customers, or customer * SESSIONS_APART + session, or values of the property that is the unit.

    deepest: (n,) the deepest step.  last_start: (n,) ms of the last start that nothing voids.
    times: (steps, n) ms at which each step was done, MISSING where it was not; (0, n) where nobody asks and none is optional.
    groups: (n,) places in `labels`, or None without a breakdown; -1 is a unit of no group.  values: (steps, n) or None.
    """

    steps: int
    units: Array | pl.Series
    deepest: Array
    last_start: Array
    times: Array
    groups: Array | None = None
    labels: tuple[str, ...] = ()
    values: Array | None = None

    @property
    def n(self) -> int:
        return len(self.deepest)

    @cached_property
    def done(self) -> Array:
        """(steps, n) whether the unit did the step."""
        done: Array = self.times != MISSING if len(self.times) else self.deepest >= np.arange(self.steps)[:, None]
        return done


def counted_from(rows: pl.DataFrame, steps: int, grouped: bool, valued: bool) -> Counted:
    """The rows of the definition's `answer`, as arrays."""
    groups, labels = _coded(rows["label"]) if grouped else (None, ())
    return Counted(
        steps=steps,
        units=rows["unit"],
        deepest=rows["deepest"].to_numpy().astype(np.int64),
        last_start=rows["last_start"].fill_null(MISSING).to_numpy().astype(np.int64),
        times=_stacked([rows[f"t_{k}"].fill_null(MISSING) for k in range(steps)], np.int64),
        groups=groups,
        labels=labels,
        values=_stacked([rows[f"v_{k}"].fill_null(0.0) for k in range(steps)], float) if valued else None,
    )


def _stacked(columns: list[pl.Series], kind: type) -> Array:
    return np.array([column.to_numpy() for column in columns], dtype=kind).reshape(len(columns), -1)


def _coded(label: pl.Series) -> tuple[Array, tuple[str, ...]]:
    known = label.drop_nulls().unique().sort()
    places = {value: place for place, value in enumerate(known)}
    return label.replace_strict(places, default=-1, return_dtype=pl.Int32).to_numpy(), tuple(known)
