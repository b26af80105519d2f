"""The index and the definition in SQL give the same answer: all of it, and the customers of every mark."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.index import Index, forget_index, open_index, use_index
from journey.paths import (
    Paths,
    common_events,
    lone_sessions,
    loops_customers,
    measure_loops,
    measure_matrix,
    measure_paths,
    measure_transitions,
    pairs,
    paths,
    paths_customers,
    read_loops,
    read_paths,
    read_transitions,
    transitions_customers,
    usual_start,
    usual_unit,
)
from journey.paths import expand as expanding
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.paths.test_definition import a_scope, loaded, logs, questions, scopes

Answer = TypeVar("Answer")
segments = st.sampled_from([None, None, {"did": "a"}, {"not": {"did": "b"}}])
transitions = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(["customer", "session"]),
        "ends": st.booleans(),
        "collapse_repeats": st.sampled_from([True, False, ["a"]]),
        "hide": st.sampled_from([[], ["d"]]),
        "group": st.sampled_from([{}, {"d": "c"}]),
        "rows": st.none() | st.integers(1, 3),
    }
)
loops = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(["customer", "session"]),
        "hide": st.sampled_from([[], ["d"]]),
        "group": st.sampled_from([{}, {"d": "c"}]),
    }
)
many = settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))
some = settings(many, max_examples=6)


@pytest.fixture(autouse=True)
def small_shares(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logs as small as these are cut into shares, too."""
    whole = Index.shares
    monkeypatch.setattr(Index, "shares", lambda index, parts: whole(index, parts, least=4))
    yield
    use_index(False)


def both(con: Warehouse, ask: Callable[[], Answer]) -> tuple[Answer, Answer]:
    """What the index answers, and what SQL does."""
    use_index()
    assert open_index(con) is not None
    fast = ask()
    use_index(False)
    forget_index(con)
    assert open_index(con) is None
    return fast, ask()


@many
@given(logs, questions, scopes, segments, st.sampled_from([1, 2, 100]))
def test_paths_are_the_same(log: list[tuple[str, int, str]], plain: dict[str, Any], bounds: Any, segment: Any, most: int) -> None:
    con, _ = loaded(log)
    question, scope = read_paths(plain), replace(a_scope(bounds), segment=segment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "MOST_PATHS", most)  # so that ties at the edge of the commonest are settled, too
        fast, slow = both(con, lambda: measure_paths(con, question, scope))
    assert fast == slow
    for mark in marks_of(slow):
        people = both(con, lambda mark=mark: paths_customers(con, question, scope, mark))
        assert people[0] == people[1], mark
    con.close()


