"""Predicting from a table: one row per customer, what was known of them, and a column that says what came.

A table has no dates, so nothing can be tested on a later time: customers are tested by models that did not learn from
them, five folds of customers.  Where things change over time, that is kinder than the truth.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.errors import QuestionError
from journey.features import Feature
from journey.predict.fitted import Fitted, chance
from journey.predict.fitting import Rows, fit, left_out
from journey.predict.measures import Metrics, measure
from journey.predict.question import CAPACITY
from journey.predict.result import Scored

MOST_VALUES = 20  # of a column of texts; a column with more is a name or a sentence
SEED = 7


@dataclass(frozen=True, eq=False)
class TablePrediction:
    """proof: of models that had not learned from the customers tested.  scored: everybody in the table, by the one kept."""

    fitted: Fitted
    proof: Metrics
    scored: Scored


def predict_from_table(
    rows: pl.DataFrame, outcome: str, came: object, customer: str, leave_out: Collection[str] = (), capacity: int = CAPACITY
) -> TablePrediction:
    """Learn the chance that column `outcome` is `came` from the other columns.

    customer: the column of their ids.  Numbers are taken as they are, also where they are written as text; of texts each
    value is a feature of its own.  leave_out: columns that are no reason, or known only afterwards.
    Raises: QuestionError: a column that is not there, an id twice, an outcome that always or never came.
    """
    missing = [name for name in (outcome, customer) if name not in rows.columns]
    if missing:
        raise QuestionError(f"The table has no column {missing[0]!r}. Its columns are: {', '.join(map(repr, rows.columns))}.")
    label = (rows[outcome] == came).fill_null(False).to_numpy().astype(int)
    if label.sum() in (0, len(label)):
        raise QuestionError(f"{outcome!r} is {came!r} for {label.sum():,} of {len(label):,} customers, so nothing can be told apart.")
    if rows[customer].n_unique() < rows.height:
        raise QuestionError(f"Some customers of {customer!r} stand in several rows. A table to learn from has one row for each.")
    features, values = _features(rows.drop([outcome, customer, *(name for name in leave_out if name in rows.columns)]))
    return _learned(rows[customer].cast(pl.String).to_list(), features, values, label, capacity)


def _learned(ids: list[str], features: list[Feature], values: np.ndarray, label: np.ndarray, capacity: int) -> TablePrediction:
    names = [one.name for one in features]
    scales: list[bool | None] = [False if one.unit == "yes or no" else None for one in features]
    learned = Rows(values, label, np.arange(len(label)))
    fitted, _ = fit(names, scales, learned, None)
    tested = chance(fitted.slope * left_out(names, scales, learned) + fitted.shift)
    p = fitted.probability(values)
    order = np.array(sorted(range(len(p)), key=lambda place: (-p[place], ids[place])))
    low, high = fitted.interval(values)
    scored = Scored(
        fitted, tuple(features), tuple(ids[k] for k in order), order, p[order], low[order], high[order], values[order], values[order],
        fitted.scaling.typical(),
    )  # fmt: skip
    return TablePrediction(fitted, measure(label, tested, capacity, np.random.default_rng(SEED)), scored)


def _features(rows: pl.DataFrame) -> tuple[list[Feature], np.ndarray]:
    """(k features, (n, k) raw): a number is one, of a text each value but the commonest."""
    features, columns = [], []
    for name in rows.columns:
        column = _as_number(rows[name])
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            unit = "yes or no" if set(column.drop_nulls().unique().to_list()) <= {0, 1} else ""
            features.append(Feature(name, name, name, unit, False))
            columns.append(column.cast(pl.Float64).fill_null(float("nan")).to_numpy())
            continue
        texts = column.cast(pl.String)
        counts = texts.drop_nulls().value_counts(sort=True)
        found = counts.sort(["count", texts.name], descending=[True, False])[texts.name].to_list()
        for value in found[1:] if len(found) <= MOST_VALUES else []:
            features.append(Feature(f"{name}: {value}", name, f"{name}: {value}", "yes or no", False))
            columns.append((texts == value).fill_null(False).to_numpy().astype(float))
    if not columns:
        raise QuestionError("The table has no column to learn from: none of numbers, and none of texts with few different values.")
    return features, np.column_stack(columns)


def _as_number(column: pl.Series) -> pl.Series:
    """A column of texts that are all numbers, or blank, as numbers."""
    if column.dtype != pl.String:
        return column
    found = column.str.strip_chars().cast(pl.Float64, strict=False)
    blank = column.is_null() | (column.str.strip_chars() == "")
    return found if bool((found.is_not_null() | blank).all()) and found.len() > blank.sum() else column
