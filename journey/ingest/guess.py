"""What each column means, told by its name and by its values together."""

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.errors import LoadError
from journey.ingest.times import TimeForm, time_form
from journey.warehouse import Warehouse

NAMES = {
    "customer": (
        "customer",
        "customer_id",
        "customerid",
        "cust_id",
        "user_id",
        "userid",
        "user",
        "uid",
        "distinct_id",
        "account_id",
        "member_id",
        "client_id",
        "visitor_id",
        "visitorid",
        "person_id",
        "contact_id",
        "subscriber_id",
        "case_id",
        "case:concept:name",
        "caseid",
        "case",
        "user_pseudo_id",
        "enrolment_id",
        "enrollment_id",
        "student_id",
        "id_student",
        "patient_id",
        "profile_id",
        "email",
        "customer_email",
        "user_email",
        "anonymous_id",
        "anonymousid",
        "device_id",
        "cookie_id",
        "id",
    ),
    "event": (
        "event",
        "event_name",
        "eventname",
        "activity",
        "concept:name",
        "action",
        "event_type",
        "eventtype",
        "activity_name",
        "action_name",
        "event_action",
        "step",
        "page",
        "name",
        "type",
        "verb",
    ),
    "ts": (
        "ts",
        "timestamp",
        "event_timestamp",
        "event_time",
        "eventtime",
        "time",
        "datetime",
        "time:timestamp",
        "occurred_at",
        "created_at",
        "received_at",
        "sent_at",
        "date_time",
        "server_time",
        "time_stamp",
        "ts_approx",
        "at",
        "date",
        "day",
        "when",
    ),
    "event_id": ("event_id", "eventid", "message_id", "messageid", "insert_id", "$insert_id", "uuid", "event_uuid", "log_id"),
    "session": ("session", "session_id", "sessionid", "visit_id", "visitid", "ga_session_id", "session_key"),
    "anonymous": (
        "anonymous_id",
        "anonymousid",
        "anonymous",
        "anon_id",
        "device_id",
        "cookie_id",
        "user_pseudo_id",
        "visitor_id",
        "client_id",
    ),
}
EMAIL = r"^[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}$"
PHONE = r"^\+?[0-9][0-9 ()./-]{7,18}[0-9]$"
REVENUE = ("revenue", "amount", "price", "total", "value", "dollars", "order_value", "paymentamount", "sales", "gmv")
ORDERS = ("purchase", "order", "order_completed", "payment", "checkout_completed", "transaction", "paid")


@dataclass(frozen=True)
class Guess:
    """A role and the column it was given to.  reason: why, in a few words; sure: whether nothing else came close."""

    role: str
    column: str
    reason: str
    sure: bool = True


def plain_name(name: str) -> str:
    """User ID, userId, $user_id and properties.user_id are user_id."""
    last = name.rsplit(".", 1)[-1].strip().lstrip("$")
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last)).lower()


def guess_mapping(con: Warehouse, sample: pl.DataFrame, plain: AnyMapping[str, Any]) -> list[Guess]:
    """The required roles, and those others that names and values make plain.  What the mapping names is not guessed.

    Raises:
        LoadError: no column can be the customer, the event or the time; the sentence names the --map to give.
    """
    taken = {str(plain[role]) for role in NAMES if plain.get(role)} | set(_listed(plain.get("skip")))
    constant = plain.get("constant") or {}
    guesses: list[Guess] = []
    for role in ("ts", "event", "customer", "anonymous", "session", "event_id"):
        if plain.get(role) or role in constant or (role == "customer" and plain.get("anonymous")):
            continue
        free = [column for column in sample.columns if column not in taken]
        found = _guess_one(con, role, sample, free, guesses)
        if found is None and role in ("ts", "event", "customer"):
            raise LoadError(_not_found(role, sample, free))
        if found is not None:
            guesses.append(found)
            taken.add(found.column)
    return guesses


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _guess_one(con: Warehouse, role: str, sample: pl.DataFrame, free: list[str], guesses: list[Guess]) -> Guess | None:
    named = sorted((NAMES[role].index(plain_name(column)), column) for column in free if plain_name(column) in NAMES[role])
    for rank, column in named:
        told = FITS[role](con, sample[column], sample)
        if told:
            return Guess(role, column, f"named {column!r}{told}", rank == named[0][0])
    if role in ("ts", "event"):
        return _by_values(con, role, sample, free)
    return None


