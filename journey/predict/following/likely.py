"""Telling what comes next, and who is behind it.  The answer is counted anew each time: asking teaches nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.predict.following.counted import Array, Counted, Looks, count_events, events_here, read_looks, settled_until
from journey.predict.following.definition import COUNTS, looks_story, matched_story, steps_story
from journey.predict.following.looks import DAY, horizon_of
from journey.predict.following.question import Followed, NextQuestion
from journey.predict.following.result import Likely, Next
from journey.predict.following.symbols import Symbols, read_symbols
from journey.rules import Binder
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

LEAST = 1  # times


def measure_next(con: Warehouse, question: NextQuestion, scope: Scope) -> Next:
    """What is likely to come next after a history, each with its probability and interval.

    The scope selects the moments after which something came next, by their time; what came may lie after its stop.
    """
    binder = Binder(con)
    symbols = read_symbols(binder, question.followed)
    after = symbols.known_end(binder, question.after, question.followed.order, question.followed.of)
    counted, here = _counted(binder, question.followed, symbols, after, scope)
    return _told(binder, question, symbols, counted, len(here), scope)


def measure_next_stages(con: Warehouse, question: NextQuestion, scope: Scope) -> tuple[Next, ...]:
    """The same after each stage, in the order in which the rules are tried, from one reading of the looks."""
    binder = Binder(con)
    symbols = read_symbols(binder, question.followed)
    looks = read_looks(binder, question.followed, symbols, 1, scope)
    told = []
    for place, name in enumerate(symbols.names):
        asked = NextQuestion(question.followed, (name,), question.top)
        told.append(_told(binder, asked, symbols, looks.counted([place], scope.start), len(looks.here([place])), scope))
    return tuple(told)


def next_customers(con: Warehouse, question: NextQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """{"then": name}: for whom it came next.  {"now": true}: who is there now, to whom the answer applies."""
    refuse_unknown(mark, ("then", "now"), "a mark of what comes next")
    if len(mark) != 1 or ("now" in mark and mark["now"] is not True):
        raise QuestionError(f'{dict(mark)} is no mark of what comes next. Name one of {{"then": name}}, {{"now": true}}.')
    binder = Binder(con)
    symbols = read_symbols(binder, question.followed)
    after = symbols.known_end(binder, question.after, question.followed.order, question.followed.of)
    counted, here = _counted(binder, question.followed, symbols, after, scope)
    if "now" in mark:
        return ids_of(con, here)
    number = next((place for place in range(symbols.places) if symbols.label(place) == mark["then"]), -1)
    return ids_of(con, counted.people.filter(pl.col("next") == number)["customer"].to_numpy())


def _counted(binder: Binder, followed: Followed, symbols: Symbols, after: Sequence[int], scope: Scope) -> tuple[Counted, Array]:
    """-> (what came next, who is there now)."""
    if followed.of == "event":
        counted = count_events(binder, followed, symbols, after, scope)
        return counted, events_here(binder, followed, symbols, after, scope) if counted.here is None else counted.here
    looks: Looks = read_looks(binder, followed, symbols, max(1, len(after)), scope)
    return looks.counted(after, scope.start), looks.here(after)


def ids_of(con: Warehouse, customers: Array) -> People:
    rows = ask_sql(con, "select id from customers where list_contains($chosen, customer) order by id", {"chosen": customers.tolist()})
    return People(tuple(rows["id"].to_list()))


def _told(binder: Binder, question: NextQuestion, symbols: Symbols, counted: Counted, now: int, scope: Scope) -> Next:
    after = tuple(symbols.label(number) for number in reversed(counted.after))
    lacking = None if counted.times else _lacking(binder, question.followed)
    remarks = list(binder.warnings)
    if 0 < counted.backed < len(counted.after):
        backing = " then ".join(after[len(after) - counted.backed :])
        remarks.append(f"{' then '.join(map(repr, after))} was never seen in a row: what follows {backing} is told.")
    return Next(
        question,
        after,
        counted.backed,
        counted.times,
        now,
        () if lacking else _likely(symbols, counted, question.top),
        lacking,
        _evidence(binder, question, symbols, counted, scope, remarks),
    )


def _likely(symbols: Symbols, counted: Counted, top: int) -> tuple[Likely, ...]:
    """The likeliest of what was ever seen next; of equal ones that which was seen more often, then by name."""
    chances, seen = counted.chances, counted.orders[counted.backed]
    possible = np.flatnonzero(counted.orders.sum(axis=0))
    ranked = sorted(possible.tolist(), key=lambda number: (-chances[number], -seen[number], symbols.label(number)))[:top]
    people, visits = counted.people, counted.people.group_by("customer").agg(pl.col("times").sum().alias("visits")).sort("customer")
    told = []
    for number in ranked:
        own = people.filter(pl.col("next") == number)
        came = visits.join(own, on="customer", how="left", maintain_order="left").select("visits", pl.col("times").fill_null(0))
        observations = worth(came["visits"].to_numpy(), came["times"].to_numpy())
        customers = int((came["times"] > 0).sum())
        told.append(Likely(symbols.label(number), float(chances[number]), int(seen[number]), customers, observations))
    return tuple(told)


def worth(visits: Array, hits: Array) -> float:
    """How many independent observations a share of clustered ones is worth: their number over the design effect.

    visits, hits: (customers,).  The effect is the variance of the ratio by the delta method over customers, over that of
    as many independent observations; never under 1.  Where nobody or everybody did it, customers cannot be told apart:
    then it is as if each always did the same.
    Source: Kish 1965, "Survey Sampling", 8.2; Wilson with it: Franco et al. 2019, J. Surv. Stat. Methodol. 7, 334.
    """
    n, total, customers = float(visits.sum()), float(hits.sum()), len(visits)
    if n == 0:
        return 0.0
    alike = n * n / float((visits.astype(float) ** 2).sum())
    if total in (0.0, n) or customers < 2:
        return alike
    share = total / n
    spread = float(((hits - share * visits) ** 2).sum()) * customers / (customers - 1) / (n * n)
    return n / max(1.0, spread / (share * (1 - share) / n))


def _lacking(binder: Binder, followed: Followed) -> str:
    if data_until(binder.con) is None:
        return "No events are loaded."
    if followed.of == "event":
        return "Nothing in this period and segment was followed by anything yet: not enough data, 1 event that is over is needed."
    days = horizon_of(binder.con, followed) / DAY
    return f"Not enough data yet: two looks at the stages {days:g} days apart are needed within the period."


def _evidence(binder: Binder, question: NextQuestion, symbols: Symbols, counted: Counted, scope: Scope, remarks: Sequence[str]) -> Evidence:
    asked, followed, after = Binder(binder.con), question.followed, list(counted.after)
    if followed.of == "event":
        story = steps_story(asked, followed, symbols, max(1, len(after)), opens=bool(after) and after[0] == symbols.start)
        story = matched_story(asked, story, after, scope, settled_until(binder, followed))
    else:
        story = matched_story(asked, looks_story(asked, followed, symbols, max(1, len(after)), scope), after, scope, None)
    customers = counted.people["customer"].n_unique()
    definition = defined(binder, followed, scope) + (
        " A probability leans on shorter histories the less often the whole one was seen (Witten-Bell). Intervals are 95% Wilson, "
        "by as many observations as the history is worth, since one customer's resemble each other."
    )
    return Evidence(definition, story + COUNTS, asked.params, customers, data_until(binder.con), tuple(dict.fromkeys(remarks)))


def defined(binder: Binder, followed: Followed, scope: Scope) -> str:
    """What follows what, in words."""
    back = f"up to {followed.order} back" if followed.order else "none before it looked at"
    if followed.of == "stage":
        days = horizon_of(binder.con, followed) / DAY
        return f"The stage at a look and the one {days:g} days later, by the rules in force, {back}; times in {scope.timezone}."
    repeats = "; repeats in a row are one" if followed.collapse_repeats is True else ""
    if isinstance(followed.collapse_repeats, tuple) and followed.collapse_repeats:
        repeats = f"; repeats in a row of {', '.join(followed.collapse_repeats)} are one"
    history = f"customer's history, which ends at a silence of over {followed.silence / DAY:g} days"
    within = "session" if followed.unit == "session" else history
    return (
        f"An event and the next in the same {within}, {back}{repeats}. (end): none followed. In the order of time and, at the same "
        f"moment, of loading; what was not over at the end of the data is left out; times in {scope.timezone}."
    )
