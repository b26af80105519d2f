"""Segment rules and steps as plain data, turned into SQL predicates with bound values.

`Binder.match(step)` says which events a step names; `entries(binder, scope)` which events may be entries of a scope,
`in_segment(binder, scope)` which are of its segment at any time.
"""

from journey.rules.match import Binder, Match, Property, event_names, find_property, known_properties, nearest
from journey.rules.segment import customers_where, in_segment
from journey.scope import Scope

__all__ = [
    "Binder",
    "Match",
    "Property",
    "customers_where",
    "entries",
    "event_names",
    "find_property",
    "in_segment",
    "known_properties",
    "nearest",
]


def entries(binder: Binder, scope: Scope, alias: str = "e") -> str:
    """The predicate over `events {alias}` that holds for the entries of a scope: its time and its segment."""
    parts = []
    if scope.start is not None:
        parts.append(f"{alias}.ts >= {binder.bind(scope.start, 'scope_start')}")
    if scope.stop is not None:
        parts.append(f"{alias}.ts < {binder.bind(scope.stop, 'scope_stop')}")
    if scope.segment is not None:
        parts.append(in_segment(binder, scope, alias))
    return " and ".join(parts) or "true"
