"""A first look at a file: how it is written, its first rows, what its columns seem to mean; nothing is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from journey.errors import LoadError
from journey.ingest.guess import Guess, guess_mapping, personal_columns, refuse_unguessed, revenue_columns
from journey.ingest.mapping import spelled_out
from journey.ingest.parse import parser
from journey.ingest.reading import opened_files
from journey.ingest.sources import PlainFile, SourceFile, find_files, head_of, plain_files
from journey.ingest.times import time_form
from journey.ingest.types import typed
from journey.warehouse import Warehouse

LOOKED_AT = 10_000
SHOWN = 20
SHOWN_ROWS = 3  # as plain data: what the columns hold is told by their samples


@dataclass(frozen=True)
class Column:
    """type: as it would be stored, told from the first rows; samples: up to five different values."""

    name: str
    type: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """rows: the first, as text.  guesses: what the columns seem to mean; personal, revenue: columns that are proposed as such.

    times: how the guessed time column tells the time.  missing: a sentence where a column that is needed was not found.
    """

    path: str
    format: str
    encoding: str
    delimiter: str | None
    columns: list[str]
    described: tuple[Column, ...]
    rows: pl.DataFrame
    guesses: tuple[Guess, ...]
    times: str | None
    personal: dict[str, str]
    revenue: list[str]
    missing: str | None = None

    @property
    def mapping(self) -> dict[str, str]:
        return {guess.role: guess.column for guess in self.guesses}

    @property
    def reasons(self) -> dict[str, str]:
        return {guess.role: guess.reason for guess in self.guesses}

    def as_plain(self) -> dict[str, Any]:
        return {
            "file": self.path,
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "mapping": self.mapping,
            "reasons": self.reasons,
            "unsure": [guess.role for guess in self.guesses if not guess.sure],
            "times": self.times,
            "personal": self.personal,
            "revenue": self.revenue,
            "missing": self.missing,
            "columns": [{"name": column.name, "type": column.type, "samples": list(column.samples)} for column in self.described],
            "rows": self.rows.head(SHOWN_ROWS).to_dicts(),
        }


def preview_file(path: str | Path, mapping: Mapping[str, Any] | None = None, kind: str = "events") -> Preview:
    """A first look at one file, read from its first megabytes.

    Raises:
        LoadError: a file that cannot be read at all.
    """
    plain = spelled_out(mapping, kind)
    source = find_files(path)[0]
    with TemporaryDirectory(prefix="journey-") as scratch:
        if source.kind == "parquet":
            with plain_files([source], None, None) as files:
                return _looked_at(source, files[0], plain, kind)
        return _looked_at(source, head_of(source, plain.get("encoding"), Path(scratch)), plain, kind)


def _looked_at(source: SourceFile, file: PlainFile, plain: dict[str, Any], kind: str) -> Preview:
    read = opened_files([file], plain)
    sample = read.sample(LOOKED_AT)
    con = Warehouse(parser(), None)
    guesses = guess_mapping(con, sample, plain, kind)
    missing = None
    try:
        refuse_unguessed(guesses, plain, read.columns, kind)
    except LoadError as fault:
        missing = str(fault)
    when = next((guess.column for guess in guesses if guess.role in ("ts", "valid_from")), plain.get("ts"))
    return Preview(
        path=str(source.path),
        format={"csv": "CSV", "jsonl": "JSON lines", "parquet": "Parquet"}[source.kind] + (", gzipped" if source.packed else ""),
        encoding={"utf-8-sig": "UTF-8 with a byte order mark"}.get(file.encoding, file.encoding.upper()),
        delimiter=read.dialects[0].delimiter if read.dialects else None,
        columns=read.columns,
        described=tuple(_described(sample[name]) for name in read.columns),
        rows=_as_text(sample.head(SHOWN)),
        guesses=tuple(guesses),
        times=_told(con, sample, when),
        personal=personal_columns(sample),
        revenue=revenue_columns(sample),
        missing=missing,
    )


def _told(con: Warehouse, sample: pl.DataFrame, column: str | None) -> str | None:
    try:
        form = time_form(con, sample[column]) if column and column in sample.columns else None
    except LoadError as fault:
        return str(fault)
    return form.told if form else None


def _described(values: pl.Series) -> Column:
    kind = typed(values)
    samples = values.drop_nulls().unique(maintain_order=True).head(5)
    return Column(values.name, kind[0] if kind else "empty", tuple(str(value)[:100] for value in samples.to_list()))


def _as_text(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [None if value is None else str(value)[:200] for value in rows[name].to_list()] for name in rows.columns}, strict=False
    )
