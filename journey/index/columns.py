"""Properties as small codes in the order of rows, so that kernels can group and filter by them.

A column is read from DuckDB once per dataset version and kept; a condition on it is then decided once per distinct value.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.index.arrays import Array, Index
from journey.warehouse import Warehouse, ask_sql


@dataclass(frozen=True)
class Column:
    """codes: (rows,) u32, a place in `values`; 0 is missing.  values: a frame of one column, `value`, null first."""

    codes: Array
    values: pl.DataFrame

    @property
    def nbytes(self) -> int:
        return self.codes.nbytes + int(self.values.estimated_size())


def event_column(con: Warehouse, index: Index, value: str) -> Column:
    """A property of events.  value: scalar SQL over `events e`.  codes: (events,)."""
    return _kept(con, index, "events e", value)


def customer_column(con: Warehouse, index: Index, value: str) -> Column:
    """A property of customers.  value: scalar SQL over `customers c`.  codes: (people,)."""
    return _kept(con, index, "customers c", value)


def numbers(con: Warehouse, index: Index, value: str) -> Array:
    """A property of numbers: (events,) f64, NaN where missing.  value: scalar SQL over `events e`."""

    def read() -> Array:
        rows = ask_sql(con, f"select cast({value} as double) as value from events e")
        return np.ascontiguousarray(rows["value"].fill_null(float("nan")).to_numpy())

    made: Array = index.kept.get(("numbers", value), read)
    return made


def _kept(con: Warehouse, index: Index, table: str, value: str) -> Column:
    made: Column = index.kept.get((table, value), lambda: _coded(con, table, value))
    return made


def _coded(con: Warehouse, table: str, value: str) -> Column:
    order = " order by c.customer" if table == "customers c" else ""
    read = ask_sql(con, f"select {value} as value from {table}{order}")["value"]
    distinct = pl.concat([pl.Series("value", [None], dtype=read.dtype), read.drop_nulls().unique(maintain_order=False).sort()])
    places = pl.DataFrame({"value": distinct, "code": np.arange(len(distinct), dtype=np.uint32)})
    codes = read.to_frame("value").join(places, on="value", how="left", nulls_equal=True, maintain_order="left")["code"]
    return Column(np.ascontiguousarray(codes.to_numpy()), places.select("value"))
