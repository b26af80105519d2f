"""A matrix of transitions: the order of its events, and how sure its shares are; and the shares of top paths."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.inference import wilson
from journey.paths import Part, measure_matrix, measure_paths, read_paths, read_transitions
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


def test_the_interval_of_a_top_path_knows_whose_paths_it_is() -> None:
    """Ann has five sessions, four of them alike; bob and cat have one each, like her fifth."""
    con = drawn("ann 09:00 a b 10:00 a b 11:00 a c 12:00 a b 13:00 a b", "bob 09:00 a c", "cat 09:00 a c")
    answer = measure_paths(con, read_paths({}), Scope())
    assert {path.events: path.part for path in answer.top_paths} == {
        ("a", "b"): Part(count=4, customers=1, total=7, squares=4 * 4, products=4 * 5, total_squares=25 + 1 + 1),
        ("a", "c"): Part(count=3, customers=3, total=7, squares=1 + 1 + 1, products=1 * 5 + 1 + 1, total_squares=25 + 1 + 1),
    }
    told = answer.as_plain()["top_paths"][0]
    assert (told["share"], told["interval"]) == (4 / 7, list(answer.top_paths[0].interval or ()))
    assert told["interval"][0] < (wilson(4, 7) or (0, 0))[0]


def test_an_empty_log_has_an_empty_matrix() -> None:
    matrix = measure_matrix(drawn(""), read_transitions({"rows": 5, "ends": True}), Scope())
    assert (matrix.events, matrix.cells, matrix.seen, matrix.count) == ((), {}, 0, 0)


logs = st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 14), st.sampled_from("abc")), min_size=1, max_size=20)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(logs, st.sampled_from(["session", "customer", "history"]), st.booleans())
def test_shares_are_those_of_the_answer(log: list[tuple[str, int, str]], unit: str, ends: bool) -> None:
    con, _ = loaded(log)
    answer = measure_paths(con, read_paths({"unit": unit}), Scope())
    assert all(path.part.total == answer.count for path in answer.top_paths)
    matrix = measure_matrix(con, read_transitions({"ends": ends}), Scope())
    for cell in matrix.cells.values():
        assert cell.out.share == pytest.approx(cell.edge.share_out) and cell.into.share == pytest.approx(cell.edge.share_in)
