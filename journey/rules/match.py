"""Which events a step names: plain data in, an SQL predicate over `events e` out.

A step is an event name, None (any event), {"event": ..., "where": {...}} or {"any_of": [steps]}.
A `where` maps a property to a value, a list of values, or {"op": ..., "value": ...}.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from journey.errors import QuestionError
from journey.scope import read_time, refuse_unknown
from journey.warehouse import Warehouse, ask_sql, kept, quote

OPS = ("eq", "ne", "gt", "ge", "lt", "le", "in", "not_in", "contains", "prefix", "is_null", "is_set")
COMPARE = {"eq": "=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
NUMBERS = ("double", "bigint")
TOLD = {
    "eq": "is",
    "ne": "is not",
    "gt": ">",
    "ge": "≥",
    "lt": "<",
    "le": "≤",
    "in": "is",
    "not_in": "is not",
    "contains": "contains",
    "prefix": "begins with",
}


@dataclass(frozen=True)
class Property:
    """A property as it is stored.  of: event | customer; type as in table properties."""

    of: str
    name: str
    column: str
    type: str

    def sql(self, alias: str = "e") -> str:
        """Its value for a row of `events {alias}`."""
        if self.of == "event":
            return f"{alias}.{quote(self.column)}"
        return f"(select c.{quote(self.column)} from customers c where c.customer = {alias}.customer)"

    def text(self, alias: str = "e") -> str:
        """The same as text, as the values of a group are named."""
        return self.as_text(self.sql(alias))

    def as_text(self, value: str) -> str:
        """SQL of a value -> SQL of its text; a time is ISO-8601 in UTC, as every answer writes times."""
        if self.type != "timestamp":
            return f"cast({value} as varchar)"
        whole, exact = (f"strftime(make_timestamp({value} * 1000), '%Y-%m-%dT%H:%M:%S{part}Z')" for part in ("", ".%f"))
        return f"case when {value} % 1000 = 0 then {whole} else {exact} end"


@dataclass(frozen=True)
class Match:
    """label: as a person would write the step.  sql: predicate.  names: the event names it can match, () for any."""

    label: str
    sql: str
    names: tuple[str, ...]


class Binder:
    """Collects bound values and warnings while predicates are built, so that no value enters a query's text."""

    def __init__(self, con: Warehouse) -> None:
        self.con = con
        self.params: dict[str, Any] = {}
        self.warnings: list[str] = []
        self._names: list[str] | None = None
        self._properties: list[Property] | None = None

    def names(self) -> list[str]:
        """The names of events, read once."""
        self._names = event_names(self.con) if self._names is None else self._names
        return self._names

    def properties(self) -> list[Property]:
        """Every property, those of events first; read once."""
        self._properties = known_properties(self.con) if self._properties is None else self._properties
        return self._properties

    def bind(self, value: Any, hint: str = "v") -> str:
        """-> "$hint_3": the placeholder that stands for the value."""
        name = f"{hint}_{len(self.params)}"
        self.params[name] = value
        return f"${name}"

    def warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def event(self, name: str) -> str:
        """Scalar SQL: the code of an event; null, with a warning, where the log never held it."""
        known = self.names()
        if name not in known:
            self.warn(f"No event is named {name!r}.{nearest(name, known)}")
        return f"(select event from event_names where name = {self.bind(name, 'event')})"

    def property(self, name: str) -> Property | None:
        """An event's property of that name, else a customer's; None, with a warning, where there is neither."""
        found = next((prop for prop in self.properties() if prop.name == name), None)
        if found is None:
            self.warn(f"No property is named {name!r}.{nearest(name, [p.name for p in self.properties()])}")
        return found

    def match(self, step: Any, alias: str = "e") -> Match:
        """The predicate of a step over `events {alias}`."""
        if step is None:
            return Match("any event", "true", ())
        if isinstance(step, str):
            return Match(step, f"{alias}.event = {self.event(step)}", (step,))
        if not isinstance(step, Mapping):
            raise QuestionError(
                f'{step!r} is not a step. Write an event name, null, {{"event": ..., "where": ...}} or {{"any_of": [...]}}.'
            )
        if "any_of" in step:
            return self._any_of(step, alias)
        refuse_unknown(step, ("event", "where"), "a step")
        where = {} if step.get("where") is None else step["where"]
        if not isinstance(where, Mapping):
            raise QuestionError(f'"where" maps properties to what they must be, such as {{"device": "mobile"}}; it was given {where!r}.')
        base = self.match(step.get("event"), alias)
        parts = [base.sql] + [self._where(name, value, alias) for name, value in where.items()]
        told = ", ".join(f"{name} {_told(value)}" for name, value in where.items())
        return Match(f"{base.label} ({told})" if told else base.label, "(" + " and ".join(parts) + ")", base.names)

    def _any_of(self, step: Mapping[str, Any], alias: str) -> Match:
        refuse_unknown(step, ("any_of",), "a step")
        if not isinstance(step["any_of"], list | tuple) or not step["any_of"]:
            raise QuestionError(f"any_of lists the steps that will do, one at least; it was given {step['any_of']!r}.")
        inner = [self.match(part, alias) for part in step["any_of"]]
        names = () if any(not part.names for part in inner) else tuple(name for part in inner for name in part.names)
        return Match(" or ".join(part.label for part in inner), "(" + " or ".join(part.sql for part in inner) + ")", names)

    def _where(self, name: str, wanted: Any, alias: str) -> str:
        found = self.property(name)
        op, value = read_condition(name, wanted)
        return "false" if found is None else self.condition(found, op, value, found.sql(alias))

    def condition(self, prop: Property, op: str, value: Any, sql: str) -> str:
        """The predicate `sql op value`.  Missing is never equal, greater or within; it is not equal to any value."""
        if op in ("is_null", "is_set"):
            return f"{sql} is {'not ' if op == 'is_set' else ''}null"
        if op in ("in", "not_in"):
            values = [fit(prop, item) for item in value]
            return f"coalesce(list_contains({self.bind(values, prop.column)}, {sql}), false) = {'true' if op == 'in' else 'false'}"
        if op in ("contains", "prefix"):
            call = "contains" if op == "contains" else "starts_with"
            return f"coalesce({call}({prop.as_text(sql)}, {self.bind(str(value), prop.column)}), false)"
        if op == "ne":
            return f"{sql} is distinct from {self.bind(fit(prop, value), prop.column)}"
        return f"coalesce({sql} {COMPARE[op]} {self.bind(fit(prop, value), prop.column)}, false)"


