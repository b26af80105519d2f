"""A day's customers as a share of the month's, the quick ratio, and the long tail of stickiness."""

import statistics

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.inference import mean_interval, wilson
from journey.ingest import load_events
from journey.lifecycle import (
    LifecyclePeriod,
    measure_share,
    measure_stickiness,
    read_share,
    read_stickiness,
    share_customers,
    stickiness_customers,
)
from journey.scope import Scope, period_start, read_scope, to_datetime
from tests.drawn import drawn
from tests.lent import empty_warehouse


def test_the_share_is_the_days_customers_divided_by_the_weeks() -> None:
    """Ann on 7 of 7 days, bob on 1: 8 customers on 7 days, of 2; a mean of .571 with a standard deviation of 6 days."""
    con = drawn("ann" + " a +1d" * 7 + " 2026-03-09 z", "bob a")
    week = measure_share(con, read_share({"within": "week"}), Scope()).spans[0]
    assert (week.customers, week.active_days, week.days, week.per_day, week.share) == (2, 8, 7, 8 / 7, 8 / 14)
    low, high = mean_interval(4, statistics.stdev([7, 1]), 2) or (0, 0)
    assert week.interval == (max(0, low / 7), min(1, high / 7)) and week.complete


def test_a_month_that_the_data_hold_a_part_of_is_incomplete_and_divided_by_that() -> None:
    spans = measure_share(drawn("ann a +1d a +1d a", "bob a"), read_share({}), Scope()).spans
    assert [(span.days, span.customers, span.share, span.complete) for span in spans] == [(3, 2, 4 / 6, False)]


def test_months_that_the_data_do_not_reach_are_left_out() -> None:
    con = drawn("ann 2026-03-10 a")
    answer = measure_share(con, read_share({}), read_scope({"start": "2026-01-01", "stop": "2026-08-01"}))
    assert [to_datetime(span.start).month for span in answer.spans] == [3]
    assert measure_share(con, read_share({}), read_scope({"start": "2027-01-01", "stop": "2027-02-01"})).spans == ()


def test_one_customer_has_no_interval() -> None:
    assert measure_share(drawn("ann a"), read_share({}), Scope()).spans[0].interval is None


def test_the_customers_of_a_month_can_be_asked_for() -> None:
    con = drawn("ann a +40d a", "bob a")
    answer = ask(con, {"ask": "active_share", "customers": {"period": "2026-03-15"}})
    assert answer["customers"] == {"count": 2, "ids": ["ann", "bob"]} and answer["spans"][0]["customers"] == 2
    with pytest.raises(QuestionError, match="There is no period"):
        share_customers(con, read_share({}), Scope(), {"period": "2020-01-01"})


def test_an_empty_workspace_has_no_shares() -> None:
    assert measure_share(empty_warehouse(), read_share({}), Scope()).spans == ()


def test_the_quick_ratio_is_won_by_lost_with_the_odds_of_a_share() -> None:
    period = LifecyclePeriod(0, 1, new=30, returning=50, resurrected=10, dormant=20, complete=True, begun=True)
    low, high = wilson(40, 60) or (0, 0)
    assert period.quick_ratio == 2 and period.quick_interval == pytest.approx((low / (1 - low), high / (1 - high)))
    nobody_left = LifecyclePeriod(0, 1, new=3, returning=0, resurrected=0, dormant=0, complete=True, begun=True)
    assert nobody_left.quick_ratio is None and nobody_left.quick_interval is None


def test_the_mean_of_stickiness_has_the_interval_of_its_customers_days() -> None:
    sticky = measure_stickiness(drawn("ann a +1d a +1d a", "bob a", "cid a +1d a"), read_stickiness({}), Scope())
    assert sticky.interval == pytest.approx(mean_interval(2, statistics.stdev([3, 1, 2]), 3))
    assert [sticky.at_least(days) for days in (1, 2, 3, 4)] == [3, 2, 1, 0]


logs = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.integers(0, 24 * 70).map(lambda hour: 1772841600000 + hour * 3_600_000)),
    min_size=1,
    max_size=24,
)


@settings(max_examples=6, deadline=None)
@given(logs, st.sampled_from(["UTC", "America/Los_Angeles", "Australia/Lord_Howe"]), st.sampled_from(["month", "week"]))
def test_every_mark_counts_its_list_and_the_days_that_sets_count(log: list, zone: str, within: str) -> None:
    con = empty_warehouse()
    load_events(con, pl.DataFrame([{"customer": who, "event": "a", "ts": to_datetime(ts)} for who, ts in log]))
    question, scope = read_share({"within": within}), Scope(timezone=zone)
    for span in measure_share(con, question, scope).spans:
        inside = [(who, period_start(ts, "day", zone)) for who, ts in log if span.start <= ts < span.stop]
        assert (span.customers, span.active_days) == (len({who for who, _ in inside}), len(set(inside)))
        people = share_customers(con, question, scope, {"period": span.start})
        assert people.ids == tuple(sorted({who for who, _ in inside}))
        assert span.share is None or 0 < span.share <= 1
    sticky = measure_stickiness(con, read_stickiness({}), scope)
    for row in sticky.rows:
        mark = {"active_days": row.active_days}
        assert stickiness_customers(con, read_stickiness({}), scope, mark).count == row.customers
        more = stickiness_customers(con, read_stickiness({}), scope, mark | {"or_more": True})
        assert more.count == sticky.at_least(row.active_days)
