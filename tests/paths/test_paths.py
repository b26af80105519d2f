"""Paths by hand: small logs, checkable in the head."""

from typing import Any

import pytest

from journey.errors import QuestionError
from journey.paths import Paths, measure_paths, paths_customers, read_paths
from journey.scope import Scope, read_scope
from tests.drawn import drawn

SHOP = ("ann 09:00 home 09:01 search 09:03 search 09:04 buy", "bob 09:00 home 09:05 buy", "cat 09:00 home 12:00 home 12:02 search")


def asked(*lines: str, **q: Any) -> Paths:
    return measure_paths(drawn(*lines), read_paths(q), Scope())


def links(answer: Paths) -> list[tuple[int, str, str, int]]:
    return [(link.step, link.source, link.target, link.count) for link in answer.links]


def test_a_session_is_a_path_and_repeats_are_told_once() -> None:
    assert links(asked(*SHOP)) == [
        (1, "home", "search", 2),
        (1, "home", "Drop-off", 1),
        (1, "home", "buy", 1),
        (2, "buy", "Drop-off", 1),
        (2, "search", "Drop-off", 1),
        (2, "search", "buy", 1),
        (3, "buy", "Drop-off", 1),
    ]


def test_a_link_takes_as_long_as_from_first_to_first() -> None:
    times = {(link.source, link.target): link.average_seconds for link in asked(*SHOP).links}
    assert times["home", "search"] == 90 and times["search", "buy"] == 180 and times["search", "Drop-off"] is None


def test_a_customer_is_counted_by_the_first_session_that_qualifies() -> None:
    assert links(asked(*SHOP, unit="customer", start="search")) == [
        (1, "search", "Drop-off", 1),
        (1, "search", "buy", 1),
        (2, "buy", "Drop-off", 1),
    ]


def test_a_history_goes_on_over_its_sessions() -> None:
    answer = asked("ann 09:00 fine 12:00 letter 15:00 pay", "bob 09:00 fine 15:00 letter", unit="history")
    assert [(path.events, path.count) for path in answer.top_paths] == [(("fine", "letter"), 1), (("fine", "letter", "pay"), 1)]
    assert (answer.count, answer.question.counted) == (2, "customer")


def test_a_way_counts_those_who_begin_so_whatever_follows() -> None:
    con, q = drawn("ann 09:00 a b c", "bob 09:00 a b d", "cat 09:00 a b", "dan 09:00 a c"), read_paths({})
    ways = measure_paths(con, q, Scope()).ways
    assert [(way.events, way.count) for way in ways] == [(("a", "b"), 3), (("a", "b", "c"), 1)]
    assert paths_customers(con, q, Scope(), {"way": ["a", "b"]}).ids == ("ann", "bob", "cat")
    assert paths_customers(con, q, Scope(), {"way": ["a", "x"]}).count == 0


def test_towards_an_end_a_way_counts_those_who_end_so() -> None:
    ways = asked("ann 09:00 a b buy", "bob 09:00 c b buy", end="buy").ways
    assert [(way.events, way.count) for way in ways] == [(("b", "buy"), 2), (("a", "b", "buy"), 1)]
    assert asked("ann 09:00 a b", steps=1).ways == ()


def test_with_an_end_columns_are_numbered_backwards() -> None:
    assert links(asked(*SHOP, end="buy")) == [
        (-4, "(start)", "home", 1),
        (-3, "(start)", "home", 1),
        (-3, "home", "search", 1),
        (-2, "home", "buy", 1),
        (-2, "search", "buy", 1),
    ]


def test_between_runs_from_the_first_start_to_the_next_end() -> None:
    answer = asked("ann 09:00 buy home a b buy c buy", start="home", end="buy")
    assert [path.events for path in answer.top_paths] == [("home", "a", "b", "buy")]


def test_the_same_event_can_begin_and_end_a_path() -> None:
    assert [path.events for path in asked("ann 09:00 home a home b home", start="home", end="home").top_paths] == [("home", "a", "home")]
    assert asked("ann 09:00 home a", start="home", end="home").count == 0


