"""Counts, times and groups from the rows that the story ends with: one per unit."""

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.funnels.chosen import tell_counted
from journey.funnels.question import FunnelQuestion
from journey.funnels.result import Curve, Entered, Funnel, FunnelStep, StepTime
from journey.funnels.story import SESSIONS_APART, Story, Terms, read_terms
from journey.funnels.words import define_funnel, unit_word
from journey.rules import Binder
from journey.scope import Scope, period_bounds, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

POINTS = 120


def measure_funnel(con: Warehouse, question: FunnelQuestion, scope: Scope) -> Funnel:
    """How many units reached each step, by the meaning of the question.

    An event or property that the log never held counts nobody and is named in the warnings.  An empty log answers zeros.
    """
    binder = Binder(con)
    terms = read_terms(binder, question, scope)
    story = tell_counted(terms)
    rows = ask_sql(con, story.ending("select * from answer"), binder.params)
    groups = rows if not _within(question) else _rows_within(con, question, scope, binder)
    until = data_until(con)
    steps = _steps(terms, rows)
    return Funnel(
        order=question.order,
        steps=steps,
        groups=_groups(terms, groups) if question.breakdown else {},
        still_open=_still_open(terms, rows, until),
        trend=_trend(terms, rows, scope, until),
        curve=_curve(terms, rows) if question.times else None,
        unit=unit_word(question.count_by),
        window=question.window,
        evidence=Evidence(
            definition=define_funnel(question, scope, terms.labels),
            sql=_counts_sql(terms, story),
            params=dict(binder.params),
            population=rows.height,
            data_until=until,
            warnings=tuple(binder.warnings),
        ),
    )


