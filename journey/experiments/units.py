"""One row per unit of an experiment: its variant, when it was exposed, and what it did."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import Moments, moments_of


@dataclass(frozen=True, eq=False)
class Units:
    """frame: one row per unit that counts, ordered by unit: unit (i64, the customer's number, or the row of a table),
    arm (str), exposed_at (i64 ms, null of a table), and for the k-th metric y{k}, x{k} (f64; x{k} is 1 for shares and
    means), c{k} (f64, only where it has a covariate); y{k} is null where the unit does not count for that metric.

    arms: names, the control first.  metrics: in the order of k.  crossed: units seen in more than one variant, left out.
    open: for each metric, units left out since their time is not over.
    """

    frame: pl.DataFrame
    arms: tuple[str, ...]
    metrics: tuple[ExperimentMetric, ...]
    crossed: int = 0
    open: tuple[int, ...] = ()

    def moments(self, k: int, chosen: pl.Series | None = None) -> Mapping[str, Moments]:
        """arm -> what the k-th metric adds up to, over all units or those chosen ((n,) bool)."""
        rows = (self.frame if chosen is None else self.frame.filter(chosen)).filter(pl.col(f"y{k}").is_not_null())
        return {arm: self._of(rows.filter(pl.col("arm") == arm), k) for arm in self.arms}

    def counts(self, chosen: pl.Series | None = None) -> Mapping[str, int]:
        """arm -> units."""
        rows = self.frame if chosen is None else self.frame.filter(chosen)
        found = dict(rows.group_by("arm").len().iter_rows())
        return {arm: int(found.get(arm, 0)) for arm in self.arms}

    def _of(self, rows: pl.DataFrame, k: int) -> Moments:
        def column(name: str) -> np.ndarray | None:
            return rows[name].to_numpy() if name in rows.columns else None

        y = column(f"y{k}")
        x = column(f"x{k}") if self.metrics[k].kind == "ratio" else None
        return moments_of(np.empty(0) if y is None else y, x, column(f"c{k}"))
