"""Columns for what events carry beside their names: one per property, typed, widened when a later source needs it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from journey.errors import LoadError
from journey.ingest.mapping import Mapping
from journey.ingest.types import POLARS, typed, widen, widest
from journey.warehouse import Warehouse

MOST_PROPERTIES = 1_000
PREFIX = {"event": "p_", "customer": "c_"}


@dataclass(frozen=True)
class Known:
    """A property as table `properties` tells it."""

    name: str
    column: str
    type: str
    personal: bool


@dataclass(frozen=True)
class Placed:
    """rows: stored and new ones, with a column per property.  types: column -> type; known: every property after this load."""

    rows: pl.DataFrame
    types: dict[str, str]
    known: list[Known]


def known_properties(con: Warehouse, of: str) -> dict[str, Known]:
    rows = con.connection.execute('select name, "column", type, personal from properties where "of" = ? order by rowid', [of]).fetchall()
    return {row[0]: Known(*row) for row in rows}


def place_properties(con: Warehouse, rows: pl.DataFrame, mapping: Mapping, stored: pl.DataFrame | None) -> Placed:
    """New rows, their texts typed, under the stored ones; a property whose type had to widen is widened in both."""
    known = known_properties(con, "event")
    sources = [name for name in rows.columns if name.startswith("p:")]
    for source in sources:
        values = typed(rows[source])
        rows = rows.drop(source)
        if values is None:
            continue
        column = source[2:]
        prop, new, stored = merged(known, mapping.property_name(column), column in mapping.personal, values, stored, "event")
        known[prop.name] = prop
        rows = rows.with_columns(new.alias(prop.column))
    if len(known) > MOST_PROPERTIES:
        raise LoadError(
            f"The events carry {len(known):,} properties; at most {MOST_PROPERTIES:,} can be kept. "
            "Leave some out, on the Data page or with --map skip=COLUMN."
        )
    every = rows if stored is None else pl.concat([stored, rows], how="diagonal", rechunk=False)
    types = {prop.column: prop.type for prop in known.values()}
    absent = [column for column in types if column not in every.columns]
    every = every.with_columns(pl.lit(None, dtype=POLARS[types[column]]).alias(column) for column in absent)
    return Placed(every, types, list(known.values()))


def merged(
    known: dict[str, Known], name: str, personal: bool, values: tuple[str, pl.Series], stored: pl.DataFrame | None, of: str
) -> tuple[Known, pl.Series, pl.DataFrame | None]:
    """(property, new values, stored rows) with both in the type that holds both."""
    kind, new = values
    old = known.get(name)
    if old is None:
        return Known(name, column_for(name, [prop.column for prop in known.values()], of), kind, personal), new, stored
    before = stored[old.column] if stored is not None and old.column in stored.columns else pl.Series([], dtype=pl.Int64)
    both = widest(old.type, kind, new if kind == "bigint" else before)
    if stored is not None and both != old.type:
        stored = stored.with_columns(widen(before, old.type, both).alias(old.column))
    return Known(name, old.column, both, old.personal or personal), widen(new, kind, both), stored


def column_for(name: str, taken: Sequence[str], of: str) -> str:
    """p_ or c_ and a slug of the name, made unique: the name is data, the column is ours."""
    slug = PREFIX[of] + (re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:50] or "x")
    column, number = slug, 2
    while column in taken:
        column, number = f"{slug}_{number}", number + 1
    return column


def write_properties(con: Warehouse, known: Sequence[Known], of: str) -> None:
    """Replace the catalog of one kind of property, where it changed."""
    if list(known) == list(known_properties(con, of).values()):
        return
    con.connection.execute('delete from properties where "of" = ?', [of])
    if known:
        values = [value for prop in known for value in (of, prop.name, prop.column, prop.type, prop.personal)]
        con.connection.execute(f"insert into properties values {', '.join(['(?, ?, ?, ?, ?)'] * len(known))}", values)
