"""Events in order: sorted by (customer, ts, seq), cut into sessions, and stored that way.  Writes `events`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from journey.warehouse import Warehouse, ask_sql, quote, registered

SESSION_GAP = 30 * 60_000  # ms; a longer silence starts a new session
PIECE = 245_760  # rows; two of DuckDB's row groups
TYPES = {"timestamp": "bigint"}
NO_EVENTS = pl.DataFrame(
    schema={
        "ts": pl.Int64,
        "seq": pl.Int64,
        "event": pl.UInt16,
        "load": pl.Int32,
        "event_key": pl.UInt64,
        "came_as": pl.Int32,
        "session_key": pl.UInt64,
    }
)


def stored_events(con: Warehouse) -> pl.DataFrame | None:
    """Everything that is stored, without what is told anew at every load; None where there is nothing."""
    if not con.connection.execute("select 1 from events limit 1").fetchall():
        return None
    return ask_sql(con, "select * exclude (customer, session) from events")


def in_order(rows: pl.DataFrame, person_of: np.ndarray, gap: int = SESSION_GAP) -> pl.DataFrame:
    """The rows sorted by (customer, ts, seq), with customer and session.

    rows: ts, seq, came_as, session_key and more.  person_of: (ids,) the customer of each id.
    """
    customer = person_of[rows["came_as"].to_numpy()].astype(np.int32)
    order = _order(customer, rows["ts"].to_numpy(), rows["seq"].to_numpy())
    customer, rows = customer[order], _taken(rows, order)
    session = cut_sessions(customer, rows["ts"].to_numpy(), gap)
    if rows["session_key"].null_count() < rows.height:
        session = _keep_sessions(customer, rows["ts"].to_numpy(), rows["session_key"], gap)
    return rows.with_columns(pl.Series("customer", customer), pl.Series("session", session, dtype=pl.Int32))


def _taken(rows: pl.DataFrame, order: np.ndarray) -> pl.DataFrame:
    """The rows in this order, a column at a time, so that no more than one is held twice.  `rows` is used up."""
    places = pl.Series(order.astype(np.uint32))
    taken = []
    for name in rows.columns:
        column = rows.drop_in_place(name)
        taken.append(column if column.null_count() == len(column) else column.rechunk().gather(places))
    return pl.DataFrame(taken)


def _order(customer: np.ndarray, ts: np.ndarray, seq: np.ndarray) -> np.ndarray:
    """One sort of one number where customer and time fit in 63 bits and the rows came in order of seq; else three sorts."""
    if not len(ts):
        return np.empty(0, dtype=np.uint32)
    low = int(ts.min())
    bits = max(1, (int(ts.max()) - low).bit_length())
    if bits + max(1, int(customer.max()).bit_length()) <= 63 and bool((seq[1:] > seq[:-1]).all()):
        return _stable((customer.astype(np.int64) << bits) | (ts - low))
    return np.lexsort((seq, ts, customer))


def _stable(keys: np.ndarray) -> np.ndarray:
    """The order of the keys, equal ones as they came.  The fast sort is not stable: only the runs of equal keys are sorted again."""
    order = pl.Series(keys).arg_sort().to_numpy().copy()
    ordered = keys[order]
    equal = ordered[1:] == ordered[:-1]
    if equal.any():
        tied = np.zeros(len(keys), dtype=bool)
        tied[1:] |= equal
        tied[:-1] |= equal
        places = np.flatnonzero(tied)
        order[places] = order[places][np.lexsort((order[places], ordered[places]))]
    return order


def cut_sessions(customer: np.ndarray, ts: np.ndarray, gap: int = SESSION_GAP) -> np.ndarray:
    """Number the sessions of sorted events, from 1 per customer; a gap strictly greater than `gap` starts a new one.

    One look back and one running sum: the order is there already, so nothing is partitioned or sorted again.
    """
    if not len(ts):
        return np.empty(0, dtype=np.int32)
    first = np.empty(len(ts), dtype=bool)
    first[0] = True
    first[1:] = customer[1:] != customer[:-1]
    starts = first.copy()
    starts[1:] |= (ts[1:] - ts[:-1]) > gap
    return _within_customer(np.cumsum(starts, dtype=np.int32), first)


def _within_customer(running: np.ndarray, first: np.ndarray) -> np.ndarray:
    """A running number, made to start at 1 with each customer."""
    at = np.flatnonzero(first)
    lengths = np.diff(np.append(at, len(running)))
    return (running - np.repeat(running[at] - 1, lengths)).astype(np.int32)


def _keep_sessions(customer: np.ndarray, ts: np.ndarray, keys: pl.Series, gap: int) -> np.ndarray:
    """Sessions as the data names them, numbered per customer in order of their first event.

    Rows that name none are cut by the gap among themselves.
    """
    bare = keys.is_null().to_numpy()
    cut = np.zeros(len(ts), dtype=np.int64)
    cut[bare] = cut_sessions(customer[bare], ts[bare], gap)
    named = pl.DataFrame({"customer": customer, "key": keys, "cut": cut})
    numbers = named.with_row_index("at").with_columns(start=pl.col("at").min().over("customer", "key", "cut"))
    return numbers.select(pl.col("start").rank("dense").over("customer").cast(pl.Int32)).to_series().to_numpy()


def facts_of(customers: int, rows: pl.DataFrame) -> pl.DataFrame:
    """events, first_ts, last_ts per customer, from rows in order; a customer without events has 0 and nulls."""
    customer, ts = rows["customer"].to_numpy(), rows["ts"].to_numpy()
    events = np.bincount(customer, minlength=customers) if len(customer) else np.zeros(customers, dtype=np.int64)
    stop = np.cumsum(events)
    some = events > 0
    first, last = np.zeros(customers, dtype=np.int64), np.zeros(customers, dtype=np.int64)
    first[some], last[some] = ts[(stop - events)[some]], ts[(stop - 1)[some]]
    facts = pl.DataFrame({"events": events, "first_ts": first, "last_ts": last, "some": some})
    return facts.select("events", *(pl.when("some").then(name).alias(name) for name in ("first_ts", "last_ts")))


def write_events(con: Warehouse, rows: pl.DataFrame, properties: Mapping[str, str]) -> None:
    """Replace the stored events.  rows: in order, with every column; properties: column -> type, all there are."""
    db = con.connection
    base = [(name, kind, " not null" if bound else "") for _, name, kind, bound, *_ in db.execute("pragma table_info('events')").fetchall()]
    columns = [f"{quote(name)} {kind}{bound}" for name, kind, bound in base if not name.startswith("p_")]
    columns += [f"{quote(name)} {TYPES.get(kind, kind)}" for name, kind in properties.items()]
    names = [name for name, _, _ in base if not name.startswith("p_")] + list(properties)
    db.execute("drop table events")
    db.execute(f"create table events ({', '.join(columns)})")
    with registered(con, "journey_events", _in_pieces(rows.select(names))):
        db.execute("insert into events select * from journey_events")


def _in_pieces(rows: pl.DataFrame) -> Any:
    """Large tables in pieces, so that several threads may write; DuckDB keeps the order of the pieces."""
    if rows.height <= PIECE:
        return rows
    return pa.Table.from_batches(rows.to_arrow().to_batches(max_chunksize=PIECE))
