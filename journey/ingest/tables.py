"""The tables that stand beside events: what is known of each customer, and what each customer allowed."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from journey.errors import LoadError
from journey.identity import Resolved, replace_rows, resolve
from journey.ingest.ledger import LoadReceipt, count_ids, earlier_load, next_load, write_ledger, write_quarantine
from journey.ingest.load import Clock, Progress, loading, mended, rewrite
from journey.ingest.mapping import Mapping as ColumnMapping
from journey.ingest.mapping import spelled_out
from journey.ingest.properties import MOST_PROPERTIES, known_properties, merged, write_properties
from journey.ingest.reading import UNNAMED, opened
from journey.ingest.table_reading import Table, read_table
from journey.ingest.types import POLARS, typed
from journey.timeline import NO_EVENTS, SESSION_GAP, stored_events
from journey.warehouse import Warehouse, ask_sql, quote, setting, write


def load_customers(
    con: Warehouse, source: Any, mapping: Mapping[str, Any] | None = None, progress: Progress | None = None, name: str = UNNAMED
) -> LoadReceipt:
    """Load one row per customer; its columns become customer properties, usable wherever those of events are.

    Of several rows of a customer the latest `valid_from` counts, without it the last; the others are duplicates.

    Raises:
        LoadError: what is wrong with the files or the mapping, and what to do; nothing was stored then.
    """
    clock, plain = Clock(progress), spelled_out(mapping, "customers")
    with loading, opened(source, plain, con.folder and con.folder / "tmp", name) as read:
        table = mended(read, lambda: read_table(con, read, plain, "customers", clock))
        earlier = earlier_load(con, "customers", table.content_hash) if table.content_hash else None
        if earlier:
            return earlier
        latest = _latest(con, table)
        superseded = table.rows.height - latest.height
        told = (f"Superseded by a newer row of the same customer: {superseded:,} of the rows.",) if superseded else ()
        with write(con):
            resolved = _people(con, latest, clock)
            _keep_traits(con, resolved, latest, table.mapping)
            return _receipt(con, "customers", table, latest.height, clock, told)


def load_consent(
    con: Warehouse, source: Any, mapping: Mapping[str, Any] | None = None, progress: Progress | None = None, name: str = UNNAMED
) -> LoadReceipt:
    """Load what customers allowed: customer, purpose, given (yes or no), ts.  A row that is stored already is a duplicate.

    Raises:
        LoadError: what is wrong with the files or the mapping, and what to do; nothing was stored then.
    """
    clock, plain = Clock(progress), spelled_out(mapping, "consent")
    with loading, opened(source, plain, con.folder and con.folder / "tmp", name) as read:
        table = mended(read, lambda: read_table(con, read, plain, "consent", clock))
        earlier = earlier_load(con, "consent", table.content_hash) if table.content_hash else None
        if earlier:
            return earlier
        with write(con):
            resolved = _people(con, table.rows, clock)
            said = table.rows.select(pl.Series("customer", resolved.person_of[resolved.came_as], dtype=pl.Int32), "purpose", "given", "ts")
            held = ask_sql(con, "select customer, purpose, given, ts from consent")
            new = said.unique(maintain_order=True).join(held, on=["customer", "purpose", "given", "ts"], how="anti", maintain_order="left")
            replace_rows(con, "consent", pl.concat([held, new], how="vertical_relaxed"))
            return _receipt(con, "consent", table, new.height, clock, ())


def _latest(con: Warehouse, table: Table) -> pl.DataFrame:
    """One row per customer: the latest valid one, without a time the last; none where a later one is stored."""
    valid_from = table.mapping.roles.get("valid_from")
    rows = table.rows
    if valid_from:
        rows = rows.with_columns(pl.col("ts").alias(f"p:{valid_from}").cast(pl.Datetime("ms")))
    rows = rows.sort("ts", nulls_last=False, maintain_order=True).unique("customer", keep="last", maintain_order=True)
    known = known_properties(con, "customer").get(table.mapping.property_name(valid_from)) if valid_from else None
    if known is None or known.type != "timestamp":
        return rows
    stored = ask_sql(con, f"select id as customer, {quote(known.column)} as stored from customers")
    rows = rows.join(stored, on="customer", how="left", maintain_order="left")
    return rows.filter(pl.col("stored").is_null() | (pl.col("ts") >= pl.col("stored"))).drop("stored")


def _people(con: Warehouse, rows: pl.DataFrame, clock: Clock) -> Resolved:
    """The rows' customers among those there are; new ones are added, and everything is numbered anew where that moved a number.

    An id that is known as an anonymous one only is that anonymous person.
    """
    before = count_ids(con)
    seen = ask_sql(con, "select id as customer, true as seen from customer_ids group by id having bool_and(kind = 'anonymous')")
    rows = rows.select("customer", "ts").join(seen, on="customer", how="left", maintain_order="left").select(
        customer=pl.when(pl.col("seen").is_null()).then("customer"),
        anonymous=pl.when(pl.col("seen").is_not_null()).then("customer"),
        ts=pl.col("ts"),
    )  # fmt: skip
    resolved = resolve(con, rows)
    if (len(resolved.person_of), resolved.people) != before:
        types = {prop.column: prop.type for prop in known_properties(con, "event").values()}
        stored = stored_events(con)
        rewrite(con, resolved, NO_EVENTS.clone() if stored is None else stored, types, setting(con, "session_gap", SESSION_GAP), clock)
    return resolved


def _keep_traits(con: Warehouse, resolved: Resolved, rows: pl.DataFrame, mapping: ColumnMapping) -> None:
    """Write the properties of these customers; a missing value leaves what was known before."""
    known = known_properties(con, "customer")
    people = ask_sql(con, "select * from customers order by customer")
    placed = pl.DataFrame({"customer": pl.Series(resolved.person_of[resolved.came_as], dtype=pl.Int32)})
    for source in (name for name in rows.columns if name.startswith("p:")):
        values = typed(rows[source])
        if values is None:
            continue
        column = source[2:]
        prop, new, widened = merged(known, mapping.property_name(column), column in mapping.personal, values, people, "customer")
        people = people if widened is None else widened
        known[prop.name] = prop
        placed = placed.with_columns(new.alias(prop.column))
    if len(known) > MOST_PROPERTIES:
        raise LoadError(
            f"Customers carry {len(known):,} properties; at most {MOST_PROPERTIES:,} can be kept. "
            "Leave some out, on the Data page or with --map skip=COLUMN."
        )
    _write_traits(con, people, placed.unique("customer", keep="last"), {prop.column: prop.type for prop in known.values()})
    write_properties(con, list(known.values()), "customer")


def _write_traits(con: Warehouse, people: pl.DataFrame, placed: pl.DataFrame, types: dict[str, str]) -> None:
    people = people.join(placed, on="customer", how="left", suffix=":new", maintain_order="left")
    for column in placed.columns[1:]:
        if f"{column}:new" in people.columns:
            people = people.with_columns(pl.coalesce(f"{column}:new", column).cast(POLARS[types[column]]).alias(column)).drop(
                f"{column}:new"
            )
    held = set(ask_sql(con, "select * from customers limit 0").columns)
    con.connection.execute("delete from customers")
    for column, kind in types.items():
        stored = "bigint" if kind == "timestamp" else kind
        if column in held:
            con.connection.execute(f"alter table customers alter column {quote(column)} type {stored}")
        else:
            con.connection.execute(f"alter table customers add column {quote(column)} {stored}")
    replace_rows(con, "customers", people)


def _receipt(con: Warehouse, kind: str, table: Table, stored: int, clock: Clock, warnings: tuple[str, ...]) -> LoadReceipt:
    ids, people = count_ids(con)
    duplicates = table.received - stored - len(table.bad)
    receipt = LoadReceipt(
        kind, table.names, table.received, stored, duplicates, len(table.bad), ids, people,
        clock.seconds, table.mapping.as_json(), False, (), warnings,
    )  # fmt: skip
    load = next_load(con)
    write_quarantine(con, load, table.bad)
    write_ledger(con, load, receipt, table.content_hash, clock.started_at)
    clock.tell("done", table.received, table.received)
    return receipt
