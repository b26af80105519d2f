"""Events stand in order, and sessions are cut where the silence is longer than half an hour, or as the data says."""

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest import load_events
from journey.timeline import cut_sessions, in_order
from journey.warehouse import ask_sql
from tests.drawn import drawn
from tests.lent import empty_warehouse

MINUTE = 60_000


def test_a_gap_of_exactly_thirty_minutes_stays_in_the_session() -> None:
    con = drawn("ann 09:00 a 09:30 b 10:00:01 c", "bob 09:00 a 08:00 b")
    rows = ask_sql(con, "select customer, session from events order by customer, ts, seq").rows()
    assert rows == [(0, 1), (0, 1), (0, 2), (1, 1), (1, 2)]


def test_the_gap_can_be_mapped_and_stays_for_later_loads() -> None:
    con = drawn("ann 09:00 a 09:45 b", mapping={"gap": "1h"})
    assert ask_sql(con, "select max(session) as n from events")["n"][0] == 1
    load_events(con, pl.DataFrame({"customer": ["ann"], "event": ["c"], "ts": ["2026-03-02 10:40"]}))
    assert ask_sql(con, "select max(session) as n from events")["n"][0] == 1


def test_mapped_sessions_are_kept_and_numbered_by_their_first_event() -> None:
    frame = pl.DataFrame(
        {
            "customer": ["ann"] * 5 + ["bob"],
            "event": list("abcdef"),
            "session": ["late", "early", "late", "early", None, "late"],
            "ts": [f"2024-01-01 {hour:02d}:00" for hour in (9, 8, 10, 11, 12, 8)],
        }
    )
    con = empty_warehouse()
    load_events(con, frame[:3])
    load_events(con, frame[3:])
    rows = ask_sql(con, "select n.name, e.session from events e join event_names n on n.event = e.event order by n.name").rows()
    assert rows == [("a", 2), ("b", 1), ("c", 2), ("d", 1), ("e", 3), ("f", 1)]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200)), min_size=1, max_size=40))
def test_the_order_and_the_sessions_are_those_of_plain_python(rows: list[tuple[int, int]]) -> None:
    came_as, minutes = np.array([row[0] for row in rows], dtype=np.int32), np.array([row[1] for row in rows])
    frame = pl.DataFrame(
        {
            "came_as": came_as,
            "ts": minutes * MINUTE,
            "seq": np.arange(len(rows)),
            "session_key": pl.Series([None] * len(rows), dtype=pl.UInt64),
        }
    )
    ordered = in_order(frame.clone(), np.arange(4, dtype=np.int32))
    expected, session, last = [], 0, (-1, 0)
    for place in sorted(range(len(rows)), key=lambda at: (*rows[at], at)):
        customer, minute = rows[place]
        session = 1 if customer != last[0] else session + (minute - last[1] > 30)
        last = (customer, minute)
        expected.append((customer, minute * MINUTE, place, session))
    assert ordered.select("customer", "ts", "seq", "session").rows() == expected


def test_sessions_of_nothing_are_none() -> None:
    assert len(cut_sessions(np.array([], dtype=np.int32), np.array([], dtype=np.int64))) == 0


@pytest.mark.skipif("JOURNEY_DATA" not in os.environ, reason="JOURNEY_DATA is unset")
def test_the_shop_keeps_the_sessions_it_names() -> None:
    con = empty_warehouse()
    load_events(con, Path(os.environ["JOURNEY_DATA"]) / "retentioneering_ecom" / "ecom.csv.gz")
    sessions = ask_sql(con, "select count(*) as n from (select distinct customer, session from events)")["n"][0]
    assert sessions == 3605
