"""Rows as they came -> rows as they are stored: ids and names as text, times in ms, a key for each row; the rest set aside."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from journey.ingest.mapping import Mapping
from journey.ingest.times import TimeForm, ms_sql
from journey.warehouse import literal, quote

LONGEST_NAME = 1_000
LONGEST_RAW = 10_000
CUSTOMER = 'coalesce("journey:customer", "journey:anonymous")'


@dataclass(frozen=True)
class Conversion:
    """How each row of one load is converted.  columns: all of the source's; properties: those that become properties.

    categories: the ids and names of this load, kept once each.
    """

    mapping: Mapping
    columns: tuple[str, ...]
    properties: tuple[str, ...]
    time: TimeForm
    categories: pl.Categories = field(default_factory=pl.Categories.random)


def text_sql(column: str | None, dtype: pl.DataType | None) -> str:
    """A value as an id or a name: trimmed text, missing where empty; 123.0 is 123, as a column with gaps writes it."""
    if column is None or dtype is None:
        return "null::varchar"
    value = quote(column)
    if dtype.is_float():
        whole = f"isfinite({value}) and {value} = trunc({value}) and abs({value}) < 1e15"
        return f"case when {whole} then {value}::bigint::varchar when not isnan({value}) then {value}::varchar end"
    return f"nullif(trim({value}{'' if dtype == pl.String else '::varchar'}), '')"


def raw_texts(rows: pl.DataFrame) -> list[str]:
    """Rows as text, the values set apart by commas; missing values stay empty."""
    return [",".join("" if value is None else str(value) for value in row)[:LONGEST_RAW] for row in rows.iter_rows()]


def encoded(rows: pl.DataFrame, how: Conversion) -> pl.DataFrame:
    """Ids and names as numbers of the load's categories: a tenth of the memory, and each text is looked at once."""
    return rows.with_columns(pl.col("customer", "anonymous", "event").cast(pl.Categorical(how.categories)))


def gather(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The batches of a load as one frame; a column that changed its type between files becomes text."""
    return pl.concat(parts, how="diagonal_relaxed", rechunk=False)


def conversion_sql(relation: str, types: AnyMapping[str, pl.DataType], how: Conversion) -> str:
    """The query that converts every row of a relation, in order.

    Columns: customer, anonymous, event, ts, session_key, event_key, by_id, a p:... per property; reason and raw, which are
    null where the row can be stored.
    """
    roles = how.mapping.roles

    def told(role: str) -> str:
        constant = how.mapping.constant.get(role)
        return literal(constant) if constant is not None else text_sql(roles.get(role), types.get(roles.get(role, "")))

    ts = ms_sql(roles["ts"], types[roles["ts"]], how.time, how.mapping.timezone, how.mapping.unit)
    properties = "".join(f",\n    {quote(name)} as {quote('p:' + name)}" for name in how.properties)
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
            from {relation}
        ),
        judged as (select *, {_reason(how)} as "journey:reason" from read)
        select
            "journey:customer" as customer,
            "journey:anonymous" as anonymous,
            "journey:event" as event,
            "journey:ts" as ts,
            {_session_key(how)} as session_key,
            {_event_key(how, types)} as event_key,
            {'"journey:id" is not null' if "event_id" in roles else "false"} as by_id,
            "journey:reason" as reason,
            case when "journey:reason" is not null then left({_raw(how)}, {LONGEST_RAW}) end as raw{properties}
        from judged
    """


def _raw(how: Conversion) -> str:
    return " || ',' || ".join(f"coalesce({quote(name)}::varchar, '')" for name in how.columns)


def _session_key(how: Conversion) -> str:
    return 'case when "journey:session" is not null then hash("journey:session") end' if "session" in how.mapping.roles else "null::ubigint"


def _event_key(how: Conversion, types: AnyMapping[str, pl.DataType]) -> str:
    """The event id's hash, else that of the row's content: the order of properties does not matter, missing ones add nothing."""
    content = f'hash({CUSTOMER}, "journey:event", "journey:ts", "journey:session")'
    for name in how.properties:
        content = f"xor({content}, {_property_hash(name, types[name], how.mapping.property_name(name))})"
    if "event_id" not in how.mapping.roles:
        return content
    return f"""case when "journey:id" is not null then hash('event id', "journey:id") else {content} end"""


def _reason(how: Conversion) -> str:
    """The first thing that keeps a row out, as a sentence; null where nothing does."""
    time = quote(how.mapping.roles["ts"])
    expected = literal(f"' cannot be read; expected were {how.time.told}.")
    unread = f"""'The time ''' || left({time}::varchar, 100) || {expected}"""
    return f"""case
        when {CUSTOMER} is null then 'The customer is empty.'
        when "journey:event" is null then 'The event is empty.'
        when "journey:ts" is null then coalesce(case when trim({time}::varchar) <> '' then {unread} end, 'The time is empty.')
        when strlen({CUSTOMER}) > {LONGEST_NAME} then 'The customer is longer than 1,000 bytes.'
        when strlen("journey:event") > {LONGEST_NAME} then 'The event is longer than 1,000 bytes.'
    end"""


def _property_hash(column: str, dtype: pl.DataType, name: str) -> str:
    """Zero where missing, so that a file without the column gives the same key.

    A number gives one hash as text and as a number, so that CSV and Parquet of one log agree; texts of more than
    15 bytes may hold more than a double can, and are taken as they are.
    """
    value = quote(column)
    missing = f"{value} is null"
    if dtype == pl.String:
        number = f"case when strlen({value}) < 16 then try_cast({value} as double) end"
        told = f"case when {number} is null then hash({value}) else hash({number}) end"
        missing = f"{value} is null or {value} = ''"
    elif dtype.is_integer():
        told = f"case when abs({value}::double) < 1e15 then hash({value}::double) else hash({value}::varchar) end"
    elif dtype.is_float():
        told = f"hash({value}::double)"
        missing = f"{value} is null or isnan({value})"
    else:
        told = f"hash({value}::varchar)"
    return f"case when {missing} then 0::ubigint else hash({literal(name)}, {told}) end"
