"""What each column means, told by its name and by its values together."""

import re
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.errors import LoadError
from journey.ingest.mapping import refuse_missing
from journey.ingest.times import TimeForm, time_form
from journey.ingest.vocabulary import ANONYMOUS_BY_NAME, NAMES, REQUIRED, REVENUE, SAID, WANTED, plain_name
from journey.warehouse import Warehouse

EMAIL = r"^[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}$"
PHONE = r"^\+?[0-9][0-9 ()./-]{7,18}[0-9]$"
NUMBER = r"^-?[0-9]+([.,][0-9]+)?$"
YES_NO = r"(?i)^(true|false|yes|no|y|n|t|f|0|1|granted|denied|given|withdrawn|opt[-_ ]?in|opt[-_ ]?out)$"
VAGUE = ("name", "type", "page", "step", "action", "verb")  # may as well be a person's name or a product's type


@dataclass(frozen=True)
class Guess:
    """A role and the column it was given to.  reason: why, in a few words; sure: whether nothing else came close."""

    role: str
    column: str
    reason: str
    sure: bool = True


@dataclass(frozen=True)
class Look:
    """What a guess may look at: the first rows, and the roles given so far."""

    con: Warehouse
    sample: pl.DataFrame
    given: dict[str, str]


def guess_mapping(con: Warehouse, sample: pl.DataFrame, plain: AnyMapping[str, Any], kind: str = "events") -> list[Guess]:
    """The roles of a source, those left out that neither names nor values make plain.  What the mapping names is not guessed.

    Raises: LoadError: the mapping names a column that the source does not have.
    """
    given = {role: str(plain[role]) for role in WANTED[kind] if plain.get(role)}
    for column in given.values():
        refuse_missing(column, sample.columns)
    skipped = plain.get("skip") or ()
    taken = {*given.values(), *((skipped,) if isinstance(skipped, str) else skipped)}
    guesses: list[Guess] = []
    for role in WANTED[kind]:
        if role in given or role in (plain.get("constant") or {}) or (role == "customer" and "anonymous" in given):
            continue
        found = _guess_one(Look(con, sample, given), role, [column for column in sample.columns if column not in taken])
        if found is not None:
            guesses.append(found)
            given[role] = found.column
            taken.add(found.column)
    return guesses


def refuse_unguessed(guesses: list[Guess], plain: AnyMapping[str, Any], columns: list[str], kind: str = "events") -> None:
    """Raises LoadError where a required role has no column; the sentence names the --map to give."""
    known = {guess.role for guess in guesses} | {role for role in WANTED[kind] if plain.get(role)} | set(plain.get("constant") or ())
    if "anonymous" in known:
        known.add("customer")
    for role in REQUIRED[kind]:
        if role not in known:
            named = ", ".join(repr(column) for column in columns[:30])
            raise LoadError(
                f"No column says for certain {SAID[role]}. Name it: on the Data page, or with --map {role}=COLUMN; the columns are {named}."
            )


def _guess_one(look: Look, role: str, free: list[str]) -> Guess | None:
    """A column of the role's own name is taken as such; another has to be named and filled like one."""
    if role in free:
        return Guess(role, role, "named so")
    named = sorted((NAMES[role].index(plain_name(column)), column) for column in free if plain_name(column) in NAMES[role])
    fits = [(column, why) for _, column in named if (why := FITS[role](look, column))]
    if fits:
        column, why = fits[0]
        others = ", ".join(repr(other) for other, _ in fits[1:3])
        return Guess(role, column, f"named so, and holds {why}" + (f"; {others} would fit too" if others else ""), not others)
    if role in ("ts", "event", "customer"):
        return _by_values(look, role, free)
    return None


def _by_values(look: Look, role: str, free: list[str]) -> Guess | None:
    """The only column whose values look like it; none where several do."""
    fits = [(column, why) for column in free if (why := BY_VALUES[role](look, column))]
    return Guess(role, fits[0][0], f"the only column that holds {fits[0][1]}", False) if len(fits) == 1 else None


def share(values: pl.Series, pattern: str) -> float:
    """Share of the values, as text, that match; 0 where there is none."""
    texts = values.drop_nulls().cast(pl.String)
    return int(texts.str.contains(pattern).sum()) / len(texts) if len(texts) else 0.0


def _times(look: Look, column: str) -> str:
    values = look.sample[column]
    try:
        form = time_form(look.con, values)
    except LoadError:
        form = TimeForm("local", "times whose day and month could be either")
    return form.told if form else "no value yet" if values.null_count() == len(values) else ""


