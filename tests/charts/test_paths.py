"""The picture of paths: what stands where, what a click means, and the sentence above it."""

from typing import Any

import pytest

from journey.charts.paths import PathsPicture, paths_figure, trace
from journey.charts.paths_said import (
    before_end_table,
    before_leaving_table,
    left_by,
    paths_caption,
    paths_sentence,
    top_paths_table,
    usual_way,
)
from journey.charts.theme import ACCENT, NEG
from journey.paths import Paths, measure_paths, read_paths
from journey.scope import Scope
from tests.drawn import drawn

SHOP = ("ann 09:00 home 09:01 search 09:02 buy", "bob 09:00 home 09:01 search 09:02 buy", "cat 09:00 home", "dan 09:00 home 09:01 ad")


def asked(*lines: str, **q: Any) -> Paths:
    return measure_paths(drawn(*lines), read_paths(q), Scope())


def picture(paths: Paths) -> PathsPicture:
    return paths_figure(paths, usual_way(paths))


def test_every_link_is_drawn_and_the_way_beside_the_rest() -> None:
    paths = asked(*SHOP)
    link = picture(paths).figure.data[0].link
    assert sum(link.value) == sum(one.count for one in paths.links)
    assert sum(value for value, colour in zip(link.value, link.color, strict=True) if colour.startswith(ACCENT)) == 4
    assert sum(value for value, colour in zip(link.value, link.color, strict=True) if colour.startswith(NEG)) == 4


def test_nodes_of_a_column_do_not_touch() -> None:
    paths = asked(*SHOP, "eve 09:00 ad home", "fay 09:00 buy home")
    drawn_picture = picture(paths)
    middles = drawn_picture.figure.data[0].node.y
    for step in {node[0] for node in drawn_picture.nodes}:
        own = [middle for middle, node in zip(middles, drawn_picture.nodes, strict=True) if node[0] == step]
        assert own == sorted(set(own)) and all(0 < middle < 1 for middle in own)


@pytest.mark.parametrize(
    ("click", "mark"),
    [
        (None, None),
        ({"kind": "node", "index": 0}, {"step": 1, "node": "home"}),
        ({"kind": "link", "index": 0, "source": 0, "target": 1}, {"step": 1, "source": "home", "target": "search"}),
        ({"kind": "node", "index": 99}, None),
        ({"kind": "link", "source": "0", "target": None}, None),
        ({"kind": "point", "index": 1, "x": 1, "y": 2}, None),
    ],
)
def test_a_click_is_looked_up_and_nothing_else_is_believed(click: Any, mark: Any) -> None:
    assert picture(asked(*SHOP)).mark(click) == mark


def test_a_way_runs_through_other_where_its_event_has_no_row() -> None:
    paths = asked(*SHOP, rows=1)
    dan = next(path for path in paths.top_paths if path.events == ("home", "ad"))
    assert trace(paths, dan) == [(1, "home", "Other")]


def test_a_way_towards_an_end_is_traced_backwards() -> None:
    paths = asked(*SHOP, end="buy")
    assert trace(paths, paths.top_paths[0]) == [(-2, "search", "buy"), (-3, "home", "search")]


def test_names_are_shown_letter_by_letter() -> None:
    figure = picture(asked("ann 09:00 <b>x</b> y")).figure
    assert "<b>x</b>" not in str(figure.data[0].node.customdata) and "&lt;b&gt;x" in figure.layout.annotations[5].text


def test_the_sentence_names_the_usual_way_and_who_left() -> None:
    paths = asked(*SHOP)
    assert paths_sentence(paths, usual_way(paths)) == (
        "The commonest first 3 steps are home → search → buy: 50% of 4 sessions; 50% are gone by step 3."
    )
    assert left_by(paths) == (3, 0.5)


