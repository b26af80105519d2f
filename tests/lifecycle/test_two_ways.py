"""The index and the definition in SQL give the same lifecycle and stickiness, to the last customer."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.index import forget_index, use_index
from journey.ingest import load_events
from journey.lifecycle import (
    STATES,
    Lifecycle,
    Stickiness,
    lifecycle_customers,
    measure_lifecycle,
    measure_stickiness,
    read_lifecycle,
    read_stickiness,
    stickiness_customers,
)
from journey.scope import Scope, to_datetime
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse
from tests.retention.test_two_ways import STEPS, logs

SPRING, HOUR = 1772841600000, 3_600_000  # 7 March 2026, UTC: the night after, clocks change in Los Angeles
events = logs(90, [None, "x", "y"])
scopes = st.builds(
    lambda zone, start, length, segment: Scope(start, None if start is None else start + length * HOUR, zone, segment),
    st.sampled_from(["UTC", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.none() | st.integers(-100, 1500).map(lambda hours: SPRING + hours * HOUR),
    st.integers(1, 1900),
    st.sampled_from([None, None, {"customers": ["p", "r"]}, {"customers": ["nobody"]}]),
)
questions = st.fixed_dictionaries(
    {
        "event": st.sampled_from(STEPS),
        "period": st.sampled_from(["day", "week", "month"]),
        "week_start": st.sampled_from(["monday", "sunday"]),
    }
)


@pytest.fixture(autouse=True)
def sql_afterwards() -> Any:
    yield
    use_index(False)


def told(con: Warehouse, question: dict[str, Any], scope: Scope, by_index: bool) -> list[Any]:
    """Both whole answers, and who is behind their marks."""
    forget_index(con)
    use_index(by_index)
    cycle, sticky = read_lifecycle(question), read_stickiness(question)
    states, days = measure_lifecycle(con, cycle, scope), measure_stickiness(con, sticky, scope)
    some = states.periods[:: max(1, len(states.periods) // 3)]
    behind = [lifecycle_customers(con, cycle, scope, {"period": one.start, "state": state}) for one in some for state in STATES]
    on_days = [stickiness_customers(con, sticky, scope, {"active_days": n, "or_more": more}) for n, more in ((1, False), (2, True))]
    return [states, days, behind, on_days]


def agree(con: Warehouse, question: dict[str, Any], scope: Scope) -> tuple[Lifecycle, Stickiness]:
    by_sql, by_index = (told(con, question, scope, by_index) for by_index in (False, True))
    assert con.shared.get("index")
    assert by_index == by_sql
    return by_index[0], by_index[1]


@settings(max_examples=6, deadline=None)
@given(events, questions, scopes)
def test_both_ways_tell_the_same(log: list, question: dict, scope: Scope) -> None:
    with empty_warehouse() as con:
        rows = [{"customer": customer, "event": event, "ts": to_datetime(ts), "device": device} for customer, event, ts, device in log]
        load_events(con, pl.DataFrame(rows, schema_overrides={"device": pl.String}))
        agree(con, question, scope)


def test_more_periods_than_one_word_holds() -> None:
    with drawn(*(f"c{n} 2026-03-02 a +{n}d b +63d a +1d b +{60 + n}d a" for n in range(1, 7))) as con:
        states, days = agree(con, {"period": "day"}, Scope())
        assert len(states.periods) > 128 and sum(period.returning for period in states.periods[65:]) == 6
        assert days.rows[-1].active_days == 5


def test_one_customer_outside_the_segment_is_not_counted() -> None:
    with drawn("ann a +1d a") as con:
        assert agree(con, {"period": "day"}, Scope(segment={"customers": ["bob"]}))[1].rows == ()


def test_shares_of_a_large_log_add_up() -> None:
    rng = np.random.default_rng(5)
    n = 60_000
    frame = pl.DataFrame(
        {
            "customer": rng.integers(0, 9_000, n).astype(str),
            "event": rng.choice(["a", "b"], n, p=[0.1, 0.9]),
            "ts": pl.Series(SPRING + rng.integers(0, 80 * 24, n) * HOUR).cast(pl.Datetime("ms", "UTC")),
        }
    )
    with empty_warehouse() as con:
        load_events(con, frame)
        for question in ({"period": "week", "event": "a"}, {"period": "day"}):
            assert agree(con, question, Scope())[1].evidence.population > 3_000
