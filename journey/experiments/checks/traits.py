"""What is known of each unit at its first exposure: the properties of its session until then, of the customer, and when it was.

A property of a customer is as the workspace holds it now, and looked into only where every unit has one: what people tell
when they sign up could be the experiment's own doing.  Properties that are personal, that name the variant or the experiment,
and those of more than 60 different values are passed over as well, unless one is asked for by name.  Known limit: since when a
customer is known is told by all ids that are theirs now, also those that a log in after the exposure joined.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from journey.errors import QuestionError
from journey.experiments.read.definition import UNITS, story
from journey.experiments.read.exposure import Exposure, shown
from journey.experiments.read.in_force import in_force
from journey.experiments.read.log import Log, bind_log
from journey.experiments.read.question import ExperimentQuestion
from journey.experiments.read.table import units_of_table
from journey.experiments.units import Units
from journey.ingest.reading import opened
from journey.rules import Property, known_properties, nearest
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, quote

MOST_VALUES, LEAST_KNOWN = 60, 0.3
SAMPLE = 50_000  # rows
MOST_COLUMNS = 30
DAY_MS = 86_400_000
DAY, HOUR, KNOWN = "day of exposure", "hour of exposure", "first seen"
TIMES = (DAY, HOUR)
OTHER = "other"
MOST_GROUPS = 12

SHOWN_AT = """shown_at as (
    -- the row of each unit's first exposure; of several at the same moment, the first that was loaded
    select u.unit, arg_min(e.customer, e.seq) as customer, arg_min(e.session, e.seq) as session, e.ts, min(e.seq) as seq
    from events e
    join units u on u.key = {key} and u.exposed_at = e.ts
    where {shown} and {experiment} = $experiment
    group by u.unit, e.ts
)"""

AT_EXPOSURE = """
-- What was known of each unit when it was first exposed?  Columns: unit, seen (ms, the customer's first event), and one per
-- property: the exposure's own value, else the last one before it in the same session.
select s.unit, min(k.first_ts) as seen{columns}
from shown_at s
join customers k on k.customer = s.customer
join events e on e.customer = s.customer and e.session = s.session and (e.ts < s.ts or (e.ts = s.ts and e.seq <= s.seq))
group by s.unit
order by s.unit"""

SAMPLED = """
-- Which properties divide the sessions in which it was shown?  Columns: rows, and for each property how many values it has.
select {columns}
from (
    select e.*
    from events e
    join shown_at s on e.customer = s.customer and e.session = s.session
    limit {most}
) e"""


def traits_of(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units, asked: str | None = None) -> pl.DataFrame:
    """One row per unit, in the order of units.frame, and a column of texts per property; asked: that one alone.

    Raises: QuestionError: no such property, or column of the table; the nearest is named.
    """
    if question.source == "table":
        return _of_table(con, question, asked)
    return _of_log(con, question, scope, units.frame.select("unit", "exposed_at"), asked)


def group_of(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units, by: str) -> pl.Series:
    """(n,) the group of each unit: its value of the property, "" without one; those past the twelfth largest are "other".

    A value that is "other" itself is one of them.
    """
    value = traits_of(con, question, scope, units, by)[by].fill_null("")
    sizes = value.alias("value").value_counts().sort(["count", "value"], descending=[True, False])
    kept = sizes["value"].to_list() if sizes.height <= MOST_GROUPS + 1 else sizes["value"].head(MOST_GROUPS).to_list()
    return pl.select(pl.when(value.is_in(kept)).then(value).otherwise(pl.lit(OTHER)).alias("group")).to_series()


def _of_log(con: Warehouse, question: ExperimentQuestion, scope: Scope, base: pl.DataFrame, asked: str | None) -> pl.DataFrame:
    told = in_force(con, question, scope)
    if asked is None:
        chosen = [] if told.exposure is None else _offered(con, told.exposure)
    else:
        chosen = [prop for prop in _open(con) if prop.name == asked][:1]
        if not chosen and asked not in (*TIMES, KNOWN):
            known = [prop.name for prop in _open(con)]
            raise QuestionError(f"No property is named {asked!r}, so there are no groups by it.{nearest(asked, known)}")
    log = bind_log(con, told)
    if asked is None:
        chosen = _dividing(con, log, chosen)
    rows = base.join(_at_exposure(con, log, chosen), on="unit", how="left", maintain_order="left")
    columns = {prop.name: rows[f"t{k}"] for k, prop in reversed(list(enumerate(chosen)))} | _times(rows, scope.timezone)
    whole = {prop.name for prop in chosen if prop.of == "customer"}
    kept = {name: column for name, column in columns.items() if name == asked or (asked is None and _divides(column, name, name in whole))}
    return pl.DataFrame({name: column.alias(name) for name, column in sorted(kept.items())})


def _open(con: Warehouse) -> list[Property]:
    """Properties that are not personal, those of events first."""
    hidden = ask_sql(con, 'select "of", name from properties where personal').rows()
    return [prop for prop in known_properties(con) if (prop.of, prop.name) not in hidden]


def _offered(con: Warehouse, exposure: Exposure) -> list[Property]:
    """Those of texts and of yes and no that do not name the experiment or the variant."""
    own = {exposure.experiment, exposure.variant}
    return [prop for prop in _open(con) if prop.type in ("varchar", "boolean") and not (prop.of == "event" and prop.name in own)]


def _dividing(con: Warehouse, log: Log, offered: Sequence[Property]) -> list[Property]:
    """Those of customers, and those of events that have 2 to 60 values in a sample of the sessions in which it was shown."""
    events = [prop for prop in offered if prop.of == "event"]
    if not events or not log.arms:
        return list(offered)
    columns = ", ".join(f"count(distinct e.{quote(prop.column)}) as v{k}" for k, prop in enumerate(events))
    found = ask_sql(con, _shown_at(log) + SAMPLED.format(columns=columns, most=SAMPLE), log.params).row(0)
    fit = [prop for prop, values in zip(events, found, strict=True) if 2 <= values <= MOST_VALUES]
    return fit + [prop for prop in offered if prop.of == "customer"]


def _at_exposure(con: Warehouse, log: Log, chosen: Sequence[Property]) -> pl.DataFrame:
    kinds: dict[str, Any] = {"unit": pl.Int64, "seen": pl.Int64} | {f"t{k}": pl.String for k in range(len(chosen))}
    if log.told.exposure is None or not log.arms:
        return pl.DataFrame(schema=kinds)
    columns = "".join(f",\n    arg_max({_value(prop)}, (e.ts, e.seq)) as t{k}" for k, prop in enumerate(chosen))
    return ask_sql(con, _shown_at(log) + AT_EXPOSURE.format(columns=columns), log.params).cast(pl.Schema(kinds))


def _shown_at(log: Log) -> str:
    """The CTEs up to the row of each unit's first exposure."""
    where = shown(log.binder, log.told.exposure or Exposure(None, None, ""))
    at = SHOWN_AT.format(key=log.key, shown=where.sql, experiment=where.experiment)
    return story(*log.base, UNITS.format(number=log.number), at)


def _value(prop: Property) -> str:
    return prop.text() if prop.of == "event" else prop.as_text(f"k.{quote(prop.column)}")


def _times(rows: pl.DataFrame, timezone: str) -> dict[str, pl.Series]:
    at = rows["exposed_at"].cast(pl.Datetime("ms")).dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    early = rows["exposed_at"] - rows["seen"] >= DAY_MS
    known = pl.select(pl.when(early).then(pl.lit("a day before or more")).otherwise(pl.lit("that day"))).to_series()
    return {DAY: at.dt.strftime("%Y-%m-%d"), HOUR: at.dt.strftime("%H:00"), KNOWN: known}


def _divides(column: pl.Series, name: str, whole: bool = False) -> bool:
    """Whether it divides the units into 2 to 60 groups, days into any number, and is known of three in ten, or where `whole` of all."""
    values = column.drop_nulls().n_unique()
    return values >= 2 and (values <= MOST_VALUES or name in TIMES) and column.count() >= (1.0 if whole else LEAST_KNOWN) * len(column)


def _of_table(con: Warehouse, question: ExperimentQuestion, asked: str | None) -> pl.DataFrame:
    """Columns that are neither the variant, nor the unit, nor a metric, 30 at most; of several rows of a unit, the least value."""
    if asked is not None:
        return pl.DataFrame({asked: units_of_table(con, replace(question, by=asked)).groups})
    used = {question.variant, question.unit}
    for metric in question.metrics:
        used |= {metric.value.column, metric.covariate, None if metric.over is None else metric.over.column}
    names = [name for name in columns_of(question.table) if name not in used][:MOST_COLUMNS]
    found = {name: _column(con, question, name) for name in names}
    return pl.DataFrame({name: column.alias(name) for name, column in found.items() if column is not None and _divides(column, name)})


def _column(con: Warehouse, question: ExperimentQuestion, name: str) -> pl.Series | None:
    """None for one of lists and the like, which names no group."""
    try:
        return units_of_table(con, replace(question, by=name)).groups
    except QuestionError:
        return None


def columns_of(table: Any) -> list[str]:
    """The columns of a table that a question brings."""
    if isinstance(table, str):
        with opened(table, {}, None, Path(table).name) as read:
            return list(read.columns)
    return list(table.columns) if isinstance(table, pl.DataFrame) else list(dict.fromkeys(name for row in table for name in row))