@pytest.mark.parametrize(
    ("lines", "q", "sentence"),
    [
        ([""], {}, "No session begins here in this period."),
        (["ann 09:00 a"], {}, "Nothing else happens in the one session: all there is is a."),
        (["ann 09:00 a", "bob 09:00 a a"], {}, "Nothing else happens in all 2 sessions: all there is is a."),
        (["ann 09:00 a", "bob 09:00 b", "cat 09:00 b"], {}, "Every session ends with its first event, most often b: 2 of 3."),
        (["ann 09:00 a b"], {}, "There is one path to see: a → b."),
        (["ann 09:00 a b"], {"start": "x"}, "No session holds x here."),
        (["ann 09:00 a b"], {"start": "b", "end": "a"}, "Nobody goes from b to a within a session here."),
        (["ann 09:00 a b"], {"end": "a"}, "Nothing comes before a: it comes first in the one session."),
        (
            ["ann 09:00 a b", "bob 09:00 a", "cat 09:00 a"],
            {},
            "No way past the first step is taken twice; one of them is a → b",
        ),
        (["ann 09:00 a b", "bob 09:00 a b"], {"end": "b"}, "The commonest last 2 steps to b are a → b: 100% of 2 sessions."),
        (
            ["ann 09:00 a x y b", "bob 09:00 a x y b"],
            {"start": "a", "end": "b", "steps": 3},
            "The commonest last 3 steps to b are x → y → b: 100% of 2 sessions.",
        ),
        (
            ["ann 09:00 a b x", "bob 09:00 a b y", "cat 09:00 a b", "dan 09:00 a c"],
            {"start": "a"},
            "After a most often comes b: 75% of 4 sessions; 50% are gone by step 3.",
        ),
        (
            ["ann 09:00 a", "bob 09:00 a", "cat 09:00 a", "dan 09:00 a b", "eve 09:00 a b"],
            {"start": "a"},
            "After a most often nothing follows: 60% of 5 sessions; next comes b: 40%.",
        ),
        (["ann 09:00 a", "bob 12:00 a"], {"unit": "history"}, "Nothing else happens in all 2 customers: all there is is a."),
        (["ann 09:00 a 12:00 b"], {"unit": "history", "start": "b", "end": "a"}, "Nobody goes from b to a here."),
    ],
)
def test_the_sentence_is_true_of_any_log(lines: list[str], q: dict[str, Any], sentence: str) -> None:
    paths = asked(*lines, **q)
    assert paths_sentence(paths, usual_way(paths)).startswith(sentence)


def test_a_way_that_few_take_is_not_called_usual() -> None:
    rare = asked(*(f"c{n} 09:00 a{n} b" for n in range(22)), "dan 09:00 a0 b")
    assert paths_sentence(rare, usual_way(rare)) == (
        "No way is usual: the commonest first 2 steps, a0 → b, are taken by 9% of 23 sessions; 100% are gone by step 3."
    )


def test_the_usual_way_is_drawn_by_the_names_of_its_events() -> None:
    lines = ["ann 09:00 a b x", "bob 09:00 a b x", "cat 09:00 a c y", "dan 09:00 a d y", "eve 09:00 a e y"]
    one_row = asked(*lines, rows=1)
    way = usual_way(one_row)
    assert way is not None and (way.events, way.count) == (("a", "b"), 2)
    assert way.count == next(link.count for link in one_row.links if (link.source, link.target) == ("a", "b"))


def test_the_caption_says_why_a_path_is_a_history() -> None:
    caption = paths_caption(asked("ann 09:00 a 12:00 b", unit="history"), None, "1 Mar", "All customers", 1.0)
    assert "1 customer · 1 Mar · All customers · a path is a customer's whole history, as 100% of sessions hold one event" in caption


def test_an_empty_log_draws_nothing_and_fails_nowhere() -> None:
    paths = asked("")
    assert picture(paths).nodes == () and top_paths_table(paths).is_empty() and before_leaving_table(paths).is_empty()
    assert paths_caption(paths, None, "1 Mar", "All customers") == "0 sessions of 0 customers · 1 Mar · All customers"


def test_the_tables_sum_to_their_paths() -> None:
    paths = asked(*SHOP)
    assert top_paths_table(paths)["share"].sum() == pytest.approx(100)
    assert before_leaving_table(paths).rows() == [("buy", 2, 50.0), ("ad", 1, 25.0), ("home", 1, 25.0)]
    assert before_end_table(asked(*SHOP, end="buy")).rows() == [("search", 2, 100.0)]
