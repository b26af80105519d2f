"""Features in SQL: one row per customer with an event before a moment, one column per feature, null where it is undefined.

Everything is computed from events before the moment, and from what was known of customers by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.errors import QuestionError
from journey.features import story
from journey.features.catalog import EARNED
from journey.features.earned import read_earned
from journey.features.feature import Feature
from journey.features.told import TOLD, valid_from
from journey.rules import Binder, Property, in_segment
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, one, quote

Array = np.ndarray[Any, Any]

DAY = 86_400_000  # ms


@dataclass(frozen=True)
class Asked:
    """Whose features, as of when.  since: ms, from when on events are counted.  customers: their numbers, None for all.

    without: event names that are not looked at, but as events.
    """

    as_of: int
    since: int
    scope: Scope
    customers: tuple[int, ...] | None
    without: tuple[str, ...]


def features_sql(binder: Binder, asked: Asked, features: Sequence[Feature]) -> str:
    """Columns: customer, id, tenure (days), then f_0, f_1, ... in the order of the features.  Ordered by customer.

    Raises: QuestionError: a feature of a measure that is not known.
    """
    return _Definition(binder, asked, features).query()


class _Definition:
    """Collects what the features need of each CTE."""

    def __init__(self, binder: Binder, asked: Asked, features: Sequence[Feature]) -> None:
        self.binder = binder
        self.asked = asked
        self.done: dict[str, str] = {}  # aggregate over deeds -> its column of doings
        self.told = any(feature.measure in TOLD for feature in features)
        self.earns = any(feature.measure in EARNED for feature in features)
        self.merged = _joined_later(binder.con, asked.as_of)
        self.valid_from = valid_from(binder.con) if self.told else ()
        binder.params.update({"as_of": asked.as_of, "since": asked.since, "day": DAY})
        self.columns = [f",\n    {self._raw(feature)} as f_{place}" for place, feature in enumerate(features)]

    def query(self) -> str:
        joins = "\nleft join rhythm v on v.customer = k.customer"
        joins += "\nleft join doings d on d.customer = k.customer" if self.done else ""
        joins += "\nleft join named n on n.customer = k.customer" if self.told and self.merged else ""
        # An own binder would number its values from 0 again: the segment shares this one.
        segment = in_segment(self.binder, Scope(stop=self.asked.as_of, segment=self.asked.scope.segment), "k")
        ctes = ",\n".join(self._ctes())
        return (
            f"with {ctes}\nselect\n    k.customer,\n    k.id,\n    {story.OF_ALL['tenure']} as tenure"
            f"{''.join(self.columns)}\nfrom customers k\njoin spans s on s.customer = k.customer{joins}\n"
            f"where k.first_ts < $as_of and {segment}\norder by k.customer"
        )

    def _ctes(self) -> list[str]:
        narrowed = self._narrowed()
        came = [story.CAME.format(narrowed=narrowed), story.THEIRS] if self.merged else []
        theirs = " and e.came_as in (select t.came_as from theirs t)" if self.merged else ""
        seen = story.SEEN.format(amount=self._amount(), narrowed=narrowed, theirs=theirs)
        named = [story.NAMED] if self.merged and self.told else []
        return [*came, *named, seen, story.SPANS, story.VISITS, story.RHYTHM, *self._doings()]

    def _amount(self) -> str:
        earned = read_earned(self.binder.con) if self.earns else None
        if not self.earns:
            return ""
        return f",\n        {'null::double' if earned is None else earned.sql(self.binder)} as amount"

    def _narrowed(self) -> str:
        """Only the events of the customers asked for; their range first, by which most of the log is passed over."""
        if self.asked.customers is None:
            return ""
        numbers = list(self.asked.customers)
        low, high = self.binder.bind(min(numbers, default=0), "low"), self.binder.bind(max(numbers, default=-1), "high")
        return f" and e.customer between {low} and {high} and list_contains({self.binder.bind(numbers, 'asked')}::integer[], e.customer)"

    def _doings(self) -> list[str]:
        if not self.done:
            return []
        without = f" and not {self._among('n.name', self.asked.without)}" if self.asked.without else ""
        columns = "".join(f",\n        {sql} as {name}" for sql, name in self.done.items())
        deeds = story.DEEDS.format(amounts=story.AMOUNTS if self.earns else "", without=without)
        return [deeds, story.DOINGS.format(columns=columns)]

    def _raw(self, feature: Feature) -> str:
        if feature.measure in story.OF_ALL:
            return story.OF_ALL[feature.measure]
        if feature.measure in story.OF_DEEDS:
            aggregate, made = story.OF_DEEDS[feature.measure]
            return made.format(self._doing(aggregate))
        if feature.measure in story.OF_SOME:
            aggregate, made = story.OF_SOME[feature.measure]
            return made.format(self._doing(aggregate.format(self._among("d.name", self._events(feature)))))
        if feature.measure in TOLD:
            return self._trait(feature)
        raise QuestionError(f"The feature {feature.name!r} measures {feature.measure!r}, which is not known. Train its model anew.")

    def _doing(self, aggregate: str) -> str:
        return f"d.{self.done.setdefault(aggregate, f'done_{len(self.done)}')}"

    def _events(self, feature: Feature) -> tuple[str, ...]:
        """The names of events that a feature is of: its own, or those that hold one of its parts."""
        if feature.measure == "event":
            return feature.of
        return tuple(name for name in self.binder.names() if any(part in name.casefold() for part in feature.of))

    def _among(self, name: str, names: Sequence[str]) -> str:
        """The predicate that the event of this name is one of those."""
        if len(names) == 1:
            return f"{name} = {self.binder.bind(names[0], 'event')}"
        return f"list_contains({self.binder.bind(list(names), 'events')}::varchar[], {name})"

    def _trait(self, feature: Feature) -> str:
        """What a customers table tells, where it was known by the moment."""
        prop = next((each for each in self.binder.properties() if each.of == "customer" and each.name == feature.of[0]), None)
        if prop is None:
            return "null::double"
        value, known = f"k.{quote(prop.column)}", self._known(prop)
        if feature.measure == "number":
            return f"case when {known} then {value} end"
        if feature.measure == "date":
            return f"case when {known} then ($as_of - {value}) / $day end"
        if feature.measure == "known":
            return f"case when {known} and {value} is not null then 1 else 0 end"
        wanted = self.binder.bind(feature.of[1], "value")
        return f"case when {known} and coalesce({prop.as_text(value)} = {wanted}, false) then 1 else 0 end"

    def _known(self, prop: Property) -> str:
        parts = ["n.customer is not null"] if self.merged else []
        parts += [f"coalesce(k.{quote(since.column)} < $as_of, true)" for since in self.valid_from if since.type == "timestamp"]
        if prop.type == "timestamp":
            parts.append(f"k.{quote(prop.column)} < $as_of")
        return " and ".join(parts) or "true"


def known_by_name(con: Warehouse, as_of: int) -> Array | None:
    """The numbers of customers who had come, before a moment, by a name that was theirs by then; None where all had.

    Of the others nothing that a customers table tells was known: who they are came out later, and only of those who came again.
    """
    if not _joined_later(con, as_of):
        return None
    sql = f"with {story.CAME.format(narrowed='')},\n{story.NAMED}\nselect customer from named"
    found: Array = ask_sql(con, sql, {"as_of": as_of})["customer"].to_numpy()
    return found


def _joined_later(con: Warehouse, as_of: int) -> bool:
    """Whether an anonymous id joined its person only at the moment or later."""
    return bool(one(con, "select count(*) from customer_ids where linked_at >= $as_of", {"as_of": as_of}))
