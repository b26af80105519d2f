"""Measuring journeys: one query for all of them in the scope, one for the period before, then counting."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until, extent
from journey.errors import QuestionError
from journey.inference.medians import difference_of_medians, median_interval
from journey.journeys.catalog import Journey, journeys_in_force
from journey.journeys.question import PREVIOUS, JourneysQuestion, find_journey
from journey.journeys.result import Journeys, Passed, Timing, Told, Velocity
from journey.journeys.story import counts_sql, reached_sql
from journey.rules import Binder
from journey.scope import Scope, period_start, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

FEWEST_TIMES = 10  # completed journeys that a change of their median time needs on either side
NOTHING = "select 0 as journey, 0 as customers where false"


def measure_journeys(con: Warehouse, question: JourneysQuestion, scope: Scope) -> Journeys:
    """How many of those who began each journey completed it, in which time, where most were lost, and what changed.

    Customers whose window reaches beyond the last event are apart: neither completed nor lost.
    """
    journeys = journeys_in_force(con) if question.journeys is None else question.journeys
    until = data_until(con)
    if not journeys or until is None:
        return Journeys((), "there is no journey to compare", Evidence(_define(scope, 0.95), NOTHING, data_until=until))
    binder = Binder(con)
    rows = _rows(binder, journeys, scope)
    earlier, why_not = earlier_scope(con, question, scope)
    before = None if earlier is None else _rows(Binder(con), journeys, earlier)
    confidence = 1 - 0.05 / len(journeys)  # Bonferroni: one change in twenty looks at all journeys is chance, not one in each
    told = tuple(
        _told(journey, _of(rows, place), None if before is None else _of(before, place), until, confidence, why_not)
        for place, journey in enumerate(journeys)
    )
    counted = Binder(con)
    sql = counts_sql(counted, journeys, scope)
    population = rows["customer"].n_unique()
    evidence = Evidence(_define(scope, confidence), sql, counted.params | {"data_until": until}, population, until, tuple(binder.warnings))
    return Journeys(told, why_not, evidence)


def journeys_customers(con: Warehouse, question: JourneysQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark: {"journey": name, "reached": k}, {.., "dropped_after": k} or {.., "open": true}.

    Reached and dropped are of customers whose window has closed, as the counts are; k counts milestones from 0.
    Raises: QuestionError: another mark, a journey or a milestone that is not there.
    """
    refuse_unknown(mark, ("journey", "reached", "dropped_after", "open"), "a mark of journeys")
    kinds = [kind for kind in ("reached", "dropped_after", "open") if kind in mark]
    if len(kinds) != 1:
        raise QuestionError('Name the customers of a journey by one of {"reached": k}, {"dropped_after": k} and {"open": true}.')
    journeys = journeys_in_force(con) if question.journeys is None else question.journeys
    until = data_until(con)
    if not journeys or until is None:
        return People(())
    journey = find_journey(journeys, mark["journey"]) if "journey" in mark else journeys[0]
    behind = _behind(journey, kinds[0], mark[kinds[0]], until)
    rows = _rows(Binder(con), [journey], scope).filter(behind)
    return people_of(con, rows["customer"].to_list())


def people_of(con: Warehouse, customers: Sequence[int]) -> People:
    ids = ask_sql(con, "select id from customers where list_contains($chosen, customer) order by id", {"chosen": list(customers)})
    return People(tuple(ids["id"].to_list()))


def _behind(journey: Journey, kind: str, value: Any, until: int) -> pl.Expr:
    closed = pl.col("t_0") + journey.window <= until
    if kind == "open":
        return ~closed
    last = journey.last - (kind == "dropped_after")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= last:
        raise QuestionError(f"{kind} is {value!r}; it can be a milestone of {journey.name!r} from 0 to {last}.")
    here = closed & pl.col(f"t_{value}").is_not_null()
    return here if kind == "reached" else here & pl.col(f"t_{value + 1}").is_null()


def _rows(binder: Binder, journeys: Sequence[Journey], scope: Scope) -> pl.DataFrame:
    return ask_sql(binder.con, f"{reached_sql(binder, journeys, scope)}\nselect * from reached", binder.params)


def _of(rows: pl.DataFrame, place: int) -> pl.DataFrame:
    return rows.filter(pl.col("journey") == place)


