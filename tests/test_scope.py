"""Times, durations and calendar periods, daylight saving included."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.errors import QuestionError
from journey.scope import Scope, period_bounds, period_start, read_duration, read_scope, read_time, to_datetime, to_ms

HOUR = 3_600_000
ZONES = ("UTC", "Europe/Paris", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia")


def ms(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "expected"),
    [("30m", 1_800_000), ("7d", 604_800_000), (90, 90_000), (0.5, 500), ("1.5h", 5_400_000), (None, None), ("250ms", 250)],
)
def test_durations(written: object, expected: int | None) -> None:
    assert read_duration(written, "window") == expected


@pytest.mark.parametrize("written", ["seven days", "-3d", -1, True, "7 parsecs", [], "d", "inf", float("inf"), float("nan"), 1e300])
def test_what_is_no_duration_is_refused_with_examples(written: object) -> None:
    with pytest.raises(QuestionError, match='write a duration as "30m"'):
        read_duration(written, "window")


def test_a_bare_time_is_of_the_zone_of_the_scope() -> None:
    scope = read_scope({"start": "2026-03-01", "stop": "2026-03-02T00:00:00+01:00", "timezone": "Europe/Paris"})
    assert (scope.start, scope.stop) == (ms("2026-02-28T23:00"), ms("2026-03-01T23:00"))


def test_a_scope_survives_being_written_and_read() -> None:
    scope = Scope(ms("2026-03-01T10:30"), None, "Asia/Kathmandu", {"did": "x"})
    assert read_scope(scope.as_plain()) == scope


@pytest.mark.parametrize(
    "plain",
    [
        {"from": 1},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc"},
        {"start": "yesterday"},
        {"start": "2026-02-02", "stop": "2026-02-01"},
    ],
)
def test_a_scope_that_cannot_be_is_refused(plain: dict) -> None:
    with pytest.raises(QuestionError):
        read_scope(plain)


def test_a_day_with_a_clock_change_has_23_or_25_hours() -> None:
    spring = period_bounds(ms("2026-03-29T01:00"), ms("2026-03-29T02:00"), "day", "Europe/Paris")
    autumn = period_bounds(ms("2026-10-25T01:00"), ms("2026-10-25T02:00"), "day", "Europe/Paris")
    assert [b - a for a, b in pairwise(spring)] == [23 * HOUR]
    assert [b - a for a, b in pairwise(autumn)] == [25 * HOUR]


def test_weeks_start_where_they_are_said_to() -> None:
    wednesday = ms("2026-03-04T12:00")
    assert to_datetime(period_start(wednesday, "week", "UTC", "monday")).date().isoformat() == "2026-03-02"
    assert to_datetime(period_start(wednesday, "week", "UTC", "sunday")).date().isoformat() == "2026-03-01"


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)),
    st.integers(1, 400 * 24),
    st.sampled_from(ZONES),
    st.sampled_from(["day", "week", "month"]),
)
def test_periods_cover_the_stretch_without_gap_and_start_at_local_midnight(start: datetime, hours: int, zone: str, period: str) -> None:
    first = to_ms(start.replace(tzinfo=UTC))
    last = first + hours * HOUR
    bounds = period_bounds(first, last, period, zone)
    assert bounds == sorted(set(bounds))
    assert bounds[0] <= first and bounds[-1] >= last
    assert len(bounds) == 2 or bounds[-2] < last
    for bound in bounds:
        local = to_datetime(bound, ZoneInfo(zone))
        before = to_datetime(bound - 1, ZoneInfo(zone))
        assert local.date() != before.date()
        assert local.time().replace(microsecond=0) < (datetime.min + timedelta(hours=2)).time()


def test_the_time_of_an_answer_is_kept_to_the_millisecond() -> None:
    assert read_time("2026-03-01T00:00:00.123456+00:00", ZoneInfo("UTC"), "x") == ms("2026-03-01T00:00:00") + 123
