"""Who is behind a mark of the stages: a bar, a hatching, a move, a kind of move, a group, a time to go on."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from journey.answers import People
from journey.errors import QuestionError
from journey.rules import Binder
from journey.rules.staged import StageRule, stages_in_force
from journey.rules.stages_at import staged
from journey.scope import Scope, refuse_unknown
from journey.stages.flow import KINDS, shifted
from journey.stages.groups import group_of
from journey.stages.moments import bounded, over_period
from journey.stages.pace import reached, window_of
from journey.stages.question import StagesQuestion
from journey.warehouse import Warehouse, ask_sql

PACES = ("entered", "went_on", "skipped")
MARKS = (
    '{"stage": name}, {"reached": name}, {"stopped": name}, {"lost": name}, {"from": name, "to": name}, {"kind": kind}, '
    '{"pace": "entered", "stage": name}'
)


def stage_customers(con: Warehouse, question: StagesQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark.

    {"stage": name}: in it now.  {"reached": name}: came as far.  {"stopped": name}: and no further; {"lost": name}: and
    are set apart now.  Each of them with a "group" of the question's breakdown.
    {"from": name | null, "to": name}: moved so since the scope's start.
    {"kind": kind}, with "from" and "to" or without: made such a move from look to look.
    {"pace": "entered" | "went_on" | "skipped", "stage": name}: came to the stage in the period and stood there; went on
    within the window; came past without it.
    """
    refuse_unknown(mark, ("stage", "reached", "stopped", "lost", "from", "to", "kind", "pace", "group"), "a mark of stages")
    rules = question.rules or stages_in_force(con)
    moment, start, scope = bounded(con, question, scope)
    if "pace" in mark:
        chosen = _paced(con, rules, start, moment, scope, mark)
    elif "kind" in mark:
        looks = over_period(start, moment, scope.timezone)
        chosen = _shifted(rules, shifted(rules, staged(Binder(con), rules, looks, scope), looks), mark)
    else:
        chosen = _standing(con, question, staged(Binder(con), rules, [start, moment], scope), start, moment, mark)
    ids = ask_sql(con, "select id from customers where list_contains($chosen, customer) order by id", {"chosen": chosen.to_list()})
    return People(tuple(ids["id"].to_list()))


def moved(rows: pl.DataFrame, start: int, moment: int) -> pl.DataFrame:
    """customer, source (place at the period's start, null for those not known then), stage (place now)."""
    began = rows.filter(pl.col("moment") == start).select("customer", pl.col("stage").alias("source"))
    return rows.filter(pl.col("moment") == moment).select("customer", "stage").join(began, on="customer", how="left")


def _standing(con: Warehouse, question: StagesQuestion, rows: pl.DataFrame, start: int, moment: int, mark: Mapping[str, Any]) -> pl.Series:
    rules, rest = question.rules or stages_in_force(con), dict(mark)
    names = [rule.name for rule in rules]
    if "to" in mark or "from" in mark:
        refuse_unknown(mark, ("from", "to"), "a mark of a move")
        was = pl.col("source").eq_missing(pl.lit(_place(names, mark.get("from")), pl.Int32))
        return moved(rows, start, moment).filter(was & (pl.col("stage") == _place(names, mark.get("to"))))["customer"]
    now = rows.filter(pl.col("moment") == moment)
    if "group" in rest:
        if question.breakdown is None:
            raise QuestionError('A mark has a "group" where the question has a "breakdown"; this one has none.')
        values = group_of(Binder(con), question.breakdown, moment).filter(pl.col("value") == str(rest.pop("group")))
        now = now.join(values, on="customer")
    return now.filter(_behind(rules, rest))["customer"]


def _shifted(rules: Sequence[StageRule], moves: pl.DataFrame, mark: Mapping[str, Any]) -> pl.Series:
    refuse_unknown(mark, ("kind", "from", "to"), "a mark of a kind of move")
    if mark["kind"] not in KINDS:
        raise QuestionError(f"The kind of a move is {mark['kind']!r}; it can be {', '.join(KINDS)}.")
    chosen, names = moves.filter(pl.col("kind") == mark["kind"]), [rule.name for rule in rules]
    for key, column in (("from", "source"), ("to", "stage")):
        if mark.get(key) is not None:
            chosen = chosen.filter(pl.col(column) == _place(names, mark[key]))
    return chosen["customer"].unique()


def _paced(con: Warehouse, rules: Sequence[StageRule], start: int, moment: int, scope: Scope, mark: Mapping[str, Any]) -> pl.Series:
    refuse_unknown(mark, ("pace", "stage"), "a mark of a pace")
    if mark["pace"] not in PACES:
        raise QuestionError(f"A pace is of those who {', '.join(PACES)}; it was given {mark['pace']!r}.")
    place = _place([rule.name for rule in rules], mark.get("stage"))
    dates, steps, _ = reached(Binder(con), rules, moment, scope)
    if place not in steps:
        raise QuestionError(f"When customers came to the stage {mark.get('stage')!r} is not told. Ask for one of the journey.")
    k, window = steps.index(place), window_of(start, moment)
    came = pl.col(f"at_{k}")
    if mark["pace"] == "skipped":
        own = pl.col(f"own_{k}")
        return dates.filter((came >= start) & (came < moment) & (own.is_null() | (own > came)))["customer"] if k else dates["customer"][:0]
    if k == len(steps) - 1:
        return dates["customer"][:0]
    stood = dates.filter((came >= start) & (came < moment - window)).with_columns((pl.col(f"at_{k + 1}") - came).alias("wait"))
    stood = stood.filter(pl.col("wait").is_null() | (pl.col("wait") > 0))
    return (stood.filter(pl.col("wait") < window) if mark["pace"] == "went_on" else stood)["customer"]


def _place(names: Sequence[str], name: Any) -> int | None:
    if name is not None and name not in names:
        raise QuestionError(f"No stage is named {name!r}. Known are: {', '.join(map(repr, names))}.")
    return None if name is None else names.index(name)


def _behind(rules: Sequence[StageRule], mark: Mapping[str, Any]) -> pl.Expr:
    """The condition on a customer's row now that a mark stands for."""
    if len(mark) != 1:
        raise QuestionError(f"A mark of stages is one of {MARKS}.")
    ((kind, name),) = mark.items()
    place = _place([rule.name for rule in rules], name)
    if kind == "stage":
        return pl.col("stage") == place
    steps = {at: rule.step for at, rule in enumerate(rules) if rule.step is not None}
    if place is None or place not in steps:
        raise QuestionError(f"The stage {name!r} has no step in the journey, so nobody reaches it. Ask for those in it.")
    if kind == "reached":
        return pl.col("furthest").is_in([at for at, step in steps.items() if step >= steps[place]])
    if kind == "stopped":
        return pl.col("furthest") == place
    return (pl.col("furthest") == place) & ~pl.col("stage").is_in(list(steps))
