"""What is known of one customer, as facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.customer.person import Consent, Id
from journey.customer.question import CustomerQuestion
from journey.customer.scored import Score
from journey.customer.stages import History
from journey.customer.timeline import MOST_SESSIONS, Event, Spot, Timeline, Visit


@dataclass(frozen=True)
class Lifetime:
    """first, last: ms of the first and the last event, None without any.  active_days: days of the zone with an event.

    revenue: the sum of what is mapped, refunds taken off; None with `no_revenue` saying why.  orders: events that brought some.
    """

    first: int | None
    last: int | None
    events: int
    sessions: int
    active_days: int
    revenue: float | None
    orders: int | None
    currency: str | None
    no_revenue: str | None

    def as_plain(self) -> dict[str, Any]:
        seen = {"first": iso(self.first), "last": iso(self.last), "events": self.events, "sessions": self.sessions}
        earned = {"revenue": self.revenue, "orders": self.orders, "currency": self.currency, "no_revenue": self.no_revenue}
        return {**seen, "active_days": self.active_days, **earned}


@dataclass(frozen=True)
class Answer:
    """What the customer said when asked.  score: their answer; low, high: the lowest and highest anybody ever gave."""

    at: int
    event: str
    score: float
    low: float
    high: float

    def as_plain(self) -> dict[str, Any]:
        return {"ts": iso(self.at), "event": self.event, "score": self.score, "of": [self.low, self.high]}


@dataclass(frozen=True)
class Customer:
    """Everything the page of one customer shows.

    id: the one that is shown, whichever was asked for.  as_of: ms; nothing at or after it is seen.  sessions: the newest
    first.  spots: events by quarter of an hour.  tickets: the newest events of support and trouble, newest first.
    scores: what the models in use say at the end of the data; () as of an earlier moment, or where they were not asked.
    """

    question: CustomerQuestion
    id: str
    as_of: int
    lifetime: Lifetime
    history: History
    timeline: Timeline
    sessions: tuple[Visit, ...]
    spots: tuple[Spot, ...]
    ids: tuple[Id, ...]
    consent: tuple[Consent, ...]
    properties: Mapping[str, Any]
    tickets: tuple[Event, ...]
    answers: tuple[Answer, ...]
    scores: tuple[Score, ...]
    evidence: Evidence

    @property
    def days_quiet(self) -> float | None:
        """Days from the last event to the moment; None without events."""
        return None if self.lifetime.last is None else max(0.0, (self.as_of - self.lifetime.last) / 86_400_000)

    def as_plain(self) -> dict[str, Any]:
        now = self.history.now
        return {
            "customer": self.id,
            "asked": self.question.customer,
            "as_of": iso(self.as_of),
            "lifetime": self.lifetime.as_plain(),
            "stage": None if now is None else now.stage,
            "stage_since": None if now is None else iso(now.start),
            "stage_why": self.history.why,
            "furthest": self.history.furthest,
            "stage_history": [spell.as_plain() for spell in self.history.spells],
            "timeline": [event.as_plain() for event in self.timeline.events],
            "more": self.timeline.cursor,
            "sessions": [visit.as_plain() for visit in self.sessions[:MOST_SESSIONS]],
            "identity": [one.as_plain() for one in self.ids],
            "consent": [one.as_plain() for one in self.consent],
            "properties": dict(self.properties),
            "tickets": [event.as_plain() for event in self.tickets],
            "answers": [answer.as_plain() for answer in self.answers],
            "scores": [score.as_plain() for score in self.scores],
            **self.evidence.as_plain(),
        }
