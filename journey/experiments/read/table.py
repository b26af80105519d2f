"""The units of an experiment that a table brings: one row per unit, or several that its unit column holds together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from journey.errors import QuestionError
from journey.experiments.metric import ExperimentMetric
from journey.experiments.read import definition as sql
from journey.experiments.read.in_force import control_among, refuse_foreign, refuse_many
from journey.experiments.read.log import cut_at
from journey.experiments.read.question import ExperimentQuestion
from journey.experiments.units import Units
from journey.tables import Table, numbers, read_table
from journey.tables.columns import required_numbers, texts
from journey.warehouse import Warehouse, ask_sql, one, quote, registered

ROWS = "experiment_rows"  # how the defining query calls the table
ROW, GROUP = "number of the row", "group of the row"  # columns that are put beside those of the table


@dataclass(frozen=True, eq=False)
class Tabled:
    """name: of the table.  text, params: the defining query, over the table as `experiment_rows`.

    groups: (n,) what the question's `by` says of each unit, in their order; None without one.
    """

    name: str
    units: Units
    text: str
    params: dict[str, Any]
    warnings: tuple[str, ...] = ()
    groups: pl.Series | None = None


def units_of_table(con: Warehouse, question: ExperimentQuestion) -> Tabled:
    """Raises: QuestionError: a column that is not there, texts where numbers are needed, one variant alone; LoadError: the file."""
    table, frame, left_out = _rows(question)
    arms = _arms(frame[str(question.variant)], question)
    cuts = {f"cut{k}": metric.winsorise for k, metric in enumerate(question.metrics) if metric.winsorise is not None}
    params: dict[str, Any] = {"arms": list(arms), **cuts}
    text, inner = _text(question)
    with registered(con, ROWS, frame):
        rows = ask_sql(con, text, params)
        crossed = int(one(con, inner + sql.TABLE_CROSSED) or 0)
    groups = None if question.by is None else rows["grouped"]
    rows = rows.drop("grouped", strict=False).cast({"unit": pl.Int64})
    units = Units(rows, arms, question.metrics, crossed, (0,) * len(question.metrics))
    return Tabled(table.name, units, text, params, (*table.warnings, *left_out), groups)


@contextmanager
def table_rows(con: Warehouse, question: ExperimentQuestion) -> Iterator[None]:
    """Inside, the defining query of a table's answer can be run again: its rows stand beside the warehouse as the query reads them."""
    if question.source != "table":
        yield
        return
    with registered(con, ROWS, _rows(question)[1]):
        yield


def _rows(question: ExperimentQuestion) -> tuple[Table, pl.DataFrame, list[str]]:
    """(the table, its rows that say a variant and a unit, what was left out)."""
    columns = _columns(question)
    keys = [name for name in (question.variant, question.unit, question.by) if name is not None]
    table = read_table(question.table, [*keys, *columns])
    return table, *_whole(table.frame, question, columns, table.name)


def _columns(question: ExperimentQuestion) -> list[str]:
    """The columns of numbers, each once."""
    named = [
        name
        for metric in question.metrics
        for name in (metric.value.column, None if metric.over is None else metric.over.column, metric.covariate)
        if name is not None
    ]
    if taken := next((name for name in named if name in (question.variant, question.unit)), None):
        raise QuestionError(f"The column {taken!r} says who a unit is or which variant it saw, so it cannot be a metric as well.")
    if question.unit is not None and question.unit == question.variant:
        raise QuestionError(f"The column {question.unit!r} cannot be both the unit and the variant.")
    if held := next((name for name in (*named, question.variant, question.unit) if name in (ROW, GROUP)), None):
        raise QuestionError(f"A column cannot be called {held!r} here. Rename it.")
    return list(dict.fromkeys(named))


def _whole(frame: pl.DataFrame, question: ExperimentQuestion, columns: list[str], what: str) -> tuple[pl.DataFrame, list[str]]:
    """The rows that say a variant and a unit, their columns as numbers; and how many were left out."""
    keys = [name for name in (question.variant, question.unit) if name is not None]
    grouped = [] if question.by is None else [texts(frame[question.by]).fill_null("").alias(GROUP)]
    named = frame.with_columns(*(_named(frame[name]) for name in keys), *grouped)
    kept = named.drop_nulls(keys)
    if not kept.height:
        raise QuestionError(f"No row of {what} says a variant in {question.variant!r}.")
    lost = named.height - kept.height
    values = [pl.Series(name, _numbers(kept, name, question), pl.Float64) for name in columns]
    for metric in question.metrics:
        _refuse_no_share(metric, {value.name: value.to_numpy() for value in values})
    told = [f"Rows of {what} without a {' or a '.join(map(repr, keys))} are left out: {lost:,}."] if lost else []
    return kept.with_columns(*values).with_row_index(ROW), told