def marks_of(answer: Paths) -> list[dict[str, Any]]:
    """One of each kind, and some that the answer does not have."""
    found: list[dict[str, Any]] = [{"step": 1, "node": "Other"}, {"step": -1, "source": "a", "target": "nothing"}, {"way": ["Other"]}]
    found += [{"step": node.step, "node": node.event} for node in answer.nodes[-2:]]
    found += [{"step": link.step, "source": link.source, "target": link.target} for link in answer.links[:: max(1, len(answer.links) // 3)]]
    found += [{"path": list(path.events)} for path in answer.top_paths[:1]] + [{"way": list(way.events)} for way in answer.ways[:1]]
    return found


@many
@given(logs, transitions, scopes, segments)
def test_transitions_are_the_same(log: list[tuple[str, int, str]], plain: dict[str, Any], bounds: Any, segment: Any) -> None:
    con, _ = loaded(log)
    question, scope = read_transitions(plain), replace(a_scope(bounds), segment=segment)
    fast, slow = both(con, lambda: measure_transitions(con, question, scope))
    assert fast == slow
    for mark in [{"from": edge.source, "to": edge.target} for edge in slow.edges[:4]] + [{"from": "a", "to": "Other"}]:
        people = both(con, lambda mark=mark: transitions_customers(con, question, scope, mark))
        assert people[0] == people[1]
    con.close()


@some
@given(logs)
def test_a_newcomer_is_shown_the_same(log: list[tuple[str, int, str]]) -> None:
    con, _ = loaded(log)
    fast, slow = both(con, lambda: (usual_start(con), usual_unit(con), lone_sessions(con), common_events(con, most=2)))
    assert fast == slow
    con.close()


@some
@given(logs, loops, scopes, segments)
def test_loops_are_the_same(log: list[tuple[str, int, str]], plain: dict[str, Any], bounds: Any, segment: Any) -> None:
    con, _ = loaded(log)
    question, scope = read_loops(plain), replace(a_scope(bounds), segment=segment)
    fast, slow = both(con, lambda: measure_loops(con, question, scope))
    assert fast == slow
    for way in [*[loop.events for loop in slow.loops][-2:], ("a", "b", "a"), ("a", "a", "a"), ("a", "Other", "a"), ("x", "x")]:
        people = both(con, lambda way=way: loops_customers(con, question, scope, {"loop": list(way)}))
        assert people[0] == people[1], way
        assert way not in {loop.events for loop in slow.loops} or people[0].count == next(
            x.customers for x in slow.loops if x.events == way
        )
    con.close()


@some
@given(logs, transitions, scopes, segments)
def test_a_matrix_is_the_same(log: list[tuple[str, int, str]], plain: dict[str, Any], bounds: Any, segment: Any) -> None:
    con, _ = loaded(log)
    question, scope = read_transitions(plain), replace(a_scope(bounds), segment=segment)
    fast, slow = both(con, lambda: measure_matrix(con, question, scope))
    assert fast == slow
    con.close()


@pytest.mark.parametrize("sure", [0.0, 0.3, 4.0])
def test_medians_are_exact_however_the_sample_falls(monkeypatch: pytest.MonkeyPatch, sure: float) -> None:
    """With brackets far too narrow, many medians lie outside and are found again."""
    for name, value in (("ENOUGH", 0), ("SAMPLED", 3), ("SAMPLED_ONCE", 2), ("SURE", sure)):
        monkeypatch.setattr(pairs, name, value)
    rng = random.Random(7)
    log = [(f"c{rng.randrange(60)}", rng.choice([0, 5, 5, 9, *range(400)]), rng.choice("aaabc")) for _ in range(3000)]
    con, _ = loaded(log)
    for scope in (Scope(), a_scope((40, 300))):
        fast, slow = both(con, lambda scope=scope: measure_transitions(con, read_transitions({"ends": True}), scope))
        assert fast == slow and len(slow.edges) >= 9


LONG: tuple[dict[str, Any], ...] = ({}, {"end": "b", "unit": "history"}, {"start": "a", "min_count": 2, "collapse_repeats": False})


@pytest.mark.parametrize(("plain", "steps"), [(LONG[1], 11), *((plain, steps) for plain in LONG for steps in (20, 21))], ids=str)
def test_long_paths_are_the_same(plain: dict[str, Any], steps: int) -> None:
    """Columns that fit into 62 bits, of three each, and columns that do not and are left to the definition."""
    rng = random.Random(steps)
    con, _ = loaded([(f"c{rng.randrange(9)}", rng.randrange(60), rng.choice("aabcd")) for _ in range(300)])
    question = read_paths({**plain, "steps": steps})
    fast, slow = both(con, lambda: measure_paths(con, question, Scope()))
    assert fast == slow and slow.count
    for mark in marks_of(slow):
        people = both(con, lambda mark=mark: paths_customers(con, question, Scope(), mark))
        assert people[0] == people[1], mark


VALUED = (
    "ann 09:00 home 09:01 view{of=shoes,price=3} 09:02 view{of=hats} 09:03 buy +1d 09:00 view{of=hats} 09:01 home",
    "bob 09:00 home 09:01 view{of=shoes} 09:02 view{of=shoes,price=3} 09:03 buy{of=shoes}",
    "cat 09:00 view{price=5.5} 09:01 view 09:02 look{of=shoes} 09:03 buy 09:04 view{of=bags}",
)


@pytest.mark.parametrize(
    ("plain", "most_values"),
    [
        ({"expand": {"view": "of"}}, 1),
        ({"expand": {"view": "of"}}, 100),
        ({"expand": {"view": "of", "buy": "of"}, "collapse_repeats": ["view"], "start": "view"}, 100),
        ({"expand": {"view": "price"}, "end": "buy", "group": {"look": "view"}}, 1),
        ({"expand": {"view": "of"}, "hide": ["view: shoes", "home"], "unit": "history"}, 100),
    ],
    ids=str,
)
def test_events_told_with_a_value_are_the_same(monkeypatch: pytest.MonkeyPatch, plain: dict[str, Any], most_values: int) -> None:
    monkeypatch.setattr(expanding, "MOST_VALUES", most_values)
    con = drawn(*VALUED)
    question = read_paths(plain)
    fast, slow = both(con, lambda: measure_paths(con, question, Scope()))
    assert fast == slow and slow.count
    for mark in marks_of(slow):
        people = both(con, lambda mark=mark: paths_customers(con, question, Scope(), mark))
        assert people[0] == people[1], mark
    pairs_of = read_transitions({"expand": plain["expand"], "ends": True})
    fast_pairs, slow_pairs = both(con, lambda: measure_matrix(con, pairs_of, Scope()))
    assert fast_pairs == slow_pairs and slow_pairs.count
    fast_loops, slow_loops = both(con, lambda: measure_loops(con, read_loops({"expand": plain["expand"]}), Scope()))
    assert fast_loops == slow_loops and slow_loops.loops
