"""Where a record of a text file stands: its line and its text, and whether every record is accounted for."""

import csv as csv_lines
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from journey.ingest.csv import Dialect
from journey.ingest.sources import PlainFile

LONGEST_RAW = 10_000


@dataclass
class Places:
    """rows: (line, text) of the rows asked for, as numbered from 0.  rejected: record number -> line.  counted: rows in all."""

    rows: dict[int, tuple[int, str]] = field(default_factory=dict)
    rejected: dict[int, int] = field(default_factory=dict)
    counted: int = 0


def find_places(file: PlainFile, dialect: Dialect | None, wanted: Sequence[int], rejected: Sequence[int]) -> Places:
    """Walk over the records once.  wanted: rows numbered from 0 as they were read; rejected: records, numbered from 1, that were not."""
    places, put_aside, looked_for = Places(), set(rejected), set(wanted)
    walk = _one_line_records(file) if dialect is None or dialect.delimiter == "whitespace" else _records(file, dialect)
    for number, (line, text, blank) in enumerate(walk, 1):
        if number in put_aside:
            places.rejected[number] = line
        elif not blank and not (number == 1 and dialect is not None and dialect.header):
            if places.counted in looked_for:
                places.rows[places.counted] = (line, text.rstrip("\r\n")[:LONGEST_RAW])
            places.counted += 1
    return places


def _one_line_records(file: PlainFile) -> Iterator[tuple[int, str, bool]]:
    with file.path.open(encoding="utf-8-sig", newline="") as lines:
        for number, line in enumerate(lines, 1):
            yield number, line, not line.strip()


def _records(file: PlainFile, dialect: Dialect) -> Iterator[tuple[int, str, bool]]:
    """(first line, text, whether it is blank) of each record; a quoted value may run over several lines."""
    taken: list[str] = []
    with file.path.open(encoding="utf-8-sig", newline="") as lines:

        def watched() -> Iterator[str]:
            for line in lines:
                taken.append(line)
                yield line

        reader = csv_lines.reader(watched(), delimiter=dialect.delimiter)
        start = 1
        for record in reader:
            yield start, "".join(taken), not record
            taken.clear()
            start = reader.line_num + 1
