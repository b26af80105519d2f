"""The only door to DuckDB: opening a workspace, reading with SQL, writing in one transaction.

A workspace is a folder that one process owns.  Every thread, and every run of a page, works on a `cursor()` of its own:
a DuckDB connection shared by threads gives wrong results, not only errors.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl

from journey.errors import WorkspaceError

SCHEMA = Path(__file__).with_name("schema.sql")
DATABASE = "journey.duckdb"
SCORED = "times scored"  # in `shared`: how often customers were scored since the workspace was opened
Result = TypeVar("Result")


class Warehouse:
    """An open workspace, or one thread's cursor on it.

    folder: the workspace, or None where it lives in memory only.
    shared: what all cursors of a workspace have in common: the open index, and what is kept of the facts.
    reading: whether this cursor is within `one_moment`.
    writing: whether it is within a `write`, whose facts no other cursor sees yet.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path | None, shared: dict[str, Any] | None = None) -> None:
        self.connection = connection
        self.folder = folder
        self.shared: dict[str, Any] = {} if shared is None else shared
        self.reading = False
        self.writing = False

    def cursor(self) -> "Warehouse":
        """A handle of its own for one thread; it sees what others have committed."""
        return Warehouse(self.connection.cursor(), self.folder, self.shared)

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> "Warehouse":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_warehouse(workspace: str | Path = ".journey") -> Warehouse:
    """Open a workspace folder, made where there is none, or ":memory:".

    Raises:
        WorkspaceError: another process owns it (its PID is named), or the file is no DuckDB database.
    """
    if str(workspace) == ":memory:":
        con = Warehouse(duckdb.connect(":memory:"), None)
    else:
        folder = Path(workspace).expanduser().resolve()
        con = Warehouse(_connect(folder), folder)
    _settle(con)
    con.connection.execute(SCHEMA.read_text())
    if not con.connection.execute("select 1 from dataset").fetchall():
        con.connection.execute("insert into dataset select 0, hash('journey')")
    return con


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    try:
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        (folder / "inbox").mkdir(exist_ok=True)
    except OSError as fault:
        raise WorkspaceError(f"The workspace {folder} cannot be made: {fault.strerror}. Choose a folder you may write to.") from fault
    try:
        return duckdb.connect(str(folder / DATABASE))
    except duckdb.IOException as fault:
        raise WorkspaceError(_why_closed(folder, str(fault))) from fault
    except duckdb.Error as fault:
        raise WorkspaceError(_damaged(folder, str(fault))) from fault


def _why_closed(folder: Path, fault: str) -> str:
    if "lock" not in fault.lower():
        return _damaged(folder, fault)
    owner = re.search(r"PID (\d+)", fault)
    process = f"the process with PID {owner.group(1)}" if owner else "another process"
    return (
        f"The workspace {folder} is in use by {process}. One process owns a workspace at a time: "
        "do this in that app, stop it first, or name another folder with --workspace or JOURNEY_WORKSPACE."
    )


def _damaged(folder: Path, fault: str) -> str:
    return (
        f"The file {folder / DATABASE} cannot be read as a workspace: {fault.splitlines()[0]} "
        "It was left as it is. Restore it from a backup, or name another folder with --workspace or JOURNEY_WORKSPACE."
    )


def _settle(con: Warehouse) -> None:
    """Set what may be set, then lock: from here on no SQL can read a file, attach a database or load code."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    con.connection.execute(f"set threads = {max(2, cpus)}")
    con.connection.execute("set memory_limit = '3GB'")
    if con.folder is not None:
        con.connection.execute(f"set temp_directory = {literal(str(con.folder / 'tmp'))}")
    con.connection.execute("set TimeZone = 'UTC'")
    con.connection.execute("set python_enable_replacements = false")
    con.connection.execute("set enable_external_access = false")
    con.connection.execute("set lock_configuration = true")


def quote(name: str) -> str:
    """A name as an SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal, for the few statements that take no bound values."""
    return "'" + text.replace("'", "''") + "'"


def ask_sql(con: Warehouse, text: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The rows that a query answers.  Values are bound as `$name`; those that the text does not name are left out."""
    named = {name: value for name, value in (params or {}).items() if re.search(rf"\${name}\b", text)}
    return con.connection.sql(text, params=named).pl() if named else con.connection.sql(text).pl()


def one(con: Warehouse, text: str, params: Mapping[str, Any] | None = None) -> Any:
    """The first value of the first row; None where there is no row."""
    named = {name: value for name, value in (params or {}).items() if re.search(rf"\${name}\b", text)}
    rows = con.connection.execute(text, named).fetchall() if named else con.connection.execute(text).fetchall()
    return rows[0][0] if rows else None


@contextmanager
def registered(con: Warehouse, name: str, rows: Any) -> Iterator[None]:
    """The rows (a polars frame or an Arrow table) as a table of this name, on this cursor only.

    After an error they stay until the next registration: an aborted transaction takes no statement but its rollback.
    """
    con.connection.register(name, rows)
    yield
    con.connection.unregister(name)


@contextmanager
def one_moment(con: Warehouse) -> Iterator[None]:
    """Everything read inside is of one moment of the workspace, whatever others load meanwhile.

    An answer takes several reads, and a load gives customers new numbers: of two moments, they would not fit together.
    Inside another moment it is that one's, and so inside a `write`.
    """
    if con.reading or con.writing:
        yield
        return
    con.connection.execute("begin")
    con.reading = True
    try:
        yield
    except BaseException:
        con.connection.execute("rollback")
        raise
    else:
        con.connection.execute("commit")
    finally:
        con.reading = False


@contextmanager
def write(con: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """One transaction: all of it or nothing."""
    con.connection.execute("begin")
    con.writing = True
    try:
        yield con.connection
    except BaseException:
        con.connection.execute("rollback")
        raise
    finally:
        con.writing = False
    con.connection.execute("commit")


def dataset_version(con: Warehouse) -> int:
    """The number that rises with every change to the facts."""
    return int(one(con, "select version from dataset"))


def kept(con: Warehouse, name: str, make: Callable[[], Result]) -> Result:
    """What follows from the facts alone, made once per dataset version for all cursors.

    Within a `write` it is made anew: the facts change before the version does, and may be rolled back.
    """
    if con.writing:
        return make()
    version = dataset_version(con)
    held: tuple[int, Result] | None = con.shared.get(name)
    if held is None or held[0] != version:
        with one_moment(con):
            held = con.shared[name] = (dataset_version(con), make())
    return held[1]


def setting(con: Warehouse, name: str, default: Any = None) -> Any:
    """What the workspace knows of its own meaning (table settings): currency, timezone, revenue, ..."""
    kept = one(con, "select value from settings where name = $name", {"name": name})
    return default if kept is None else json.loads(kept)


def keep_setting(con: Warehouse, name: str, value: Any) -> None:
    """Keep a setting in place of what was there, as one statement of the transaction under way, where there is one."""
    con.connection.execute("insert or replace into settings values (?, ?)", [name, json.dumps(value)]).fetchall()
