"""Which rows are one event delivered twice, and which are two events that look alike."""

import numpy as np
import polars as pl

from journey.warehouse import Warehouse, ask_sql, registered


def settle_keys(con: Warehouse, rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """(rows to store, duplicates).  Every key left is new to the workspace and occurs once.

    rows: in order of loading, with event_key, by_id and file.  Identical rows inside one file are different events:
    the second takes the key of its occurrence.  The same occurrence in another file, or a repeated event id, is a
    duplicate; the first stays.
    """
    keys = rows["event_key"].to_numpy().copy()
    ordered = np.sort(keys)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    keep = np.ones(len(keys), dtype=bool)
    if len(repeated):
        _number_occurrences(con, rows, keys, repeated)
        keep = _first_of_each(keys)
    keep &= ~_held(con, keys)
    settled = rows.drop("by_id", "file", "event_key").with_columns(pl.Series("event_key", keys))
    return (settled if keep.all() else settled.filter(keep)), int(len(keep) - keep.sum())


def _number_occurrences(con: Warehouse, rows: pl.DataFrame, keys: np.ndarray, repeated: np.ndarray) -> None:
    """Only the few rows whose key occurs again are numbered: a window over all of them would cost more than the load."""
    at = np.flatnonzero(np.isin(keys, repeated))
    few = rows[at].select("event_key", "by_id", "file").with_columns(pl.Series("place", at))
    few = (
        few.filter(~pl.col("by_id"))
        .with_columns(occurrence=pl.int_range(pl.len()).over("event_key", "file"))
        .filter(pl.col("occurrence") > 0)
    )
    if few.height:
        with registered(con, "journey_repeats", few):
            again = ask_sql(con, "select place, hash(event_key, occurrence) as event_key from journey_repeats")
        keys[again["place"].to_numpy()] = again["event_key"].to_numpy()


def _first_of_each(keys: np.ndarray) -> np.ndarray:
    keep = np.zeros(len(keys), dtype=bool)
    keep[np.unique(keys, return_index=True)[1]] = True
    return keep


def _held(con: Warehouse, keys: np.ndarray) -> np.ndarray:
    """True where the workspace holds the key already."""
    db = con.connection
    if not db.execute("select 1 from events limit 1").fetchall():
        return np.zeros(len(keys), dtype=bool)
    with registered(con, "journey_keys", pl.DataFrame({"event_key": keys})):
        held = ask_sql(con, "select e.event_key from events e semi join journey_keys k on k.event_key = e.event_key")
    return np.isin(keys, held["event_key"].to_numpy()) if held.height else np.zeros(len(keys), dtype=bool)
