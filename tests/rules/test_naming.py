"""What a rule speaks of, what refers to a segment, and rules in words."""

from typing import Any

import pytest

from journey.errors import QuestionError
from journey.rules.naming import named_in, referring, renamed
from journey.rules.saved import free_name, rename_segment, save_segment, saved_segments
from journey.rules.words import tell_rule
from tests.lent import empty_warehouse

SAVED = {
    "buyers": {"did": "buy"},
    "others": {"all": [{"not": "buyers"}, {"did": "buyers"}]},
    "left": {"funnel": {"steps": ["view", "buy"], "scope": {"segment": "buyers"}}, "dropped_after": 0},
}


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"did": "cart", "where": {"device": "m"}}, {"cart", "device"}),
        ({"did_not": "cart", "since": "14d"}, {"cart"}),
        ({"did_not": "cart", "since": "buy"}, {"cart", "buy"}),
        ({"any": ["others", {"sum": "price", "of": {"any_of": ["a", {"event": "b"}]}}]}, {"buy", "buyers", "price", "a", "b"}),
        ({"sequence": ["a", ["b", "c"]]}, {"a", "b", "c"}),
        ({"stall": "a", "for": "1d", "until": {"any_of": ["b", "c"]}}, {"a", "b", "c"}),
        ({"time_since": "a", "where": {"device": "m"}, "value": "1d"}, {"a", "device"}),
        (SAVED["left"], {"view", "buy"}),
    ],
)
def test_a_rule_names_events_and_properties(rule: Any, names: set[str]) -> None:
    assert named_in(rule, SAVED) == names


def test_a_new_name_is_followed_where_it_means_the_segment_and_nowhere_else() -> None:
    assert referring(SAVED, "buyers") == ["others", "left"]
    assert renamed(SAVED["others"], "buyers", "x") == {"all": [{"not": "x"}, {"did": "buyers"}]}
    assert renamed(SAVED["left"], "buyers", "x")["funnel"] == {"steps": ["view", "buy"], "scope": {"segment": "x"}}


def test_a_segment_is_renamed_with_what_refers_to_it_unless_the_name_is_taken() -> None:
    con = empty_warehouse()
    for name, rule in SAVED.items():
        save_segment(con, name, rule)
    with pytest.raises(QuestionError, match="already"):
        rename_segment(con, "buyers", "left")
    assert sorted(rename_segment(con, "buyers", "Buyers, all")) == ["left", "others"]
    assert saved_segments(con)["others"]["all"][0] == {"not": "Buyers, all"}
    with pytest.raises(QuestionError, match="everyone"):
        save_segment(con, "All customers", {"did": "buy"})


def test_a_taken_name_gets_the_next_number() -> None:
    assert free_name(SAVED, "buyers", {"did": "buy"}) == "buyers"
    assert free_name(SAVED, "buyers", {"did": "x"}) == "buyers (2)"
    assert len(free_name({"x" * 80: 1}, "x" * 80)) == 80


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"did": "Cart", "times": ">=3", "within": "30d"}, "did Cart at least 3 times within 30 days"),
        ({"did": "Cart", "times": 1}, "did Cart exactly 1 time"),
        ({"did_not": "Cart", "since": "Visit"}, "did not do Cart since Visit"),
        ({"all": [{"did": "a"}, {"any": [{"did": "b"}, {"stage": "x"}]}]}, "did a and (did b or are in the stage x)"),
        ({"not": {"property": "plan", "value": ["a", "b"]}}, "are not those who have plan that is one of a or b"),
        ({"customers": ["x", "y"]}, "are the 2 customers of a list"),
        (SAVED["left"], "left after view in the funnel view → buy"),
        ({"sequence": ["a", ["b", "c"]]}, "did a, then b or c in one session"),
        ({"stall": "Pay", "for": "1d", "within": "14d"}, "did Pay at least 1 day and at most 14 days ago, and nothing since"),
        ({"stall": "Pay", "for": "2h", "until": "Buy"}, "did Pay at least 2 hours ago, and no Buy since"),
        ({"stall": "Pay", "for": "1d", "other_than": ["Mail"]}, "did Pay at least 1 day ago, and nothing other than Mail since"),
        ({"time_since": "Buy", "op": "lt", "value": "3d"}, "last did Buy less than 3 days ago"),
        ({"trend": "a", "change": "<-0.5"}, "do a at a rate that fell by more than 50% in 14 days against the 28 days before"),
        ({"trend": "a", "recent": "1d", "change": ">=1"}, "do a at a rate that rose by at least 100% in 1 day against the 28 days before"),
        ({"trend": "a", "change": "<0.2"}, "do a at a rate that changed by <0.2 in 14 days against the 28 days before"),
        ({"distinct": "session", "of": "a", "value": 3, "within": "7d"}, "have a number of visits with a that is at least 3 within 7 days"),
        ("buyers", "are in “buyers”"),
    ],
)
def test_a_rule_is_told_in_words(rule: Any, told: str) -> None:
    assert tell_rule(rule) == told
