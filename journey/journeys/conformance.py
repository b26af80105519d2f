"""Do customers go the way that was meant for them?  Who follows a journey, where the others leave it, who goes back."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.index import open_index
from journey.journeys.catalog import END, Journey
from journey.journeys.conformance_result import Conformance, Deviation, Loop, Rework
from journey.journeys.conformance_story import ENDED, counts_sql, rows_sql
from journey.journeys.measure import NOTHING, people_of, timing
from journey.journeys.question import ConformanceQuestion, named_journey
from journey.rules import Binder
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

MARKS = ("follows", "completed", "open", "after", "instead", "loop", "rework")


def measure_conformance(con: Warehouse, question: ConformanceQuestion, scope: Scope) -> Conformance:
    """The runs that follow the journey, the first departure of each that does not, and all returns and repetitions.

    Raises: QuestionError: no such journey; an event that serves two of its milestones.
    """
    journey, until = named_journey(con, question.journey), data_until(con)
    if journey is None or until is None:
        evidence = Evidence(_define(None, question, scope), NOTHING, data_until=until)
        return Conformance(None, 0, 0, 0, 0, None, (), (), (), evidence)
    rows, binder = _rows(con, journey, question, scope), Binder(con)
    verdicts, closed = _of(rows, "verdict"), _of(rows.filter(_closed(journey, until)), "verdict")
    follows = closed.filter(pl.col("source").is_null())
    evidence = Evidence(
        _define(journey, question, scope),
        counts_sql(binder, journey, scope, question.collapse_repeats),
        binder.params | {"data_until": until},
        verdicts.height,
        until,
        tuple(binder.warnings),
    )
    again = rows.filter(_closed(journey, until))
    return Conformance(
        journey=journey,
        paths=closed.height,
        follows=follows.height,
        completed=closed["stop_ts"].count(),
        open=verdicts.height - closed.height,
        total=timing(_seconds(follows)),
        deviations=_deviations(journey, closed),
        loops=_loops(journey, _of(again, "loop"), closed.height),
        rework=_rework(journey, _of(again, "rework"), closed.height),
        evidence=evidence,
    )


def conformance_customers(con: Warehouse, question: ConformanceQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark.

    {"follows": true}, {"completed": true}, {"open": true}; {"after": milestone, "instead": milestone | "(end)"}: whose
    first departure it is; {"loop": [from, to]}: who ever returned so; {"rework": milestone}: who ever did it again.
    Raises: QuestionError: another mark, or a milestone that the journey has not.
    """
    refuse_unknown(mark, MARKS, "a mark of conformance")
    journey, until = named_journey(con, question.journey), data_until(con)
    if journey is None or until is None:
        return People(())
    wanted = _behind(journey, mark)
    closed = ~_closed(journey, until) if "open" in mark else _closed(journey, until)
    rows = _rows(con, journey, question, scope).filter(closed & wanted)
    return people_of(con, rows["customer"].unique().to_list())


def _behind(journey: Journey, mark: Mapping[str, Any]) -> pl.Expr:
    what, source, target = pl.col("what"), pl.col("source"), pl.col("target")
    if "rework" in mark:
        return (what == "rework") & (source == _place(journey, mark["rework"]))
    if "loop" in mark:
        ends = mark["loop"]
        if not isinstance(ends, list | tuple) or len(ends) != 2:
            raise QuestionError(f'A loop is ["from", "to"], two milestones; it was given {ends!r}.')
        return (what == "loop") & (source == _place(journey, ends[0])) & (target == _place(journey, ends[1]))
    if "after" in mark:
        instead = ENDED if mark.get("instead") == END else _place(journey, mark.get("instead"))
        return (what == "verdict") & (source == _place(journey, mark["after"])) & (target == instead)
    if not {"follows", "completed", "open"} & set(mark):
        raise QuestionError(f"A mark of conformance is one of {', '.join(MARKS)}; it was given {dict(mark)}.")
    if "open" in mark:
        return what == "verdict"
    return (what == "verdict") & (source.is_null() if "follows" in mark else pl.col("stop_ts").is_not_null())


