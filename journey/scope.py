"""Which entries a question is about: a half-open stretch of time, a segment, and the zone that cuts periods."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from journey.errors import QuestionError

PERIODS = ("day", "week", "month")
WEEK_STARTS = ("monday", "sunday")


@dataclass(frozen=True)
class Scope:
    """Entries with start <= time < stop, of customers in `segment`.

    start, stop: ms since 1970 UTC, or None for no bound.  timezone: IANA name.
    segment: a rule as plain data (journey.rules), or None for everyone.
    """

    start: int | None = None
    stop: int | None = None
    timezone: str = "UTC"
    segment: Any = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def as_plain(self) -> dict[str, Any]:
        """What `read_scope` reads back as this scope."""
        times = {"start": self.start, "stop": self.stop}
        plain = {key: to_datetime(ms).isoformat() for key, ms in times.items() if ms is not None}
        return {**plain, "timezone": self.timezone, **({} if self.segment is None else {"segment": self.segment})}


def read_scope(plain: Mapping[str, Any] | None) -> Scope:
    """A scope from plain data: {"start", "stop", "timezone", "segment"}.

    Raises: QuestionError: an unknown key, zone or time.
    """
    plain = {} if plain is None else plain
    if not isinstance(plain, Mapping):
        raise QuestionError(f'A scope is an object such as {{"start": "2026-03-01", "timezone": "UTC"}}; this is {plain!r}.')
    refuse_unknown(plain, ("start", "stop", "timezone", "segment"), "scope")
    zone = read_zone("UTC" if plain.get("timezone") is None else plain["timezone"])
    start = read_time(plain.get("start"), zone, "scope.start")
    stop = read_time(plain.get("stop"), zone, "scope.stop")
    if start is not None and stop is not None and stop <= start:
        raise QuestionError(f'The scope stops ({plain["stop"]}) before it starts ({plain["start"]}). Put the later time in "stop".')
    return Scope(start, stop, zone.key, plain.get("segment"))


def read_zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError) as fault:
        raise QuestionError(f'{name!r} is not a time zone. Use an IANA name such as "Europe/Paris" or "UTC".') from fault


def read_time(value: Any, zone: ZoneInfo, name: str) -> int | None:
    """ISO-8601 -> ms UTC.  A bare date or time is one of `zone`; a datetime is taken as it is."""
    if value is None:
        return None
    try:
        when = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (ValueError, TypeError) as fault:
        raise QuestionError(
            f'{name} is {value!r}; write a time as ISO-8601, such as "2026-03-01" or "2026-03-01T09:30:00+01:00".'
        ) from fault
    return to_ms(when if when.tzinfo else when.replace(tzinfo=zone))


def to_ms(when: datetime) -> int:
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def wall_clock() -> int:
    """ms since 1970 UTC, by the clock of the machine."""
    return time.time_ns() // 1_000_000


def to_datetime(ms: int, zone: ZoneInfo | None = None) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(ms))).astimezone(zone or UTC)


FOREVER = 1e15  # seconds; no duration is as long
UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def read_duration(value: Any, name: str) -> int | None:
    """ "30m", "7d" or seconds as a number -> ms; None for no limit."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < FOREVER:
        return round(value * 1000)
    if isinstance(value, str):
        digits = value.strip().rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = value.strip()[len(digits) :]
        if unit in UNITS and digits.strip().replace(".", "", 1).isdigit():
            return round(float(digits) * UNITS[unit])
    raise QuestionError(f'{name} is {value!r}; write a duration as "30m", "12h", "7d", as seconds, or null for no limit.')


def refuse_unknown(plain: Mapping[str, Any], known: Sequence[str], what: str) -> None:
    """Raises QuestionError where `plain` has a key that is not known, naming the known ones."""
    unknown = [key for key in plain if key not in known]
    if unknown:
        raise QuestionError(f"Unknown in {what}: {', '.join(map(repr, unknown))}. Known are: {', '.join(known)}.")


DEEPEST = 60


def refuse_deep(plain: Any) -> None:
    """Raises QuestionError where plain data are nested deeper than anyone writes them, before anything follows them down."""
    level: list[Any] = [plain]
    for _ in range(DEEPEST):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return
    raise QuestionError(f"This is nested more than {DEEPEST} deep. Save parts of it as segments and name them, or write it flatter.")


def _parts(whole: Any) -> Sequence[Any]:
    """The parts that may hold parts of their own."""
    parts = list(whole.values()) if isinstance(whole, Mapping) else whole if isinstance(whole, list | tuple) else ()
    return [part for part in parts if isinstance(part, Mapping | list | tuple)]


def choose(plain: Mapping[str, Any], key: str, options: Sequence[Any]) -> Any:
    """The option asked for; the first is the default.  Raises QuestionError naming them all."""
    value = plain.get(key, options[0])
    if not any(value == option and type(value) is type(option) for option in options):
        raise QuestionError(f"{key} is {value!r}; it can be {', '.join(repr(option) for option in options)}.")
    return value


def period_bounds(start: int, stop: int, period: str, timezone: str, week_start: str = "monday") -> list[int]:
    """Starts of the whole periods that cover [start, stop), and the end of the last: n + 1 times in ms, ascending.

    Calendar steps in the zone, so that a day with a clock change has 23 or 25 hours.  A day that a zone left out
    altogether (Samoa had no 30 December 2011) is no period.
    """
    zone = ZoneInfo(timezone)
    bounds = [period_start(start, period, timezone, week_start)]
    day = _first_day(to_datetime(bounds[0], zone).date(), period, week_start)
    while bounds[-1] < stop or len(bounds) == 1:
        day = _next(day, period)
        bound = _day_start(day, zone)
        if bound > bounds[-1]:
            bounds.append(bound)
    return bounds


def period_start(ms: int, period: str, timezone: str, week_start: str = "monday") -> int:
    """The start of the period that holds this time."""
    zone = ZoneInfo(timezone)
    day = _first_day(to_datetime(ms, zone).date(), period, week_start)
    start = _day_start(day, zone)
    # Clocks set back across midnight show the new date before the new day has begun.
    return start if start <= ms else _day_start(_first_day(day - timedelta(days=1), period, week_start), zone)


def _first_day(day: date, period: str, week_start: str) -> date:
    if period == "week":
        return day - timedelta(days=(day.weekday() + (week_start == "sunday")) % 7)
    return day.replace(day=1) if period == "month" else day


def _next(day: date, period: str) -> date:
    if period == "month":
        return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return day + timedelta(days=7 if period == "week" else 1)


def _day_start(day: date, zone: ZoneInfo) -> int:
    """The first moment from which on no clock of the zone shows an earlier day: midnight, where there is one.

    missing:  São Paulo 2018-11-04, from 23:59:59 to 01:00 -> 01:00
    twice:    Havana 2025-11-02, 00:59:59 to 00:00         -> the first midnight
    crossed:  St John's 2010-11-07, 00:00:59 to 23:01      -> the second, after the hour that is yesterday's again
    """
    early, late = (to_ms(datetime(day.year, day.month, day.day, tzinfo=zone, fold=fold)) for fold in (0, 1))
    if early < late:
        return late if to_datetime(late - 1, zone).date() < day else early
    while late < early:  # the clocks skip midnight between the two: find the moment at which they do
        middle = (late + early) // 2
        late, early = (late, middle) if to_datetime(middle, zone).date() >= day else (middle + 1, early)
    return early
