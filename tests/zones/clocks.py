"""Zones and the moments at which their clocks changed, and a slow calendar that asks the clock every quarter of an hour."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

HOUR, DAY = 3_600_000, 86_400_000
CHANGES = {
    "UTC": ("2026-03-29T00:00",),
    "Europe/Paris": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "America/New_York": ("2026-03-08T07:00", "2026-11-01T06:00"),
    "Asia/Kolkata": ("2026-02-28T18:30",),
    "Asia/Kathmandu": ("1985-12-31T18:30",),  # 00:00 became 00:15
    "Australia/Lord_Howe": ("2026-04-04T15:00", "2026-10-03T15:30"),  # by half an hour
    "America/Sao_Paulo": ("2018-11-04T03:00", "2019-02-17T02:00"),  # at midnight
    "America/Havana": ("2025-03-09T05:00", "2025-11-02T05:00"),  # midnight left out, and met twice
    "America/St_Johns": ("2010-03-14T03:31", "2010-11-07T02:31"),  # at one minute past midnight, back across it
    "Asia/Beirut": ("2025-03-29T22:00", "2025-10-25T21:00"),
    "Africa/Casablanca": ("2026-02-15T02:00", "2026-03-22T02:00"),  # for Ramadan
    "Antarctica/Troll": ("2026-03-29T01:00", "2026-10-25T01:00"),  # by two hours
    "Pacific/Apia": ("2011-12-30T10:00",),  # 30 December never was
    "Pacific/Kwajalein": ("1993-08-21T12:00",),  # nor was 21 August
}
PERIODS = ("day", "week", "month")


def ms(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


changes = st.sampled_from([(zone, ms(text)) for zone, texts in CHANGES.items() for text in texts])
offsets = st.one_of(
    st.integers(-4 * 60, 4 * 60).map(lambda minutes: minutes * 60_000),  # the hours around the change
    st.integers(-9 * 24, 9 * 24).map(lambda hours: hours * HOUR),
    st.sampled_from([-1, 0, 1]),
    st.integers(-8, 8).map(lambda days: days * DAY),
)


def logs(names: str = "ab", most: int = 18) -> st.SearchStrategy[tuple[str, list[tuple[str, str, int]]]]:
    """(zone, events as (customer, event, ms)) near one of the zone's changes."""
    event = st.tuples(st.sampled_from("pqrs"), st.sampled_from(names), offsets)
    return st.builds(
        lambda change, events: (change[0], [(who, name, change[1] + offset) for who, name, offset in events]),
        changes,
        st.lists(event, min_size=1, max_size=most),
    )


@cache
def local_day(ts: int, zone: str) -> date:
    """The earliest date that a clock of the zone shows from this moment on: yesterday, while that is to come again."""
    there = ZoneInfo(zone)
    moments = [ts, *range(ts - ts % 60_000 + 60_000, ts + 2 * HOUR, 60_000)] if zone == "America/St_Johns" else [ts]
    return min((datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)).astimezone(there).date() for moment in moments)


def first_day(ts: int, period: str, zone: str, week_start: str = "monday") -> date:
    """The date a period is known by: of its first day, were no day left out."""
    day = local_day(ts, zone)
    if period == "month":
        return date(day.year, day.month, 1)
    back = {"monday": day.isoweekday() - 1, "sunday": day.isoweekday() % 7}[week_start] if period == "week" else 0
    return date.fromordinal(day.toordinal() - back)


def periods_between(first: int, last: int, period: str, zone: str, week_start: str = "monday") -> list[date]:
    """The periods that clocks of the zone went through from one moment to another, both included."""
    steps = range(first, last, HOUR // 4)
    return sorted({first_day(ts, period, zone, week_start) for ts in (*steps, last)})