def _place(journey: Journey, name: Any) -> int:
    if name not in journey.names:
        known = ", ".join(map(repr, journey.names))
        raise QuestionError(f"The journey {journey.name!r} has no milestone {name!r}. It has {known}.")
    return journey.names.index(name)


def _closed(journey: Journey, until: int) -> pl.Expr:
    return pl.col("t_0") + journey.window <= until


def _rows(con: Warehouse, journey: Journey, question: ConformanceQuestion, scope: Scope) -> pl.DataFrame:
    if (index := open_index(con)) is not None:
        from journey.journeys.runs import rows_by_index  # its compiler is worth waiting for only where there is an index

        if (fast := rows_by_index(con, index, journey, scope, question.collapse_repeats)) is not None:
            return fast
    binder = Binder(con)
    rows = ask_sql(con, rows_sql(binder, journey, scope, question.collapse_repeats), binder.params)
    if (_of(rows, "verdict")["n"].max() or 0) > 1:  # type: ignore[operator]
        raise QuestionError(
            f"In the journey {journey.name!r} one event serves two milestones, so where a customer stands cannot be told. "
            "Give each milestone events of its own."
        )
    return rows


def _of(rows: pl.DataFrame, what: str) -> pl.DataFrame:
    return rows.filter(pl.col("what") == what)


def _seconds(rows: pl.DataFrame) -> list[float]:
    return rows.select(s=(pl.col("stop_ts") - pl.col("start_ts")) / 1000)["s"].drop_nulls().sort().to_list()


def _deviations(journey: Journey, closed: pl.DataFrame) -> tuple[Deviation, ...]:
    parts = closed.filter(pl.col("source").is_not_null()).partition_by("source", "target", as_dict=True)
    found = [
        Deviation(
            after=journey.names[int(after)],
            instead=END if instead == ENDED else journey.names[int(instead)],
            kind=_kind(int(after), int(instead)),
            count=part.height,
            of=closed.height,
            completed=part["stop_ts"].count(),
            total=timing(_seconds(part)),
        )
        for (after, instead), part in sorted(parts.items(), key=lambda item: (-item[1].height, item[0]))
    ]
    return tuple(found)


def _kind(after: int, instead: int) -> str:
    if instead == ENDED:
        return "ended"
    return "repeated" if instead == after else "skipped" if instead > after else "back"


def _loops(journey: Journey, rows: pl.DataFrame, of: int) -> tuple[Loop, ...]:
    parts = rows.partition_by("source", "target", as_dict=True)
    return tuple(
        Loop(
            source=journey.names[int(source)],
            target=journey.names[int(target)],
            count=part.height,
            customers=part["customer"].n_unique(),
            of=of,
            regained=part["stop_ts"].count(),
            cost=timing(_seconds(part)),
        )
        for (source, target), part in sorted(parts.items(), key=lambda item: (-item[1].height, item[0]))
    )


def _rework(journey: Journey, rows: pl.DataFrame, of: int) -> tuple[Rework, ...]:
    parts = rows.partition_by("source", as_dict=True)
    return tuple(
        Rework(
            milestone=journey.names[int(place)],
            count=int(part["n"].sum()),
            customers=part.height,
            of=of,
            cost=timing(_seconds(part)),
        )
        for (place,), part in sorted(parts.items())
    )


def _define(journey: Journey | None, question: ConformanceQuestion, scope: Scope) -> str:
    way = "" if journey is None else f" The journey is {', '.join(map(repr, journey.names))}."
    repeats = "the same milestone again and again counts as done once" if question.collapse_repeats else "doing a milestone again is one"
    return (
        f"One run per customer: from the first event of the first milestone in the scope to the last milestone, or to the end of the "
        f"journey's window.{way} A run follows the journey where its milestone events come in order to the last, without skipping, "
        f"repeating or going back; events that are no milestone are passed over, and events of the same time come in the order of the "
        f"milestones. A run that does not follow is counted once, under its first departure ({repeats}); one that ends without a departure "
        "ended after its last milestone. Loops and rework are all returns to an earlier milestone, and all repetitions. Runs whose window "
        f"reaches beyond the data's end are open and apart. Shares of all other runs, with Wilson 95% intervals. Times in {scope.timezone}."
    )
