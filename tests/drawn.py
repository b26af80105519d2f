"""Logs drawn inside a test: `drawn("ann 09:00 visit 09:05 cart")` is an open warehouse that holds two events of ann.

A line is one customer: an id, then times and events.  A time sets the clock of what follows: `09:05`, `09:05:30`,
`2026-03-02` (a day), `+2d` (days later).  An event may carry properties: `cart{device=mobile,price=5}`.  The first
day is 2026-03-02, a Monday, UTC.  Lines are loaded in the order written.

`empty_warehouse()` is what `open_warehouse(":memory:")` opens, for a fifth of its time: starting a database takes longer
than most questions, so one that a test has let go is emptied and lent to the next.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import polars as pl

from journey.ingest import load_events
from journey.warehouse import SCHEMA, Warehouse, open_warehouse

TOKEN = re.compile(r"\S+?\{[^}]*\}|\S+")
LET_GO: list[Warehouse] = []


class Lent(Warehouse):
    """A cursor on a database in memory; once closed or forgotten, the database may be lent again."""

    def __init__(self, database: Warehouse) -> None:
        super().__init__(database.connection.cursor(), None)
        self._database: Warehouse | None = database

    def close(self) -> None:
        super().close()
        if self._database is not None:
            LET_GO.append(self._database)
            self._database = None

    def __del__(self) -> None:
        self.close()


def empty_warehouse() -> Warehouse:
    """A warehouse in memory without any fact."""
    while LET_GO:
        database = LET_GO.pop()
        try:
            _emptied(database.connection)
        except duckdb.Error:  # something still holds a table of it
            continue
        return Lent(database)
    return Lent(open_warehouse(":memory:"))


def _emptied(connection: duckdb.DuckDBPyConnection) -> None:
    """As `open_warehouse` leaves a new one: no table is kept, so that none can be left as a test has changed it."""
    tables = connection.execute("select table_name from duckdb_tables() where not internal").fetchall()
    connection.execute(";".join(f'drop table "{table}"' for (table,) in tables))
    connection.execute(SCHEMA.read_text())
    connection.execute("insert into dataset select 0, hash('journey')")


def drawn(*lines: str, mapping: dict[str, Any] | None = None) -> Warehouse:
    """A warehouse in memory that holds the drawn log."""
    con = empty_warehouse()
    load_events(con, drawn_frame(*lines), mapping=mapping)
    return con


def drawn_frame(*lines: str) -> pl.DataFrame:
    """Columns customer, event, ts (UTC) and a column per property, as text."""
    rows = [row for text in lines for line in text.strip().splitlines() for row in _rows(line)]
    return (
        pl.DataFrame(rows, infer_schema_length=None)
        if rows
        else pl.DataFrame(schema={"customer": pl.String, "event": pl.String, "ts": pl.Datetime("ms", "UTC")})
    )


def _rows(line: str) -> list[dict[str, Any]]:
    customer, *tokens = TOKEN.findall(line)
    clock, rows = datetime(2026, 3, 2, tzinfo=UTC), []
    for token in tokens:
        if moved := _move(clock, token):
            clock = moved
        else:
            name, _, rest = token.partition("{")
            pairs = dict(pair.split("=", 1) for pair in rest.rstrip("}").split(",") if pair)
            rows.append({"customer": customer, "event": name, "ts": clock, **pairs})
    return rows


def _move(clock: datetime, token: str) -> datetime | None:
    if time := re.fullmatch(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?", token):
        hour, minute, second, milli = (int(part or 0) for part in time.groups())
        return clock.replace(hour=hour, minute=minute, second=second, microsecond=milli * 1000)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", token):
        return datetime.fromisoformat(token).replace(tzinfo=UTC)
    if days := re.fullmatch(r"\+(\d+)d", token):
        return clock + timedelta(days=int(days.group(1)))
    return None
