"""Which groups a customer belongs to, for comparing how a score treats them: traits, saved segments, how they came.

Groups are told as of a date: what a customers table tells of somebody is known once they came by their name.  A trait that
changed since is taken as it stands.
"""

from collections.abc import Iterator

import numpy as np

from journey.errors import JourneyError
from journey.features import known_by_name
from journey.rules import Binder, Property, customers_where
from journey.rules.saved import saved_segments
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, quote

FEWEST, MOST = 2, 12  # values of a property that make groups
MOST_SEGMENTS, MOST_PROPERTIES = 8, 3
TEXTS = ("varchar", "boolean")
SHARED = """select name, "column", type from properties where "of" = $of and not personal order by name"""

Groups = dict[str, list[str | None]]


def groups_of(con: Warehouse, customers: np.ndarray, as_of: int) -> Groups:
    """What tells customers (n,) apart -> the group of each, None where it is not known.  customers: their numbers."""
    found: Groups = dict(_traits(con, customers, as_of))
    if not found:
        found |= dict(_latest(con, customers, as_of))
    return found | dict(_segments(con, customers, as_of))


def _properties(con: Warehouse, of: str) -> list[Property]:
    rows = ask_sql(con, SHARED, {"of": of}).iter_rows()
    return [Property(of, *row) for row in rows if row[2] in TEXTS]


def _traits(con: Warehouse, customers: np.ndarray, as_of: int) -> Iterator[tuple[str, list[str | None]]]:
    named = known_by_name(con, as_of)
    strangers = np.zeros(len(customers), bool) if named is None else ~np.isin(customers, named)
    for prop in _properties(con, "customer"):
        values = ask_sql(con, f"select {prop.as_text(f'c.{quote(prop.column)}')} as value from customers c order by c.customer")["value"]
        if FEWEST <= values.drop_nulls().n_unique() <= MOST:
            known = values.gather(customers.astype(np.int64)).to_list()
            yield prop.name, [None if stranger else value for value, stranger in zip(known, strangers, strict=True)]


def _latest(con: Warehouse, customers: np.ndarray, as_of: int) -> Iterator[tuple[str, list[str | None]]]:
    """The latest value of an event's property before the date, where a log has no traits: the device, the plan."""
    made = 0
    for prop in _properties(con, "event"):
        value = prop.as_text(f"e.{quote(prop.column)}")
        sql = (
            f"select e.customer, arg_max({value}, row(e.ts, e.seq)) as value\nfrom events e\n"
            f"where e.ts < $as_of and e.{quote(prop.column)} is not null\ngroup by e.customer"
        )
        if made == MOST_PROPERTIES or not FEWEST <= _distinct(con, prop) <= MOST:
            continue
        made += 1
        known = dict(ask_sql(con, sql, {"as_of": as_of}).iter_rows())
        yield prop.name, [known.get(int(customer)) for customer in customers]


def _distinct(con: Warehouse, prop: Property) -> int:
    return ask_sql(con, f"select distinct {quote(prop.column)} from events where {quote(prop.column)} is not null limit {MOST + 1}").height


def _segments(con: Warehouse, customers: np.ndarray, as_of: int) -> Iterator[tuple[str, list[str | None]]]:
    """Saved segments; one that hangs on another answer is passed over: it cannot be told of a past date here."""
    for name, rule in list(saved_segments(con).items())[:MOST_SEGMENTS]:
        binder = Binder(con)
        try:
            members = ask_sql(con, customers_where(binder, rule, Scope(stop=as_of)), binder.params)["customer"].to_numpy()
        except JourneyError:
            continue
        yield f"Segment “{name}”", _in_or_out(np.isin(customers, members))


def _in_or_out(member: np.ndarray) -> list[str | None]:
    return ["in it" if one else "not in it" for one in member]
