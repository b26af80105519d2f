"""The one open workspace of the app process, and answers kept by (question, scope, dataset version)."""

import os
import threading
from collections.abc import Callable
from typing import Any

import streamlit as st

from journey.charts.theme import told
from journey.scope import Scope
from journey.warehouse import SCORED, Warehouse, one_moment, open_warehouse
from pages.parts.shelf import Shelf, by_itself, by_value

# Two queries at a time on two cores: more would only slow each other down.
IN_FLIGHT = threading.BoundedSemaphore(2)
ANSWERS, DERIVED = Shelf(400), Shelf(300)


@st.cache_resource(show_spinner=False)
def warehouse() -> Warehouse:
    """The workspace named by JOURNEY_WORKSPACE, `.journey` by default."""
    return open_warehouse(os.environ.get("JOURNEY_WORKSPACE", ".journey"))


def answer(con: Warehouse, version: int, measure: Callable[..., Any], *parts: Any) -> Any:
    """`measure(con, *parts)`, computed once per dataset version for equal parts (frozen questions, scopes, plain data).

    Rules may speak of scores, so that it is computed again once customers are scored anew.

    Every session is handed the same object, so nobody changes it.
    """
    place = str(con.folder or id(warehouse()))
    key = (f"{measure.__module__}.{measure.__qualname__}", place, version, con.shared.get(SCORED, 0), by_value(parts))
    return ANSWERS.take(key, lambda: _measured(con, measure, parts))


def _measured(con: Warehouse, measure: Callable[..., Any], parts: tuple[Any, ...]) -> Any:
    with IN_FLIGHT, one_moment(con):
        return measure(con, *parts)


def derived(make: Callable[..., Any], *parts: Any, **options: Any) -> Any:
    """`make(*parts, **options)`, a figure say, made once for the same answers; plain data may be equal."""
    return DERIVED.take((make, by_itself(parts), by_itself(options)), lambda: told(make(*parts, **options)))


def one_of(thing: Any) -> Any:
    """The first of all things equal to this one: what was derived from it is found again."""
    return DERIVED.take((one_of, by_value(thing)), lambda: thing)


def resolved(con: Warehouse, version: int, scope: Scope) -> Scope:
    """The scope with its segment brought down to what the rules room answers itself (a funnel's drop-offs become a list)."""
    from journey.ask import resolve_rule

    if scope.segment is None:
        return scope
    rule = answer(con, version, resolve_rule, scope.segment, Scope(scope.start, scope.stop, scope.timezone))
    return Scope(scope.start, scope.stop, scope.timezone, rule)
