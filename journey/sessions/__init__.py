"""When were customers here, for how long, and how much did they do?

Counted: sessions, from 1 per customer over the whole log.  Known limit: a session's length runs from its first event to
its last, so a visit of one event lasts 0 seconds however long the customer looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.rules import Binder, entries
from journey.scope import Scope, choose, read_duration, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

HALF_HOUR = 1_800_000

STORED = """with
-- the sessions of the log itself, or those cut at 30 minutes when it was loaded
numbered as (
    select customer, ts, session from events
),"""

CUT = """with
-- each event and the time of the one before it
followed as (
    select customer, ts, seq, lag(ts) over (partition by customer order by ts, seq) as before
    from events
),
-- a pause that is long enough begins a new session
numbered as (
    select customer, ts,
        1 + sum(case when ts - before {longer} {gap} then 1 else 0 end)
            over (partition by customer order by ts, seq rows unbounded preceding) as session
    from followed
),"""

FINISH = """
sessions as (
    select customer, session, min(ts) as ts, max(ts) as stop, count(*) as events
    from numbered
    group by customer, session
)
select c.id as customer, cast(s.session as bigint) as session, s.ts as start, s.stop, s.events
from sessions s
join customers c on c.customer = s.customer
where {entries}
order by c.customer, s.session"""


@dataclass(frozen=True)
class SessionsQuestion:
    """gap: ms of pause that may lie within a session, None for no limit.  at_gap: what a pause of just that length does."""

    gap: int | None = HALF_HOUR
    at_gap: str = "same"

    @property
    def as_stored(self) -> bool:
        """The convention under which the log was loaded: then a session column of the log holds as well."""
        return self == SessionsQuestion()


def read_sessions(plain: Mapping[str, Any]) -> SessionsQuestion:
    """Raises: QuestionError: an unknown key or option, a gap that is no duration."""
    refuse_unknown(plain, ("gap", "at_gap"), "a question about sessions")
    return SessionsQuestion(read_duration(plain.get("gap", "30m"), "gap"), choose(plain, "at_gap", ("same", "splits")))


@dataclass(frozen=True)
class Sessions:
    """rows: one per session: customer (id), session (from 1), start, stop (ms, of its first and last event), events."""

    question: SessionsQuestion
    rows: pl.DataFrame
    evidence: Evidence

    @property
    def count(self) -> int:
        return self.rows.height

    @property
    def median_seconds(self) -> float | None:
        """None where there is no session."""
        median = (self.rows["stop"] - self.rows["start"]).median()
        return None if median is None else float(median) / 1000.0  # type: ignore[arg-type]

    def as_plain(self) -> dict[str, Any]:
        sessions = self.rows.select(
            "customer", "session", _iso("start"), _iso("stop"), "events", duration_s=(pl.col("stop") - pl.col("start")) / 1000
        ).to_dicts()
        return {"sessions": sessions, **self.evidence.as_plain()}


def _iso(column: str) -> pl.Expr:
    """The times of a whole column as `journey.answers.iso` writes them one by one."""
    when, whole = pl.from_epoch(column, time_unit="ms"), pl.col(column) % 1000 == 0
    return pl.when(whole).then(when.dt.strftime("%Y-%m-%dT%H:%M:%SZ")).otherwise(when.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")).alias(column)


def measure_sessions(con: Warehouse, question: SessionsQuestion, scope: Scope) -> Sessions:
    """The sessions that begin in the scope, in the order of customers and time.  Numbers count from the log's first session."""
    binder = Binder(con)
    text = _define(binder, question, scope)
    rows = ask_sql(con, text, binder.params)
    population = rows["customer"].n_unique()
    evidence = Evidence(_definition(question, scope), text, binder.params, population, data_until(con), tuple(binder.warnings))
    return Sessions(question, rows, evidence)


def sessions_customers(con: Warehouse, question: SessionsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who had sessions in the scope: {} for any, {"session": n} for an n-th one.  Raises QuestionError for another mark."""
    if set(mark) - {"session"} or not isinstance(mark.get("session", 1), int):
        raise QuestionError(f'{dict(mark)} is no mark of sessions. Name {{"session": n}}, or {{}} for everyone who had one.')
    rows = measure_sessions(con, question, scope).rows
    found = rows.filter(pl.col("session") == mark["session"]) if "session" in mark else rows
    return People(tuple(sorted(found["customer"].unique().to_list())))


def _define(binder: Binder, question: SessionsQuestion, scope: Scope) -> str:
    numbered = STORED
    if not question.as_stored:
        longer = ">=" if question.at_gap == "splits" else ">"
        # Without a limit no pause is long enough: null makes every comparison fail.
        numbered = CUT.format(longer=longer, gap=binder.bind(question.gap, "gap"))
    return numbered + FINISH.format(entries=entries(binder, scope, "s"))


def _definition(question: SessionsQuestion, scope: Scope) -> str:
    if question.gap is None:
        cut = "All events of a customer are one session"
    elif question.as_stored:
        cut = "A new session begins after a pause of more than 30 minutes, or where the log itself says so"
    else:
        least = "at least" if question.at_gap == "splits" else "more than"
        cut = f"A new session begins after a pause of {least} {question.gap / 1000:g} seconds"
    return f"{cut}. Sessions are selected by the time of their first event, {scope.timezone}, and numbered from 1 over the whole log."
