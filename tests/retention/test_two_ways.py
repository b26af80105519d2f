"""The index and the definition in SQL give the same retention, to the last digit and the last customer."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.index import forget_index, use_index
from journey.ingest import load_events
from journey.retention import Retention, measure_retention, read_retention
from journey.retention.answer import find_marks
from journey.retention.bound import bind_question
from journey.scope import Scope, to_datetime
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse
from tests.retention.test_retention_invariants import HOUR, SPRING, scopes

STEPS = [None, "a", "b", "z", {"event": "a"}, {"event": "a", "where": {"device": "x"}}, {"any_of": ["a", {"event": "b"}]}]


def logs(days: int, devices: list[str | None]) -> Any:
    """Few customers and few moments, so that many events fall on the same one, and on the bounds of periods."""
    hours = st.sampled_from([0, 7, 8, 24, 31, 32, 33])
    moments = st.builds(lambda hour, day: SPRING + (24 * day + hour) * HOUR, hours, st.integers(0, days))
    return st.lists(st.tuples(st.sampled_from("pqrs"), st.sampled_from("ab"), moments, st.sampled_from(devices)), min_size=1, max_size=30)


events = logs(40, [None, "x", "y", ""])
questions = st.fixed_dictionaries(
    {
        "target": st.sampled_from(STEPS),
        "returning": st.sampled_from(STEPS),
        "first": st.sampled_from(["ever", "recurring"]),
        "period": st.sampled_from(["day", "week", "month"]),
        "mode": st.sampled_from(["on", "on_or_after", "brackets"]),
        "clock": st.sampled_from(["calendar", "rolling"]),
        "week_start": st.sampled_from(["monday", "sunday"]),
        "minimum_occurrences": st.integers(1, 3),
        "periods": st.sampled_from([0, 1, 3, 12, 100]),
        "breakdown": st.sampled_from([None, "device", "nothing"]),
    }
)
segments = st.sampled_from([None, None, {"customers": ["p", "r"]}, {"customers": ["nobody"]}])


@pytest.fixture(autouse=True)
def sql_first() -> Any:
    yield
    use_index(False)


def loaded(log: list[tuple[str, str, int, str | None]]) -> Warehouse:
    con = empty_warehouse()
    rows = [{"customer": customer, "event": event, "ts": to_datetime(ts), "device": device} for customer, event, ts, device in log]
    load_events(con, pl.DataFrame(rows, schema_overrides={"device": pl.String}))
    return con


def told(con: Warehouse, question: dict[str, Any], scope: Scope, by_index: bool) -> tuple[Retention, list[list[str]]]:
    """The whole answer, and who is behind each of its cells and who is not."""
    forget_index(con)
    use_index(by_index)
    read = read_retention(question)
    answer, bound = measure_retention(con, read, scope), bind_question(con, read, scope)
    assert bound is not None
    marks = find_marks(con, read, scope, bound)
    assert type(marks).__name__ == ("ByIndex" if by_index else "BySql")
    cells = [([i], k, group) for group, i, k in _some_cells(answer)] + [([*range(len(answer.cohorts))], 0, None)]
    return answer, [marks.behind(*cell, came_back) for cell in cells for came_back in (True, False)]


def _some_cells(answer: Retention) -> list[tuple[str | None, int, int]]:
    tables = [(None, answer.table), *answer.breakdown.items()]
    cells = [
        (group, i, k)
        for group, table in tables
        for i, cohort in enumerate(table.cohorts)
        if cohort.size
        for k in range(len(cohort.returned))
    ]
    return cells[:: max(1, len(cells) // 6)]


def agree(con: Warehouse, question: dict[str, Any], scope: Scope) -> Retention:
    by_sql, by_index = (told(con, question, scope, by_index) for by_index in (False, True))
    assert by_index == by_sql
    return by_index[0]


@settings(max_examples=6, deadline=None)
@given(events, questions, scopes, segments)
def test_both_ways_tell_the_same(log: list, question: dict, scope: Scope, segment: Any) -> None:
    brackets = {"brackets": [[1, 2], [2, 4], [9, 70]]} if question["mode"] == "brackets" else {}
    with loaded(log) as con:
        agree(con, question | brackets, Scope(scope.start, scope.stop, scope.timezone, segment))


def test_more_periods_than_one_word_holds() -> None:
    lines = [f"c{n} 2026-03-02 a +{n}d b +{n + 63}d b +1d a" for n in range(1, 7)]
    with drawn(*lines) as con:
        for mode in ("on", "on_or_after"):
            question = {"period": "day", "periods": 200, "mode": mode, "target": "a", "returning": "b", "first": "recurring"}
            answer = agree(con, question, Scope())
            assert len(answer.cohorts) > 64
            assert sum(cohort.returned[65] for cohort in answer.cohorts if len(cohort.returned) > 65) > 0


def test_many_values_are_told_as_one_and_counted_for_everyone() -> None:
    lines = [f"c{n} 2026-03-02 a{{device=d{n:03}}} +1d a" for n in range(130)]
    with drawn(*lines) as con:
        answer = agree(con, {"period": "day", "breakdown": "device", "first": "recurring"}, Scope())
        assert len(answer.breakdown) == 100 and answer.cohorts[0].size == 130 and answer.evidence.warnings


def test_one_customer_outside_the_segment_is_not_counted() -> None:
    with drawn("ann a +1d a") as con:
        assert agree(con, {"period": "day"}, Scope(segment={"customers": ["bob"]})).table.size == 0


def test_shares_of_a_large_log_add_up() -> None:
    rng = np.random.default_rng(5)
    n = 60_000
    frame = pl.DataFrame(
        {
            "customer": rng.integers(0, 900, n).astype(str),
            "event": rng.choice(["a", "b"], n, p=[0.1, 0.9]),
            "ts": pl.Series(SPRING + rng.integers(0, 80 * 24, n) * HOUR).cast(pl.Datetime("ms", "UTC")),
            "device": rng.choice(["x", "y", "z"], n),
        }
    )
    with empty_warehouse() as con:
        load_events(con, frame)
        for question in ({"mode": "on"}, {"clock": "rolling", "target": "a"}, {"first": "recurring", "target": "a", "breakdown": "device"}):
            assert agree(con, {"period": "week", **question}, Scope()).table.size >= 800
