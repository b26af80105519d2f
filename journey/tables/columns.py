"""Columns of a table as numbers: an outcome, a chance, and what is known of each row as a matrix to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from journey.errors import QuestionError

MOST_VALUES = 30  # of a column of texts; one with more is a name or a sentence
TRUE = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


@dataclass(frozen=True, eq=False)
class Design:
    """names: of the k columns.  values: (n, k) f64, finite; a missing number is the column's median, and says so in a column."""

    names: tuple[str, ...]
    values: np.ndarray


def numbers(column: pl.Series) -> np.ndarray | None:
    """(n,) f64, NaN where missing; None where the column holds texts that are neither numbers nor yes and no."""
    if column.dtype == pl.Boolean or column.dtype.is_numeric():
        return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    if column.dtype != pl.String:
        return None
    text = column.str.strip_chars()
    found = text.cast(pl.Float64, strict=False)
    blank = text.is_null() | (text == "")
    if not bool((found.is_not_null() | blank).all()):
        found = text.str.to_lowercase().replace_strict(TRUE, default=None, return_dtype=pl.Float64)
    return found.fill_null(float("nan")).to_numpy() if bool((found.is_not_null() | blank).all()) else None


def required_numbers(frame: pl.DataFrame, name: str, what: str) -> np.ndarray:
    """The same of a column that must be whole.  Raises QuestionError where a value is missing or no number."""
    found = numbers(frame[name])
    if found is None:
        some = frame[name].drop_nulls().head(1).to_list()
        raise QuestionError(f"{what} is the column {name!r}, which holds texts such as {some[0] if some else ''!r}. Name one of numbers.")
    if not np.isfinite(found).all():
        count = int((~np.isfinite(found)).sum())
        raise QuestionError(f"{what} is the column {name!r}, which is missing in {count:,} of {len(found):,} rows. Leave those rows out.")
    return found


def equals(column: pl.Series, value: Any) -> np.ndarray:
    """(n,) bool: which values are this one, 1 and "1" alike."""
    if column.dtype.is_numeric() and not isinstance(value, bool):
        try:
            return (column.cast(pl.Float64) == float(value)).fill_null(False).to_numpy()
        except (TypeError, ValueError):
            return np.zeros(column.len(), bool)
    return (texts(column) == as_text(value)).fill_null(False).to_numpy()


def texts(column: pl.Series) -> pl.Series:
    """The values as they are named in answers.  Raises: QuestionError: lists, objects and the like have no name."""
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        raise QuestionError(f"The column {column.name!r} holds {str(column.dtype).split('(')[0].lower()}s. Name one of numbers or texts.")
    return column.cast(pl.String) if column.dtype != pl.Float64 else pl.Series(column.name, list(map(as_text, column.to_list())), pl.String)


def as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def design(frame: pl.DataFrame, names: Sequence[str]) -> Design:
    """Numbers as they are; of texts each value but the commonest is a column of 0 and 1.

    A column that is the same in every row stays, as noughts.
    Raises: QuestionError: a column of texts with more than 30 different ones, or of what is neither numbers nor texts.
    """
    found: dict[str, np.ndarray] = {}
    for name in names:
        found |= _columns(frame[name])
    return Design(tuple(found), np.column_stack(list(found.values())) if found else np.empty((frame.height, 0)))


def _columns(column: pl.Series) -> dict[str, np.ndarray]:
    name, held = column.name, numbers(column)
    if held is not None:
        missing = ~np.isfinite(held)
        if not missing.any():
            return {name: held}
        filled = np.where(missing, np.median(held[~missing]) if not missing.all() else 0.0, held)
        return {name: filled, f"{name} is missing": missing.astype(float)}
    named = texts(column).fill_null("")
    counts = named.value_counts(sort=True).sort(["count", name], descending=[True, False])
    if counts.height > MOST_VALUES:
        raise QuestionError(
            f"The feature {name!r} has {counts.height:,} different texts; at most {MOST_VALUES} can be told apart. Leave it out."
        )
    found = {f"{name}: {value}": (named == value).to_numpy().astype(float) for value in counts[name].to_list()[1:]}
    return found or {name: np.zeros(column.len())}
