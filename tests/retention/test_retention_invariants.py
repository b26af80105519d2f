"""What holds for every log: both ways of counting agree, and every count is the length of its list."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest import load_events
from journey.retention import measure_retention, read_retention, retention_customers
from journey.scope import Scope, to_datetime
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse
from tests.retention.oracle import came_back

ZONES = ("UTC", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Monrovia")
SPRING, HOUR = 1772841600000, 3_600_000  # 7 March 2026, UTC: the night after, clocks change in Los Angeles

events = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.sampled_from("ab"), st.integers(0, 24 * 40 * 2).map(lambda half: SPRING + half * HOUR // 2)),
    min_size=1,
    max_size=24,
)
questions = st.fixed_dictionaries(
    {
        "target": st.sampled_from([None, "a"]),
        "returning": st.sampled_from([None, "a", "b"]),
        "first": st.sampled_from(["ever", "recurring"]),
        "period": st.sampled_from(["day", "week", "month"]),
        "mode": st.sampled_from(["on", "on_or_after", "brackets"]),
        "clock": st.sampled_from(["calendar", "rolling"]),
        "week_start": st.sampled_from(["monday", "sunday"]),
        "minimum_occurrences": st.integers(1, 2),
        "periods": st.integers(0, 6),
    }
)
scopes = st.builds(
    lambda zone, start, length: Scope(start, None if start is None else start + length * HOUR, zone),
    st.sampled_from(ZONES),
    st.none() | st.integers(-100, 900).map(lambda hours: SPRING + hours * HOUR),
    st.integers(1, 900),
)


def loaded(log: list[tuple[str, str, int]]) -> Warehouse:
    con = empty_warehouse()
    rows = [{"customer": customer, "event": event, "ts": to_datetime(ts)} for customer, event, ts in log]
    load_events(con, pl.DataFrame(rows))
    return con


def asked(question: dict[str, Any]) -> dict[str, Any]:
    return question | ({"brackets": [[1, 2], [2, 4]]} if question["mode"] == "brackets" else {})


@settings(max_examples=6, deadline=None)
@given(events, questions, scopes)
def test_sql_and_the_slow_way_agree(log: list, question: dict, scope: Scope) -> None:
    con, question = loaded(log), asked(question)
    retention = measure_retention(con, read_retention(question), scope)
    for cohort in retention.cohorts:
        joined = to_datetime(cohort.start, scope.zone).replace(tzinfo=None)
        for place, returned in enumerate(cohort.returned):
            members, counted = came_back(log, question, scope.timezone, joined, place)
            assert (cohort.size, returned) == (len(members), len(counted)), (joined, place)


@settings(max_examples=6, deadline=None)
@given(events, questions, scopes, st.data())
def test_a_count_is_the_length_of_its_list_and_of_the_rest(log: list, question: dict, scope: Scope, data: st.DataObject) -> None:
    con, read = loaded(log), read_retention(asked(question))
    retention = measure_retention(con, read, scope)
    cohort = data.draw(st.sampled_from(retention.cohorts))
    place = data.draw(st.integers(0, len(cohort.returned) - 1))
    mark = {"cohort": cohort.start, "period": place}
    back = retention_customers(con, read, scope, mark)
    away = retention_customers(con, read, scope, mark | {"came_back": False})
    assert back.count == cohort.returned[place]
    assert back.count + away.count == cohort.size and not set(back.ids) & set(away.ids)


@settings(max_examples=6, deadline=None)
@given(events, questions, scopes)
def test_later_is_never_more_and_never_less_than_exactly_then(log: list, question: dict, scope: Scope) -> None:
    con = loaded(log)
    later = measure_retention(con, read_retention(question | {"mode": "on_or_after"}), scope)
    then = measure_retention(con, read_retention(question | {"mode": "on"}), scope)
    for cohort, exact in zip(later.cohorts, then.cohorts, strict=True):
        assert list(cohort.returned) == sorted(cohort.returned, reverse=True)
        assert cohort.returned[0] == cohort.size
        assert all(a >= b for a, b in zip(cohort.returned, exact.returned, strict=True))


@settings(max_examples=6, deadline=None)
@given(events, scopes)
def test_first_ever_cohorts_are_disjoint_and_the_mean_lies_in_its_interval(log: list, scope: Scope) -> None:
    con = loaded(log)
    retention = measure_retention(con, read_retention({"period": "day", "mode": "on"}), scope)
    assert retention.table.size == retention.evidence.population <= len({customer for customer, _, _ in log})
    for mean, interval in zip(retention.mean[1:], retention.intervals[1:], strict=True):
        assert (mean is None) == (interval is None)
        assert interval is None or interval[0] <= mean <= interval[1]


@settings(max_examples=6, deadline=None)
@given(events, questions.map(lambda question: question | {"clock": "calendar", "mode": "on"}), scopes)
def test_a_calendar_cell_is_complete_once_the_data_reach_its_end(log: list, question: dict, scope: Scope) -> None:
    retention = measure_retention(loaded(log), read_retention(question), scope)
    stop = max(ts for _, _, ts in log) + 1
    for i, cohort in enumerate(retention.cohorts):
        assert cohort.complete == tuple(retention.cohorts[i + k].stop <= stop for k in range(len(cohort.returned)))
        assert len(cohort.returned) == min(question["periods"], len(retention.cohorts) - 1 - i) + 1
