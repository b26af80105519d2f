"""What separates those who convert from those who do not: what they did before, on the way, and what they are.

Unit: a first entry of the scope whose window has closed (journey.funnels.entrants).  Nothing that came after the
moment at which two groups are told apart may decide who is in which:

    before the entry     did it in the 30 days before the first step; the outcome comes after it
    on the way           did it within the first minutes after it, among those who had not converted by then, and
                         the outcome is whether they convert later: a landmark.  Counted over the whole way, those who
                         convert late, or never, would have had more time to do anything at all (immortal time)
    property             of the event that entered, or of the customer

Known limit: it is association.  Who does a thing differs from who does not in more than that thing.
Source of the landmark: Anderson, Cain, Gelber 1983, "Analysis of survival by tumor response", J. Clin. Oncol. 1, 710.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.funnels.driver_question import DriversQuestion
from journey.funnels.driver_result import Driver, Drivers
from journey.funnels.driver_story import BEFORE, CUSTOMER, ENTRY, ON_THE_WAY, tell_drivers, tell_holds
from journey.funnels.words import define_funnel, told_window
from journey.inference.differences import adjusted, p_of_shares
from journey.rules import Binder
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

WHENS = (BEFORE, ON_THE_WAY, ENTRY, CUSTOMER)


def measure_drivers(con: Warehouse, question: DriversQuestion, scope: Scope) -> Drivers:
    """Every event and property that enough entrants have and lack, with the conversion of both sides."""
    binder = Binder(con)
    sql = tell_drivers(binder, question, scope)
    rows = ask_sql(con, sql, binder.params)
    totals = _Totals(rows)
    labels = [Binder(con).match(step).label for step in question.of.steps]
    drivers = _adjusted(_compared(rows, totals, question.minimum))
    ranked = sorted(drivers, key=lambda d: (not d.told_apart, -abs(d.difference), d.when, d.name, d.value or ""))
    evidence = Evidence(
        _define(question, scope, totals.landmark, labels),
        sql,
        dict(binder.params),
        totals.all[0],
        data_until(con),
        _warned(question, binder),
    )
    told = sum(driver.told_apart for driver in drivers)
    return Drivers(
        tuple(ranked[: question.most]), len(drivers), told, *totals.all, totals.of(ON_THE_WAY), totals.landmark, totals.open, evidence
    )


@dataclass
class _Totals:
    """n and conversions of all, and of those still waiting at the landmark; the landmark; and how many are not judged yet."""

    rows: pl.DataFrame
    all: tuple[int, int] = field(init=False)
    landmark: int | None = field(init=False)
    open: int = field(init=False)

    def __post_init__(self) -> None:
        self.open = int(self.rows.filter(pl.col("part") == "open")["n"].item())
        self.all = self.of("all")
        self.landmark = int(found[0]) if (found := self.rows.filter(pl.col("part") == "landmark")["n"].drop_nulls().to_list()) else None

    def of(self, when: str) -> tuple[int, int]:
        part = {ON_THE_WAY: "waiting"}.get(when, "all")
        n, converted = self.rows.filter(pl.col("part") == part).select("n", "converted").row(0)
        return int(n), int(converted)

    def known(self) -> dict[str, tuple[int, int]]:
        """Per property of customers: how many have any value of it, and how many of these convert."""
        rows = self.rows.filter(pl.col("part") == "known").select("name", "n", "converted")
        return {name: (int(n), int(converted)) for name, n, converted in rows.iter_rows()}


def _compared(rows: pl.DataFrame, totals: _Totals, minimum: int) -> list[Driver]:
    """Which sides are large enough is decided by their size alone, blind to who converted."""
    found: list[Driver] = []
    known = totals.known()
    for when in WHENS:
        told = rows.filter(pl.col("part") == when).sort("name", "n", "value").select("name", "value", "n", "converted")
        for name, value, m, k in told.iter_rows():
            n, converted = known[name] if when == CUSTOMER else totals.of(when)
            if min(m, n - m) >= minimum:
                found.append(Driver(when, name, value, m, k, n - m, converted - k, None))
    return [driver for driver in found if not _mirrored(driver, found)]


def _mirrored(driver: Driver, found: list[Driver]) -> bool:
    """Of the two values of a property the rarer says it all; the other is the same comparison turned round."""
    same = [d for d in found if (d.when, d.name) == (driver.when, driver.name) and d.value is not None]
    return len(same) == 2 and same[0].n_with == same[1].n_without and driver is same[1]


def _adjusted(drivers: list[Driver]) -> list[Driver]:
    ps = [p_of_shares(d.converted_with, d.n_with, d.converted_without, d.n_without) for d in drivers]
    return [replace(driver, q=q) for driver, q in zip(drivers, adjusted(ps), strict=True)]


def drivers_customers(con: Warehouse, question: DriversQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a side: {"event", "when", "with"} or {"property", "of", "value", "with"}; "converted" narrows it.

    when: before (the default) or on_the_way.  of: entry (the default) or customer.  with: true (the default) or false.
    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("event", "when", "property", "of", "value", "with", "converted"), "the customers of drivers")
    if ("event" in mark) == ("property" in mark):
        raise QuestionError('Name the customers by {"event": name, "with": true} or {"property": name, "value": text, "with": true}.')
    when = mark.get("when", BEFORE) if "event" in mark else mark.get("of", ENTRY)
    known = (BEFORE, ON_THE_WAY) if "event" in mark else (ENTRY, CUSTOMER)
    sides = [mark.get("with", True), mark.get("converted")]
    if when not in known or any(side not in (True, False, None) for side in sides) or sides[0] is None:
        raise QuestionError(f'"{"when" if "event" in mark else "of"}" can be {" or ".join(known)}, "with" and "converted" true or false.')
    binder = Binder(con)
    sql = tell_holds(binder, question, scope, when, mark.get("event", mark.get("property")), mark.get("value"), sides[0], sides[1])
    return People(tuple(ask_sql(con, sql, binder.params)["id"].to_list()))


def _warned(question: DriversQuestion, binder: Binder) -> tuple[str, ...]:
    told = list(binder.warnings)
    if question.of.count_by == "session":
        told.append("Sessions of one customer are not independent: intervals and q are too sure of themselves.")
    if question.of.window is None:
        told.append("Without a window early entrants are followed for longer than late ones. Set one to follow all equally long.")
    return tuple(told)


def _define(question: DriversQuestion, scope: Scope, landmark: int | None, labels: Sequence[str]) -> str:
    of = question.of
    back = "at any time" if question.before is None else f"in the {told_window(question.before)}"
    parts = [
        "Compares the share that converts of entrants with and without an event or a property.",
        "Each is judged by the first entry of the scope, so that the moment does not depend on how it went"
        + ("" if of.window is None else ", and only where its window has closed, so that all are followed equally long")
        + "; the funnel itself counts the deepest of all attempts.",
        f"Before the entry: done {back} before it, and blind to all that comes after.",
    ]
    if landmark is not None:
        parts.append(
            f"On the way: done within {told_window(landmark)} after it, among those who had not converted by then, and the share "
            "is of those who convert later: counted over the whole way, those who take longer would have had more time to do it."
        )
    parts += [
        "Properties are those of the event that entered, and of the customer as they are known now; who lacks a customer's property is "
        "left out of its comparison, since often it is known only of those who went far. Numbers are cut at their median.",
        f"The steps' own events are left out, and sides of fewer than {question.minimum}. Newcombe 95% intervals; q by Benjamini-Hochberg.",
        "This is association, not cause: only an experiment can tell what would change if more did it.",
        "The funnel: " + define_funnel(of, scope, labels),
    ]
    return " ".join(parts)
