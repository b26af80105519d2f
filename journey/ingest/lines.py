"""Where a row of a text file stands: its line and its text, for the few rows that need it."""

from collections.abc import Sequence

from journey.ingest.csv import Dialect
from journey.ingest.sources import PlainFile


def line_places(
    file: PlainFile, dialect: Dialect | None, rows: Sequence[int], rejected: Sequence[int]
) -> list[tuple[int | None, str | None]]:
    """(line, raw text) of rows numbered from 0 as they were read.  rejected: lines that were not read as rows."""
    wanted = {row: place for place, row in enumerate(rows)}
    found: list[tuple[int | None, str | None]] = [(None, None)] * len(rows)
    skipped, row = set(rejected), -1
    with file.path.open(encoding="utf-8-sig", newline="") as lines:
        for number, line in enumerate(lines, 1):
            if number in skipped or (dialect and dialect.header and number == 1) or not line.strip():
                continue
            row += 1
            if row in wanted:
                found[wanted[row]] = (number, line.rstrip("\r\n"))
    return found