def earlier_scope(con: Warehouse, question: JourneysQuestion, scope: Scope) -> tuple[Scope | None, str | None]:
    """-> (the scope to compare with, None) or (None, why there is none)."""
    held = extent(con)
    if question.compare is None or held is None:
        return None, "no period to compare with was chosen"
    if question.compare == PREVIOUS:
        if scope.start is None:
            return None, "the period holds the whole log, so there is none before it"
        stop = scope.stop if scope.stop is not None else held[1] + 1
        start, stop = scope.start - (stop - scope.start), scope.start
    else:
        start, stop = (int(time) for time in question.compare)
    if period_start(held[0], "day", scope.timezone) > start:
        return None, "the data do not hold the whole period before"
    return Scope(start, stop, scope.timezone, scope.segment), None


def _told(journey: Journey, rows: pl.DataFrame, before: pl.DataFrame | None, until: int, confidence: float, why_not: str | None) -> Told:
    closed = _closed(rows, journey, until)
    counts = [closed[f"t_{step}"].count() for step in range(len(journey.milestones))]
    milestones = tuple(
        Passed(
            name=name,
            count=counts[step],
            first=counts[0],
            previous=counts[step - 1] if step else None,
            left=counts[step] - counts[step + 1] if step < journey.last else 0,
            time=timing(_seconds(closed, step - 1, step)) if step else None,
        )
        for step, name in enumerate(journey.names)
    )
    earlier = None if before is None else _closed(before, journey, until)
    return Told(
        journey=journey,
        milestones=milestones,
        open=rows.height - closed.height,
        total=timing(_seconds(closed, 0, journey.last)),
        velocity=_velocity(journey, closed, earlier, confidence, why_not),
        before=None if earlier is None else (earlier[f"t_{journey.last}"].count(), earlier.height),
        confidence=confidence,
    )


def _closed(rows: pl.DataFrame, journey: Journey, until: int) -> pl.DataFrame:
    """Those whose window the data hold whole, whatever they did in it: else who is quick would be counted and who is slow not."""
    return rows.filter(pl.col("t_0") + journey.window <= until)


def _seconds(rows: pl.DataFrame, start: int, stop: int) -> list[float]:
    return rows.select(s=(pl.col(f"t_{stop}") - pl.col(f"t_{start}")) / 1000)["s"].drop_nulls().sort().to_list()


def timing(seconds: Sequence[float]) -> Timing | None:
    if not seconds:
        return None
    median = pl.Series(seconds).median()
    return Timing(len(seconds), float(median), median_interval(seconds))  # type: ignore[arg-type]


def _velocity(journey: Journey, now: pl.DataFrame, before: pl.DataFrame | None, confidence: float, why_not: str | None) -> Velocity:
    seconds = _seconds(now, 0, journey.last)
    if before is None:
        return Velocity(timing(seconds), None, None, None, why_not)
    earlier = _seconds(before, 0, journey.last)
    found = difference_of_medians(seconds, earlier, confidence)
    if found is None or min(len(seconds), len(earlier)) < FEWEST_TIMES:
        why = f"{len(seconds)} completed now and {len(earlier)} before; {FEWEST_TIMES} are needed in each"
        return Velocity(timing(seconds), timing(earlier), None, None, why)
    return Velocity(timing(seconds), timing(earlier), found[0], (found[1], found[2]), None)


def _define(scope: Scope, confidence: float) -> str:
    return (
        "A journey begins with a customer's first event of its first milestone in the scope; each customer is counted once. A milestone is "
        "reached by the first event for it at or after the milestone before, inside the journey's window, which is inclusive and runs from "
        "the first milestone; other events may come between, and events of the same time serve in the order of the milestones. "
        "Customers whose window reaches beyond the data's end are open: apart, and neither completed nor lost, however far they have come. "
        "Shares with Wilson 95% intervals. Times are medians of those who reached both milestones inside the window, with the 95% interval "
        "of order statistics; who never came, or came later, has no time. Changes against the period before, as large a span just before "
        "the scope unless another was chosen: Newcombe for completion, Price and Bonett for the difference of median times, "
        f"each at {confidence:.1%} so that those of all journeys hold together with 95%. Times in {scope.timezone}."
    )
