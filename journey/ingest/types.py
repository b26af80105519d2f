"""Typed properties: what a column of texts holds, and how two types become one without losing a value."""

import json
from typing import Any

import polars as pl

from journey.scope import to_datetime

EXACT = 2**53  # a double holds every whole number up to here
BOOLEANS = ("true", "false", "True", "False", "TRUE", "FALSE")
DATETIME = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$"
POLARS: dict[str, Any] = {"varchar": pl.String, "double": pl.Float64, "bigint": pl.Int64, "boolean": pl.Boolean, "timestamp": pl.Int64}


def typed(values: pl.Series) -> tuple[str, pl.Series] | None:
    """(type, values) of a property as it is stored; None where every value is missing.

    A text is a number only if writing the number gives the text back: '007' and '1e5' stay text, '1.50' is 1.5.
    """
    values = _native(values)
    if values.dtype == pl.String:
        values = values.replace("", None) if (values == "").any() else values
    if values.null_count() == len(values):
        return None
    if values.dtype == pl.Boolean:
        return "boolean", values
    if values.dtype.is_temporal():
        return "timestamp", values.dt.epoch("ms")
    if values.dtype.is_integer():
        return "bigint", values.cast(pl.Int64)
    if values.dtype.is_float():
        return "double", values.cast(pl.Float64)
    return _of_text(values)


def _native(values: pl.Series) -> pl.Series:
    """Every type a source may bring as one of text, whole number, double, boolean or time."""
    kind = values.dtype
    if isinstance(kind, pl.Decimal):
        return values.cast(pl.Float64)
    if kind.is_float():
        return values.fill_nan(None)
    if kind == pl.UInt64 and (values.max() or 0) > 2**63 - 1:  # type: ignore[operator]
        return values.cast(pl.String)
    if kind == pl.Date:
        return values.cast(pl.Datetime("ms"))
    if kind == pl.Datetime or kind.is_integer() or kind in (pl.Boolean, pl.String):
        return values
    if kind.is_nested():
        texts = [None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in values.to_list()]
        return pl.Series(values.name, texts, dtype=pl.String)
    if kind == pl.Binary:
        return values.bin.encode("hex")
    if kind == pl.Null:
        return values.cast(pl.String)
    return values.cast(pl.String, strict=False)


def _of_text(values: pl.Series) -> tuple[str, pl.Series]:
    """The narrowest type that holds every value; the first thousand values decide what is worth trying."""
    missing = values.null_count()
    first = values.drop_nulls().head(1000)
    if _whole(first) is not None and (whole := _whole(values)) is not None:
        return "bigint", whole
    if _number(first) is not None and (number := _number(values)) is not None:
        return "double", number
    if first.is_in(BOOLEANS).all() and values.is_in(BOOLEANS).sum() == len(values) - missing:
        return "boolean", values.str.to_lowercase() == "true"
    if first.str.contains(DATETIME).all() and (times := _times(values)) is not None:
        return "timestamp", times
    return "varchar", values


def _whole(values: pl.Series) -> pl.Series | None:
    whole = values.cast(pl.Int64, strict=False)
    if whole.null_count() > values.null_count():
        return None
    return whole if (whole.cast(pl.String) == values).all() else None


def _number(values: pl.Series) -> pl.Series | None:
    if values.str.contains(r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?$").all():
        return values.cast(pl.Float64)
    return None


def _times(values: pl.Series) -> pl.Series | None:
    if not values.str.contains(DATETIME).all():
        return None
    zoned = values.str.contains(r"(Z|[+-]\d{2}:?\d{2})$")
    if zoned.any() and not zoned.all():
        return None
    try:
        times = values.str.to_datetime(time_unit="ms", time_zone="UTC", strict=True) if zoned.any() else _bare(values)
    except pl.exceptions.PolarsError:
        return None
    return times.dt.epoch("ms") if times.null_count() == values.null_count() else None


def _bare(values: pl.Series) -> pl.Series:
    if (values.str.len_bytes() == 10).all():
        return values.str.to_date(strict=True).cast(pl.Datetime("ms"))
    return values.str.to_datetime(time_unit="ms", strict=True)


def widest(one: str, other: str, values: pl.Series) -> str:
    """The type that holds both; `values` are those of the whole-number side, where one is bigint and the other double."""
    if one == other:
        return one
    if {one, other} == {"bigint", "double"}:
        top = values.drop_nulls().abs().max()
        return "double" if top is None or top <= EXACT else "varchar"  # type: ignore[operator]
    return "varchar"


def widen(values: pl.Series, old: str, new: str) -> pl.Series:
    """Values of one type in a wider one; a time becomes its ISO text, a whole double is written without a point."""
    if old == new:
        return values
    if old == "double" and new == "varchar":
        whole = (values == values.round()) & (values.abs() <= EXACT)
        written = pl.select(pl.when(whole).then(values.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(values.cast(pl.String)))
        return written.to_series().alias(values.name)
    if old == "timestamp":
        texts = [None if ms is None else to_datetime(ms).isoformat().replace("+00:00", "Z") for ms in values.to_list()]
        return pl.Series(values.name, texts, dtype=pl.String)
    return values.cast(POLARS[new])
