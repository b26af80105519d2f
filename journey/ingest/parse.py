"""Files to rows of text or typed values, in batches, with every line accounted for.

Files are parsed in a DuckDB of its own, in memory: the workspace is locked from files.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import polars as pl

from journey.errors import LoadError
from journey.ingest.sources import PlainFile
from journey.warehouse import literal

BATCH_ROWS = 1_000_000
WIDEST_LINE = 16 << 20
MOST_COLUMNS = 1_000
_lock = threading.Lock()
_root: list[duckdb.DuckDBPyConnection] = []


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be stored.  line: from 1, the header included; None where the format has no lines."""

    line: int | None
    reason: str
    raw: str


def parser() -> duckdb.DuckDBPyConnection:
    """A cursor on the process's parser.  Opening a database takes 20 ms, a cursor none."""
    with _lock:
        if not _root:
            root = duckdb.connect(":memory:")
            root.execute("set TimeZone = 'UTC'")
            root.execute("set memory_limit = '1GB'")
            root.execute("set autoinstall_known_extensions = false")
            root.execute("set python_enable_replacements = false")
            root.execute("set arrow_output_version = '1.4'")
            _root.append(root)
        return _root[0].cursor()


def refuse_duplicate_names(names: list[str], source: str) -> None:
    """Raises LoadError for names that are equal but for case: a database would rename them in silence."""
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            raise LoadError(f"{source} has two columns named {seen[name.lower()]!r} and {name!r}. Give each a name of its own.")
        seen[name.lower()] = name
    if len(names) > MOST_COLUMNS:
        raise LoadError(f"{source} has {len(names):,} columns; at most {MOST_COLUMNS:,} can be loaded. Leave some out of the export.")


def batches(reader: duckdb.DuckDBPyRelation) -> Iterator[pl.DataFrame]:
    """The rows of a relation in order, a frame at a time."""
    for batch in reader.to_arrow_reader(BATCH_ROWS):
        frame = pl.DataFrame(batch)
        if frame.height:
            yield frame


def read_parquet(file: PlainFile) -> tuple[list[str], int]:
    """(columns, rows) from the file's own description, before anything is read.

    Raises:
        LoadError: damaged, or described as far larger than its bytes can hold in good faith.
    """
    con = parser()
    try:
        names = [row[0] for row in con.execute("describe select * from read_parquet(?)", [str(file.path)]).fetchall()]
        rows = con.execute("select sum(num_rows) from parquet_file_metadata(?)", [str(file.path)]).fetchall()[0]
    except duckdb.Error as fault:
        raise LoadError(f"The file {file.source.path} is a damaged Parquet file: {str(fault).splitlines()[0]}") from fault
    held = int(rows[0] or 0) if rows else 0
    if held > 50_000_000 and held > 100 * file.size:
        raise LoadError(
            f"The file {file.source.path} claims {held:,} rows in {max(1, file.size >> 10):,} KB. "
            "No event log packs that well; nothing was loaded."
        )
    return names, held


def parquet_relation(file: PlainFile) -> str:
    return f"read_parquet({literal(str(file.path))})"
