"""What is shown again is made once, and what differs is never taken for it."""

import json
import threading
import time
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import plotly.graph_objects as go
import pytest
import streamlit as st

from journey.charts.export import standalone
from journey.charts.theme import dress, told
from pages.parts.shelf import LONG, Shelf, by_itself, by_value

PLAIN: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    1.0,
    "",
    "1",
    "a",
    [],
    {},
    (),
    [1],
    (1,),
    [[1]],
    ["a"],
    {"a": 1},
    {"a": True},
    {"b": 1},
    [{"a": 1}],
]


@dataclass(frozen=True)
class Question:
    steps: tuple[str, ...]
    rule: Any = None


def test_two_questions_share_a_place_only_when_they_read_the_same() -> None:
    for one, other in product(PLAIN, deepcopy(PLAIN)):
        same = by_value(Question(("a",), one)) == by_value(Question(("a",), other))
        assert same == (repr(one) == repr(other)), (one, other)
    assert len({by_value(one) for one in PLAIN}) == len(PLAIN)


def test_one_is_not_true_and_a_tuple_no_list() -> None:
    assert len({by_value(part) for part in (1, True, 1.0, "1", (1,), [1])}) == 6


def test_a_long_list_is_known_by_being_the_same_one() -> None:
    customers = list(range(LONG + 1))
    assert by_value({"customers": customers}) == by_value({"customers": customers})
    assert by_value({"customers": customers}) != by_value({"customers": list(customers)})


def test_a_figure_belongs_to_one_answer_however_alike_another_is() -> None:
    answer, alike = Question(("a",)), Question(("a",))
    assert by_itself((answer, "week")) == by_itself((answer, "week"))
    assert by_itself((answer, "week")) != by_itself((alike, "week"))


def test_many_who_ask_at_once_wait_for_one_making() -> None:
    shelf, made, got = Shelf(4), [], []

    def make() -> object:
        made.append(1)
        time.sleep(0.05)
        return object()

    asking = [threading.Thread(target=lambda: got.append(shelf.take("key", make))) for _ in range(8)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert len(made) == 1 and len(set(map(id, got))) == 1 and len(got) == 8


def test_what_was_not_asked_for_longest_is_given_up_first() -> None:
    shelf = Shelf(2)
    made: list[str] = []
    for key in ("a", "b", "a", "c", "a", "b"):
        shelf.take(key, partial(made.append, key))
    assert made == ["a", "b", "c", "b"]


def test_a_failure_is_not_kept_and_clearing_the_data_cache_empties_the_shelf() -> None:
    shelf = Shelf(2)
    with pytest.raises(ZeroDivisionError):
        shelf.take("key", lambda: 1 // 0)
    assert shelf.take("key", lambda: 1) == 1
    assert shelf.take("key", lambda: 2) == 1
    st.cache_data.clear()
    assert shelf.take("key", lambda: 2) == 2


def test_a_figure_is_sent_as_it_was_drawn() -> None:
    figure = dress(go.Figure(go.Bar(x=["a", "b"], y=[1, 2])), 200)
    assert told(figure).to_dict() == json.loads(figure.to_json())
    assert standalone(told(figure)) and told([1]) == [1]
