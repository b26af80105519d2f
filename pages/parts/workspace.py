"""The one open workspace of the app process, and answers kept by (question, scope, dataset version)."""

import os
import threading
from collections.abc import Callable
from typing import Any

import streamlit as st

from journey.scope import Scope
from journey.warehouse import Warehouse, one_moment, open_warehouse

# Two queries at a time on two cores: more would only slow each other down.
IN_FLIGHT = threading.BoundedSemaphore(2)


@st.cache_resource(show_spinner=False)
def warehouse() -> Warehouse:
    """The workspace named by JOURNEY_WORKSPACE, `.journey` by default."""
    return open_warehouse(os.environ.get("JOURNEY_WORKSPACE", ".journey"))


def answer(con: Warehouse, version: int, measure: Callable[..., Any], *parts: Any) -> Any:
    """`measure(con, *parts)`, computed once per dataset version for equal parts (frozen questions, scopes, plain data)."""
    place = str(con.folder or id(warehouse()))
    return _kept(f"{measure.__module__}.{measure.__qualname__}", place, version, parts, con, measure)


@st.cache_data(max_entries=400, ttl=3600, show_spinner=False)
def _kept(name: str, place: str, version: int, parts: tuple[Any, ...], _con: Warehouse, _measure: Callable[..., Any]) -> Any:
    with IN_FLIGHT, one_moment(_con):
        return _measure(_con, *parts)


def resolved(con: Warehouse, version: int, scope: Scope) -> Scope:
    """The scope with its segment brought down to what the rules room answers itself (a funnel's drop-offs become a list)."""
    from journey.ask import resolve_rule

    if scope.segment is None:
        return scope
    rule = answer(con, version, resolve_rule, scope.segment, Scope(scope.start, scope.stop, scope.timezone))
    return Scope(scope.start, scope.stop, scope.timezone, rule)
