"""The question asked both ways: units counted by the journey index where there is one, else by the definition in SQL."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.funnels.chosen import tell_counted
from journey.funnels.counted import Counted, counted_from
from journey.funnels.question import FunnelQuestion
from journey.funnels.result import Funnel
from journey.funnels.story import SESSIONS_APART, Story, Terms, read_terms
from journey.funnels.summed import Summed
from journey.funnels.words import define_funnel, unit_word
from journey.index import open_index
from journey.rules import Binder
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql, registered


def measure_funnel(con: Warehouse, question: FunnelQuestion, scope: Scope) -> Funnel:
    """How many units reached each step, by the meaning of the question.

    An event or property that the log never held counts nobody and is named in the warnings.  An empty log answers zeros.
    """
    binder = Binder(con)
    terms = read_terms(binder, question, scope)
    until = data_until(con)
    counted = count_funnel(con, question, scope, binder)
    groups = count_funnel(con, question, scope, binder, within=True) if _within(question) else counted
    summed = Summed(question, terms.labels)
    return Funnel(
        order=question.order,
        steps=summed.steps(counted),
        groups=summed.groups(groups) if question.breakdown else {},
        still_open=summed.still_open(counted, until),
        trend=summed.trend(counted, scope, until),
        curve=summed.curve(counted) if question.times else None,
        unit=unit_word(question.count_by),
        window=question.window,
        evidence=Evidence(
            definition=define_funnel(question, scope, terms.labels),
            sql=_counts_sql(terms, tell_counted(terms)),
            params=dict(terms.binder.params),
            population=counted.n,
            data_until=until,
            warnings=tuple(binder.warnings),
        ),
    )


def count_funnel(con: Warehouse, question: FunnelQuestion, scope: Scope, binder: Binder, within: bool = False) -> Counted:
    """One row per unit that counts, the faster way of those that can.  binder: takes the warnings."""
    index = open_index(con)
    if index is not None:
        from journey.funnels.by_index import counted_by_index

        found = counted_by_index(con, index, question, scope, binder, within)
        if found is not None:
            return found
    return counted_by_sql(con, question, scope, binder, within)


def counted_by_sql(con: Warehouse, question: FunnelQuestion, scope: Scope, binder: Binder, within: bool = False) -> Counted:
    """One row per unit that counts, by the definition.

    within: the funnel runs within each value of the breakdown's property, and a unit has a row for each.
    """
    own = Binder(con)
    terms = read_terms(own, question, scope, within=within)
    rows = ask_sql(con, tell_counted(terms).ending("select * from answer"), own.params)
    for warning in own.warnings:
        binder.warn(warning)
    return counted_from(rows, len(terms.steps), question.breakdown is not None, bool(terms.value))


def funnel_customers(con: Warehouse, question: FunnelQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark: {"reached": k} or {"dropped_after": k}, with an optional "group" of the breakdown.

    Ids of what the funnel counts: customers; with count_by session "id, session 3"; with a property its values.
    dropped_after k: step k is the deepest they reached, so without optional steps count[k] - count[k + 1].
    Raises: QuestionError: another mark, a step that is not there, a group without a breakdown.
    """
    reached, step = _read_mark(question, mark)
    group = mark.get("group")
    asked = replace(question, times=False, trend=None, value=None)
    counted = count_funnel(con, asked, scope, Binder(con), within=_within(question) and group is not None)
    behind = counted.done[step] if reached else counted.deepest == step
    if group is not None and counted.groups is not None:
        places = [place for place, label in enumerate(counted.labels) if label == str(group)]
        behind = behind & (counted.groups == (places[0] if places else len(counted.labels)))
    return People(_ids(con, question, pl.Series("unit", counted.units).filter(pl.Series(behind))))


def _read_mark(question: FunnelQuestion, mark: Mapping[str, Any]) -> tuple[bool, int]:
    refuse_unknown(mark, ("reached", "dropped_after", "group"), "the customers of a funnel")
    if ("reached" in mark) == ("dropped_after" in mark):
        raise QuestionError('Name the customers by one of {"reached": k} and {"dropped_after": k}.')
    reached = "reached" in mark
    step, last = mark["reached" if reached else "dropped_after"], len(question.steps) - (1 if reached else 2)
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= last:
        raise QuestionError(f"{'reached' if reached else 'dropped_after'} is {step!r}; it can be a step from 0 to {last}.")
    if mark.get("group") is not None and question.breakdown is None:
        raise QuestionError(f"The group {mark['group']!r} is asked for, but the funnel has no breakdown.")
    return reached, step


def _ids(con: Warehouse, question: FunnelQuestion, units: pl.Series) -> tuple[str, ...]:
    """The units as they are shown, in order."""
    if question.count_by not in ("customer", "session"):
        return tuple(sorted(str(unit) for unit in units))
    apart = SESSIONS_APART if question.count_by == "session" else 1
    with registered(con, "journey_units", pl.DataFrame({"customer": units // apart, "session": units % apart})):
        rows = ask_sql(con, "select c.id, u.session from journey_units u join customers c on c.customer = u.customer")
    if apart == 1:
        return tuple(rows["id"].sort().to_list())
    return tuple(sorted(f"{id}, session {session}" for id, session in rows.iter_rows()))


def _within(question: FunnelQuestion) -> bool:
    return question.breakdown is not None and question.breakdown.attribution == "all_events"


def _counts_sql(terms: Terms, story: Story) -> str:
    """The defining query: one row per group with the count of every step."""
    counts = ",\n    ".join(f"count(t_{step}) as step_{step}" for step in range(len(terms.steps)))
    if terms.question.breakdown is None or _within(terms.question):
        return story.ending(f"select\n    {counts}\nfrom answer")
    return story.ending(f"select\n    label,\n    {counts}\nfrom answer\ngroup by label\norder by step_0 desc, label")
