"""A table that a question brings: a file, rows as plain data, or a frame.  One row is one decision or one customer.

A file is read by the parser of loads, in a database of its own; the workspace stays locked from files.  A question that comes
from a page or an address, or stands in a rule, names no file: whoever can write an address could else read any file there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from journey.errors import QuestionError
from journey.ingest.reading import opened

MOST_ROWS = 20_000_000


@dataclass(frozen=True, eq=False)
class Table:
    """name: as a person knows it.  frame: the columns asked for.  unread: rows that could not be read."""

    name: str
    frame: pl.DataFrame
    unread: int = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        return (f"{self.unread:,} rows of {self.name} could not be read and are left out.",) if self.unread else ()


def check_table(source: Any, what: str, files: bool) -> Any:
    """The same source, once it is seen to be one.  files: whether it may name a file.

    Raises: QuestionError: neither a file, nor rows, nor a frame; or a file where none may be named.
    """
    if isinstance(source, str | Path):
        if not files:
            raise QuestionError(f"{what} names a file, which only the command line and the library may. Give rows instead.")
        return str(source)
    if isinstance(source, pl.DataFrame):
        return source
    if isinstance(source, Sequence) and source and all(isinstance(row, Mapping) for row in source):
        return tuple(dict(row) for row in source)
    raise QuestionError(f'{what} is a file, or a list of rows such as [{{"arm": "mail", "bought": 1}}]; it was given {str(source)[:80]!r}.')


def read_table(source: Any, columns: Sequence[str]) -> Table:
    """The columns of a table, in the order asked for.

    Raises:
        QuestionError: a column that is not there, rows that are no table.
        LoadError: a file that cannot be read.
    """
    wanted = list(dict.fromkeys(columns))
    if isinstance(source, str):
        return _from_file(source, wanted)
    try:
        frame = source if isinstance(source, pl.DataFrame) else pl.DataFrame(list(source), infer_schema_length=None, strict=False)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as fault:
        raise QuestionError(f"The rows are no table: {str(fault).splitlines()[0]} Write each as an object of the same names.") from fault
    _refuse_missing(frame.columns, wanted, "The table")
    return Table("the table", frame.select(wanted))


def _from_file(path: str, wanted: list[str]) -> Table:
    name = Path(path).name
    with opened(path, {}, None, name) as read:
        _refuse_missing(read.columns, wanted, f"The file {name}")
        if read.rows is not None and read.rows > MOST_ROWS:
            raise QuestionError(f"The file {name} has {read.rows:,} rows; at most {MOST_ROWS:,} can be looked at. Give a sample of it.")
        parts = [rows.select(wanted) for _, rows in read.batches()]
        unread = read.rejected
    if not parts:
        raise QuestionError(f"The file {name} holds no row.")
    return Table(name, pl.concat(parts, how="vertical_relaxed"), unread)


def _refuse_missing(held: Sequence[str], wanted: Sequence[str], what: str) -> None:
    missing = [name for name in wanted if name not in held]
    if missing:
        raise QuestionError(f"{what} has no column {missing[0]!r}. Its columns are: {', '.join(map(repr, held))}.")
