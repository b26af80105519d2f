"""Who came back, counted the slow way: one customer, one cohort, one period at a time, with Python's own calendar."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Event = tuple[str, str, int]
"""(customer, event, ms)."""


def local_start(ms: int, period: str, zone: str, week_start: str) -> datetime:
    """The wall-clock start of the period that holds this time, without a zone."""
    day = datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    if period == "week":
        return day - timedelta(days=day.isoweekday() % 7 if week_start == "sunday" else day.weekday())
    return day.replace(day=1) if period == "month" else day


def between(start: datetime, later: datetime, period: str) -> int:
    """How many periods later a start is."""
    if period == "month":
        return (later.year - start.year) * 12 + later.month - start.month
    return (later - start).days // (7 if period == "week" else 1)


def came_back(events: list[Event], question: dict[str, Any], zone: str, joined: datetime, place: int) -> tuple[set[str], set[str]]:
    """(the cohort that joined in the period starting then, those of it who are counted at this place)."""
    cohort, returned = set(), set()
    for customer in {event[0] for event in events}:
        own = [event for event in events if event[0] == customer]
        anchor = _anchor(own, question, zone, joined)
        if anchor is None:
            continue
        cohort.add(customer)
        if place == 0 or _counts(own, question, zone, joined, anchor, place):
            returned.add(customer)
    return cohort, returned


def _bucket(ms: int, question: dict[str, Any], zone: str) -> datetime:
    return local_start(ms, question["period"], zone, question["week_start"])


def _anchor(own: list[Event], question: dict[str, Any], zone: str, joined: datetime) -> int | None:
    times = [ts for _, name, ts in own if question["target"] in (None, name)]
    if question["first"] == "ever":
        times = [min(times)] if times else []
    return min((ts for ts in times if _bucket(ts, question, zone) == joined), default=None)


def _counts(own: list[Event], question: dict[str, Any], zone: str, joined: datetime, anchor: int, place: int) -> bool:
    length = {"day": 1, "week": 7, "month": 30}[question["period"]] * 86_400_000
    visits: dict[int, int] = {}
    for _, name, ts in own:
        if question["returning"] in (None, name):
            rolling = (ts - anchor) // length
            k = rolling if question["clock"] == "rolling" else between(joined, _bucket(ts, question, zone), question["period"])
            visits[k] = visits.get(k, 0) + 1
    least = question["minimum_occurrences"]
    if question["mode"] == "on":
        return visits.get(place, 0) >= least
    if question["mode"] == "on_or_after":
        return any(k >= place and n >= least for k, n in visits.items())
    first, last = question["brackets"][place - 1]
    return sum(n for k, n in visits.items() if first <= k <= last) >= least
