"""Periods tile time in every zone, and begin where the zone's own clocks say, whatever these were made to do."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.scope import period_bounds, period_start, to_datetime, to_ms
from tests.zones.clocks import DAY, HOUR, PERIODS, changes, first_day, ms, offsets, periods_between

weeks = st.sampled_from(["monday", "sunday"])


@settings(max_examples=80, deadline=None)
@given(changes, offsets, st.integers(1, 15 * 24), st.sampled_from(PERIODS), weeks)
def test_periods_tile_time_and_each_begins_with_its_first_moment(
    change: tuple[str, int], offset: int, hours: int, period: str, week_start: str
) -> None:
    zone, start = change[0], change[1] + offset
    stop = start + hours * HOUR
    bounds = period_bounds(start, stop, period, zone, week_start)
    assert bounds[0] <= start and bounds[-2] < stop <= bounds[-1]
    assert all(low < high for low, high in pairwise(bounds))
    names = [first_day(bound, period, zone, week_start) for bound in bounds]
    assert names == sorted(set(names))
    for bound, name in zip(bounds, names, strict=True):
        assert first_day(bound - 1, period, zone, week_start) < name
        if period == "week":
            assert name.isoweekday() == {"monday": 1, "sunday": 7}[week_start]
        if period == "month":
            assert name.day == 1
    assert names[:-1] == periods_between(start, stop - 1, period, zone, week_start)


@settings(max_examples=80, deadline=None)
@given(changes, offsets, st.sampled_from(PERIODS), weeks)
def test_a_moment_lies_in_the_period_that_its_start_begins(change: tuple[str, int], offset: int, period: str, week_start: str) -> None:
    zone, moment = change[0], change[1] + offset
    start, stop = period_bounds(moment, moment + 1, period, zone, week_start)
    assert start <= moment < stop
    assert period_start(moment, period, zone, week_start) == start == period_start(stop - 1, period, zone, week_start)
    assert period_start(stop, period, zone, week_start) == stop


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", "2026-03-29", [23, 24]),
        ("Europe/Paris", "2026-10-25", [25, 24]),
        ("America/New_York", "2026-03-08", [23, 24]),
        ("Asia/Kolkata", "2026-03-08", [24, 24]),
        ("Australia/Lord_Howe", "2026-04-05", [24.5, 24]),
        ("America/Sao_Paulo", "2018-11-04", [23, 24]),
        ("America/Sao_Paulo", "2019-02-16", [25, 24]),
        ("America/Havana", "2025-11-02", [25, 24]),
        ("America/St_Johns", "2010-11-06", [25, 24]),
        ("Africa/Casablanca", "2026-02-15", [25, 24]),
        ("Pacific/Apia", "2011-12-29", [24, 24]),
        ("America/Toronto", "1919-03-30", [23.5, 23.5]),
    ],
)
def test_a_day_is_as_long_as_its_clocks_made_it(zone: str, day: str, hours: list[float]) -> None:
    noon = to_ms(datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)))
    bounds = period_bounds(noon, noon + DAY, "day", zone)[:3]
    assert [(high - low) / HOUR for low, high in pairwise(bounds)] == hours


def test_the_day_after_the_twenty_ninth_was_the_thirty_first_in_samoa() -> None:
    bounds = period_bounds(ms("2011-12-29T12:00"), ms("2012-01-01T00:00"), "day", "Pacific/Apia")
    assert [to_datetime(bound, ZoneInfo("Pacific/Apia")).day for bound in bounds] == [29, 31, 1, 2]


def test_a_bare_date_that_begins_at_one_in_the_morning_begins_then() -> None:
    start = period_start(ms("2018-11-04T12:00"), "day", "America/Sao_Paulo")
    assert to_datetime(start) == datetime(2018, 11, 4, 3, tzinfo=UTC)
