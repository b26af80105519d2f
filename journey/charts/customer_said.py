"""What is said of one customer: the sentence on top, the line under it, and each event as a line of the timeline."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from journey.charts.words import count, date, day, moment, money, percent, several, short, span
from journey.charts.worklist_said import to_do
from journey.customer import Customer, Event
from journey.customer.scored import Score
from journey.scope import read_zone, to_datetime

DAY_S = 86_400


def customer_sentence(customer: Customer, timezone: str, score: Score | None = None) -> str:
    """What is to be expected where a score tells, else what they did and brought; their stage, and when they were last seen."""
    life, now = customer.lifetime, customer.history.now
    if score is not None and score.chance is not None and now is not None:
        low, high = score.chance.interval
        chance = f"{percent(score.chance.probability, 0)} likely to {to_do(score.outcome)} ({percent(low, 0)} to {percent(high, 0)})"
        return f"{chance}; {stage_told(now.stage).lower()} since {_when(now.start, customer, timezone)}, {last_seen(customer)}."
    if not life.events:
        return "Nothing is known to have happened: no event of this customer lies in the log."
    did = several(life.sessions, "session")
    if life.orders:
        did += f" and {several(life.orders, 'order')} worth {money(life.revenue, life.currency)}"
    seen = last_seen(customer)
    if now is None:
        return f"{seen.capitalize()} after {did}."
    stage = stage_told(now.stage)
    if now.step is None:
        return f"{stage} since {_when(now.start, customer, timezone)}: {seen} after {did}."
    return f"{stage} since {_when(now.start, customer, timezone)}, with {did}; {seen}."


def stage_told(name: str) -> str:
    """A stage as a badge names it."""
    return short(name.capitalize(), 24)


def last_seen(customer: Customer) -> str:
    """ "last seen 24 d ago", counted to the moment the page is of."""
    quiet = customer.days_quiet or 0.0
    return "last seen just now" if quiet * DAY_S < 60 else f"last seen {span(quiet * DAY_S)} ago"


def _when(ms: int, customer: Customer, timezone: str) -> str:
    """A day, with its year where that is not the moment's."""
    zone = read_zone(timezone)
    told = day if to_datetime(ms, zone).year == to_datetime(customer.as_of, zone).year else date
    return told(ms, timezone)


def customer_caption(customer: Customer, timezone: str) -> str:
    life = customer.lifetime
    if life.first is None:
        return f"As of {moment(customer.as_of, timezone)} ({timezone}); what a customers table says is shown below."
    parts = [f"{several(life.events, 'event')} on {several(life.active_days, 'day')} since {date(life.first, timezone)}"]
    if len(customer.ids) > 1:
        parts.append(f"{count(len(customer.ids))} ids are this person")
    parts.append(f"as of {moment(customer.as_of - 1, timezone)} ({timezone})")
    return " · ".join(parts)


def by_session(events: Iterable[Event]) -> Iterator[tuple[int, list[Event]]]:
    """(session, its events), the newest session first; within it in the order of time."""
    newest = sorted(events, key=lambda event: (event.at, event.seq))
    sessions = [(number, list(group)) for number, group in groupby(newest, key=lambda event: event.session)]
    return iter(sessions[::-1])


def session_head(number: int, events: list[Event], timezone: str) -> str:
    """ "Session 8 · 17 Jun 2026, 07:14 · 7 min"."""
    seconds = (events[-1].at - events[0].at) / 1000
    lasted = f" · {span(seconds)}" if seconds >= 1 else ""
    return f"Session {count(number)} · {moment(events[0].at, timezone)}{lasted}"


def shared(events: Sequence[Event]) -> dict[str, Any]:
    """What all events of a session carry alike, where there are two at least: said once."""
    if len(events) < 2:
        return {}
    first = events[0].properties
    return {name: value for name, value in first.items() if all(event.properties.get(name) == value for event in events[1:])}


def clock(event: Event, timezone: str) -> str:
    return f"{to_datetime(event.at, read_zone(timezone)):%H:%M}"


def carried(properties: Mapping[str, Any], most: int = 6, without: Mapping[str, Any] | None = None) -> str:
    """ "device mobile · price 5": what an event carried, the first six; without what is said elsewhere."""
    properties = {name: value for name, value in properties.items() if name not in (without or {})}
    told = [f"{short(name, 24)} {short(value_told(value), 48)}" for name, value in list(properties.items())[:most]]
    more = len(properties) - most
    return " · ".join(told) + (f" · and {more} more" if more > 0 else "")


def value_told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
