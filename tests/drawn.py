"""Logs drawn inside a test: `drawn("ann 09:00 visit 09:05 cart")` is an open warehouse that holds two events of ann.

A line is one customer: an id, then times and events.  A time sets the clock of what follows: `09:05`, `09:05:30`,
`2026-03-02` (a day), `+2d` (days later).  An event may carry properties: `cart{device=mobile,price=5}`.  The first
day is 2026-03-02, a Monday, UTC.  Lines are loaded in the order written.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from journey.warehouse import Warehouse
from tests.lent import lent_warehouse

TOKEN = re.compile(r"\S+?\{[^}]*\}|\S+")


def drawn(*lines: str, mapping: dict[str, Any] | None = None) -> Warehouse:
    """A warehouse in memory that holds the drawn log."""
    return lent_warehouse(drawn_frame(*lines), mapping)


def drawn_frame(*lines: str) -> pl.DataFrame:
    """Columns customer, event, ts (UTC) and a column per property, as text."""
    rows = [row for text in lines for line in text.strip().splitlines() for row in _rows(line)]
    return (
        pl.DataFrame(rows, infer_schema_length=None)
        if rows
        else pl.DataFrame(schema={"customer": pl.String, "event": pl.String, "ts": pl.Datetime("ms", "UTC")})
    )


def _rows(line: str) -> list[dict[str, Any]]:
    customer, *tokens = TOKEN.findall(line)
    clock, rows = datetime(2026, 3, 2, tzinfo=UTC), []
    for token in tokens:
        if moved := _move(clock, token):
            clock = moved
        else:
            name, _, rest = token.partition("{")
            pairs = dict(pair.split("=", 1) for pair in rest.rstrip("}").split(",") if pair)
            rows.append({"customer": customer, "event": name, "ts": clock, **pairs})
    return rows


def _move(clock: datetime, token: str) -> datetime | None:
    if time := re.fullmatch(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?", token):
        hour, minute, second, milli = (int(part or 0) for part in time.groups())
        return clock.replace(hour=hour, minute=minute, second=second, microsecond=milli * 1000)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", token):
        return datetime.fromisoformat(token).replace(tzinfo=UTC)
    if days := re.fullmatch(r"\+(\d+)d", token):
        return clock + timedelta(days=int(days.group(1)))
    return None