def test_a_path_cut_at_the_last_column_has_not_left() -> None:
    assert links(asked("ann 09:00 a b c d", steps=2)) == [(1, "a", "b", 1)]


def test_what_a_column_has_no_row_for_is_other() -> None:
    answer = asked("ann 09:00 a x", "bob 09:00 a x", "cat 09:00 a y", "dan 09:00 a z", rows=1)
    assert links(answer)[:2] == [(1, "a", "Other", 2), (1, "a", "x", 2)]


def test_events_named_like_our_own_do_not_collide() -> None:
    answer = asked("ann 09:00 Other Drop-off", "bob 09:00 Other x", "cat 09:00 y", rows=1)
    assert ("Other (event)", 2) in [(node.event, node.count) for node in answer.nodes]
    assert ("Other", 1) in [(node.event, node.count) for node in answer.nodes if node.step == 1]
    con, q = drawn("ann 09:00 Other Drop-off"), read_paths({"start": "Other"})
    assert paths_customers(con, q, Scope(), {"step": 2, "node": "Drop-off (event)"}).ids == ("ann",)
    assert paths_customers(con, q, Scope(), {"step": 2, "node": "Drop-off"}).count == 0
    assert paths_customers(con, q, Scope(), {"step": 3, "node": "Drop-off"}).ids == ("ann",)


def test_hidden_events_are_passed_over_before_repeats_are_joined() -> None:
    assert [path.events for path in asked("ann 09:00 a ad a b", hide=["ad"]).top_paths] == [("a", "b")]


def test_groups_are_told_by_their_label_and_anchor_by_it_or_by_name() -> None:
    log = "ann 09:00 home help/1 help/2 buy"
    for start in ("Help", "help/2"):
        assert [path.events for path in asked(log, group={"help/*": "Help"}, start=start).top_paths] == [("Help", "buy")]


def test_only_named_repeats_are_joined() -> None:
    assert [path.events for path in asked("ann 09:00 a a b b", collapse_repeats=["a"]).top_paths] == [("a", "b", "b")]


def test_the_scope_selects_paths_by_their_start() -> None:
    con = drawn("ann 09:50 home 10:10 search", "bob 10:00 home 10:10 search")
    scope = read_scope({"start": "2026-03-02T10:00", "stop": "2026-03-02T10:05"})
    assert measure_paths(con, read_paths({}), scope).count == 1
    assert measure_paths(con, read_paths({"start": "search"}), scope).count == 0


def test_links_carry_the_count_of_a_segment_beside() -> None:
    con = drawn("ann 09:00 a b", "bob 09:00 a b", "cat 09:00 a c")
    question = read_paths({"compare": {"customers": ["bob", "cat"]}})
    answer = measure_paths(con, question, read_scope({"segment": {"customers": ["ann", "bob"]}}))
    found = {(link.source, link.target): (link.count, link.count_b) for link in answer.links if link.step == 1}
    assert found == {("a", "b"): (2, 1), ("a", "c"): (0, 1)} and (answer.count, answer.count_b) == (2, 2)


def test_an_unknown_event_answers_nobody_with_a_warning() -> None:
    answer = asked(*SHOP, start="hom")
    assert answer.count == 0 and answer.links == () and "'home'" in answer.evidence.warnings[0]


def test_an_empty_log_has_no_path() -> None:
    answer = asked("")
    assert (answer.count, answer.links, answer.top_paths, answer.evidence.data_until) == (0, (), (), None)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ({"step": 3}, "Known are: start"),
        ({"unit": "visit"}, "'session', 'customer'"),
        ({"steps": 0}, "from 1 to 50"),
        ({"rows": 2.5}, "whole number"),
        ({"hide": "a"}, "list of event names"),
        ({"group": ["a"]}, "pattern"),
        ({"start": 5}, "name of an event"),
        ({"start": "a", "hide": ["a"]}, "hidden as well"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(question: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_paths(question)


def test_a_mark_of_another_kind_is_refused() -> None:
    with pytest.raises(QuestionError, match="no mark of paths"):
        paths_customers(drawn(*SHOP), read_paths({}), Scope(), {"reached": 2})