def _by_values(con: Warehouse, role: str, sample: pl.DataFrame, free: list[str]) -> Guess | None:
    """The only column whose values look like it; none where several do."""
    fits = [(column, told) for column in free if (told := FITS[role](con, sample[column], sample, strict=True))]
    return Guess(role, fits[0][0], f"the only column{fits[0][1]}", False) if len(fits) == 1 else None


def _fits_ts(con: Warehouse, values: pl.Series, _: pl.DataFrame, strict: bool = False) -> str:
    form = _form(con, values)
    return f" that holds {form.told}" if form and strict else f" and holds {form.told}" if form else ""


def _form(con: Warehouse, values: pl.Series) -> TimeForm | None:
    try:
        return time_form(con, values)
    except LoadError:
        return TimeForm("local", "times whose day and month could be either")


def _fits_event(_: Warehouse, values: pl.Series, sample: pl.DataFrame, strict: bool = False) -> str:
    """A few names that come again and again, and are not numbers, e-mails or times."""
    values = values.drop_nulls()
    if values.is_empty():
        return "" if strict or sample.height else ", empty"
    if values.dtype.is_numeric() or values.dtype.is_temporal() or values.dtype == pl.Boolean:
        return ""
    texts = values.cast(pl.String)
    distinct = texts.n_unique()
    if texts.str.contains(r"^-?[0-9.]+$").mean() > 0.5 or texts.str.contains(EMAIL).any():
        return ""
    if distinct > max(50, 0.5 * len(texts)) or (strict and (distinct < 2 or distinct > 0.2 * len(texts))):
        return ""
    return f" with {distinct:,} names that repeat" if strict else f" and holds {distinct:,} names in {len(texts):,} rows"


def _fits_id(_: Warehouse, values: pl.Series, sample: pl.DataFrame, strict: bool = False) -> str:
    """Any id that is not a time and not nearly always missing."""
    held = len(values) - values.null_count()
    if values.dtype.is_temporal() or values.dtype == pl.Boolean or (not held and sample.height):
        return ""
    return f" and holds {values.drop_nulls().n_unique():,} ids in {len(values):,} rows"


def _fits_event_id(_: Warehouse, values: pl.Series, sample: pl.DataFrame, strict: bool = False) -> str:
    held = values.drop_nulls()
    if held.is_empty() or held.n_unique() < 0.5 * len(held):
        return ""
    return f" and holds {held.n_unique():,} ids in {len(values):,} rows"


FITS: dict[str, Any] = {
    "ts": _fits_ts,
    "event": _fits_event,
    "customer": _fits_id,
    "anonymous": _fits_id,
    "session": _fits_id,
    "event_id": _fits_event_id,
}
SAID = {
    "ts": "when each event happened",
    "event": "what happened",
    "customer": "whom each event belongs to",
}


def _not_found(role: str, sample: pl.DataFrame, free: list[str]) -> str:
    columns = ", ".join(repr(column) for column in free[:30])
    return f"No column says {SAID[role]}. Name it with --map {role}=COLUMN, one of: {columns}."


def personal_columns(sample: pl.DataFrame) -> dict[str, str]:
    """column -> why: those whose values are nearly all e-mail addresses or phone numbers."""
    found = {}
    for column in sample.columns:
        values = sample[column].drop_nulls()
        if values.dtype != pl.String or values.is_empty():
            continue
        if values.str.contains(EMAIL).mean() > 0.5:
            found[column] = "e-mail addresses"
        elif values.str.contains(PHONE).mean() > 0.8 and (
            re.search(r"phone|mobile|tel|msisdn", column, re.I) or values.str.contains(r"[+ ()]").mean() > 0.5
        ):
            found[column] = "phone numbers"
    return {column: why for column, why in found.items() if not _timelike(sample[column])}


def _timelike(values: pl.Series) -> bool:
    return bool(values.drop_nulls().str.contains(r"^\d{4}-\d{2}-\d{2}").mean())


def revenue_columns(sample: pl.DataFrame) -> list[str]:
    """Columns that may be money: named so, and numbers."""
    named = [column for column in sample.columns if plain_name(column) in REVENUE]
    return [column for column in named if sample[column].cast(pl.Float64, strict=False).drop_nulls().len() > 0]
