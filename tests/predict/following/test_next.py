"""What comes next, counted in drawn logs: runs, ends, repeats, what is not over yet, who is there now; both ways alike."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.index import open_index
from journey.predict.following import measure_next, measure_next_stages, read_next
from journey.predict.following.likely import worth
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn

LOG = """
ann 09:00 visit 09:05 cart 09:10 pay +1d 10:00 visit 10:01 cart
bob 09:00 visit 09:10 visit 09:20 cart
cid 09:00 cart 09:01 pay
zoe +9d 09:00 visit
"""


def seen(con: Warehouse, **question: Any) -> dict[str, int]:
    answer = ask(con, {"ask": "next", "top": 9, **question})
    return {one["next"]: one["seen"] for one in answer["next"] if one["seen"]}


def test_what_came_next_in_the_session_is_counted_and_leaving_is_one_of_it() -> None:
    con = drawn(LOG)
    assert seen(con, after=["cart"]) == {"pay": 2, "(end)": 2}
    assert seen(con, after=["visit", "cart"]) == {"(end)": 2, "pay": 1}
    assert seen(con, after=["(start)"]) == {"visit": 3, "cart": 1}
    assert seen(con, after=["(start)", "cart"]) == {"pay": 1}
    assert seen(con) == {"cart": 3, "(end)": 4, "pay": 2, "visit": 1}


def test_the_probability_is_worked_by_hand() -> None:
    """Of any: cart 3, (end) 4, pay 2, visit 1; four kinds.  p(pay) = (2 + 4/4) / (10 + 4); after cart (2 + 2 p) / (4 + 2)."""
    pay = (2 + 2 * 3 / 14) / 6
    told = {one["next"]: one["probability"] for one in ask(drawn(LOG), {"ask": "next", "after": ["cart"]})["next"]}
    assert told["pay"] == pytest.approx(pay) and told["(end)"] == pytest.approx((2 + 2 * 5 / 14) / 6)


def test_repeats_told_once_leave_one_visit_and_hidden_events_none() -> None:
    con = drawn(LOG)
    assert seen(con, after=["visit"], collapse_repeats=True) == {"cart": 3}
    assert seen(con, after=["visit"], collapse_repeats=["cart"]) == {"cart": 3, "visit": 1}
    assert seen(con, after=["visit"], hide=["cart"]) == {"(end)": 2, "pay": 1, "visit": 1}


def test_a_customers_history_ends_at_a_long_silence_only() -> None:
    con = drawn(LOG)
    assert seen(con, after=["pay"], unit="customer", silence="2d") == {"visit": 1, "(end)": 1}
    assert seen(con, after=["pay"], unit="customer", silence="12h") == {"(end)": 2}


def test_what_may_not_be_over_yet_is_left_out() -> None:
    con = drawn("ann 09:00 visit 09:05 cart 09:34 pay", "bob 09:04 visit")
    assert seen(con) == {"cart": 1}, "at 09:34 nobody knows whether bob, or ann after her cart, would come back within 30 minutes"


def test_the_scope_selects_by_the_time_of_what_came_before() -> None:
    scope = {"start": "2026-03-03", "stop": "2026-03-04"}
    assert seen(drawn(LOG), after=["visit"], scope=scope) == {"cart": 1}
    assert seen(drawn(LOG), after=["cart"], scope={"segment": {"did": "pay"}}) == {"pay": 2, "(end)": 1}


def test_now_are_those_whose_latest_events_these_are() -> None:
    con, question = drawn(LOG), {"ask": "next", "after": ["visit", "cart"]}
    answer = ask(con, {**question, "customers": {"now": True}})
    assert answer["now"] == 2 and answer["customers"] == {"count": 2, "ids": ["ann", "bob"]}
    then = ask(con, {**question, "scope": {"stop": "2026-03-03"}, "customers": {"now": True}})
    assert then["customers"]["ids"] == ["bob"], "ann had paid by then"
    assert ask(con, {**question, "customers": {"then": "pay"}})["customers"]["ids"] == ["ann"]


def test_an_unknown_event_is_told_and_what_came_after_it_is_used() -> None:
    answer = ask(drawn(LOG), {"ask": "next", "after": ["vist", "cart"]})
    assert answer["after"] == ["cart"] and answer["order"] == 1
    assert "'visit'" in answer["warnings"][0]
    assert ask(drawn(LOG), {"ask": "next", "after": ["vist"]})["order"] == 0


def test_a_history_that_never_was_backs_off_and_says_so() -> None:
    answer = ask(drawn(LOG), {"ask": "next", "after": ["pay", "cart"]})
    assert (answer["order"], answer["times"]) == (1, 4)
    assert "never seen in a row" in answer["warnings"][0]
    assert answer["next"] == ask(drawn(LOG), {"ask": "next", "after": ["cart"]})["next"]


def test_asking_teaches_nothing() -> None:
    con = drawn(LOG)
    question = {"ask": "next", "after": ["visit", "cart"], "top": 9}
    first = ask(con, question)
    for after in (["pay", "pay"], ["cart", "visit"], ["nothing", "such"], []):
        ask(con, {**question, "after": after})
    assert ask(con, question) == first


def test_an_event_named_like_the_end_is_told_apart() -> None:
    con = drawn("ann 09:00 visit 09:01 (end) 09:02 pay", "zoe 12:00 visit")
    assert seen(con, after=["visit"]) == {"(end) (event)": 1}
    assert seen(con, after=["(end) (event)"]) == {"pay": 1}
    assert seen(con, after=["pay"]) == {"(end)": 1}


def test_bad_questions_are_refused_with_what_is_known() -> None:
    for bad, said in (
        ({"order": 9}, "0 to 5"),
        ({"of": "session"}, "'event', 'stage'"),
        ({"of": "stage", "unit": "session"}, "Known are.*horizon"),
        ({"horizon": "7d"}, "Known are.*unit"),
        ({"silence": "3d"}, "customer"),
        ({"of": "stage", "horizon": "1m"}, "hour apart"),
        ({"after": "visit"}, "list of names"),
        ({"customers": {"next": "pay"}}, "Known are"),
    ):
        with pytest.raises(QuestionError, match=said):
            ask(drawn(LOG), {"ask": "next", **bad})


STAGES: list[dict[str, Any]] = [
    {"name": "quiet", "rule": {"did_not": {}, "since": "2d"}},
    {"name": "buyer", "step": 2, "rule": {"did": "pay"}},
    {"name": "new", "step": 1},
]


def test_the_next_stage_is_that_of_the_next_look() -> None:
    """Looks at day 1, 2 .. 5 after a minute: ann new, new, buyer, buyer, quiet; bob not known, new, new, quiet, quiet."""
    con = drawn("ann 00:00 visit +1d 00:00 visit +1d 00:00 pay", "bob +1d 00:00 visit", "cat +5d 00:00 visit")
    question: dict[str, Any] = {"of": "stage", "horizon": "1d", "rules": STAGES, "top": 3}
    assert seen(con, **question, after=["new"]) == {"new": 2, "buyer": 1, "quiet": 1}
    assert seen(con, **question, after=["new", "new"]) == {"buyer": 1, "quiet": 1}
    assert seen(con, **question, after=["(start)", "new"]) == {"new": 2}
    told = measure_next_stages(con, read_next(question), Scope())
    assert [one.as_plain()["next"] for one in told] == [ask(con, {"ask": "next", **question, "after": [s["name"]]})["next"] for s in STAGES]
    assert [one.now for one in told] == [2, 0, 1]


def test_too_short_a_log_says_what_is_missing() -> None:
    answer = ask(drawn("ann 09:00 visit"), {"ask": "next", "of": "stage", "horizon": "7d"})
    assert answer["next"] == [] and "7 days apart" in answer["enough"]


def test_customers_who_repeat_themselves_are_worth_fewer_observations() -> None:
    assert worth(np.full(50, 1.0), np.arange(50) % 2) == pytest.approx(50, rel=0.03)
    assert worth(np.full(50, 10.0), 10.0 * (np.arange(50) % 2)) == pytest.approx(50, rel=0.03), "each does always the same"
    assert worth(np.full(50, 10.0), np.zeros(50)) == pytest.approx(50)
    assert worth(np.zeros(0), np.zeros(0)) == 0


def test_intervals_hold_what_is_true_of_customers_who_differ() -> None:
    """Each customer's own chance is drawn from Beta(2, 3), mean .4; 95% of intervals are to hold it."""
    rng, held = np.random.default_rng(5), 0
    for _ in range(300):
        visits = rng.integers(1, 15, 80)
        hits = rng.binomial(visits, rng.beta(2, 3, 80))
        from journey.inference import wilson

        n = worth(visits, hits)
        interval = wilson(hits.sum() / visits.sum() * n, n)
        held += interval is not None and interval[0] <= 0.4 <= interval[1]
    assert 0.91 <= held / 300 <= 0.98


