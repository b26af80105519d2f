"""Looking at customers as of several dates, always with the same features, and scoring those of one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.features import Feature, take_snapshot
from journey.predict.fitted import Fitted
from journey.predict.fitting import Rows
from journey.predict.outcome import Outcome, observe
from journey.predict.question import PredictQuestion
from journey.predict.result import Scored
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

MOST = 60_000  # customers of a date to learn from or to test on; more would tell no more


@dataclass(frozen=True, eq=False)
class Look:
    """Those asked about as of a date.  quiet: (n,) days since they last did something; rows.label: what came, if known by now."""

    as_of: int
    ids: tuple[str, ...]
    raw: np.ndarray
    quiet: np.ndarray
    rows: Rows


class Looks:
    """Looks at one log as of several dates, each taken once, all with the same features.  first: ms, the earliest of them."""

    def __init__(self, con: Warehouse, question: PredictQuestion, outcome: Outcome, scope: Scope, first: int | None = None) -> None:
        self.con, self.question, self.outcome, self.scope, self.first = con, question, outcome, scope, first
        self.features: tuple[Feature, ...] | None = None
        self.taken: dict[int, Look] = {}
        self.sampled: dict[int, Look] = {}

    def at(self, as_of: int) -> Look:
        """Everybody as of a date.  The first look chooses the features for all, so it must be one to learn from."""
        if as_of not in self.taken:
            self.taken[as_of] = self._take(as_of, self.asked(as_of))
        return self.taken[as_of]

    def some(self, as_of: int) -> Look:
        """The same of a sample, told by the customers' ids, where they are more than enough to learn from and to test on."""
        if as_of in self.taken:
            return self.taken[as_of]
        if as_of not in self.sampled:
            told = self.asked(as_of)
            every = -(-told.height // MOST)
            if every <= 1:
                return self.at(as_of)
            ids = ask_sql(self.con, "select customer, id from customers where hash(id) % $every = 0", {"every": every})
            chosen = told.join(ids, on="customer", how="inner", maintain_order="left")
            self.sampled[as_of] = self._take(as_of, chosen, chosen["id"].to_list())
        return self.sampled[as_of]

    def asked(self, as_of: int) -> pl.DataFrame:
        scope = Scope(timezone=self.scope.timezone, segment=self.scope.segment)
        return observe(self.con, self.outcome, as_of, scope)

    def _take(self, as_of: int, told: pl.DataFrame, ids: list[str] | None = None) -> Look:
        seen = take_snapshot(self.con, as_of, self.question.lookback, customers=ids, like=self.features, first=self.first)
        self.features = seen.features
        order = np.argsort(seen.customers, kind="stable")
        asked = told["customer"].to_numpy()
        held = np.isin(asked, seen.customers)
        chosen = order[np.searchsorted(seen.customers[order], asked[held])]
        label, quiet = told["label"].to_numpy()[held], told["quiet_ms"].to_numpy()[held] / 86_400_000
        rows = Rows(seen.values[chosen], label.astype(int), asked[held])
        return Look(as_of, tuple(seen.ids[k] for k in chosen), seen.raw[chosen], quiet, rows)


def score_look(fitted: Fitted, features: Sequence[Feature], look: Look) -> Scored:
    """Everybody of a look, those with the highest chance first."""
    values = look.rows.values
    p = fitted.probability(values)
    order = np.lexsort((np.array(look.ids, dtype=object), -p)) if len(p) else np.zeros(0, dtype=int)
    low, high = fitted.interval(values)
    shown = typical_of(fitted, features)
    ids = tuple(look.ids[place] for place in order)
    return Scored(
        fitted, tuple(features), ids, look.rows.person[order], p[order], low[order], high[order], values[order], look.raw[order], shown
    )


def typical_of(fitted: Fitted, features: Sequence[Feature]) -> np.ndarray:
    """(k,): the typical customer in each feature's unit."""
    typical = np.array(fitted.scaling.mean)
    logged = np.array([one.scale == "log" for one in features], dtype=bool)
    return np.where(logged, np.sign(typical) * np.expm1(np.abs(typical)), typical)
