"""Warehouses in memory, lent to one test after another: starting a database and loading a log take longer than most questions.

`empty_warehouse()` is what `open_warehouse(":memory:")` opens, for a fifth of its time.
`lent_warehouse(frame, mapping)` is an empty one with this log loaded.  A log that is asked for again and again is lent as it
was loaded: what a test has written beside it is taken away, and it is loaded anew once any row of it has changed.  Nobody else
has it meanwhile.
`lent_folder(folder, frame, mapping)` makes a workspace that holds the log, by copying one that was made before.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from journey.ingest import load_events
from journey.warehouse import DATABASE, SCHEMA, Warehouse, open_warehouse, quote

MOST_HELD = 6
MOST_FILES = 12  # of some 3 MB
# estimated_size: 0 where a table never held a row; deleted ones are counted.
TABLES = "select table_name, sql, estimated_size from duckdb_tables() where not internal order by all"
CREATES = {
    match[1]: match[0] for match in re.finditer(r"create table if not exists (\w+) \(.*?^\);", SCHEMA.read_text(), re.DOTALL | re.MULTILINE)
}


@dataclass(frozen=True)
class Held:
    """A database with a log in it. content: how each table is made, and its rows, as it was loaded."""

    database: Warehouse
    log: str
    content: dict[str, str]


LET_GO: list[Warehouse] = []
HELD: dict[str, Held] = {}  # by log, the one that was lent last at the end
FILES: dict[str, bytes] = {}  # by log, the database of a workspace that holds it; the one that was copied last at the end
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
    return lent_as(repr((frame.schema, frame.rows(), mapping)), lambda con: load_events(con, frame, mapping=mapping))


def lent_as(log: str, load: Callable[[Warehouse], object]) -> Lent:
    """A warehouse in memory as `load` fills it; the same `log` always stands for the same load."""
    held = HELD.pop(log, None)
    if held and _restored(held):
        return Lent(held)
    if held:
        LET_GO.append(held.database)
    con = empty_warehouse()
    load(con)
    if hash(log) in SEEN and isinstance(con.of, Warehouse):
        con.of = Held(con.of, log, _content(con.connection))
    SEEN.add(hash(log))
    return con


def lent_folder(folder: Path, frame: pl.DataFrame | None = None, mapping: dict[str, Any] | None = None) -> None:
    """Make the folder a workspace that holds the log, or nothing; where it is one already, the log is loaded on top."""
    file, log = folder / DATABASE, repr((frame is not None and (frame.schema, frame.rows()), mapping))
    copied = None if file.exists() else FILES.pop(log, None)
    if copied:
        (folder / "inbox").mkdir(parents=True)
        file.write_bytes(copied)
    else:
        new = not file.exists()
        with open_warehouse(folder) as con:
            if frame is not None:
                load_events(con, frame, mapping=mapping)
        copied = file.read_bytes() if new and not file.with_suffix(".duckdb.wal").exists() else None
    if copied:
        FILES[log] = copied
        if len(FILES) > MOST_FILES:
            FILES.pop(next(iter(FILES)))


def _emptied(connection: duckdb.DuckDBPyConnection) -> None:
    """As `open_warehouse` leaves a new one: a table that ever held a row, or is not as it was made, is made anew."""
    found = connection.execute(TABLES).fetchall()
    as_made = {table for table, sql, rows in found if not rows and _made().get(table) == sql}
    dropped = [f"drop table {quote(table)}" for table, _, _ in found if table not in as_made]
    connection.execute(";".join(dropped + [create for table, create in CREATES.items() if table not in as_made]))
    connection.execute("insert into dataset select 0, hash('journey')")


@cache
def _made() -> dict[str, str]:
    """How each table of a new warehouse is made, as the database tells it."""
    with open_warehouse(":memory:") as con:
        return {table: sql for table, sql, _ in con.connection.execute(TABLES).fetchall()}


def _restored(held: Held) -> bool:
    """Whether all is as it was loaded, once the tables that held nothing are made anew where they hold something now."""
    connection, now = held.database.connection, _content(held.database.connection)
    other = {table for table in now.keys() | held.content.keys() if now.get(table) != held.content.get(table)}
    if any(held.content.get(table) != repr((_made().get(table), 0)) for table in other):
        return False
    try:
        connection.execute(";".join(f"drop table if exists {quote(table)};{CREATES[table]}" for table in other))
    except duckdb.Error:  # something still holds a table of it
        return False
    return True


def _content(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    tables = connection.execute(TABLES).fetchall()
    return {table: repr((sql, rows and connection.execute(f"from {quote(table)}").fetchall())) for table, sql, rows in tables}
