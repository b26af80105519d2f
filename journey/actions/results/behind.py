"""Who is behind a number of the results."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from journey.actions.results.compare import Record
from journey.actions.results.counts import COUNTED
from journey.actions.results.measure import Measured, measured
from journey.actions.results.question import ResultsQuestion
from journey.actions.results.result import SOURCES
from journey.answers import People
from journey.errors import QuestionError
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

SIDES = ("treated", "control")
IDS = "select id from customers where customer in (select unnest($numbers::integer[])) order by id"


def results_customers(con: Warehouse, question: ResultsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a number.

    {"action": name, "group": "proposed" | "waiting" | "approved" | "rejected" | "sent" | "lapsed" | "held_out"}: of the ledger.
    {"action": name, "source": "ledger" | "campaign", "group": "treated" | "control"}: with the action, or without; narrowed by
    "stage": name, "did": true (the outcome came), "advanced": true (a step further).
    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("action", "source", "group", "stage", "did", "advanced"), "a mark of results")
    found = measured(con, question, scope)
    actions, action, group = [one.action for one in found.results.actions], mark.get("action"), mark.get("group")
    if action not in actions:
        raise QuestionError(f"action is {action!r}; it can be {', '.join(map(repr, actions)) or 'none: the catalog is empty'}.")
    if group in COUNTED and not {"source", "stage", "did", "advanced"} & set(mark):
        rows = found.ledger.filter((pl.col("action") == action) & COUNTED[group].fill_null(False))
        return People(tuple(sorted(set(rows["customer_id"].to_list()))))
    if group not in SIDES:
        raise QuestionError(f"group is {group!r}; it can be {', '.join((*SIDES, *COUNTED))}. With source it is treated or control.")
    return _people(con, _rows(_record(found, mark), mark))


def _record(found: Measured, mark: Mapping[str, Any]) -> Record:
    source = mark.get("source")
    if source not in SOURCES:
        raise QuestionError(f"source is {source!r}; it can be {', '.join(map(repr, SOURCES))}.")
    record = found.records.get((mark["action"], source))
    if record is None:
        raise QuestionError(f"There is no record of {mark['action']!r} in the {source}.")
    return record


def _rows(record: Record, mark: Mapping[str, Any]) -> pl.DataFrame:
    rows = record.rows.filter(pl.col("treated") == (mark["group"] == "treated"))
    if mark.get("stage") is not None:
        stages: Sequence[str] = sorted(set(record.rows["stage"].to_list()))
        if mark["stage"] not in stages:
            raise QuestionError(f"stage is {mark['stage']!r}; it can be {', '.join(map(repr, stages))}.")
        rows = rows.filter(pl.col("stage") == mark["stage"])
    for key in ("did", "advanced"):
        if mark.get(key, True) is not True:
            raise QuestionError(f"{key} is {mark[key]!r}; write true, or leave it out.")
        rows = rows.filter(key) if key in mark else rows
    return rows


def _people(con: Warehouse, rows: pl.DataFrame) -> People:
    numbers = rows["customer"].unique().to_list()
    return People(tuple(ask_sql(con, IDS, {"numbers": numbers})["id"].to_list()))
