"""How many took how long, who entered when, and who they are."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.answers import iso
from journey.errors import QuestionError
from journey.funnels import funnel_customers, measure_funnel, measure_times, read_funnel
from journey.funnels.times import EDGES
from journey.scope import Scope
from tests.drawn import drawn
from tests.lent import empty_warehouse

LOG = ("ann 09:00 a 09:00:30 b 09:02 c", "bob 09:00 a 09:10 b", "cat 09:00 a 09:00:59.999 b 10:00 c", "dan 09:00 a")


def asked(**plain: Any) -> Any:
    return read_funnel({"steps": ["a", "b", "c"], "window": "1d", **plain})


def test_each_class_holds_its_lower_end_and_not_its_upper() -> None:
    whole, second, third = measure_times(drawn(*LOG), asked(), Scope())
    assert (whole.since, whole.n, whole.median_s) == ("first", 2, 1_860)
    assert [found for found in second.bins if found[2]] == [(30, 60, 2), (600, 1200, 1)]
    assert [found for found in third.bins if found[2]] == [(60, 120, 1), (1800, 3600, 1)]
    assert second.fullest == (30, 60, 2)


def test_two_steps_have_one_way() -> None:
    assert [(found.step, found.since) for found in measure_times(drawn(*LOG), read_funnel({"steps": ["a", "b"]}), Scope())] == [
        (1, "previous")
    ]
    assert measure_times(drawn(*LOG), read_funnel({"steps": ["a"]}), Scope()) == ()
    assert measure_times(empty_warehouse(), asked(), Scope()) == ()


@pytest.mark.parametrize("plain", [{}, {"count_by": "session"}, {"order": "unordered"}, {"optional": [1]}, {"window": None}])
def test_a_class_has_as_many_customers_as_it_shows(plain: dict[str, Any]) -> None:
    con = drawn(*LOG, "eve 09:00 a 12:00 c")
    for spread in measure_times(con, asked(**plain), Scope()):
        assert sum(count for *_, count in spread.bins) == spread.n
        for place, (*_, count) in enumerate(spread.bins):
            assert funnel_customers(con, asked(**plain), Scope(), spread.mark(place)).count == count


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 86_399), min_size=1, max_size=8))
def test_every_time_falls_in_the_one_class_that_holds_it(seconds: list[int]) -> None:
    lines = [f"c{at} 2026-03-02 00:00 a {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d} b" for at, s in enumerate(seconds)]
    (spread,) = measure_times(drawn(*lines), read_funnel({"steps": ["a", "b"]}), Scope())
    wanted = [sum(low <= s < high for s in seconds) for low, high in pairwise(EDGES)]
    assert [count for *_, count in spread.bins if count] == [count for count in wanted if count]


def test_a_period_of_the_trend_has_as_many_customers_as_it_shows() -> None:
    con = drawn("ann 09:00 a 09:05 b", "bob 09:00 a +1d 09:00 a 09:05 b", "cat 2026-03-04 09:00 a", "zed 2026-03-06 00:00 z")
    question = read_funnel({"steps": ["a", "b"], "window": "1h", "trend": "day"})
    for period in measure_funnel(con, question, Scope()).trend:
        entered = {"from": iso(period.start), "before": iso(period.stop)}
        assert funnel_customers(con, question, Scope(), {"reached": 0, "entered": entered}).count == period.entered
        assert funnel_customers(con, question, Scope(), {"reached": 1, "entered": entered}).count == period.converted


def test_property_values_have_times_too() -> None:
    con = drawn("ann 09:00 a{team=red} 09:05 b{team=red}")
    question = read_funnel({"steps": ["a", "b"], "count_by": "property:team"})
    (spread,) = measure_times(con, question, Scope())
    assert funnel_customers(con, question, Scope(), spread.mark(0)).ids == ("red",)


@pytest.mark.parametrize(
    "mark",
    [
        {"reached": 9, "entered": {}},
        {"entered": {}},
        {"reached": 1, "entered": "monday"},
        {"reached": 1, "entered": {"from": "monday"}},
        {"reached": 1, "entered": {"until": "2026-03-02"}},
        {"reached": 0, "took": {"from_s": 1}},
        {"reached": 1, "took": 5},
        {"reached": 1, "took": {"from_s": "1"}},
        {"reached": 1, "took": {"since": "ever"}},
        {"reached": 1, "took": {}, "group": "x"},
    ],
)
def test_marks_that_are_not_there_are_refused(mark: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        funnel_customers(drawn(*LOG), asked(), Scope(), mark)
