"""Warehouses in memory, lent to one test after another: starting a database and loading a log take longer than most questions.

`empty_warehouse()` is what `open_warehouse(":memory:")` opens, for a fifth of its time.
`lent_warehouse(frame, mapping)` is an empty one with this log loaded.  A log that is asked for again and again is lent as it
was loaded, once it is seen that no row of any table has changed since; nobody else has it meanwhile.
"""

from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from journey.ingest import load_events
from journey.warehouse import SCHEMA, Warehouse, open_warehouse, quote

MOST_HELD = 6
TABLES = "select table_name from duckdb_tables() where not internal order by all"


@dataclass(frozen=True)
class Held:
    """A database with a log in it. content: every row of every table as it was loaded."""

    database: Warehouse
    log: str
    content: str


LET_GO: list[Warehouse] = []
HELD: dict[str, Held] = {}  # by log, the one that was lent last at the end
SEEN: set[int] = set()  # hashes of the logs that were loaded


class Lent(Warehouse):
    """A cursor on a database, with nothing kept of it yet; once closed or forgotten, the database may be lent again."""

    def __init__(self, of: Warehouse | Held) -> None:
        self.of: Warehouse | Held | None = of
        super().__init__((of.database if isinstance(of, Held) else of).connection.cursor(), None)

    def close(self) -> None:
        super().close()
        of, self.of = self.of, None
        if isinstance(of, Held):
            HELD[of.log] = of
            if len(HELD) > MOST_HELD:
                LET_GO.append(HELD.pop(next(iter(HELD))).database)
        elif of is not None:
            LET_GO.append(of)

    def __del__(self) -> None:
        self.close()


def empty_warehouse() -> Lent:
    """A warehouse in memory without any fact."""
    while LET_GO:
        database = LET_GO.pop()
        try:
            _emptied(database.connection)
        except duckdb.Error:  # something still holds a table of it
            continue
        return Lent(database)
    return Lent(open_warehouse(":memory:"))


def lent_warehouse(frame: pl.DataFrame, mapping: dict[str, Any] | None = None) -> Lent:
    """A warehouse in memory that holds the log."""
    log = repr((frame.schema, frame.rows(), mapping))
    held = HELD.pop(log, None)
    if held and _content(held.database.connection) == held.content:
        return Lent(held)
    if held:
        LET_GO.append(held.database)
    con = empty_warehouse()
    load_events(con, frame, mapping=mapping)
    if hash(log) in SEEN and isinstance(con.of, Warehouse):
        con.of = Held(con.of, log, _content(con.connection))
    SEEN.add(hash(log))
    return con


def _emptied(connection: duckdb.DuckDBPyConnection) -> None:
    """As `open_warehouse` leaves a new one: no table is kept, so that none can be left as a test has changed it."""
    tables = connection.execute(TABLES).fetchall()
    connection.execute(";".join(f"drop table {quote(table)}" for (table,) in tables))
    connection.execute(SCHEMA.read_text())
    connection.execute("insert into dataset select 0, hash('journey')")


def _content(connection: duckdb.DuckDBPyConnection) -> str:
    tables = connection.execute(TABLES).fetchall()
    return repr([(table, connection.execute(f"from {quote(table)}").fetchall()) for (table,) in tables])
