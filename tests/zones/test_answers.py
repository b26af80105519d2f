"""Questions cut by periods, against a slow count by the zone's own clocks, on logs near the changes of these."""

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.funnels import measure_funnel, read_funnel
from journey.ingest import load_events
from journey.lifecycle import STATES, measure_lifecycle, measure_stickiness, read_lifecycle, read_stickiness
from journey.metrics import measure_metric, read_metric
from journey.retention import measure_retention, read_retention
from journey.scope import Scope, to_datetime
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse
from tests.zones.clocks import PERIODS, first_day, logs, periods_between

Log = list[tuple[str, str, int]]
periods = st.sampled_from(PERIODS)
weeks = st.sampled_from(["monday", "sunday"])


def loaded(log: Log) -> Warehouse:
    con = empty_warehouse()
    load_events(con, pl.DataFrame([{"customer": who, "event": name, "ts": to_datetime(ts)} for who, name, ts in log]))
    return con


class Slow:
    """A log by customers and the periods that the zone's clocks put their events in."""

    def __init__(self, log: Log, period: str, zone: str, week: str = "monday") -> None:
        times = [ts for _, _, ts in log]
        self.log = log
        self.periods = periods_between(min(times), max(times), period, zone, week)
        self._name = lambda ts: first_day(ts, period, zone, week)

    def number(self, ts: int) -> int:
        return self.periods.index(self._name(ts))

    def active(self, number: int, event: str | None = None) -> set[str]:
        return {who for who, name, ts in self.log if event in (None, name) and self.number(ts) == number}

    def joined(self, number: int) -> set[str]:
        return {who for who in {who for who, _, _ in self.log} if min(self.number(ts) for w, _, ts in self.log if w == who) == number}

    def names(self, starts: list[int]) -> list[date]:
        return [self._name(start) for start in starts]


@settings(max_examples=5, deadline=None)
@given(logs(), periods, weeks, st.sampled_from(["on", "on_or_after"]))
def test_retention_counts_by_the_clocks_of_the_zone(drawn: tuple[str, Log], period: str, week: str, mode: str) -> None:
    zone, log = drawn
    slow = Slow(log, period, zone, week)
    question = read_retention({"period": period, "week_start": week, "mode": mode, "returning": "b"})
    cohorts = measure_retention(loaded(log), question, Scope(timezone=zone)).cohorts
    assert slow.names([cohort.start for cohort in cohorts]) == slow.periods
    for number, cohort in enumerate(cohorts):
        members = slow.joined(number)
        assert cohort.size == len(members)
        for place in range(1, len(cohort.returned)):
            later = range(number + place, len(cohorts)) if mode == "on_or_after" else [number + place]
            back = members & set().union(*(slow.active(at, "b") for at in later))
            assert cohort.returned[place] == len(back)


@settings(max_examples=5, deadline=None)
@given(logs(), periods, weeks)
def test_the_lifecycle_counts_by_the_clocks_of_the_zone(drawn: tuple[str, Log], period: str, week: str) -> None:
    zone, log = drawn
    slow = Slow(log, period, zone, week)
    answer = measure_lifecycle(loaded(log), read_lifecycle({"period": period, "week_start": week}), Scope(timezone=zone))
    assert slow.names([entry.start for entry in answer.periods]) == slow.periods
    for number, entry in enumerate(answer.periods):
        now, before, new = slow.active(number), slow.active(number - 1) if number else set(), slow.joined(number)
        told = {"new": new, "returning": now & before, "resurrected": now - before - new, "dormant": before - now}
        assert {state: getattr(entry, state) for state in STATES} == {state: len(who) for state, who in told.items()}


@settings(max_examples=5, deadline=None)
@given(logs(), periods, weeks)
def test_stickiness_counts_the_periods_that_the_clocks_went_through(drawn: tuple[str, Log], period: str, week: str) -> None:
    zone, log = drawn
    slow = Slow(log, period, zone, week)
    answer = measure_stickiness(loaded(log), read_stickiness({"period": period, "week_start": week}), Scope(timezone=zone))
    days = [len({slow.number(ts) for w, _, ts in log if w == who}) for who in {who for who, _, _ in log}]
    assert answer.periods == len(slow.periods)
    assert {row.active_days: row.customers for row in answer.rows} == {n: days.count(n) for n in days}


@settings(max_examples=5, deadline=None)
@given(logs(), periods, weeks)
def test_a_metric_counts_by_the_clocks_of_the_zone(drawn: tuple[str, Log], period: str, week: str) -> None:
    zone, log = drawn
    slow = Slow(log, period, zone, week)
    question = read_metric({"metric": {"event": "a", "of": "customers"}, "period": period, "week_start": week})
    points = measure_metric(loaded(log), question, Scope(timezone=zone)).now.points
    assert slow.names([point.start for point in points]) == slow.periods
    assert [point.value for point in points] == [len(slow.active(number, "a")) for number in range(len(points))]


@settings(max_examples=5, deadline=None)
@given(logs(), periods)
def test_a_trend_of_a_funnel_enters_by_the_clocks_of_the_zone(drawn: tuple[str, Log], period: str) -> None:
    zone, log = drawn
    starts = {who: min(ts for w, name, ts in log if (w, name) == (who, "a")) for who, name, _ in log if name == "a"}
    log = [(who, name, ts) for who, name, ts in log if name == "b" or starts[who] == ts]
    done = {who for who, start in starts.items() if any(w == who and name == "b" and ts >= start for w, name, ts in log)}
    trend = measure_funnel(loaded(log), read_funnel({"steps": ["a", "b"], "window": None, "trend": period}), Scope(timezone=zone)).trend
    if not starts:
        assert trend == ()
        return
    slow = Slow([(who, "a", ts) for who, ts in starts.items()], period, zone)
    assert slow.names([entry.start for entry in trend]) == slow.periods
    for number, entry in enumerate(trend):
        assert (entry.entered, entry.converted) == (len(slow.active(number)), len(slow.active(number) & done))
