"""What is said of a funnel beyond its events survives an address, and means what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.errors import QuestionError
from journey.funnels import measure_funnel, read_funnel
from journey.funnels.refined import Refined, read_refined
from journey.scope import Scope
from tests.drawn import drawn

STEP, TEXT = st.integers(0, 11), st.text(min_size=1, max_size=8)
VALUES = st.one_of(TEXT, st.integers(-5, 5), st.lists(TEXT, max_size=3).map(tuple))
REFINED = st.builds(
    Refined,
    where=st.lists(st.tuples(STEP, TEXT, st.sampled_from(["eq", "in", "gt"]), VALUES), max_size=3).map(tuple),
    either=st.lists(st.tuples(STEP, TEXT), max_size=3).map(tuple),
    skip=st.lists(STEP, max_size=3).map(tuple),
    without=st.lists(st.tuples(TEXT, STEP, STEP), max_size=3).map(tuple),
)


@given(REFINED)
def test_the_text_reads_back_as_what_was_said(refined: Refined) -> None:
    assert read_refined(refined.as_text()) == refined


def test_nothing_said_is_no_text() -> None:
    assert Refined().as_text() == ""
    assert read_refined(None) == read_refined(" ") == Refined()


def test_a_filter_stands_at_every_event_that_will_do() -> None:
    refined = Refined(where=((1, "d", "eq", "x"),), either=((1, "c"),))
    assert refined.steps_of(["a", "b"]) == ["a", {"any_of": [{"event": "b", "where": {"d": "x"}}, {"event": "c", "where": {"d": "x"}}]}]
    con = drawn("ann 09:00 a 09:01 b{d=x}", "bob 09:00 a 09:01 c{d=x}", "cat 09:00 a 09:01 c{d=y}")
    assert measure_funnel(con, read_funnel({"steps": refined.steps_of(["a", "b"])}), Scope()).converted == 2


def test_two_filters_on_one_property_both_hold() -> None:
    refined = Refined(where=((1, "p", "gt", "2"), (1, "p", "lt", "5"), (1, "p", "is_set", None)))
    con = drawn(*(f"c{n} 09:00 a 09:01 b{{p={n}}}" for n in range(8)))
    assert measure_funnel(con, read_funnel({"steps": refined.steps_of(["a", "b"])}), Scope()).converted == 2


def test_what_names_a_step_that_is_gone_is_left_out() -> None:
    refined = Refined(skip=(0, 1, 4), without=(("x", 0, 1), ("x", 0, 4), ("x", 2, 1)))
    assert refined.options_of(3) == {"optional": [1], "exclusions": [{"event": "x", "from_step": 0, "to_step": 1}]}


def test_what_was_said_moves_with_its_step() -> None:
    refined = Refined(where=((2, "d", "eq", "x"), (1, "d", "eq", "y")), either=((2, "c"),), skip=(2,), without=(("x", 0, 2), ("x", 1, 2)))
    assert refined.moved([0, 2]) == Refined(where=((1, "d", "eq", "x"),), either=((1, "c"),), skip=(1,), without=(("x", 0, 1),))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        "7",
        '{"where": 1}',
        '{"where": [[1, "d", "near", 2]]}',
        '{"where": [[true, "d", "eq", 1]]}',
        '{"where": [[1, "d", "eq", {"a": 1}]]}',
        '{"or": [[-1, "a"]]}',
        '{"or": [["a"]]}',
        '{"skip": ["a"]}',
        '{"not": [["a", 0]]}',
        '{"colour": []}',
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(QuestionError):
        read_refined(text)
