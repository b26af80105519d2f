"""A table of customers or of consent, read whole: the rows that can be stored, and those that cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.errors import LoadError
from journey.ingest.convert import LONGEST_NAME, raw_texts, text_sql
from journey.ingest.guess import guess_mapping, refuse_unguessed
from journey.ingest.load import SAMPLE_ROWS, Clock, aside
from journey.ingest.mapping import Mapping as ColumnMapping
from journey.ingest.mapping import read_mapping
from journey.ingest.parse import BadRow
from journey.ingest.personal import pseudonymise, workspace_key
from journey.ingest.reading import Opened
from journey.ingest.times import NO_TIMES, TimeForm, ms_sql, time_form
from journey.warehouse import Warehouse, quote

YES = ("true", "t", "yes", "y", "1", "granted", "given", "opt_in", "opt-in", "opt in", "optin")
NO = ("false", "f", "no", "n", "0", "denied", "withdrawn", "revoked", "opt_out", "opt-out", "opt out", "optout")


@dataclass(frozen=True)
class Table:
    """A table, read whole.  rows: customer, anonymous, ts, purpose, given and a p:... per other column; bad: (file, row)."""

    rows: pl.DataFrame
    mapping: ColumnMapping
    bad: list[tuple[str, BadRow]]
    received: int
    names: tuple[str, ...]
    content_hash: str


def read_table(con: Warehouse, read: Opened, plain: Mapping[str, Any], kind: str, clock: Clock) -> Table:
    """kind: customers | consent.

    Raises:
        LoadError: a needed column cannot be told, or times that cannot be read.
    """
    sample = read.sample(SAMPLE_ROWS)
    guesses = guess_mapping(con, sample, plain, kind)
    refuse_unguessed(guesses, plain, read.columns, kind)
    mapping = read_mapping({**{guess.role: guess.column for guess in guesses}, **plain}, read.columns, kind)
    form = _form(con, sample, mapping)
    good: list[pl.DataFrame] = []
    bad: dict[int, list[tuple[int, str, str]]] = {}
    seen: dict[int, int] = {}
    for number, batch in list(read.batches()) or [(0, sample)]:
        batch = pseudonymise(batch, mapping.personal, workspace_key(con)) if mapping.personal else batch
        rows = _converted(con, batch, mapping, kind, form)
        wrong = rows["reason"].is_not_null()
        at, places = seen.get(number, 0), wrong.arg_true().to_list()
        raw = raw_texts(batch[places])
        reasons = rows["reason"].filter(wrong).to_list()
        bad.setdefault(number, []).extend((at + place, why, text) for place, why, text in zip(places, reasons, raw, strict=True))
        good.append(rows.filter(~wrong).drop("reason"))
        seen[number] = at + batch.height
        clock.tell("Reading", sum(seen.values()), read.rows)
    put_aside = aside(read, seen, bad, withheld=bool(mapping.personal))
    rows = pl.concat(good, how="diagonal_relaxed")
    return Table(rows, mapping, put_aside, sum(seen.values()) + read.rejected, tuple(read.names), read.hashed_with(mapping))


def _form(con: Warehouse, sample: pl.DataFrame, mapping: ColumnMapping) -> TimeForm:
    column = mapping.roles.get("ts") or mapping.roles.get("valid_from")
    if column is None or sample[column].null_count() == sample.height:
        return NO_TIMES
    form = time_form(con, sample[column], mapping.format)
    if form is None:
        raise LoadError(
            f"The column {column!r} does not look like times. Name another, or say how it is written: File options, or --map format=..."
        )
    return form


def _converted(con: Warehouse, batch: pl.DataFrame, mapping: ColumnMapping, kind: str, form: TimeForm) -> pl.DataFrame:
    """The batch as it is stored, with the reason that keeps a row out, or null."""
    roles, types = mapping.roles, batch.schema
    when = roles.get("ts") or roles.get("valid_from")
    told = {role: text_sql(roles.get(role), types.get(roles.get(role, ""))) for role in ("customer", "purpose", "given")}
    con.connection.register("journey_table", batch)
    try:
        rows = con.connection.sql(f"""
            with read as (
                select
                    *,
                    {told["customer"]} as "journey:customer",
                    {ms_sql(when, types[when], form, mapping.timezone, mapping.unit) if when else "null::bigint"} as "journey:ts",
                    {told["purpose"]} as "journey:purpose",
                    lower({told["given"]}) as "journey:said"
                from journey_table
            )
            select
                "journey:customer" as customer,
                null::varchar as anonymous,
                "journey:ts" as ts,
                "journey:purpose" as purpose,
                case when "journey:said" in {YES} then true when "journey:said" in {NO} then false end as given,
                case {_reasons(when, kind)} end as reason
            from read
        """).pl()
    finally:
        con.connection.unregister("journey_table")
    traits = mapping.properties(batch.columns) if kind == "customers" else []
    return rows.with_columns(batch.select(pl.col(name).alias(f"p:{name}") for name in traits))


def _reasons(when: str | None, kind: str) -> str:
    reasons = [
        """when "journey:customer" is null then 'The customer is empty.'""",
        f"""when length("journey:customer") > {LONGEST_NAME} then 'The customer is longer than 1,000 characters.'""",
    ]
    if when:
        said = "true" if kind == "consent" else f"nullif(trim({quote(when)}::varchar), '') is not null"
        reasons.append(f"""when {said} and "journey:ts" is null then 'The time is empty or cannot be read.'""")
    if kind == "consent":
        reasons.append("""when "journey:purpose" is null then 'The purpose is empty.'""")
        reasons.append(
            f"""when coalesce("journey:said" not in {YES + NO}, true) then 'Whether it was given is said neither by a yes nor by a no.'"""
        )
    return " ".join(reasons)
