"""Who is behind the mean of an entry: its complete cells, taken together."""

from journey.answers import People
from journey.errors import QuestionError
from journey.retention.answer import find_marks, measure_retention
from journey.retention.bound import bind_question
from journey.retention.question import RetentionQuestion
from journey.scope import Scope
from journey.warehouse import Warehouse


def mean_customers(
    con: Warehouse, question: RetentionQuestion, scope: Scope, place: int, group: str | None = None, came_back: bool = True
) -> People:
    """Those who came back at this entry in any cohort that has completed it, or the rest of these cohorts.

    Raises: QuestionError: `recurring`, where one customer counts once in each of several cohorts; no such group.
    """
    if question.first != "ever":
        raise QuestionError(
            'With "first": "recurring" a customer is in several cohorts, and may have come back in one and not in another. '
            'Name the cohort by its start, such as {"cohort": "2026-03-02", "period": 1}.'
        )
    retention, bound = measure_retention(con, question, scope), bind_question(con, question, scope)
    table = retention.table if group is None else retention.breakdown.get(group)
    if bound is None or table is None:
        return People(())
    told = [i for i, cohort in enumerate(table.cohorts) if place < len(cohort.complete) and cohort.complete[place]]
    marks = find_marks(con, question, scope, bound)
    return People(tuple(sorted(marks.behind(told, place, group, came_back))))
