"""A source, opened: its columns, its first rows, its relations to read from, and where each row stands in its file."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import polars as pl

from journey.errors import LoadError
from journey.ingest.csv import Dialect, csv_rejects, csv_relation, read_dialect, whitespace_rows
from journey.ingest.jsonl import jsonl_columns, jsonl_rejects, jsonl_relation
from journey.ingest.lines import find_places
from journey.ingest.mapping import Mapping as ColumnMapping
from journey.ingest.parse import BadRow, batches, parquet_relation, parser, read_parquet, refuse_duplicate_names
from journey.ingest.sources import PlainFile, find_files, plain_files
from journey.warehouse import quote

FRAME = "journey_source"
UNNAMED = "a frame"
UNCLOSED = "A quote is opened and never closed."


class SwallowedError(Exception):
    """A quote that is never closed took the lines after it into one value: (file number, line of the quote)."""

    def __init__(self, number: int, line: int) -> None:
        super().__init__(number, line)
        self.number, self.line = number, line


@dataclass
class Opened:
    """names: of the files.  content_hash: of their bytes, "" for a frame.  columns: of every row.

    rows: how many there are, where that is known beforehand.  held: the columns of each file.
    rejects: per file, what the parser put aside; filled by reading.  blanked: lines left out because they swallowed others.
    """

    names: list[str]
    content_hash: str
    columns: list[str]
    rows: int | None
    frame: pl.DataFrame | None = None
    files: list[PlainFile] = field(default_factory=list)
    dialects: list[Dialect] = field(default_factory=list)
    held: list[list[str]] = field(default_factory=list)
    rejects: dict[int, list[BadRow]] = field(default_factory=dict)
    blanked: dict[int, list[BadRow]] = field(default_factory=dict)
    scratch: list[Path] = field(default_factory=list)

    def sample(self, rows: int) -> pl.DataFrame:
        """The first rows of the first file that has any, with every column."""
        if self.frame is not None:
            return self.frame.head(rows)
        for number in range(len(self.files)):
            with self.cursor(number) as (con, relation):
                first = con.sql(f"select * from {relation} limit {rows}").pl()
            if first.height:
                break
        return first

    @contextmanager
    def cursor(self, number: int) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """(parser's cursor, relation) of one file.  What the parser says of a bad file becomes a sentence."""
        con = parser()
        try:
            yield con, self._complete(self._relation(con, number), number)
        except (duckdb.Error, OSError) as fault:  # the reader of batches tells DuckDB's errors as its own
            if not self.files:
                raise
            raise LoadError(f"The file {self.files[number].source.path} cannot be read: {str(fault).splitlines()[0]}") from fault
        finally:
            con.close()

    def _complete(self, relation: str, number: int) -> str:
        """A file of several may lack a column that another has: it is missing there."""
        lacking = [name for name in self.columns if name not in self.held[number]] if self.held else []
        return f"(select *{''.join(f', null::varchar as {quote(name)}' for name in lacking)} from {relation})" if lacking else relation

    def _relation(self, con: duckdb.DuckDBPyConnection, number: int) -> str:
        if self.frame is not None:
            con.register(FRAME, self.frame)
            return FRAME
        file = self.files[number]
        if file.source.kind == "parquet":
            return parquet_relation(file)
        if file.source.kind == "jsonl":
            self.rejects[number] = jsonl_rejects(con, file)
            return jsonl_relation(file, self.columns)
        if self.dialects[number].delimiter != "whitespace":
            return csv_relation(file, self.dialects[number])
        rows, self.rejects[number] = whitespace_rows(file, self.dialects[number])
        con.register(FRAME, rows)
        return FRAME

    def batches(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """(file number, rows as they came), in order of loading."""
        for number in range(len(self.names)):
            with self.cursor(number) as (con, relation):
                for batch in batches(con.sql(f"select * from {relation}")):
                    yield number, batch
                self.keep_rejects(con, number)

    def keep_rejects(self, con: duckdb.DuckDBPyConnection, number: int) -> None:
        """Remember what the cursor put aside, once it has read everything."""
        if self.dialects and self.dialects[number].delimiter != "whitespace":
            self.rejects[number] = csv_rejects(con)

    @property
    def rejected(self) -> int:
        return sum(len(rows) for rows in self.rejects.values())

    def hashed_with(self, mapping: ColumnMapping) -> str:
        """What tells one load from another: the files' bytes and the mapping.  "" for a frame, whose rows tell themselves."""
        return hashlib.sha256((self.content_hash + mapping.as_json()).encode()).hexdigest() if self.content_hash else ""

    def warnings(self) -> tuple[str, ...]:
        odd = sorted({file.encoding for file in self.files if file.encoding not in ("", "utf-8", "utf-8-sig")})
        return (f"Read as {' and '.join(odd)}.",) if odd else ()

    def settle(self, seen: Mapping[int, int], wanted: Mapping[int, Sequence[int]]) -> dict[int, dict[int, tuple[int, str]]]:
        """Per file, (line, text) of the rows wanted; rejects get their lines.  seen: rows read per file.

        Only where something was put aside, or where the lines do not add up at once, is the file walked over again.

        Raises:
            LoadError: rows read and rejected are not all that the file holds.
            SwallowedError: a quote that is never closed took other lines with it.
        """
        found: dict[int, dict[int, tuple[int, str]]] = {}
        for number, file in enumerate(self.files):
            rejected = self.rejects.get(number, [])
            swallowed = next((row for row in rejected if "\n" in row.raw.strip("\r\n")), None)
            dialect = self.dialects[number] if self.dialects else None
            whole = seen.get(number, 0) + len(rejected) + (dialect is not None and dialect.header)
            if file.source.kind == "parquet" or (not rejected and not wanted.get(number) and whole == file.newlines + file.open_end):
                continue
            numbers = [row.line for row in rejected if row.line is not None]
            places = find_places(file, dialect, wanted.get(number, ()), numbers)
            if swallowed is not None and swallowed.line in places.rejected:
                raise SwallowedError(number, places.rejected[swallowed.line])
            if places.counted != seen.get(number, 0):
                raise LoadError(
                    f"The file {file.source.path} does not add up: "
                    f"it holds {places.counted:,} rows, and {seen.get(number, 0):,} could be read. "
                    "Nothing was loaded. Are its quotes and delimiters written in one way throughout?"
                )
            self.rejects[number] = [replace(row, line=places.rejected.get(row.line or 0, row.line)) for row in rejected]
            self.rejects[number] += self.blanked.get(number, [])
            found[number] = places.rows
        return found

    def blank(self, number: int, line: int, scratch: Path | None) -> None:
        """Leave one line of a file empty, and remember it as rejected: what it had swallowed can be read then."""
        file = self.files[number]
        copy = Path(mkdtemp(prefix="journey-", dir=scratch)) / "mended"
        self.scratch.append(copy.parent)
        with file.path.open("rb") as source, copy.open("wb") as target:
            for at, text in enumerate(source, 1):
                if at == line:
                    self.blanked.setdefault(number, []).append(BadRow(line, UNCLOSED, text.decode(errors="replace").rstrip("\r\n")))
                target.write(text[len(text.rstrip(b"\r\n")) :] if at == line else text)
        self.files[number] = replace(file, path=copy)
        self.rejects.clear()


@contextmanager
def opened(source: Any, plain: Mapping[str, Any], folder: Path | None, name: str) -> Iterator[Opened]:
    """A path, a list of paths, a folder, a glob or a polars frame, which has no name but this one, ready to be read.

    Raises:
        LoadError: nothing there, several kinds or column sets in one load, a damaged or hostile file.
    """
    if isinstance(source, pl.DataFrame):
        refuse_duplicate_names(source.columns, "The frame")
        yield Opened([name], "", source.columns, source.height, frame=source)
        return
    with ExitStack() as stack:
        files = stack.enter_context(plain_files(find_files(source), plain.get("encoding"), folder))
        read = opened_files(files, plain)
        try:
            yield read
        finally:
            for path in read.scratch:
                shutil.rmtree(path, ignore_errors=True)


def opened_files(files: list[PlainFile], plain: Mapping[str, Any]) -> Opened:
    kind = files[0].source.kind
    content = hashlib.sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()
    names = [file.source.name for file in files]
    if kind == "parquet":
        described = [read_parquet(file) for file in files]
        for file, (columns, _) in zip(files, described, strict=True):
            refuse_duplicate_names(columns, f"The file {file.source.path}")
        held = [columns for columns, _ in described]
        return Opened(names, content, _all_columns(files, held), sum(rows for _, rows in described), files=files, held=held)
    if kind == "jsonl":
        return Opened(names, content, jsonl_columns(files), sum(file.newlines + file.open_end for file in files), files=files)
    dialects = [read_dialect(file, plain) for file in files]
    held = [list(dialect.columns) for dialect in dialects]
    rows = sum(file.newlines + file.open_end - dialect.header for file, dialect in zip(files, dialects, strict=True))
    return Opened(names, content, _all_columns(files, held), rows, files=files, dialects=dialects, held=held)


def _all_columns(files: Sequence[PlainFile], columns: Sequence[list[str]]) -> list[str]:
    """All columns, in order of appearance.  Raises LoadError where two files have no column in common."""
    for file, names in zip(files, columns, strict=True):
        if not set(names) & set(columns[0]):
            raise LoadError(f"The files {files[0].source.name} and {file.source.name} have no column in common. Load them one by one.")
    return list(dict.fromkeys(name for names in columns for name in names))