def funnel_customers(con: Warehouse, question: FunnelQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark: {"reached": k} or {"dropped_after": k}, with an optional "group" of the breakdown.

    Ids of what the funnel counts: customers; with count_by session "id, session 3"; with a property its values.
    dropped_after k: step k is the deepest they reached, so without optional steps count[k] - count[k + 1].
    Raises: QuestionError: another mark, a step that is not there, a group without a breakdown.
    """
    reached, step = _read_mark(question, mark)
    binder = Binder(con)
    terms = read_terms(binder, question, scope, within=_within(question) and "group" in mark)
    story = tell_counted(terms)
    where = f"a.t_{step} is not null" if reached else f"a.deepest = {step}"
    if mark.get("group") is not None:
        where += f" and a.label = {binder.bind(str(mark['group']), 'group')}"
    rows = ask_sql(con, story.ending(f"{_ids(question)}\nwhere {where}\norder by id"), binder.params)
    return People(tuple(rows["id"].to_list()))


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


def _ids(question: FunnelQuestion) -> str:
    if question.count_by == "customer":
        return "select c.id as id from answer a join customers c on c.customer = a.unit"
    if question.count_by == "session":
        return (
            f"select concat(c.id, ', session ', a.unit % {SESSIONS_APART}) as id\n"
            f"from answer a join customers c on c.customer = a.unit // {SESSIONS_APART}"
        )
    return "select a.unit as id from answer a"


def _within(question: FunnelQuestion) -> bool:
    return question.breakdown is not None and question.breakdown.attribution == "all_events"


def _rows_within(con: Warehouse, question: FunnelQuestion, scope: Scope, binder: Binder) -> pl.DataFrame:
    inner = Binder(con)
    story = tell_counted(read_terms(inner, question, scope, within=True))
    for warning in inner.warnings:
        binder.warn(warning)
    return ask_sql(con, story.ending("select * from answer"), inner.params)


def _counts_sql(terms: Terms, story: Story) -> str:
    """The defining query: one row per group with the count of every step."""
    counts = ",\n    ".join(f"count(t_{step}) as step_{step}" for step in range(len(terms.steps)))
    if terms.question.breakdown is None or _within(terms.question):
        return story.ending(f"select\n    {counts}\nfrom answer")
    return story.ending(f"select\n    label,\n    {counts}\nfrom answer\ngroup by label\norder by step_0 desc, label")


def _groups(terms: Terms, rows: pl.DataFrame) -> dict[str, tuple[FunnelStep, ...]]:
    parts = rows.filter(pl.col("label").is_not_null()).partition_by("label", as_dict=True)
    ordered = sorted(parts.items(), key=lambda part: (-part[1].height, part[0]))
    return {str(key[0]): _steps(terms, part) for key, part in ordered}


def _steps(terms: Terms, rows: pl.DataFrame) -> tuple[FunnelStep, ...]:
    counts = [rows[f"t_{step}"].count() for step in range(len(terms.steps))]
    left = [int((rows["deepest"] == step).sum()) for step in range(len(terms.steps))]
    optional = terms.question.optional
    before = [None] + [max(k for k in range(step) if k not in optional) for step in range(1, len(terms.steps))]
    return tuple(
        FunnelStep(
            event=terms.labels[step],
            title=f"{step + 1} of {len(terms.steps)} steps" if terms.question.order == "unordered" else terms.labels[step],
            count=counts[step],
            left=left[step] if step < terms.last else 0,
            first=counts[0],
            previous=None if (previous := before[step]) is None else counts[previous],
            time=_time(rows, step) if terms.question.times and step else None,
            value=float(rows[f"v_{step}"].sum()) if terms.value else None,
        )
        for step in range(len(terms.steps))
    )


def _time(rows: pl.DataFrame, step: int) -> StepTime | None:
    """From the step that the unit did before this one; None where nobody did both."""
    before = pl.coalesce([f"t_{k}" for k in range(step - 1, -1, -1)])
    seconds = rows.select(s=(pl.col(f"t_{step}") - before) / 1000)["s"].drop_nulls()
    if seconds.is_empty():
        return None
    return StepTime(
        median=_number(seconds.median()),
        average=_number(seconds.mean()),
        quartiles=(_number(seconds.quantile(0.25, "linear")), _number(seconds.quantile(0.75, "linear"))),
        bins=_bins(seconds),
    )


def _number(value: Any) -> float:
    return float(value)


def _bins(seconds: pl.Series) -> tuple[tuple[float, float, int], ...]:
    """Half-open bins from the shortest time on, as many as the cube root of n, each a whole number of seconds wide.

    The longest time opens a bin of its own where it falls on an edge.
    """
    low, high = _number(seconds.min()), _number(seconds.max())
    wide = max(1, math.ceil((high - low) / min(60, math.ceil(len(seconds) ** (1 / 3) - 1e-9))))
    counts = dict(((seconds - low) // wide).cast(pl.Int64).value_counts().iter_rows())
    return tuple((low + wide * at, low + wide * (at + 1), counts.get(at, 0)) for at in range(max(counts) + 1))


def _still_open(terms: Terms, rows: pl.DataFrame, until: int | None) -> int:
    """Without a limit no window ever closes, so all who have not converted count."""
    short_of_last = pl.col("deepest") < terms.last
    window = terms.question.window
    if window is not None:
        short_of_last &= pl.col("last_start") + window > (until or 0)
    return int(rows.select(short_of_last.sum()).item())


def _curve(terms: Terms, rows: pl.DataFrame) -> Curve | None:
    if not terms.last:
        return None
    seconds = rows.select(s=(pl.col(f"t_{terms.last}") - pl.col("t_0")) / 1000)["s"].drop_nulls().sort()
    if seconds.is_empty():
        return None
    n = len(seconds)
    ranks: Iterable[int] = range(n) if n <= POINTS else (round(at * (n - 1) / (POINTS - 1)) for at in range(POINTS))
    points = tuple((_number(seconds[rank]), (rank + 1) / n) for rank in ranks)
    return Curve(n, points, _number(seconds.median()), _number(seconds.quantile(0.9, "linear")))


def _trend(terms: Terms, rows: pl.DataFrame, scope: Scope, until: int | None) -> tuple[Entered, ...]:
    """One entry per period of entry dates, from the scope's start (or the first entry) to its stop (or the last)."""
    question = terms.question
    if question.trend is None or until is None or (rows.is_empty() and (scope.start is None or scope.stop is None)):
        return ()
    start = scope.start if scope.start is not None else _whole(rows["t_0"].min())
    stop = scope.stop if scope.stop is not None else _whole(rows["t_0"].max()) + 1
    bounds = period_bounds(start, min(stop, max(until, start) + 1), question.trend, scope.timezone)
    entered, converted = (_per_period(rows.filter(part), bounds) for part in (pl.lit(True), pl.col(f"t_{terms.last}").is_not_null()))
    return tuple(
        Entered(low, high, entered[at], converted[at], complete=high + (question.window or 0) <= until + 1)
        for at, (low, high) in enumerate(pairwise(bounds))
    )


def _whole(value: Any) -> int:
    return int(value)


def _per_period(rows: pl.DataFrame, bounds: list[int]) -> list[int]:
    places = pl.Series("bounds", bounds[1:-1], dtype=pl.Int64).search_sorted(rows["t_0"], side="right") if rows.height else pl.Series([])
    counts = dict(places.cast(pl.Int64).value_counts().iter_rows()) if rows.height else {}
    return [counts.get(at, 0) for at in range(len(bounds) - 1)]