def _names(look: Look, column: str) -> str:
    """Names that come again, are neither numbers nor addresses, and differ within a customer where the column is vaguely named."""
    values = look.sample[column].drop_nulls()
    if values.is_empty():
        return "no value yet"
    if values.dtype.is_temporal() or values.dtype == pl.Boolean or share(values, NUMBER) > 0.5 or share(values, EMAIL) > 0.01:
        return ""
    distinct = values.n_unique()
    if distinct > max(50, 0.5 * len(values)) or (plain_name(column) in VAGUE and _of_customer(look, column)):
        return ""
    return f"{distinct:,} names in {len(values):,} rows" if distinct > 1 else f"one name in {len(values):,} rows"


def _of_customer(look: Look, column: str) -> bool:
    """Whether each customer has one value only, while customers come again: a trait, such as a person's name."""
    customer = look.given.get("customer")
    if customer is None or customer == column:
        return False
    pairs = look.sample.select(pl.col(customer).alias("a"), pl.col(column).alias("b")).drop_nulls()
    people = pairs["a"].n_unique()
    return people < pairs.height and pairs["b"].n_unique() > 1 and pairs.n_unique() == people


def _few_names(look: Look, column: str) -> str:
    values = look.sample[column].drop_nulls()
    told = _names(look, column) if values.dtype == pl.String and values.n_unique() > 1 else ""
    return told if told and values.n_unique() <= 0.2 * len(values) and not _of_customer(look, column) else ""


def _ids(look: Look, column: str) -> str:
    values = look.sample[column]
    held = values.drop_nulls()
    if held.is_empty():
        return "" if look.sample.height else "no value yet"
    if (
        held.dtype.is_temporal()
        or held.dtype == pl.Boolean
        or share(held, YES_NO) > 0.9
        or share(held, r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d") > 0.5
    ):
        return ""
    if plain_name(column) == "id" and "ts" in look.given and len(held) > 20 and held.n_unique() == len(held):
        return ""  # a number of the row, not of a customer
    return f"{held.n_unique():,} ids in {len(values):,} rows"


def _only_ids(look: Look, column: str) -> str:
    """Without a name that tells, an id is what comes again and is neither a name among few nor a measure."""
    held = look.sample[column].drop_nulls()
    if held.dtype.is_float() or look.sample.height < 2 or not re.search(r"(^|_)id($|_)|uid|user|customer|client|case", plain_name(column)):
        return ""
    return _ids(look, column)


def _anonymous(look: Look, column: str) -> str:
    """A device's id stands for a person only where the customer is missing; elsewhere it is a property."""
    customer = look.given.get("customer")
    if customer is None or (plain_name(column) not in ANONYMOUS_BY_NAME and not look.sample[customer].null_count()):
        return ""
    return _ids(look, column)


def _event_ids(look: Look, column: str) -> str:
    held = look.sample[column].drop_nulls()
    return f"{held.n_unique():,} ids in {look.sample.height:,} rows" if len(held) and held.n_unique() > 0.5 * len(held) else ""


def _yes_or_no(look: Look, column: str) -> str:
    values = look.sample[column].drop_nulls()
    return "yes or no" if values.dtype == pl.Boolean or share(values, YES_NO) > 0.5 else ""


FITS: dict[str, Callable[[Look, str], str]] = {
    "ts": _times,
    "event": _names,
    "customer": _ids,
    "anonymous": _anonymous,
    "session": _ids,
    "event_id": _event_ids,
    "valid_from": _times,
    "purpose": _names,
    "given": _yes_or_no,
}
BY_VALUES: dict[str, Callable[[Look, str], str]] = {
    "ts": lambda look, column: "" if look.sample[column].drop_nulls().is_empty() else _times(look, column),
    "event": _few_names,
    "customer": _only_ids,
}


def personal_columns(sample: pl.DataFrame) -> dict[str, str]:
    """column -> why: those whose values are mostly e-mail addresses or phone numbers."""
    found = {}
    for column in sample.columns:
        values = sample[column].drop_nulls()
        if values.dtype != pl.String or share(values, r"^\d{4}-\d\d-\d\d") > 0.5:
            continue
        if share(values, EMAIL) > 0.5:
            found[column] = "e-mail addresses"
        elif share(values, PHONE) > 0.8 and (re.search(r"phone|mobile|tel|msisdn|fax", column, re.I) or share(values, r"[+() ]") > 0.5):
            found[column] = "phone numbers"
    return found


def revenue_columns(sample: pl.DataFrame) -> list[str]:
    """Columns that may be money: named so, and numbers."""
    return [column for column in sample.columns if plain_name(column) in REVENUE and share(sample[column], NUMBER) > 0.8]
