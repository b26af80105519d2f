"""Returns to an event, by hand and counted again; and the commonest events of a matrix of transitions."""

import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.paths import (
    Loop,
    loops_customers,
    measure_loops,
    measure_transitions,
    read_loops,
    read_transitions,
    transitions_customers,
)
from journey.scope import Scope, read_scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.paths.oracle import sessions_of
from tests.paths.test_definition import loaded


def found(con: Warehouse, scope: Scope | None = None, **q: Any) -> dict[tuple[str, ...], Loop]:
    return {loop.events: loop for loop in measure_loops(con, read_loops(q), scope or Scope()).loops}


def test_every_return_counts_once_with_its_time() -> None:
    con = drawn("ann 09:00 a 09:01 b 09:03 a 09:04 b 09:10 a", "bob 09:00 a 09:05 c")
    loops = found(con)
    assert loops[("a", "b", "a")] == Loop(("a", "b", "a"), 2, 1, 2, 300.0, 600.0)
    assert loops[("b", "a", "b")] == Loop(("b", "a", "b"), 1, 1, 1, 180.0, 180.0)
    assert loops["a", "b", "a"].share == 0.5 and len(loops) == 2


def test_repeats_are_loops_of_their_own_and_do_not_hide_a_return() -> None:
    loops = found(drawn("ann 09:00 a 09:02 a 09:03 b 09:04 b 09:08 a"))
    assert {events: (loop.count, loop.median_seconds) for events, loop in loops.items()} == {
        ("a", "a"): (1, 120),
        ("b", "b"): (1, 60),
        ("a", "b", "a"): (1, 360),
    }


def test_a_return_through_two_others_is_none() -> None:
    assert found(drawn("ann 09:00 a b c a")) == {}


def test_in_sessions_nobody_returns_from_the_day_before() -> None:
    con = drawn("ann 09:00 a b +1d a")
    assert ("a", "b", "a") in found(con) and found(con, unit="session") == {}


def test_loops_are_selected_by_their_begin() -> None:
    con = drawn("ann 09:00 a b 10:00 a b a")
    scope = read_scope({"start": "2026-03-02T09:30"})
    assert found(con, scope)["a", "b", "a"].count == 1 and found(con)["a", "b", "a"].count == 2


def test_hidden_grouped_and_expanded_events_loop_as_they_are_told() -> None:
    con = drawn("ann 09:00 a ad a{of=x} b/1 b/2 a{of=x}")
    assert set(found(con, hide=["ad"], group={"b/*": "b"}, expand={"a": "of"})) == {("b", "b"), ("a: x", "b", "a: x")}


@pytest.mark.parametrize("mark", [{}, {"loop": "aa"}, {"loop": ["a"]}, {"loop": ["a", "b"]}, {"from": "a", "to": "a"}])
def test_another_mark_is_refused(mark: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match="no mark of loops"):
        loops_customers(drawn("ann 09:00 a a"), read_loops({}), Scope(), mark)


def test_nobody_is_behind_a_loop_through_an_event_that_is_none() -> None:
    con = drawn("ann 09:00 a a b a")
    assert loops_customers(con, read_loops({}), Scope(), {"loop": ["a", "x", "a"]}).count == 0
    assert loops_customers(con, read_loops({}), Scope(), {"loop": ["x", "x"]}).count == 0


def test_an_empty_log_has_no_loop() -> None:
    answer = measure_loops(drawn(""), read_loops({}), Scope())
    assert (answer.loops, answer.evidence.population) == ((), 0)


logs = st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 14), st.sampled_from("abc")), min_size=1, max_size=20)
few = settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))


@few
@given(logs, st.sampled_from(["customer", "session"]))
def test_loops_are_those_a_person_would_count(log: list[tuple[str, int, str]], unit: str) -> None:
    con, rows = loaded(log)
    counted: Counter[tuple[str, ...]] = Counter()
    for _, events in sessions_of(rows, whole=unit == "customer"):
        names = [name for _, name in events]
        counted.update((a, b) for a, b in itertools.pairwise(names) if a == b)
        once = [name for name, _ in itertools.groupby(names)]
        counted.update((a, b, c) for a, b, c in zip(once, once[1:], once[2:], strict=False) if a == c)
    loops = found(con, unit=unit)
    assert {way: loop.count for way, loop in loops.items()} == counted
    for way, loop in loops.items():
        assert loops_customers(con, read_loops({"unit": unit}), Scope(), {"loop": list(way)}).count == loop.customers <= loop.doers


def test_past_the_commonest_events_there_is_other() -> None:
    con = drawn("ann 09:00 a b a b x y", "bob 09:00 a b z")
    answer = measure_transitions(con, read_transitions({"rows": 2, "ends": True}), Scope())
    assert {(edge.source, edge.target): edge.count for edge in answer.edges} == {
        ("(start)", "a"): 2,
        ("a", "b"): 3,
        ("b", "a"): 1,
        ("b", "Other"): 2,
        ("Other", "Other"): 1,
        ("Other", "(end)"): 2,
    }


def test_the_commonest_are_those_of_the_scope() -> None:
    con = drawn("ann 09:00 x y x y x y", "bob 2026-03-05 09:00 a b")
    scope = read_scope({"start": "2026-03-04"})
    edges = measure_transitions(con, read_transitions({"rows": 2}), scope).edges
    assert [(edge.source, edge.target) for edge in edges] == [("a", "b")]


@few
@given(logs, st.integers(1, 3))
def test_folding_loses_no_transition_and_every_cell_has_its_customers(log: list[tuple[str, int, str]], rows: int) -> None:
    con, _ = loaded(log)
    whole, question = measure_transitions(con, read_transitions({}), Scope()), read_transitions({"rows": rows})
    folded = measure_transitions(con, question, Scope())
    assert folded.count == whole.count == sum(edge.count for edge in folded.edges)
    for edge in folded.edges:
        assert transitions_customers(con, question, Scope(), {"from": edge.source, "to": edge.target}).count == edge.customers


def test_a_loop_and_a_transition_are_segments_and_questions() -> None:
    con = drawn("ann 09:00 a b a", "bob 09:00 a b")
    assert ask(con, {"ask": "loops", "customers": {"loop": ["a", "b", "a"]}})["customers"]["ids"] == ["ann"]
    for rule in ({"loops": {}, "loop": ["a", "b", "a"]}, {"transitions": {}, "from": "b", "to": "a"}):
        assert ask(con, {"ask": "segment", "where": rule})["customers"] == 1
