"""Segments as a person writes them: each part of the language once, saved names, and what is refused."""

from typing import Any

import pytest

from journey.errors import QuestionError, WorkspaceError
from journey.rules.saved import delete_segment, save_segment, saved_segments
from journey.rules.segment import measure_segment, read_segment
from journey.scope import Scope, read_scope
from journey.warehouse import Warehouse, open_warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

LOG = drawn(
    "ann 09:00 visit 09:05 cart{price=5,device=m} +3d 10:00 buy{price=7}",
    "bob 09:00 visit +1d 09:00 cart{price=2,device=d} 09:01 cart{price=2}",
    "cyd +2d 08:00 visit",
)


def who(rule: Any, scope: Scope | None = None, con: Warehouse = LOG) -> tuple[str, ...]:
    return measure_segment(con, rule, scope or Scope()).people.ids


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"did": "cart"}, ("ann", "bob")),
        ({"did": "cart", "times": ">=2"}, ("bob",)),
        ({"did": "cart", "times": "<2"}, ("ann", "cyd")),
        ({"did": "cart", "times": 1}, ("ann",)),
        ({"did": "cart", "where": {"device": "m"}}, ("ann",)),
        ({"did": {}, "within": "1d"}, ("ann",)),
        ({"did": None, "other_than": ["visit"]}, ("ann", "bob")),
        ({"did_not": "buy"}, ("bob", "cyd")),
        ({"did_not": {}, "other_than": ["buy"], "since": "2d"}, ("ann", "bob")),
        ({"did_not": "buy", "since": "cart"}, ("bob",)),
        ({"sum": "price", "op": "ge", "value": 12}, ("ann",)),
        ({"mean": "price", "op": "lt", "value": 3}, ("bob",)),
        ({"distinct": "session", "value": 2}, ("ann", "bob")),
        ({"trend": None, "recent": "2d", "before": "2d", "change": "<=-1"}, ("bob",)),
        ({"property": "device", "value": ["d", "x"]}, ("bob",)),
        ({"property": "device", "op": "is_null"}, ("cyd",)),
        ({"sequence": ["visit", ["buy", "cart"]]}, ("ann",)),
        ({"sequence": ["visit", "cart"], "in": "customer"}, ("ann", "bob")),
        ({"customers": ["cyd", "nobody"]}, ("cyd",)),
        ({"all": [{"did": "visit"}, {"not": {"did": "cart"}}]}, ("cyd",)),
        ({"any": [{"did": "buy"}, {"customers": ["cyd"]}]}, ("ann", "cyd")),
        ({"all": []}, ("ann", "bob", "cyd")),
        ({"any": []}, ()),
        ({"stage": "awareness"}, ("cyd",)),
    ],
)
def test_a_rule_names(rule: Any, names: tuple[str, ...]) -> None:
    assert who(rule) == names


def test_a_rule_is_as_of_the_scopes_stop() -> None:
    before = read_scope({"stop": "2026-03-03T09:00"})
    assert who({"did": "cart"}, before) == ("ann",)
    assert measure_segment(LOG, {"did": "cart"}, before).known == 2


def test_an_event_that_never_was_names_nobody_and_says_so() -> None:
    answer = measure_segment(LOG, {"did": "carts"}, Scope())
    assert answer.people.count == 0
    assert answer.evidence.warnings == ("No event is named 'carts'. The nearest known is 'cart'.",)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, "empty rule"),
        ({"foo": 1}, "Known are: all, any, not"),
        ({"did": "cart", "when": 1}, "did, where, other_than, times, within"),
        ({"did": "cart", "times": "often"}, '">=3"'),
        ({"all": {"did": "cart"}}, "list of rules"),
        ({"customers": "ann"}, "list of ids"),
        ({"sum": "device", "value": 1}, "not numbers"),
        ({"date": "price", "in": "3d"}, "not dates"),
        ({"sequence": []}, "1 to 20"),
        ({"score": "churn", "op": "gt", "value": 0.3}, "No scores are kept of 'churn'"),
        ({"entered": "active", "within": "30d"}, "No stage is named"),
        ({"funnel": {"steps": ["cart"]}, "reached": 0}, "another answer"),
        ("nobody", "No segment is saved"),
        (7, "is not a rule"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(rule: Any, said: str) -> None:
    with pytest.raises(QuestionError) as fault:
        who(rule)
    assert said in str(fault.value)


def test_a_rule_nested_too_deeply_is_refused() -> None:
    rule: Any = {"did": "cart"}
    for _ in range(60):
        rule = {"not": rule}
    with pytest.raises(QuestionError, match="nested"):
        who(rule)


def test_a_question_of_a_segment_says_who() -> None:
    with pytest.raises(QuestionError, match="where"):
        read_segment({})


def test_segments_are_saved_by_name_in_memory_and_in_a_folder(tmp_path: Any) -> None:
    for con in (empty_warehouse(), open_warehouse(tmp_path / "w")):
        save_segment(con, "b", {"did": "x"})
        save_segment(con, "a", {"not": "b"})
        assert saved_segments(con) == {"a": {"not": "b"}, "b": {"did": "x"}}
        delete_segment(con, "a")
        assert list(saved_segments(con)) == ["b"]
        con.close()
    with open_warehouse(tmp_path / "w") as again:
        assert saved_segments(again) == {"b": {"did": "x"}}
        (tmp_path / "w" / "segments.json").write_text("{")
        with pytest.raises(WorkspaceError, match="not valid JSON"):
            saved_segments(again)


def test_a_saved_name_stands_for_its_rule_and_never_for_itself() -> None:
    con = drawn("ann 09:00 cart", "bob 09:00 visit")
    save_segment(con, "carters", {"did": "cart"})
    assert who({"not": "carters"}, con=con) == ("bob",)
    save_segment(con, "loop", {"any": ["carters", "loop"]})
    with pytest.raises(QuestionError, match="refers to itself"):
        who("loop", con=con)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_name_must_be_one(name: str) -> None:
    with pytest.raises(QuestionError, match="1 to 80"):
        save_segment(empty_warehouse(), name, {"did": "x"})
