"""A source, opened: its columns, its rows in batches, and where each row stands in its file."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from journey.errors import LoadError
from journey.ingest.csv import Dialect, csv_batches, read_dialect
from journey.ingest.jsonl import jsonl_batches, jsonl_columns
from journey.ingest.lines import line_places
from journey.ingest.mapping import Mapping as ColumnMapping
from journey.ingest.parse import Rejects, parquet_batches, read_parquet, refuse_duplicate_names
from journey.ingest.sources import PlainFile, find_files, plain_files


@dataclass
class Opened:
    """names: of the files.  content_hash: of their bytes.  columns: of every row; rows: how many, where that is known beforehand.

    accounted: per file, the rows read and those rejected, filled while reading.
    """

    names: list[str]
    content_hash: str
    columns: list[str]
    rows: int | None
    frame: pl.DataFrame | None = None
    files: list[PlainFile] = field(default_factory=list)
    dialects: list[Dialect] = field(default_factory=list)
    rejects: dict[int, Rejects] = field(default_factory=dict)
    encodings: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Records that the parser put aside."""
        return sum(len(rejects.rows) for rejects in self.rejects.values())

    def hashed_with(self, mapping: ColumnMapping) -> str:
        """What tells one load from another: the files' bytes and the mapping.  "" for a frame, whose rows tell themselves."""
        return hashlib.sha256((self.content_hash + mapping.as_json()).encode()).hexdigest() if self.content_hash else ""

    def warnings(self) -> tuple[str, ...]:
        odd = sorted({encoding for encoding in self.encodings if encoding not in ("", "utf-8", "utf-8-sig")})
        return (f"Read as {' and '.join(odd)}.",) if odd else ()

    def reconcile(self, seen: Mapping[int, int]) -> None:
        """Raises LoadError where rows read and rejected are not all that the file holds."""

    def batches(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """(file number, rows) in order of loading."""
        if self.frame is not None:
            yield 0, self.frame
            return
        for number, file in enumerate(self.files):
            rejects = self.rejects[number] = Rejects()
            for batch in self._file_batches(number, file, rejects):
                yield number, batch

    def _file_batches(self, number: int, file: PlainFile, rejects: Rejects) -> Iterator[pl.DataFrame]:
        if file.source.kind == "csv":
            return csv_batches(file, self.dialects[number], rejects)
        if file.source.kind == "jsonl":
            return jsonl_batches(file, self.columns, rejects)
        return parquet_batches(file)

    def places(self, number: int, rows: Sequence[int]) -> list[tuple[int | None, str | None]]:
        """(line, raw text) of rows of a file, numbered from 0 as they were read; None where the format has neither."""
        if self.frame is not None or self.files[number].source.kind == "parquet":
            return [(None, None)] * len(rows)
        file, rejected = self.files[number], [row.line for row in self.rejects[number].rows if row.line is not None]
        dialect = self.dialects[number] if self.dialects else None
        return line_places(file, dialect, rows, rejected)


@contextmanager
def opened(source: Any, plain: Mapping[str, Any], folder: Path | None) -> Iterator[Opened]:
    """A path, a list of paths, a folder, a glob or a polars frame, ready to be read.

    Raises:
        LoadError: nothing there, several kinds or column sets in one load, a damaged or hostile file.
    """
    if isinstance(source, pl.DataFrame):
        refuse_duplicate_names(source.columns, "The frame")
        yield Opened(["(frame)"], "", source.columns, source.height, frame=source)
        return
    with ExitStack() as stack:
        files = stack.enter_context(plain_files(find_files(source), plain.get("encoding"), folder))
        yield opened_files(files, plain)


def opened_files(files: list[PlainFile], plain: Mapping[str, Any]) -> Opened:
    kind = files[0].source.kind
    content = hashlib.sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()
    names = [file.source.name for file in files]
    encodings = [file.encoding for file in files]
    if kind == "parquet":
        described = [read_parquet(file) for file in files]
        for file, (columns, _) in zip(files, described, strict=True):
            refuse_duplicate_names(columns, f"The file {file.source.path}")
        columns = _same_columns(files, [columns for columns, _ in described])
        return Opened(names, content, columns, sum(rows for _, rows in described), files=files)
    if kind == "jsonl":
        return Opened(
            names, content, jsonl_columns(files), sum(file.newlines + file.open_end for file in files), files=files, encodings=encodings
        )
    dialects = [read_dialect(file, plain) for file in files]
    columns = _same_columns(files, [list(dialect.columns) for dialect in dialects])
    rows = sum(file.newlines + file.open_end - dialect.header for file, dialect in zip(files, dialects, strict=True))
    return Opened(names, content, columns, rows, files=files, dialects=dialects, encodings=encodings)


def _same_columns(files: Sequence[PlainFile], columns: Sequence[list[str]]) -> list[str]:
    """All columns, in order of appearance.  Raises LoadError where two files have no column in common."""
    for file, names in zip(files, columns, strict=True):
        if not set(names) & set(columns[0]):
            raise LoadError(f"The files {files[0].source.name} and {file.source.name} have no column in common. Load them one by one.")
    return list(dict.fromkeys(name for names in columns for name in names))