def _named(column: pl.Series) -> pl.Series:
    """As texts; blank is missing."""
    found = texts(column)
    return found.set(found.str.strip_chars() == "", None)


def _refuse_no_share(metric: ExperimentMetric, values: dict[str, np.ndarray]) -> None:
    column = str(metric.value.column)
    if metric.kind == "share" and len(odd := values[column][~np.isin(values[column], (0.0, 1.0))]):
        raise QuestionError(
            f"Metric {metric.name!r} is a share, so its column {column!r} holds 0 and 1, or yes and no; it also holds {float(odd[0]):g}. "
            'Ask for kind "mean".'
        )


def _numbers(frame: pl.DataFrame, name: str, question: ExperimentQuestion) -> np.ndarray:
    found = numbers(frame[name])
    if found is not None and np.isinf(found).any():
        raise QuestionError(f"The column {name!r} holds {int(np.isinf(found).sum()):,} values that are infinite. Leave those rows out.")
    whose = next(metric.name for metric in question.metrics if name in dict(_sides(0, metric)).values())
    return required_numbers(frame, name, f"Part of the metric {whose!r}")


def _arms(column: pl.Series, question: ExperimentQuestion) -> tuple[str, ...]:
    """Control first, then as the split lists them, else by name."""
    held = sorted(column.unique().to_list())
    what = f"the column {question.variant!r}"
    refuse_many(held, f"The column {question.variant!r}")
    meant = [name for name, _ in question.split or ()]
    refuse_foreign(held, meant, what)
    if len(held) < 2:
        raise QuestionError(f"All rows have the variant {held[0]!r}; to compare, {what} must hold two at least.")
    names = meant or held
    control = control_among(names, question.control, what)
    return (control, *(name for name in names if name != control))


def _text(question: ExperimentQuestion) -> tuple[str, str]:
    """(the defining query, its CTEs up to one row per unit)."""
    metrics = list(enumerate(question.metrics))
    named = {side: quote(column) for k, metric in metrics for side, column in _sides(k, metric)}
    calls = {f"y{k}": "max" for k, metric in metrics if metric.kind == "share"} | {f"c{k}": "avg" for k, _ in metrics}
    if question.by is not None:
        named, calls = {**named, "grouped": quote(GROUP)}, {**calls, "grouped": "min"}
    values = "".join(f", t.{column} as {side}" for side, column in named.items())
    sums = "".join(f", {calls.get(side, 'sum')}({side}) as {side}" for side in named)
    key, number = (ROW, "key") if question.unit is None else (question.unit, "row_number() over (order by key) - 1")
    rows = sql.TABLE_ROWS.format(key=f"t.{quote(key)}", variant=quote(str(question.variant)), values=values)
    inner = [rows, sql.TABLE_UNITS.format(sums=sums)]
    counted = sql.TABLE_COUNTED.format(number=number, columns="".join(f", {side}" for side in named))
    caps = [f"quantile_cont(y{k}, $cut{k}) as cap{k}" for k, metric in metrics if metric.winsorise is not None]
    last = [one for k, metric in metrics for one in _last(k, metric)] + (["c.grouped"] if question.by is not None else [])
    source = "counted c" + ("\ncross join caps" if caps else "")
    more = [sql.CAPS.format(caps=",\n        ".join(caps))] if caps else []
    return sql.story(*inner, counted, *more) + sql.ROWS.format(columns=",\n    ".join(last), source=source), sql.story(*inner)


def _sides(k: int, metric: ExperimentMetric) -> list[tuple[str, str]]:
    named = {"y": metric.value.column, "x": None if metric.over is None else metric.over.column, "c": metric.covariate}
    return [(f"{side}{k}", column) for side, column in named.items() if column is not None]


def _last(k: int, metric: ExperimentMetric) -> list[str]:
    y = f"c.y{k}" if metric.winsorise is None else cut_at(f"c.y{k}", f"caps.cap{k}")
    x = "1" if metric.over is None else f"c.x{k}"
    covariate = [f"c.c{k}"] if metric.covariate is not None else []
    return [f"cast({y} as double) as y{k}", f"cast({x} as double) as x{k}", *covariate]
