"""A matrix of transitions: the order of its events, and how sure its shares are; and the shares of top paths."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.inference import wilson
from journey.paths import measure_matrix, measure_paths, path_parts, read_paths, read_transitions
from journey.scope import Scope
from tests.drawn import drawn
from tests.paths.test_definition import loaded


def test_events_stand_in_the_order_of_the_flow_not_of_the_alphabet() -> None:
    con = drawn("ann 09:00 visit cart visit cart buy", "bob 09:00 visit buy", "cat 09:00 visit cart about")
    assert measure_matrix(con, read_transitions({"ends": True}), Scope()).events == (
        "(start)",
        "visit",
        "cart",
        "buy",
        "about",
        "(end)",
    )


def test_what_has_no_name_of_its_own_is_counted() -> None:
    con = drawn("ann 09:00 a b a b x y")
    matrix = measure_matrix(con, read_transitions({"rows": 2}), Scope())
    assert (matrix.events, matrix.seen, matrix.folded, matrix.count) == (("a", "b", "Other"), 4, 2, 5)


def test_the_interval_of_a_share_is_wilsons_where_each_customer_counts_once() -> None:
    matrix = measure_matrix(drawn("ann 09:00 a b", "bob 09:00 a b", "cat 09:00 a c"), read_transitions({}), Scope())
    assert matrix.cells["a", "b"].out.interval == pytest.approx(wilson(2, 3))


def test_one_busy_customer_is_one_witness() -> None:
    busy = "ann 09:00 " + "a b " * 20
    matrix = measure_matrix(drawn(busy, "bob 09:00 a c", "cat 09:00 a c"), read_transitions({}), Scope())
    low, high = matrix.cells["a", "b"].out.interval or (0, 0)
    assert low < wilson(20, 22)[0] and high - low > 0.4  # type: ignore[index]


def test_an_empty_log_has_an_empty_matrix() -> None:
    matrix = measure_matrix(drawn(""), read_transitions({"rows": 5, "ends": True}), Scope())
    assert (matrix.events, matrix.cells, matrix.seen, matrix.count) == ((), {}, 0, 0)


logs = st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 14), st.sampled_from("abc")), min_size=1, max_size=20)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(logs, st.sampled_from(["session", "customer", "history"]), st.booleans())
def test_parts_are_those_of_the_answer(log: list[tuple[str, int, str]], unit: str, ends: bool) -> None:
    con, _ = loaded(log)
    question = read_paths({"unit": unit})
    answer, parts = measure_paths(con, question, Scope()), path_parts(con, question, Scope())
    assert {path.events: (path.count, path.customers) for path in answer.top_paths} == {
        events: (part.count, part.customers) for events, part in parts.items()
    }
    assert all(part.total == answer.count for part in parts.values())
    matrix = measure_matrix(con, read_transitions({"ends": ends}), Scope())
    for cell in matrix.cells.values():
        assert cell.out.share == pytest.approx(cell.edge.share_out) and cell.into.share == pytest.approx(cell.edge.share_in)
