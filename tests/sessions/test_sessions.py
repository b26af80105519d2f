"""Where a session ends, and what it is made of."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from journey.answers import iso
from journey.ask import ask
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.scope import Scope, read_scope, to_ms
from journey.sessions import Sessions, measure_sessions, read_sessions, sessions_customers
from tests.drawn import drawn
from tests.lent import empty_warehouse

LOG = ("ann 09:00 a 09:30 b 10:00:01 c", "bob 09:10 a")


def asked(scope: Scope | None = None, **q: Any) -> Sessions:
    return measure_sessions(drawn(*LOG), read_sessions(q), scope or Scope())


def told(sessions: Sessions) -> list[tuple[str, int, int]]:
    return [(row["customer"], row["session"], row["events"]) for row in sessions.rows.iter_rows(named=True)]


def test_a_pause_of_just_the_gap_is_within() -> None:
    assert told(asked()) == [("ann", 1, 2), ("ann", 2, 1), ("bob", 1, 1)]


def test_a_pause_of_just_the_gap_splits_where_asked() -> None:
    assert told(asked(at_gap="splits")) == [("ann", 1, 1), ("ann", 2, 1), ("ann", 3, 1), ("bob", 1, 1)]


def test_without_a_limit_a_customer_has_one_session() -> None:
    assert told(asked(gap=None)) == [("ann", 1, 3), ("bob", 1, 1)]


def test_the_scope_selects_sessions_by_their_start_and_keeps_their_numbers() -> None:
    assert told(asked(read_scope({"start": "2026-03-02T09:10"}))) == [("ann", 2, 1), ("bob", 1, 1)]


def test_a_session_lasts_from_its_first_event_to_its_last() -> None:
    answer = ask(drawn(*LOG), {"ask": "sessions", "gap": "30m"})["sessions"][0]
    expected = {"start": "2026-03-02T09:00:00Z", "stop": "2026-03-02T09:30:00Z", "events": 2, "duration_s": 1800.0}
    assert answer == {"customer": "ann", "session": 1, **expected}


def test_times_are_written_as_everywhere() -> None:
    con = drawn("ann 09:00:00.250 a 09:00:01 b")
    session = ask(con, {"ask": "sessions"})["sessions"][0]
    assert (session["start"], session["stop"]) == ("2026-03-02T09:00:00.250000Z", "2026-03-02T09:00:01Z")
    assert session["start"] == iso(to_ms(datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)))


def test_customers_behind_an_nth_session() -> None:
    con, question = drawn(*LOG), read_sessions({})
    assert sessions_customers(con, question, Scope(), {"session": 2}).ids == ("ann",)
    assert sessions_customers(con, question, Scope(), {}).ids == ("ann", "bob")


def test_an_empty_log_has_no_session() -> None:
    answer = measure_sessions(drawn(""), read_sessions({}), Scope())
    assert answer.count == 0 and answer.median_seconds is None


@pytest.mark.parametrize("question", [{"gap": "soon"}, {"at_gap": "cuts"}, {"pause": "5m"}])
def test_a_question_that_cannot_be_asked_is_refused(question: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        read_sessions(question)


FOLDER = os.environ.get("JOURNEY_CASES")
CASES = {case["id"]: case for case in json.loads(Path(FOLDER, "sessions.json").read_text())} if FOLDER else {}
LEFT_OUT = {
    "separator": "sessions are cut by pauses, or come with the data; no event separates them",
    "bounds": "sessions are cut by pauses, or come with the data; no event bounds them",
}


@pytest.mark.skipif(not FOLDER, reason="JOURNEY_CASES does not name the folder of worked cases")
@pytest.mark.parametrize("name", CASES)
def test_the_case_is_answered(name: str) -> None:
    case = CASES[name]
    if case["kind"] in LEFT_OUT:
        pytest.skip(LEFT_OUT[case["kind"]])
    events = [event for event in case["events"] if event["ts"]]  # a row without a time is quarantined before it is an event
    if not events:
        assert ask(empty_warehouse(), {"ask": "sessions"})["sessions"] == []
        return
    rows = [(str(event["user"]), event["event"], datetime.fromisoformat(event["ts"])) for event in events]
    con = empty_warehouse()
    log = pl.DataFrame(rows, schema={"customer": pl.String, "event": pl.String, "ts": pl.Datetime("ms", "UTC")}, orient="row")
    load_events(con, log, {name: name for name in log.columns})
    at_gap = "splits" if case.get("exactly_at_gap") == "splits" else "same"
    found = ask(con, {"ask": "sessions", "gap": case.get("gap_seconds", 1800), "at_gap": at_gap})["sessions"]
    if "session_of_event" in case["expected"]:
        numbers = [number for number in case["expected"]["session_of_event"] if number is not None]
        assert [session["session"] for session in found for _ in range(session["events"])] == numbers
    for customer, count in case["expected"].get("sessions", {}).items():
        assert sum(session["customer"] == customer for session in found) == count
    if case["kind"] == "summary":
        assert (len(found), found[0]["events"]) == (1, case["expected"]["events"])
        if "duration_seconds" in case["expected"]:
            assert found[0]["duration_s"] == case["expected"]["duration_seconds"]
