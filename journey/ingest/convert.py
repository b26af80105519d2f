"""Rows as they came -> rows as they are stored: ids and names as text, times in ms, a key for each row; the rest set aside."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from journey.ingest.mapping import Mapping
from journey.ingest.times import TimeForm, ms_sql
from journey.warehouse import Warehouse, literal, quote

LONGEST_NAME = 1_000
LONGEST_RAW = 10_000
WHOLE = ("customer", "anonymous", "event", "ts", "session_key", "event_key", "by_id", "reason")


@dataclass(frozen=True)
class Conversion:
    """How each batch of one load is converted.  columns: all of the source's; properties: those that become properties."""

    mapping: Mapping
    columns: tuple[str, ...]
    properties: tuple[str, ...]
    time: TimeForm


@dataclass(frozen=True)
class Converted:
    """rows: what can be stored, in order.  bad: (row number in the batch from 0, reason, raw text)."""

    rows: pl.DataFrame
    bad: list[tuple[int, str, str]]


def text_sql(column: str | None, dtype: pl.DataType | None) -> str:
    """A value as an id or a name: trimmed text, missing where empty; 123.0 is 123, as a column with gaps writes it."""
    if column is None or dtype is None:
        return "null::varchar"
    value = quote(column)
    if dtype.is_float():
        return f"case when isfinite({value}) and {value} = trunc({value}) and abs({value}) < 1e15 then {value}::bigint::varchar else {value}::varchar end"
    return f"nullif(trim({value}{'' if dtype == pl.String else '::varchar'}), '')"


def convert(con: Warehouse, batch: pl.DataFrame, how: Conversion) -> Converted:
    """One batch, converted by one statement on the caller's own cursor."""
    con.connection.register("journey_batch", batch)
    try:
        done = con.connection.sql(_conversion(batch, how)).pl()
    finally:
        con.connection.unregister("journey_batch")
    rows = done.with_columns(batch.select(pl.col(name).alias(f"p:{name}") for name in how.properties))
    if done["reason"].null_count() == done.height:
        return Converted(rows.drop("reason"), [])
    wrong = done["reason"].is_not_null()
    numbers = wrong.arg_true().to_list()
    raw = raw_texts(batch[numbers])
    bad = [(number, reason, text) for number, reason, text in zip(numbers, done["reason"].filter(wrong), raw, strict=True)]
    return Converted(rows.filter(~wrong).drop("reason"), bad)


def raw_texts(rows: pl.DataFrame) -> list[str]:
    """Rows as text, the values set apart by commas; missing values stay empty."""
    return [",".join("" if value is None else str(value) for value in row)[:LONGEST_RAW] for row in rows.iter_rows()]


def _conversion(batch: pl.DataFrame, how: Conversion) -> str:
    roles, types = how.mapping.roles, batch.schema

    def told(role: str) -> str:
        constant = how.mapping.constant.get(role)
        return literal(constant) if constant is not None else text_sql(roles.get(role), types.get(roles.get(role, "")))

    ts = ms_sql(roles["ts"], types[roles["ts"]], how.time, how.mapping.timezone, how.mapping.unit)
    content = " ^ ".join(["hash(coalesce(customer, anonymous), event, ts, session)"])
    xors = [_property_hash(name, types[name], how.mapping.property_name(name)) for name in how.properties]
    for part in xors:
        content = f"xor({content}, {part})"
    return f"""
        with read as (
            select
                *,
                {told("customer")} as "journey:customer",
                {told("anonymous")} as "journey:anonymous",
                {told("event")} as "journey:event",
                {ts} as "journey:ts",
                {told("session")} as "journey:session",
                {told("event_id")} as "journey:id"
            from journey_batch
        ),
        keyed as (
            select
                "journey:customer" as customer,
                "journey:anonymous" as anonymous,
                "journey:event" as event,
                "journey:ts" as ts,
                case when "journey:session" is not null then hash("journey:session") end as session_key,
                case when "journey:id" is not null then hash('event id', "journey:id") else {_named(content)} end as event_key,
                "journey:id" is not null as by_id,
                {_reason(how)} as reason
            from read
        )
        select * from keyed
    """


def _named(content: str) -> str:
    return content.replace(
        "hash(coalesce(customer, anonymous), event, ts, session)",
        'hash(coalesce("journey:customer", "journey:anonymous"), "journey:event", "journey:ts", "journey:session")',
    )


def _reason(how: Conversion) -> str:
    """The first thing that keeps a row out, as a sentence; null where nothing does."""
    time = quote(how.mapping.roles["ts"])
    return f"""case
        when coalesce("journey:customer", "journey:anonymous") is null then 'The customer is empty.'
        when "journey:event" is null then 'The event is empty.'
        when {time} is null or trim({time}::varchar) = '' then 'The time is empty.'
        when "journey:ts" is null then 'The time ''' || left({time}::varchar, 100) || ''' cannot be read ({how.time.told.replace("'", "''")} were expected).'
        when length(coalesce("journey:customer", "journey:anonymous")) > {LONGEST_NAME} then 'The customer is longer than 1,000 characters.'
        when length("journey:event") > {LONGEST_NAME} then 'The event is longer than 1,000 characters.'
    end"""


def _property_hash(column: str, dtype: pl.DataType, name: str) -> str:
    """Zero where missing, so that a file without the column gives the same key.

    A number gives one hash as text and as a number, so that CSV and Parquet of one log agree; texts of more than
    15 characters may hold more than a double can, and are taken as they are.
    """
    value = quote(column)
    if dtype == pl.String:
        inner = f"coalesce(case when length({value}) < 16 then hash(try_cast({value} as double)) end, hash({value}))"
        number = f"case when length({value}) < 16 and try_cast({value} as double) is not null then hash(try_cast({value} as double)) else hash({value}) end"
        return f"case when {value} is null or {value} = '' then 0::ubigint else hash({literal(name)}, {number}) end" if inner else ""
    if dtype.is_integer():
        number = f"case when abs({value}::double) < 1e15 then hash({value}::double) else hash({value}::varchar) end"
    elif dtype.is_float():
        return f"case when {value} is null or isnan({value}) then 0::ubigint else hash({literal(name)}, hash({value}::double)) end"
    else:
        number = f"hash({value}::varchar)"
    return f"case when {value} is null then 0::ubigint else hash({literal(name)}, {number}) end"


def gather(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The batches of a load as one frame; a column that changed its type between files becomes text."""
    return pl.concat(parts, how="diagonal_relaxed", rechunk=False)
