"""Measuring one customer: a few reads of what they did, each of their own rows only."""

from collections.abc import Mapping, Sequence
from typing import Any

from journey.answers import Evidence, People, data_until
from journey.customer.kinds import kinds_in_force
from journey.customer.log import Earning, rows, stage_rules
from journey.customer.person import Person, consent_of, find_person, ids_of, properties_of
from journey.customer.question import CustomerQuestion
from journey.customer.result import Answer, Customer, Lifetime
from journey.customer.scored import scores_of
from journey.customer.stages import DAY, History, stage_history
from journey.customer.timeline import Event, Spot, Timeline, Visit, read_days, read_sessions_of, read_timeline
from journey.errors import QuestionError
from journey.rules import Binder, customers_where
from journey.rules.match import nearest
from journey.scope import Scope, to_datetime
from journey.stages.satisfaction import survey_property
from journey.warehouse import Warehouse, kept, one, one_moment, quote

CONTACT = ("support", "trouble")
MOST_TICKETS = 50
NO_REVENUE = "No revenue is mapped, so what the customer is worth is not known. Name it in the mapping when loading."

ANSWERS = """
select e.ts, n.name as event, cast(e.{column} as double) as score
from events e
join event_names n on n.event = e.event
where e.customer = $customer and e.ts < $as_of and e.{column} is not null
order by e.ts, e.seq"""


def measure_customer(con: Warehouse, question: CustomerQuestion, scope: Scope) -> Customer:
    """Everything known of one customer before the scope's stop.

    The scope's start bounds the timeline alone.  Raises: QuestionError: nobody has the id (the nearest are named), the
    customer is not of the scope's segment, or a kind of events is not known.
    """
    with one_moment(con):
        person = find_person(con, question.customer)
        _refuse_outsider(con, person, scope)
        as_of = _as_of(con, scope)
        known = [kind.name for kind in kinds_in_force(con)]
        for kind in question.kinds:
            if kind not in known:
                raise QuestionError(f"No kind of events is named {kind!r}.{nearest(kind, known)} Known are: {', '.join(known)}.")
        before = min(question.before or (as_of, 0), (as_of, 0))
        timeline = read_timeline(con, person, question.events, before, scope.start, question.kinds)
        sessions = read_sessions_of(con, person, as_of)
        spots, earned = read_days(con, person, as_of)
        history = stage_history(con, person, stage_rules(con), as_of, scope.timezone)
        return Customer(
            question=question,
            id=person.id,
            as_of=as_of,
            lifetime=_lifetime(sessions, spots, earned, scope),
            history=history,
            timeline=timeline,
            sessions=sessions,
            spots=spots,
            ids=ids_of(con, person, as_of),
            consent=consent_of(con, person, as_of),
            properties=properties_of(con, person),
            tickets=_tickets(con, person, as_of, known),
            answers=_answers(con, person, as_of),
            scores=scores_of(con, person.id) if question.scores and scope.stop is None else (),
            evidence=_evidence(con, question, person, timeline.sql, timeline.params, history, scope),
        )


def measure_timeline(con: Warehouse, question: CustomerQuestion, scope: Scope) -> Timeline:
    """A page of the timeline alone, for those who turn its pages."""
    with one_moment(con):
        as_of = _as_of(con, scope)
        before = min(question.before or (as_of, 0), (as_of, 0))
        return read_timeline(con, find_person(con, question.customer), question.events, before, scope.start, question.kinds)


def customer_customers(con: Warehouse, question: CustomerQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who the page is about: {}, the customer.  Raises QuestionError for any other mark."""
    if mark:
        raise QuestionError(f"{dict(mark)} is no mark of one customer's page. Write {{}} for the customer.")
    person = find_person(con, question.customer)
    _refuse_outsider(con, person, scope)
    return People((person.id,))


def _refuse_outsider(con: Warehouse, person: Person, scope: Scope) -> None:
    if scope.segment is None:
        return
    binder = Binder(con)
    inside = customers_where(binder, scope.segment, scope)
    chosen = binder.bind(person.number, "chosen")
    if not one(con, f"select count(*) from ({inside}) w where w.customer = {chosen}", binder.params):
        raise QuestionError(f"The customer {person.id!r} is not in the segment of the scope. Ask without a segment, or for somebody in it.")


def _as_of(con: Warehouse, scope: Scope) -> int:
    """The moment before which events are seen: the scope's stop, else just after the log's last event."""
    return scope.stop if scope.stop is not None else (data_until(con) or -1) + 1


def _lifetime(sessions: Sequence[Visit], spots: Sequence[Spot], earned: Earning | None, scope: Scope) -> Lifetime:
    days = {to_datetime(spot.at, scope.zone).date() for spot in spots}
    values = [spot.value for spot in spots if spot.value is not None]
    return Lifetime(
        first=min((visit.start for visit in sessions), default=None),
        last=max((visit.stop for visit in sessions), default=None),
        events=sum(visit.events for visit in sessions),
        sessions=len(sessions),
        active_days=len(days),
        revenue=None if earned is None else sum(values),
        orders=None if earned is None else sum(spot.events for spot in spots if spot.value is not None and spot.value > 0),
        currency=None if earned is None else earned.currency,
        no_revenue=NO_REVENUE if earned is None else None,
    )


def _tickets(con: Warehouse, person: Person, as_of: int, known: Sequence[str]) -> tuple[Event, ...]:
    """The newest events of support and trouble, the newest first."""
    kinds = [kind for kind in CONTACT if kind in known]
    return read_timeline(con, person, MOST_TICKETS, (as_of, 0), None, kinds).events[::-1] if kinds else ()


def _answers(con: Warehouse, person: Person, as_of: int) -> tuple[Answer, ...]:
    """What the customer answered to the survey that the log holds, in order; () where it holds none."""
    prop = survey_property(con)
    if prop is None:
        return ()
    column = quote(prop.column)

    def scale() -> tuple[float, float]:
        low, high = rows(con, f"select cast(min({column}) as double), cast(max({column}) as double) from events")[0]
        return low, high

    found = rows(con, ANSWERS.format(column=column), customer=person.number, as_of=as_of)
    low, high = kept(con, "scale of answers", scale) if found else (0.0, 0.0)
    return tuple(Answer(at, event, score, low, high) for at, event, score in found)


def _evidence(
    con: Warehouse, question: CustomerQuestion, person: Person, sql: str, params: Mapping[str, Any], history: History, scope: Scope
) -> Evidence:
    every = (
        "hour" if history.every < DAY // 2 else f"{max(1, round(history.every / DAY))} days" if history.every > 1.5 * DAY else "midnight"
    )
    definition = (
        "Every event of every id that is this person, of all sources, in the order of time and loading. A session ends after a pause of "
        "more than 30 minutes, or as the log names it. The stage is the first whose rule holds by what was done before a moment, looked "
        f"at every {every}; a stage begins after the look before. Active days are days of {scope.timezone} with an event."
    )
    joined = question.customer != person.id
    remarks = (f"{question.customer!r} is one of the ids of {person.id!r}.",) if joined else ()
    return Evidence(definition, sql, params, 1, data_until(con), remarks)