Row = tuple[str, int, str]
rows = st.lists(
    st.tuples(st.sampled_from("pqr"), st.sampled_from([0, 0, 1, 20, 40, 1440, 4000]), st.sampled_from("abc")), min_size=1, max_size=25
)
questions = st.fixed_dictionaries(
    {"after": st.lists(st.sampled_from(["a", "b", "c", "(start)"]), max_size=3), "order": st.integers(0, 3), "top": st.just(9)},
    optional={
        "unit": st.sampled_from(["session", "customer"]),
        "collapse_repeats": st.sampled_from([True, ["a"]]),
        "hide": st.just(["b"]),
    },
)
scopes = st.sampled_from([{}, {"start": "2026-03-02T00:20"}, {"stop": "2026-03-03"}, {"segment": {"did": "c"}}])


@settings(max_examples=5, deadline=None)
@given(rows, questions, scopes)
def test_the_index_and_the_definition_tell_the_same(log: list[Row], question: dict[str, Any], scope: dict[str, Any]) -> None:
    clock = [(who, f"2026-03-{2 + at // 1440:02d} {at % 1440 // 60:02d}:{at % 60:02d} {event}") for who, at, event in log]
    lines = [f"{who} " + " ".join(told for other, told in clock if other == who) for who in {who for who, _ in clock}]
    con = drawn(*lines, "zoe +9d 09:00 a")
    question = {"ask": "next", **question, "scope": scope}
    marks = [{"now": True}, {"then": "a"}, {"then": "(end)"}]
    by_sql = [ask(con, {**question, "customers": mark}) for mark in marks]
    assert open_index(con, always=True) is not None
    assert [ask(con, {**question, "customers": mark}) for mark in marks] == by_sql
    assert by_sql[0]["now"] == by_sql[0]["customers"]["count"]
    assert sum(one["probability"] for one in by_sql[0]["next"]) <= 1 + 1e-9


def test_a_frozen_answer_holds_no_numbers_of_other_kinds() -> None:
    answer = measure_next(drawn(LOG), read_next({"after": ["cart"]}), Scope())
    assert all(type(one.seen) is int and type(one.probability) is float for one in answer.likely)