def read_condition(name: str, wanted: Any) -> tuple[str, Any]:
    """A condition as written -> (op, value).  Raises QuestionError naming the known ops."""
    if wanted is None:
        return "is_null", None
    if isinstance(wanted, list | tuple):
        return "in", list(wanted)
    if not isinstance(wanted, Mapping):
        return "eq", wanted
    refuse_unknown(wanted, ("op", "value"), f"the condition on {name!r}")
    op = wanted.get("op", "eq")
    if op not in OPS:
        raise QuestionError(f"The condition on {name!r} has the op {op!r}; it can be {', '.join(OPS)}.")
    value = wanted.get("value")
    if value is None and op not in ("is_null", "is_set"):
        if op not in ("eq", "ne"):
            raise QuestionError(f"The condition on {name!r} needs a value with the op {op!r}.")
        return ("is_null" if op == "eq" else "is_set"), None
    if op in ("in", "not_in") and not isinstance(value, list | tuple):
        raise QuestionError(f"The condition on {name!r} needs a list as its value with the op {op!r}.")
    return op, value


def fit(prop: Property, value: Any) -> Any:
    """A value in the type of the property, so that "5" finds 5 in a column of numbers and 5 finds "5" in one of text.

    A time is ISO-8601, one of UTC where it names no zone.
    """
    if value is None:
        raise QuestionError(f'A value of {prop.name!r} is null. Ask for missing values with the op "is_null".')
    if prop.type == "timestamp":
        return read_time(value, ZoneInfo("UTC"), f"A value of {prop.name!r}")
    try:
        if prop.type in NUMBERS:
            return float(value) if prop.type == "double" or not float(value).is_integer() else int(float(value))
        if prop.type == "boolean" and isinstance(value, str):
            return {"true": True, "false": False, "1": True, "0": False}[value.lower()]
    except (TypeError, ValueError, KeyError, OverflowError) as fault:
        raise QuestionError(f"The property {prop.name!r} holds values of type {prop.type}; {value!r} is not one.") from fault
    if prop.type == "varchar":
        return value if isinstance(value, str) else ("true" if value else "false") if isinstance(value, bool) else str(value)
    return value


def event_names(con: Warehouse) -> list[str]:
    return list(kept(con, "event names", lambda: ask_sql(con, "select name from event_names order by name")["name"].to_list()))


def known_properties(con: Warehouse) -> list[Property]:
    """Every property, those of events first."""
    return list(kept(con, "properties", lambda: _read_properties(con)))


def _read_properties(con: Warehouse) -> list[Property]:
    rows = ask_sql(con, 'select "of", name, "column", type from properties order by "of" desc, name')
    return [Property(*row) for row in rows.iter_rows()]


def find_property(con: Warehouse, name: str) -> Property | None:
    return next((prop for prop in known_properties(con) if prop.name == name), None)


def nearest(name: str, known: Sequence[str]) -> str:
    """ " The nearest known is 'x'.", or "" where nothing is near."""
    lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), list(lower), 1, 0.5)
    return f" The nearest known is {lower[near[0]]!r}." if near else ""


def _told(value: Any) -> str:
    """ "is mobile", "is not a or b", "≥ 5": a condition as a person would say it."""
    op, wanted = read_condition("", value)
    if op in ("is_null", "is_set"):
        return "is missing" if op == "is_null" else "is set"
    values = " or ".join(map(str, wanted)) if isinstance(wanted, list | tuple) else str(wanted)
    return f"{TOLD[op]} {values}"
