"""What holds for every log: states against sets counted in Python, and counts against their lists."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest import load_events
from journey.lifecycle import STATES, lifecycle_customers, measure_lifecycle, measure_stickiness, read_lifecycle, read_stickiness
from journey.scope import Scope, period_start, to_datetime
from tests.lent import empty_warehouse

ZONES = ("UTC", "America/Los_Angeles", "Australia/Lord_Howe")
SPRING, HOUR = 1772841600000, 3_600_000

events = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.sampled_from("ab"), st.integers(0, 24 * 30).map(lambda hour: SPRING + hour * HOUR)),
    min_size=1,
    max_size=24,
)


@settings(max_examples=6, deadline=None)
@given(events, st.sampled_from([None, "a"]), st.sampled_from(["day", "week", "month"]), st.sampled_from(ZONES), st.integers(0, 20 * 24))
def test_states_are_what_sets_say(log: list, event: str | None, period: str, zone: str, since: int) -> None:
    con = empty_warehouse()
    load_events(con, pl.DataFrame([{"customer": c, "event": e, "ts": to_datetime(ts)} for c, e, ts in log]))
    scope, question = Scope(SPRING + since * HOUR, None, zone), read_lifecycle({"event": event, "period": period, "week_start": "sunday"})

    def bucket(ms: int) -> int:
        return period_start(ms, period, zone, "sunday")

    def active(start: int) -> set[str]:
        return {c for c, e, ts in log if event in (None, e) and bucket(ts) == start}

    born = {c: bucket(min(ts for who, _, ts in log if who == c)) for c, _, _ in log}
    for now in measure_lifecycle(con, question, scope).periods:
        present, before = active(now.start), active(bucket(now.start - 1))
        new = {c for c in present if born[c] == now.start}
        told = {"new": new, "returning": present & before, "resurrected": present - before - new, "dormant": before - present}
        assert {state: getattr(now, state) for state in STATES} == {state: len(people) for state, people in told.items()}
        for state, people in told.items():
            assert lifecycle_customers(con, question, scope, {"period": now.start, "state": state}).ids == tuple(sorted(people))
        assert now.active == len(present) and now.new + now.resurrected - now.dormant == len(present) - len(before)


@settings(max_examples=6, deadline=None)
@given(events, st.sampled_from(["day", "week"]), st.sampled_from(ZONES))
def test_stickiness_adds_up_to_every_active_customer(log: list, period: str, zone: str) -> None:
    con = empty_warehouse()
    load_events(con, pl.DataFrame([{"customer": c, "event": e, "ts": to_datetime(ts)} for c, e, ts in log]))
    sticky = measure_stickiness(con, read_stickiness({"period": period}), Scope(timezone=zone))
    places = {(c, period_start(ts, period, zone)) for c, _, ts in log}
    assert sum(row.customers for row in sticky.rows) == len({c for c, _, _ in log}) == sticky.evidence.population
    assert sum(row.active_days * row.customers for row in sticky.rows) == len(places)
