"""The stage at a moment of one's own is the stage that everybody's clock would have told at that moment."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest import load_customers, load_events
from journey.rules import Binder
from journey.rules.staged import read_stage_rules
from journey.rules.stages_at import staged_few
from journey.rules.stages_then import staged_then
from journey.scope import to_ms
from journey.warehouse import Warehouse, ask_sql
from tests.drawn import drawn
from tests.lent import empty_warehouse

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = 3_600_000, 86_400_000
STAGES = read_stage_rules(
    [
        {"name": "gone", "rule": {"did_not": {}, "since": "3d"}},
        {"name": "bought", "step": 3, "rule": {"did": "buy", "within": "2d"}},
        {"name": "often", "step": 2, "rule": {"distinct": "session", "value": 2}},
        {"name": "looked", "step": 1},
    ]
)


def occasions(con: Warehouse, pairs: list[tuple[str, int]]) -> pl.DataFrame:
    numbers = dict(ask_sql(con, "select id, customer from customers").iter_rows())
    rows = [(place, numbers[who], at) for place, (who, at) in enumerate(pairs)]
    return pl.DataFrame(rows, schema={"occasion": pl.Int32, "customer": pl.Int32, "at": pl.Int64}, orient="row")


def test_each_is_judged_by_what_they_did_before_their_own_moment() -> None:
    con = drawn("ann 09:00 visit +1d 09:00 buy", "bob 09:00 visit +1d 09:00 visit")
    start = to_ms(START)
    pairs = [
        ("ann", start + 10 * HOUR),
        ("ann", start + DAY + 10 * HOUR),
        ("ann", start + 5 * DAY),
        ("bob", start + 2 * DAY),
        ("bob", start),
    ]
    found = staged_then(Binder(con), STAGES, occasions(con, pairs))
    assert [STAGES[place].name for place in found["stage"]] == ["looked", "bought", "gone", "often"]
    assert found["occasion"].to_list() == [0, 1, 2, 3]  # nothing was known of bob at the start


def test_the_event_of_the_moment_itself_is_not_seen() -> None:
    con = drawn("ann 09:00 visit 10:00 buy")
    at = to_ms(START) + 10 * HOUR
    found = staged_then(Binder(con), STAGES, occasions(con, [("ann", at), ("ann", at + 1)]))
    assert [STAGES[place].name for place in found["stage"]] == ["looked", "bought"]


def test_dates_ahead_are_ahead_of_the_moment() -> None:
    con = drawn("ann 09:00 visit", "bob 09:00 visit +9d 09:00 visit")
    load_customers(con, pl.DataFrame({"customer": ["ann", "bob"], "due": [START + timedelta(days=10)] * 2}))
    stages = read_stage_rules([{"name": "due", "rule": {"date": "due", "in": "3d"}}, {"name": "not"}])
    start = to_ms(START)
    found = staged_then(Binder(con), stages, occasions(con, [("ann", start + DAY), ("bob", start + 8 * DAY)]))
    assert found["stage"].to_list() == [1, 0]


def test_nobody_is_an_empty_table() -> None:
    con = drawn("ann 09:00 visit")
    assert staged_then(Binder(con), STAGES, occasions(con, [])).height == 0


events = st.lists(
    st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 160), st.sampled_from(["visit", "buy"])), min_size=1, max_size=12
)


@settings(max_examples=5, deadline=None)
@given(events, st.lists(st.integers(1, 200), min_size=1, max_size=4, unique=True))
def test_it_agrees_with_asking_at_each_moment(rows: list[tuple[str, int, str]], hours: list[int]) -> None:
    with empty_warehouse() as con:
        frame = [{"customer": who, "ts": START + timedelta(hours=hour), "event": event} for who, hour, event in rows]
        load_events(con, pl.DataFrame(frame))
        moments = sorted(to_ms(START) + hour * HOUR for hour in hours)
        pairs = [(who, at) for who in sorted({who for who, _, _ in rows}) for at in moments]
        asked = occasions(con, pairs)
        found = asked.join(staged_then(Binder(con), STAGES, asked), on="occasion").select("customer", "at", "stage", "furthest")
        each = staged_few(Binder(con), STAGES, moments, asked["customer"].unique().to_list()).rename({"moment": "at"})
        assert found.sort("customer", "at").rows() == each.select("customer", "at", "stage", "furthest").sort("customer", "at").rows()
