"""What every answer carries beside its numbers: how it was counted, of whom, until when, and what to beware of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journey.scope import read_zone, to_datetime
from journey.warehouse import Warehouse, ask_sql, kept


@dataclass(frozen=True)
class Evidence:
    """How a number was counted.

    definition: one sentence with every convention in force, the time zone too.
    sql, params: the defining query as it ran, and its bound values.
    population: customers the answer is about.  data_until: time of the last event, ms, or None without events.
    """

    definition: str
    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
    population: int = 0
    data_until: int | None = None
    warnings: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        return {
            "definition": self.definition,
            "sql": self.sql,
            "parameters": dict(self.params),
            "population": self.population,
            "data_until": iso(self.data_until),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class People:
    """The customers behind a mark.  ids: shown ids, sorted; count = len(ids) = the mark."""

    ids: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.ids)

    def as_plain(self) -> dict[str, Any]:
        return {"count": self.count, "ids": list(self.ids)}


def iso(ms: int | None) -> str | None:
    """ms -> ISO-8601 in UTC, as every answer writes times."""
    return None if ms is None else to_datetime(ms).isoformat().replace("+00:00", "Z")


def local_iso(ms: int, timezone: str) -> str:
    """The start of a period, written in its zone, so that its date is the one a person knows it by."""
    return to_datetime(ms, read_zone(timezone)).isoformat().replace("+00:00", "Z")


def extent(con: Warehouse) -> tuple[int, int] | None:
    """Times of the first and of the last event, ms; None in an empty workspace."""
    first, last = kept(con, "extent", lambda: ask_sql(con, "select min(first_ts), max(last_ts) from customers").row(0))
    return None if first is None else (first, last)


def data_until(con: Warehouse) -> int | None:
    """Time of the last event, ms; None in an empty workspace."""
    known = extent(con)
    return None if known is None else known[1]
