"""CSV, told by looking at it and then read by what was told: nothing is sniffed while the rows are read."""

import csv as csv_lines
import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import duckdb
import polars as pl

from journey.errors import LoadError
from journey.ingest.parse import WIDEST_LINE, BadRow, refuse_duplicate_names
from journey.ingest.sources import PlainFile
from journey.warehouse import literal

DELIMITERS = (",", ";", "\t", "|")
NAMED = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
LOOKED_AT = 200  # records
csv_lines.field_size_limit(1 << 30)  # longer values are put aside by the parser; here they are only walked over
WHY = {
    "MISSING COLUMNS": "The row has fewer values than the header.",
    "TOO MANY COLUMNS": "The row has more values than the header.",
    "UNQUOTED VALUE": "A quoted value does not end where its quote does.",
    "LINE SIZE OVER MAXIMUM": "The row is longer than 16 MB.",
    "INVALID ENCODING": "The row is not UTF-8.",
}


@dataclass(frozen=True)
class Dialect:
    """How the file is written.  columns: names, from the header or as given; header: whether the first record holds them."""

    delimiter: str
    header: bool
    columns: tuple[str, ...]


def read_dialect(file: PlainFile, options: Mapping[str, Any]) -> Dialect:
    """The dialect as named in the mapping, or told from the first records.

    Raises:
        LoadError: nothing in the file, or two columns of one name.
    """
    records_by = _first_records(file)
    if not any(records_by.values()):
        raise LoadError(f"The file {file.source.path} is empty.")
    named = options.get("delimiter")
    delimiter = NAMED.get(str(named), str(named)) if named else _delimiter(records_by)
    if delimiter != "whitespace" and len(delimiter) != 1:
        raise LoadError(f"The delimiter is {named!r}; write one character, or tab, comma, semicolon, pipe, space or whitespace.")
    given = options.get("columns")
    if given:
        header = bool(options.get("header", False))
        columns = [str(name) for name in given]
    else:
        header = True
        columns = [name.strip() for name in _records(file, delimiter)[0]]
        columns = [name or f"column {number + 1}" for number, name in enumerate(columns)]
    refuse_duplicate_names(columns, f"The file {file.source.path}")
    return Dialect(delimiter, header, tuple(columns))


def _first_records(file: PlainFile) -> dict[str, list[list[str]]]:
    return {delimiter: _records(file, delimiter) for delimiter in DELIMITERS}


def _records(file: PlainFile, delimiter: str) -> list[list[str]]:
    """The first records that are not blank.  A field is looked at up to the reader's limit, longer ones are told later."""
    if delimiter == "whitespace":
        return [line.split() for line in _head(file).splitlines() if line.strip()][:LOOKED_AT]
    try:
        reader = csv_lines.reader(io.StringIO(_head(file), newline=""), delimiter=delimiter)
        return [record for record in islice(reader, LOOKED_AT) if record]
    except csv_lines.Error:
        return []


def _head(file: PlainFile) -> str:
    with file.path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        return text.read(1 << 18)


def _delimiter(records_by: Mapping[str, list[list[str]]]) -> str:
    """The one that cuts the most columns, the same number in the most records; a comma where none cuts any."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = [len(record) for record in records_by[delimiter][:-1] or records_by[delimiter]]
        if not widths or widths[0] == 1:
            return 0.0, 0
        return round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0]

    return max(DELIMITERS, key=fit)


def csv_relation(file: PlainFile, dialect: Dialect) -> str:
    """Every record as text, missing where empty; records that do not fit wait in reject_errors of the cursor that reads."""
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in dialect.columns)
    return f"""read_csv(
        {literal(str(file.path))},
        auto_detect = false,
        delim = {literal(dialect.delimiter)},
        quote = '"',
        escape = '"',
        header = {str(dialect.header).lower()},
        columns = {{{columns}}},
        null_padding = false,
        strict_mode = true,
        max_line_size = {WIDEST_LINE},
        store_rejects = true,
        rejects_limit = 0
    )"""


def csv_rejects(con: duckdb.DuckDBPyConnection) -> list[BadRow]:
    """One bad row per record that the cursor put aside, with the first thing that was wrong with it."""
    rows = con.execute(
        "select line, min_by(error_type::varchar, column_idx), any_value(csv_line) from reject_errors group by line order by line"
    ).fetchall()
    return [BadRow(line, WHY.get(kind, "The row cannot be read."), (raw or "").strip("\r\n")) for line, kind, raw in rows]


def whitespace_rows(file: PlainFile, dialect: Dialect) -> tuple[pl.DataFrame, list[BadRow]]:
    """Columns set apart by any run of blanks, as in tables of fixed width."""
    rows: list[list[str]] = []
    bad: list[BadRow] = []
    with file.path.open(encoding="utf-8-sig", newline="") as lines:
        for number, line in enumerate(lines, 1):
            values = line.split()
            if not values or (number == 1 and dialect.header):
                continue
            if len(values) == len(dialect.columns):
                rows.append(values)
            else:
                few = len(values) < len(dialect.columns)
                bad.append(BadRow(number, WHY["MISSING COLUMNS" if few else "TOO MANY COLUMNS"], line.rstrip("\r\n")))
    return pl.DataFrame(rows, schema=dict.fromkeys(dialect.columns, pl.String), orient="row"), bad
