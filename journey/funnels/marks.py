"""Who is behind a mark of a funnel: a bar, a ghost, a period of the trend, a bar of the times."""

from collections.abc import Mapping
from typing import Any

from journey.answers import People
from journey.errors import QuestionError
from journey.funnels import measure
from journey.funnels.chosen import tell_counted
from journey.funnels.entrants import bare, shown_id
from journey.funnels.question import FunnelQuestion
from journey.funnels.story import SESSIONS_APART, read_terms
from journey.rules import Binder
from journey.scope import Scope, read_time, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

FIRST, PREVIOUS = "first", "previous"


def funnel_customers(con: Warehouse, question: FunnelQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind {"reached": k} or {"dropped_after": k}, with an optional "group" of the breakdown; or of these who

    entered in a period:   {"reached": k, "entered": {"from": time, "before": time}}
    took so long:          {"reached": k, "took": {"from_s": 60, "to_s": 120, "since": "previous" | "first"}}
    Raises: QuestionError: another mark, a step that is not there, a group without a breakdown.
    """
    if not isinstance(mark, Mapping) or not {"entered", "took"} & set(mark):
        return measure.funnel_customers(con, question, scope, mark)
    refuse_unknown(mark, ("reached", "entered", "took"), "the customers of a funnel by time")
    step = _step(question, mark.get("reached"))
    binder = Binder(con)
    terms = read_terms(binder, bare(question), scope)
    story = tell_counted(terms)
    where = [f"a.t_{step} is not null", *_entered(binder, mark.get("entered"), scope), *_took(binder, mark.get("took"), step)]
    rows = ask_sql(con, story.ending(f"{_ids(question)}\nwhere {' and '.join(where)}\norder by id"), binder.params)
    return People(tuple(rows["id"].to_list()))


def _step(question: FunnelQuestion, step: Any) -> int:
    last = len(question.steps) - 1
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= last:
        raise QuestionError(f"reached is {step!r}; it can be a step from 0 to {last}.")
    return step


def _ids(question: FunnelQuestion) -> str:
    if question.count_by.startswith("property:"):
        return "select a.unit as id\nfrom answer a"
    customer = f"a.unit // {SESSIONS_APART}" if question.count_by == "session" else "a.unit"
    return f"select {shown_id(question, 'a.unit', 'c')} as id\nfrom answer a\njoin customers c on c.customer = {customer}"


def _entered(binder: Binder, period: Any, scope: Scope) -> list[str]:
    if period is None:
        return []
    if not isinstance(period, Mapping):
        raise QuestionError(f'"entered" is a period such as {{"from": "2026-03-02", "before": "2026-03-09"}}; it was given {period!r}.')
    refuse_unknown(period, ("from", "before"), '"entered"')
    bounds = [(sign, read_time(period.get(key), scope.zone, f"entered.{key}")) for key, sign in (("from", ">="), ("before", "<"))]
    return [f"a.t_0 {sign} {binder.bind(bound, 'entered')}" for sign, bound in bounds if bound is not None]


def _took(binder: Binder, took: Any, step: int) -> list[str]:
    if took is None:
        return []
    if not isinstance(took, Mapping) or not step:
        raise QuestionError(
            f'"took" is a stretch of seconds, {{"from_s": 60, "to_s": 120}}, of a step after step 0; it was given {took!r}.'
        )
    refuse_unknown(took, ("from_s", "to_s", "since"), '"took"')
    if took.get("since", PREVIOUS) not in (FIRST, PREVIOUS):
        raise QuestionError(f"took.since is {took['since']!r}; it can be 'previous' or 'first'.")
    spent = time_spent(step, took.get("since", PREVIOUS))
    bounds = [(sign, took.get(key)) for key, sign in (("from_s", ">="), ("to_s", "<"))]
    if any(bound is not None and (isinstance(bound, bool) or not isinstance(bound, int | float)) for _, bound in bounds):
        raise QuestionError(f"took is {dict(took)!r}; from_s and to_s are numbers of seconds.")
    return [f"{spent} {sign} {binder.bind(round(bound * 1000), 'took')}" for sign, bound in bounds if bound is not None]


def time_spent(step: int, since: str) -> str:
    """Scalar SQL over `answer a`: ms from the first step, or from the step that was done before this one."""
    before = "a.t_0" if since == FIRST else f"coalesce({', '.join(f'a.t_{k}' for k in reversed(range(step)))}, null)"
    return f"(a.t_{step} - {before})"
