"""Ask how long until, and who has done it or still waits."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.inference.differences import adjusted
from journey.predict.waiting.curve import kaplan_meier, log_rank
from journey.predict.waiting.definition import story
from journey.predict.waiting.question import WaitingQuestion
from journey.predict.waiting.result import By, Difference, Group, Waiting
from journey.rules import Binder, entries
from journey.scope import Scope, read_duration, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

MOST_GROUPS = 8
HOUR, DAY = 3_600, 86_400
USUAL = (60, HOUR, DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 180 * DAY, 365 * DAY, 730 * DAY)
MOST_USUAL = 4


def measure_waiting(con: Warehouse, question: WaitingQuestion, scope: Scope) -> Waiting:
    """The share that has done it by each time since the start; who has not by the data's end counts until then."""
    waits, evidence, labels = _waits(con, question, scope)
    waited, done, group = waits["waited"].to_numpy() / 1000, waits["done"].to_numpy(), waits["grp"].to_numpy()
    times = [ms / 1000 for ms in question.at] or _usual(waited)
    everyone = _group(waited, done, times)
    if question.breakdown is None:
        return Waiting(question, *labels, everyone, {}, None, (), evidence)
    sizes = waits.group_by("grp").len().sort(["len", "grp"], descending=[True, False])
    names = sizes["grp"].to_list()[:MOST_GROUPS]
    if sizes.height > MOST_GROUPS:
        evidence = _left_out(evidence, question, sizes.height - MOST_GROUPS)
    groups = {name: _group(waited[group == name], done[group == name], times) for name in names}
    shown = np.isin(group, names)
    found = log_rank(waited[shown], done[shown], group[shown].astype(str))
    overall = None if found is None else Difference(None, *found)
    return Waiting(question, *labels, everyone, groups, overall, _against_rest(waited, done, group, names), evidence)


def waiting_customers(con: Warehouse, question: WaitingQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """{"done": true}: who did it, "within" a duration where asked; {"done": false}: who has not yet; "group": of one value."""
    refuse_unknown(mark, ("done", "within", "group"), "customers of how long until")
    done, group = mark.get("done"), mark.get("group")
    within = read_duration(mark.get("within"), "within")
    if not isinstance(done, bool) or (within is not None and not done):
        raise QuestionError('Customers of how long until are named by {"done": true}, with "within" where asked, or by {"done": false}.')
    if group is not None and question.breakdown is None:
        raise QuestionError(f"There are no groups without a breakdown, so {group!r} is none. Leave it out, or ask by a property.")
    waits = _waits(con, question, scope)[0].filter(pl.col("done") == done)
    if within is not None:
        waits = waits.filter(pl.col("waited") <= within)
    if group is not None:
        waits = waits.filter(pl.col("grp") == str(group))
    return People(tuple(sorted(waits["id"].to_list())))


def _waits(con: Warehouse, question: WaitingQuestion, scope: Scope) -> tuple[pl.DataFrame, Evidence, tuple[str, str]]:
    binder = Binder(con)
    event = binder.match(question.event)
    start = None if question.start is None else binder.match(question.start)
    prop = None if question.breakdown is None else binder.property(question.breakdown)
    group = "''" if prop is None else prop.text()
    sql = story(None if start is None else start.sql, event.sql, entries(binder, scope), group)
    until = data_until(con)
    params = binder.params | {"data_until": until or 0}
    rows = ask_sql(con, sql, params)
    labels = event.label, "first event" if start is None else start.label
    evidence = Evidence(_define(question, scope, *labels), sql, params, rows.height, until, tuple(binder.warnings))
    return rows, evidence, labels


def _group(waited: np.ndarray, done: np.ndarray, times: list[float]) -> Group:
    curve = kaplan_meier(waited, done)
    by = []
    for seconds in times:
        n = int((done & (waited <= seconds)).sum())
        by.append(By(seconds, *curve.at(seconds), n, n / len(done) if len(done) else None))
    return Group(curve, tuple(by), float(np.median(waited[done])) if done.any() else None)


def _usual(waited: np.ndarray) -> list[float]:
    """Round times within what was seen."""
    longest = float(waited.max(initial=0.0))
    return [float(seconds) for seconds in USUAL if seconds <= longest][-MOST_USUAL:]


def _against_rest(waited: np.ndarray, done: np.ndarray, group: np.ndarray, names: list[str]) -> tuple[Difference, ...]:
    tests = [(name, log_rank(waited, done, (group == name).astype(int))) for name in names]
    known = [(name, test) for name, test in tests if test is not None]
    qs = adjusted([test[1] for _, test in known])
    return tuple(Difference(name, *test, q) for (name, test), q in zip(known, qs, strict=True))


def _left_out(evidence: Evidence, question: WaitingQuestion, n: int) -> Evidence:
    told = f"{n:,} further values of {question.breakdown} have fewer customers; they are in no group's curve, but among the others."
    return Evidence(
        evidence.definition, evidence.sql, evidence.params, evidence.population, evidence.data_until, (*evidence.warnings, told)
    )


def _define(question: WaitingQuestion, scope: Scope, event: str, start: str) -> str:
    begins = "first event ever, where that lies in the scope" if question.start is None else f"first {start} of the scope"
    by = (
        f" Groups are by {question.breakdown} where the wait begins; log-rank tests, q by Benjamini-Hochberg." if question.breakdown else ""
    )
    return (
        f"Customers from their {begins} to their next {event}, at the same moment at the soonest, which may follow the scope; who has not "
        "done it by the data's end counts as waiting until then and no longer (Kaplan-Meier). Intervals are log-log 95%; a median is the "
        f"time by which half have done it.{by} Times in {scope.timezone}."
    )
