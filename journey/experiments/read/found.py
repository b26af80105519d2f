"""The units of any experiment that has some: of the log, or of a table."""

import polars as pl

from journey.errors import QuestionError
from journey.experiments.read.in_force import in_force
from journey.experiments.read.log import Log, bind_log, changes_in, units_in
from journey.experiments.read.question import ExperimentQuestion
from journey.experiments.read.table import units_of_table
from journey.experiments.units import Units
from journey.scope import Scope
from journey.warehouse import Warehouse


def log_of(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> Log:
    """An experiment of the log, its definition bound.

    Raises: QuestionError: the question is about a table or about sums, which hold no events.
    """
    if question.source != "experiment":
        raise QuestionError(f"Only an experiment of the log has events; this question is about {'a table' if question.table else 'sums'}.")
    return bind_log(con, in_force(con, question, scope))


def units_of(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> Units:
    """One row per unit that counts: its variant, when it was first exposed, what it brought to each metric.

    Raises: QuestionError: sums have no units; and whatever the question names that cannot be.
    """
    if question.source == "arms":
        raise QuestionError("Sums hold no units. Give a table with a row for each, or name an experiment of the log.")
    if question.source == "table":
        return units_of_table(con, question).units
    return units_in(con, log_of(con, question, scope))


def changes_of(con: Warehouse, question: ExperimentQuestion, scope: Scope, k: int) -> pl.DataFrame:
    """When each unit's number of the k-th metric changed: unit, arm, exposed_at, ts, dy, dx, in order of time.

    Over a unit, dy adds up to its y and dx to its x.  With `within`, a unit counts only once exposed_at + within has passed.
    """
    return changes_in(con, log_of(con, question, scope), k)
