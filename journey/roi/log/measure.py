"""Asking the log for every input at once, and for whom it counted."""

from collections.abc import Mapping
from typing import Any

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.roi.inputs import INPUTS
from journey.roi.log.assumed import assumed
from journey.roi.log.bound import DAY, Log, open_log
from journey.roi.log.definition import CUSTOMERS, WHO, WHO_BOUGHT, WHO_CAME, WHO_SPENT, WHO_WENT
from journey.roi.log.found import found_of
from journey.roi.log.measured import churn_of, customers_of, order_of, visitors_of
from journey.roi.log.question import InputsQuestion
from journey.roi.log.result import Assumption, Inputs
from journey.roi.measure import currency_of
from journey.scope import Scope
from journey.warehouse import Warehouse, one_moment

LISTS = {"customers": WHO, "churn": WHO_WENT, "visitors_per_month": WHO_CAME, "conversion": WHO_BOUGHT, "value_per_order": WHO_SPENT}


def measure_inputs(con: Warehouse, question: InputsQuestion, scope: Scope) -> Inputs:
    """Every input of every model: what the log says, else what stands there until somebody knows better.

    The scope's stop is the moment, its segment says whose inputs; its start changes nothing.
    Raises: QuestionError: no prediction of that name, a step that cannot be read.
    """
    with one_moment(con):
        log = open_log(con, question, scope)
        found = {} if log is None else {one.input: one for one in _measured(log)}
        told = tuple(found.get(one.name) or assumed(one.name) for one in INPUTS)
        since, until = (None, None) if log is None else (log.since, log.end)
        return Inputs(told, since, until, currency_of(con), _evidence(con, log, found))


def inputs_customers(con: Warehouse, question: InputsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who stands behind an input: {"input": "customers"} those counted, "churn" those who went, "visitors_per_month" who
    came by, "conversion" those of them who bought, "value_per_order" who paid or got money back.

    Raises: QuestionError: another mark, an input that is no count of customers.
    """
    if set(mark) != {"input"} or mark["input"] not in LISTS:
        raise QuestionError(f'A mark of the inputs is {{"input": one of {", ".join(LISTS)}}}; found {dict(mark)}.')
    with one_moment(con):
        log = open_log(con, question, scope)
        told = {} if log is None else {one.input: one for one in _measured(log)}
        if log is None or told[mark["input"]].behind is None:
            return People(())
        return People(log.ids(LISTS[mark["input"]], log.end - log.pause if mark["input"] == "churn" else None))


def _measured(log: Log) -> tuple[Assumption, ...]:
    return (*customers_of(log), churn_of(log), *visitors_of(log), order_of(log), *found_of(log))


def _evidence(con: Warehouse, log: Log | None, told: Mapping[str, Assumption]) -> Evidence:
    if log is None:
        return Evidence("Inputs of an empty workspace: all are assumed; times in UTC.", CUSTOMERS, {}, 0, data_until(con))
    who = "did something themselves" if log.question.of == "active" else "paid"
    definition = (
        f"Customers are those who {who} in the 30 days before the end of the data, or before the scope's stop. Revenue is as mapped, "
        f"refunds taken off. Gone is who did nothing for {log.pause // DAY} days after such a month. Intervals are 95%; what was counted "
        "has none. Months are 30 days of 24 hours, UTC."
    )
    short = () if log.whole else (f"The log holds {log.length}, so what is said of a month is too low.",)
    counted = told["customers"]
    return Evidence(definition, counted.sql, counted.params, counted.n, data_until(con), (*log.warnings, *short))
