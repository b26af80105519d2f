"""Who is meant by an id, the ids that joined them and why, what they allowed, and what is known of them beside events."""

from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.customer.log import log_of, rows, told
from journey.errors import QuestionError
from journey.warehouse import Warehouse

NEAR = 3
MOST_IDS = 100

SHOWN = """
select c.customer, c.id, c.first_ts, c.last_ts
from customers c
where c.id = $asked"""

JOINED = """
select c.customer, c.id, c.first_ts, c.last_ts
from customer_ids i
join customers c on c.customer = i.customer
where i.id = $asked
order by c.id
limit 1"""

NEAREST = """
select id
from customers
order by jaro_winkler_similarity(id, $asked) desc, id
limit $near"""

BEGINNING = """
select id
from customers
where starts_with(id, $asked)
order by length(id), id
limit $most"""

RECENT = """
select id, last_ts, events
from customers
where last_ts is not null
order by last_ts desc, id
limit $most"""

IDS = """
select i.id, i.kind, i.linked_at, count(e.ts) as events, min(e.ts) as first, max(e.ts) as last
from customer_ids i
left join events e on e.customer = $customer and e.came_as = i.number and e.ts < $as_of
where i.customer = $customer
group by i.id, i.kind, i.linked_at
order by i.kind desc, first, i.id
limit $most"""

CONSENT = """
select p.purpose, latest.given, latest.ts
from (select distinct purpose from consent) p
left join (
    -- what was said last of each purpose
    select purpose, arg_max(given, ts) as given, max(ts) as ts
    from consent
    where customer = $customer and ts < $as_of
    group by purpose
) latest on latest.purpose = p.purpose
order by p.purpose"""


@dataclass(frozen=True)
class Person:
    """number: the code events carry, given anew by loads that add people.  id: the one that is shown.  first, last: ms or None."""

    number: int
    id: str
    first: int | None
    last: int | None


@dataclass(frozen=True)
class Id:
    """An id of the person.  joined: ms when an anonymous one first identified, None for an id of its own.

    events: that came with it; first, last: ms of those, None without any.
    """

    id: str
    kind: str
    joined: int | None
    events: int
    first: int | None
    last: int | None
    shown: bool

    @property
    def why(self) -> str:
        """Why this id is this person, a sentence."""
        if self.joined is not None:
            return f"Logged in as this person on {(iso(self.joined) or '')[:10]}, for the first time on this device: its history is theirs."
        if self.kind == "anonymous":
            return "An anonymous id that never logged in: nothing joins it to anybody."
        return "The id the person is known by." if self.shown else "An id of the source that is the same person."

    def as_plain(self) -> dict[str, Any]:
        told = {"id": self.id, "kind": self.kind, "why": self.why, "joined": iso(self.joined)}
        return {**told, "events": self.events, "first": iso(self.first), "last": iso(self.last)}


@dataclass(frozen=True)
class Consent:
    """given: None where the person never said, which means no.  since: ms."""

    purpose: str
    given: bool | None
    since: int | None

    def as_plain(self) -> dict[str, Any]:
        return {"purpose": self.purpose, "given": self.given, "since": iso(self.since)}


def find_person(con: Warehouse, asked: str) -> Person:
    """The person an id belongs to: the shown id first, then any id that joined somebody.

    Raises: QuestionError: nobody has it; the sentence names the nearest.
    """
    found = rows(con, SHOWN, asked=asked) or rows(con, JOINED, asked=asked)
    if not found:
        raise QuestionError(unknown(con, asked))
    return Person(*found[0])


def unknown(con: Warehouse, asked: str) -> str:
    """Nobody has this id: the sentence that says so and names the nearest."""
    short = asked if len(asked) <= 60 else asked[:59] + "…"
    near = [str(row[0]) for row in rows(con, NEAREST, asked=asked[:200], near=NEAR)]
    if not near:
        return f"No customer has the id {short!r}: nobody is known yet. Load events first."
    return f"No customer has the id {short!r}. The nearest known {'is' if len(near) == 1 else 'are'} {', '.join(map(repr, near))}."


def suggest_ids(con: Warehouse, typed: str, most: int = 20) -> tuple[str, ...]:
    """Ids that begin with what was typed, the shortest first; where none does, those most like it.  At most `most`."""
    begin = [row[0] for row in rows(con, BEGINNING, asked=typed, most=most)]
    return tuple(begin or [row[0] for row in rows(con, NEAREST, asked=typed[:200], near=min(most, 8))])


def recent_customers(con: Warehouse, most: int = 50) -> tuple[tuple[str, int, int], ...]:
    """(id, ms of the last event, events) of those seen last, the latest first."""
    return tuple(rows(con, RECENT, most=most))


def ids_of(con: Warehouse, person: Person, as_of: int) -> tuple[Id, ...]:
    """Every id of the person, the one shown first; the first hundred."""
    found = rows(con, IDS, customer=person.number, as_of=as_of, most=MOST_IDS)
    ids = [Id(id, kind, joined, events, first, last, id == person.id) for id, kind, joined, events, first, last in found]
    return tuple(sorted(ids, key=lambda one: not one.shown))


def consent_of(con: Warehouse, person: Person, as_of: int) -> tuple[Consent, ...]:
    """What the person said last of each purpose that anybody was asked about; () where the workspace holds no consent."""
    return tuple(Consent(*row) for row in rows(con, CONSENT, customer=person.number, as_of=as_of))


def properties_of(con: Warehouse, person: Person) -> dict[str, Any]:
    """What the customers tables say of the person: name -> value, in order of name, what is missing left out.

    A personal value is told as such: what is kept of it is a keyed hash, which says nothing.
    """
    held = log_of(con).of("customer")
    if not held:
        return {}
    columns = ", ".join(one.column for one in held)
    values = rows(con, f"select {columns} from customers c where c.customer = $customer", customer=person.number)[0]
    return {one.stored.name: told(one, value) for one, value in zip(held, values, strict=True) if value is not None}
