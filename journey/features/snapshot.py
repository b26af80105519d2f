"""One row per customer as of a moment: what was known of them then, and nothing of what came later.

    events of ann    09:00 visit   09:05 cart | as of 10:00 | 11:00 purchase
    her features     2 events, 1 visit, 0 purchases         - the same whatever happens at 10:00 or later

`raw` holds the numbers in their units, NaN where they are undefined, for people's eyes; `values` are what models see:
heavy-tailed ones as log(1 + raw), undefined ones filled in (FILLED says how), always finite.

Known limits: customers are told apart as the whole log does; an anonymous id that joined a known person only later is
left out of that person's row and has none of its own.  A session that such an id bridges counts as one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from journey.features.chosen import choose_features
from journey.features.definition import Asked, features_sql
from journey.features.feature import Feature
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, one_moment

Array = np.ndarray[Any, Any]
BEFORE_ALL = -(2**62)
EVERYONE = Scope()
TENURE = "tenure"
# What stands for an undefined number in `values`: with one visit the gap is at least as long as the customer is known;
# what never happened did not happen for as long; without a visit, neither half has more.
FILLED: Mapping[str, float | str] = {
    "gap": TENURE,
    "since named": TENURE,
    "since order": TENURE,
    "date": TENURE,
    "overdue": 1.0,
    "late sessions": 0.5,
    "late events": 0.5,
}


@dataclass(frozen=True)
class Snapshot:
    """What is known of customers as of a moment, ms.

    ids: (people,) as they are shown; customers: (people,) i32, their numbers in this version of the dataset.
    values: (people, features) f64, finite, for models.  raw: the same in units, NaN where undefined.
    sql, params: the definition as it ran.
    """

    as_of: int
    ids: tuple[str, ...]
    customers: Array
    features: tuple[Feature, ...]
    values: Array
    raw: Array = field(default_factory=lambda: np.empty((0, 0)))
    sql: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return len(self.ids)

    def column(self, name: str) -> Array:
        """(people,) values of a feature.  Raises KeyError for one that the snapshot does not have."""
        return self.values[:, self._place(name)]

    def _place(self, name: str) -> int:
        names = [feature.name for feature in self.features]
        if name not in names:
            raise KeyError(name)
        return names.index(name)

    def only(self, which: Array) -> "Snapshot":
        """The rows that are chosen.  which: (people,) of bool, or places."""
        places = np.flatnonzero(which) if which.dtype == bool else which
        ids = tuple(self.ids[place] for place in places)
        return replace(self, ids=ids, customers=self.customers[places], values=self.values[places], raw=self.raw[places])


def take_snapshot(
    con: Warehouse,
    as_of: int,
    lookback: int | None,
    scope: Scope = EVERYONE,
    customers: Sequence[str] | None = None,
    without: Collection[str] = (),
    like: Sequence[Feature] | None = None,
    first: int | None = None,
) -> Snapshot:
    """The features of everybody who did something before a moment.

    as_of: ms; events at or after it are not seen.  lookback: ms before it within which events are counted, None for all;
    how long somebody is known and when they came last is told from all events before it.
    scope: its segment, as of the moment, narrows.  customers: shown ids; only theirs.
    without: events of these names count as events, and nothing else is made of them.
    like: these features and no others, as another snapshot chose them; else those that the log has as of the moment.
    first: ms, the earliest moment that others will be taken at `like` this one; None where this is it.
    Raises: QuestionError: a segment or a catalog that cannot be read.
    """
    with one_moment(con):
        since = BEFORE_ALL if lookback is None else as_of - lookback
        features = choose_features(con, as_of, since, without, first) if like is None else tuple(like)
        chosen = None if customers is None else _numbers(con, customers)
        binder = Binder(con)
        sql = features_sql(binder, Asked(as_of, since, scope, chosen, tuple(sorted(without))), features)
        rows = ask_sql(con, sql, binder.params) if chosen is None else _planned_once(con, sql, binder.params, len(features))
    raw = _matrix(rows, len(features))
    values = _for_models(raw, rows["tenure"].to_numpy(), features)
    return Snapshot(as_of, tuple(rows["id"].to_list()), rows["customer"].to_numpy(), features, values, raw, sql, binder.params)


def _numbers(con: Warehouse, ids: Sequence[str]) -> tuple[int, ...]:
    found = ask_sql(con, "select customer from customers where id in (select unnest($ids::varchar[]))", {"ids": [str(one) for one in ids]})
    return tuple(found["customer"].to_list())


def _planned_once(con: Warehouse, sql: str, params: Mapping[str, Any], features: int) -> pl.DataFrame:
    """A few rows: planning so wide a query takes longer than answering it, and `ask_sql` plans twice, to know the types."""
    rows = con.connection.execute(sql, dict(params)).fetchall()
    schema = {"customer": pl.Int32, "id": pl.String, "tenure": pl.Float64} | {f"f_{place}": pl.Float64 for place in range(features)}
    return pl.DataFrame(rows, schema=schema, orient="row", strict=False)


def _matrix(rows: pl.DataFrame, features: int) -> Array:
    """(people, features) f64, NaN where null."""
    if not features:
        return np.empty((rows.height, 0))
    numbers = rows.select(pl.col([f"f_{place}" for place in range(features)]).cast(pl.Float64).fill_null(float("nan")))
    return np.array(numbers.to_numpy(order="fortran"))


def _for_models(raw: Array, tenure: Array, features: Sequence[Feature]) -> Array:
    values = raw.copy()
    for place, feature in enumerate(features):
        column = values[:, place]
        fill = FILLED.get(feature.measure, 0.0)
        undefined = ~np.isfinite(column)
        column[undefined] = tenure[undefined] if isinstance(fill, str) else fill
        if feature.scale == "log":
            column[:] = np.sign(column) * np.log1p(np.abs(column))
    return values
