"""What the models in use say of every customer, kept in the table `scores` so that rules and lists need not ask anew."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from journey.predict.result import Scored
from journey.predict.store.drifting import keep_drift, measure_drift
from journey.predict.store.files import keep_plain
from journey.predict.store.looking import end_of_data, score_with
from journey.predict.store.record import Record, kept_record
from journey.predict.store.states import Change, champions, go_back
from journey.predict.tiers import TIERS
from journey.warehouse import SCORED, Warehouse, dataset_version, one_moment, registered, write

MOST_EXPLAINED = 20_000  # customers whose contributions are kept of boosted trees: some seconds of work
COLUMNS = "name, version, customer_id, as_of, dataset, probability, low, high, tier, contributions, seen"


def score(con: Warehouse, names: Sequence[str] | None = None, explain: bool = False) -> dict[str, int]:
    """Score everybody with the models in use: name -> how many customers.  Each model's scores replace those before.

    explain: also work out what each feature adds where the model is of boosted trees, for the first 20,000; of a logistic
    one that is always kept, for all.
    """
    told = {}
    for used in champions(con):
        if names is None or used.name in names:
            with one_moment(con):
                record = kept_record(con, used.name, used.version)
                scored, as_of, version = score_with(con, record), end_of_data(con), dataset_version(con)
            keep_scores(con, record, scored, as_of, version, explain)
            told[used.name] = len(scored)
    return told


def roll_back(con: Warehouse, name: str) -> Change:
    """Put the version in use again that was in use before the present one, and score everybody with it.

    Raises: QuestionError: no such model, or none was in use before.
    """
    used = go_back(con, name)
    score(con, [name])
    return used


def keep_scores(con: Warehouse, record: Record, scored: Scored, as_of: int, dataset: int, explain: bool) -> None:
    """Replace the scores of a model, and tell how they drifted."""
    rows = _rows(record, scored, as_of, dataset, explain)
    with write(con) as db:
        db.execute("delete from scores where name = ?", [record.name])
        with registered(con, "journey_scores", rows):
            db.execute(f"insert into scores ({COLUMNS}) select {COLUMNS} from journey_scores")
    con.shared[SCORED] = con.shared.get(SCORED, 0) + 1
    keep_plain(con, record.name, "drift", keep_drift(measure_drift(record, scored, as_of)))


def forget_scores(con: Warehouse, customers: Sequence[str]) -> None:
    """Drop the scores of customers who are deleted, within a `write`.  customers: ids as they are shown."""
    con.connection.execute("delete from scores where list_contains(?::varchar[], customer_id)", [list(customers)])


def _rows(record: Record, scored: Scored, as_of: int, dataset: int, explain: bool) -> pl.DataFrame:
    names, least = [name for name, _ in TIERS], np.array([least for _, least in TIERS])
    tiers = np.array(names, dtype=object)[(scored.probability[:, None] < least).sum(axis=1)]
    return pl.DataFrame(
        {
            "customer_id": pl.Series(scored.ids, dtype=pl.String),
            "probability": scored.probability,
            "low": scored.low,
            "high": scored.high,
            "tier": pl.Series(tiers.tolist(), dtype=pl.String),
            "contributions": (parts := _contributions(scored, explain)),
            "seen": _lists(scored.raw[: len(parts) - parts.null_count()], len(scored)),
        }
    ).with_columns(name=pl.lit(record.name), version=pl.lit(record.version), as_of=pl.lit(as_of), dataset=pl.lit(dataset))


def _contributions(scored: Scored, explain: bool) -> pl.Series:
    """(n,) lists of (k,), null where they are not worked out."""
    known = len(scored) if scored.fitted.trees is None else min(MOST_EXPLAINED, len(scored)) if explain else 0
    return _lists(scored.fitted.contributions(scored.values[:known])[1] if known else np.empty((0, 0)), len(scored))


def _lists(rows: np.ndarray, people: int) -> pl.Series:
    """(people,) lists, one of each row; null for those after the last."""
    kind = pl.List(pl.Float64)
    told = pl.Series(rows).cast(kind) if len(rows) else pl.Series([], dtype=kind)
    return told.extend_constant(None, people - len(rows))
