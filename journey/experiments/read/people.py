"""Who is behind a mark of an experiment's reading."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from journey.answers import People
from journey.errors import QuestionError
from journey.experiments.read import definition as sql
from journey.experiments.read.due import stand_of
from journey.experiments.read.log import Log, story_of, units_in
from journey.experiments.read.question import CUSTOMER, ExperimentQuestion
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

NAMED = """
select id
from customers
where list_contains($chosen, customer)
order by id"""


def experiment_customers(con: Warehouse, question: ExperimentQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """{"arm": name}: the units of a variant.  {"arm", "metric"}: those of them that did it, of a share.  {"crossed": true}: those
    who saw several.  With "group" beside an arm: those in that group of the question's "by".

    Raises: QuestionError: no such variant, share or group; a question whose units are no customers.
    """
    refuse_unknown(mark, ("arm", "metric", "group", "crossed"), "a mark of an experiment")
    if question.count_by != CUSTOMER:
        raise QuestionError("Only an experiment of the log that counts customers has customers behind its marks.")
    stand = stand_of(con, question, scope)
    scope, log = stand.scope, stand.log
    if log.told.unit != CUSTOMER:
        raise QuestionError(f"This experiment counts by {log.told.unit}, so it names no customers.")
    if mark.get("crossed"):
        text = sql.story(*log.base) + sql.WHO.format(rows="seen", unit="key", chosen="r.arm <> r.another")
        return _people(ask_sql(con, text, log.params))
    return _in_arm(con, question, scope, log, mark)


def _in_arm(con: Warehouse, question: ExperimentQuestion, scope: Scope, log: Log, mark: Mapping[str, Any]) -> People:
    arm = mark.get("arm")
    if arm is None:
        raise QuestionError('A mark of an experiment names a variant, {"arm": ...}, or who saw several, {"crossed": true}.')
    if arm not in log.arms:
        raise QuestionError(f"No variant is named {arm!r}. There are: {', '.join(map(repr, log.arms)) or 'none'}.")
    share = None if mark.get("metric") is None else _share(log, mark["metric"])
    if mark.get("group") is not None:
        return _in_group(con, question, scope, log, mark, share)
    did = "" if share is None else f" and r.y{share} = 1"
    text = story_of(log, () if share is None else (share,)) + sql.WHO.format(rows="counted", unit="unit", chosen=f"r.arm = $arm{did}")
    return _people(ask_sql(con, text, log.params | {"arm": arm}))


def _share(log: Log, name: Any) -> int:
    """The place of the share of that name."""
    shares = {metric.name: k for k, metric in enumerate(log.told.metrics) if metric.kind == "share"}
    if name not in shares:
        raise QuestionError(f"{name!r} is no share here, so nobody in particular did it. Shares are: {', '.join(shares) or 'none'}.")
    return shares[name]


def _in_group(con: Warehouse, question: ExperimentQuestion, scope: Scope, log: Log, mark: Mapping[str, Any], share: int | None) -> People:
    from journey.experiments.checks import group_of  # that room reads units here

    if question.by is None:
        raise QuestionError('A mark with a "group" belongs to a question that asks "by" a property.')
    units = units_in(con, log)
    chosen = (units.frame["arm"] == mark["arm"]) & (group_of(con, question, scope, units, question.by) == str(mark["group"]))
    if share is not None:
        chosen &= (units.frame[f"y{share}"] == 1).fill_null(False)
    return _people(ask_sql(con, NAMED, {"chosen": units.frame.filter(chosen)["unit"].to_list()}))


def _people(rows: pl.DataFrame) -> People:
    return People(tuple(rows["id"].to_list()))
