"""Random logs full of ties: the SQL answers as the oracle does, nothing vanishes, every mark has its customers."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.ingest import load_events
from journey.paths import measure_paths, measure_transitions, paths_customers, read_paths, read_transitions, transitions_customers
from journey.scope import Scope, to_ms
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse
from tests.paths.oracle import tell

DAWN = datetime(2026, 3, 2, tzinfo=UTC)
EVENTS = ["a", "b", "c", "d"]
DEFAULTS: dict[str, Any] = {
    "start": None,
    "end": None,
    "steps": 5,
    "rows": 5,
    "unit": "session",
    "collapse_repeats": True,
    "hide": [],
    "group": {},
    "min_count": 0,
}
# Ten minutes a tick: many events fall together, and a pause of four ticks ends a session.
logs = st.lists(st.tuples(st.sampled_from(["ann", "bob", "cat"]), st.integers(0, 14), st.sampled_from(EVENTS)), min_size=1, max_size=24)
names = st.none() | st.sampled_from(EVENTS[:3])
questions = st.fixed_dictionaries(
    {
        "start": names,
        "end": names,
        "steps": st.integers(1, 5),
        "rows": st.integers(1, 3),
        "unit": st.sampled_from(["session", "customer", "history"]),
        "collapse_repeats": st.sampled_from([True, False, ["a"]]),
        "hide": st.sampled_from([[], ["d"]]),
        "group": st.sampled_from([{}, {"d": "c"}]),
        "min_count": st.integers(0, 3),
    }
)
scopes = st.tuples(st.none() | st.integers(0, 7), st.none() | st.integers(8, 14))
few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def loaded(log: list[tuple[str, int, str]]) -> tuple[Warehouse, list[tuple[str, int, str]]]:
    """A warehouse that holds the log, and the log in ms."""
    rows = [(who, DAWN + timedelta(minutes=10 * tick), event) for who, tick, event in log]
    con = empty_warehouse()
    load_events(con, pl.DataFrame(rows, schema={"customer": pl.String, "ts": pl.Datetime("ms", "UTC"), "event": pl.String}, orient="row"))
    return con, [(who, to_ms(ts), event) for who, ts, event in rows]


def most_begun(trails: Counter[tuple[str, ...]], q: dict[str, Any]) -> list[tuple[int, int]]:
    """(events, paths) of the commonest beginning, or end, of each length."""
    found = []
    for length in range(2, q["steps"] + 1):
        begun: Counter[tuple[str, ...]] = Counter()
        for way, number in trails.items():
            if len(way) >= length:
                begun[way[:length] if q["end"] is None else way[-length:]] += number
        found += [(length, max(begun.values()))] if begun else []
    return found


def a_scope(bounds: tuple[int | None, int | None]) -> Scope:
    start, stop = (None if tick is None else to_ms(DAWN + timedelta(minutes=10 * tick)) for tick in bounds)
    return Scope(start, stop)


@few
@given(logs, questions, scopes)
def test_the_answer_is_the_oracles(log: list[tuple[str, int, str]], q: dict[str, Any], bounds: tuple[int | None, int | None]) -> None:
    con, rows = loaded(log)
    scope = a_scope(bounds)
    answer = measure_paths(con, read_paths(q), scope)
    told = tell(rows, q, scope.start, scope.stop)
    assert answer.count == told.paths
    assert {(link.step, link.source, link.target): link.count for link in answer.links} == told.links
    assert {(node.step, node.event): node.count for node in answer.nodes} == told.nodes
    assert {path.events: path.count for path in answer.top_paths} == told.trails
    assert [(len(way.events), way.count) for way in answer.ways] == most_begun(told.trails, q)
    for link in answer.links:
        waits = told.waits.get((link.step, link.source, link.target))
        assert link.average_seconds == (pytest.approx(sum(waits) / len(waits)) if waits else None)


@few
@given(logs, questions)
def test_every_mark_counts_the_customers_it_lists(log: list[tuple[str, int, str]], q: dict[str, Any]) -> None:
    con, rows = loaded(log)
    question, told = read_paths(q), tell(rows, q)
    answer = measure_paths(con, question, Scope())
    for link in answer.links:
        people = paths_customers(con, question, Scope(), {"step": link.step, "source": link.source, "target": link.target})
        assert set(people.ids) == told.link_customers[link.step, link.source, link.target] and people.count == link.customers
    for node in answer.nodes:
        people = paths_customers(con, question, Scope(), {"step": node.step, "node": node.event})
        assert set(people.ids) == told.node_customers[node.step, node.event] and people.count == node.customers
    for path in answer.top_paths:
        assert paths_customers(con, question, Scope(), {"path": list(path.events)}).count == path.customers
    for way in answer.ways:
        assert paths_customers(con, question, Scope(), {"way": list(way.events)}).count == way.customers


@settings(few, max_examples=6)
@given(logs, questions)
def test_flow_is_conserved_and_no_link_to_an_event_too_thin(log: list[tuple[str, int, str]], q: dict[str, Any]) -> None:
    answer = measure_paths(loaded(log)[0], read_paths(q), Scope())
    into: Counter[tuple[int, str]] = Counter()
    out: Counter[tuple[int, str]] = Counter()
    for link in answer.links:
        out[link.step, link.source] += link.count
        into[link.step + 1, link.target] += link.count
    first, last = (-q["steps"], -1) if q["end"] else (1, q["steps"])
    for node in answer.nodes:
        if node.event not in ("Drop-off",) and node.step != last:
            assert out[node.step, node.event] == node.count
        if node.event not in ("(start)",) and node.step != first:
            assert into[node.step, node.event] == node.count
    assert sum(path.count for path in answer.top_paths) == answer.count
    far = "source" if q["end"] else "target"
    assert all(link.count >= q["min_count"] for link in answer.links if getattr(link, far) in EVENTS)


@few
@given(logs, st.sampled_from(["customer", "session"]), st.booleans())
def test_transitions_are_the_neighbours(log: list[tuple[str, int, str]], unit: str, ends: bool) -> None:
    con, rows = loaded(log)
    question = read_transitions({"unit": unit, "ends": ends})
    answer = measure_transitions(con, question, Scope())
    from tests.paths.oracle import sessions_of

    histories: dict[Any, list[str]] = {}
    for number, (customer, events) in enumerate(sessions_of(rows)):
        histories.setdefault(customer if unit == "customer" else number, []).extend(event for _, event in events)
    pairs: Counter[tuple[str, str]] = Counter()
    for history in histories.values():
        way = ["(start)", *history, "(end)"] if ends else history
        pairs.update(itertools.pairwise(way))
    assert {(edge.source, edge.target): edge.count for edge in answer.edges} == pairs
    for edge in answer.edges:
        assert transitions_customers(con, question, Scope(), {"from": edge.source, "to": edge.target}).count == edge.customers
