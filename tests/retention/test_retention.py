"""What retention means, on logs that can be checked in the head."""

import pytest

from journey.ask import ask as plain_ask
from journey.errors import QuestionError
from journey.retention import Retention, measure_retention, read_retention, retention_customers
from journey.scope import read_scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse


def ask(con: Warehouse, scope: dict | None = None, **question: object) -> Retention:
    return measure_retention(con, read_retention(question), read_scope(scope))


def rows(retention: Retention) -> list[tuple[int, ...]]:
    return [cohort.returned for cohort in retention.cohorts]


def test_a_cohort_is_who_came_for_the_first_time_and_its_row_is_as_long_as_the_scope_reaches() -> None:
    con = drawn("ann a +1d a", "bob a +2d a", "cid 2026-03-03 a +1d a")
    assert rows(ask(con, mode="on")) == [(2, 1, 1), (1, 1), (0,)]


def test_on_or_after_counts_a_later_return_in_every_period_up_to_it() -> None:
    con = drawn("ann a +2d a", "bob a")
    assert rows(ask(con)) == [(2, 1, 1), (0, 0), (0,)]
    assert rows(ask(con, mode="on")) == [(2, 0, 1), (0, 0), (0,)]


def test_the_cohort_ignores_the_return_event_and_period_zero_is_the_cohort() -> None:
    con = drawn("ann join +1d buy", "bob join +1d look")
    assert rows(ask(con, target="join", returning="buy", mode="on")) == [(2, 1), (0,)]


def test_recurring_puts_a_customer_in_the_cohort_of_every_period_they_came_in() -> None:
    con = drawn("ann a +1d a +1d a")
    assert rows(ask(con, first="recurring", mode="on")) == [(1, 1, 1), (1, 1), (1,)]


def test_ever_looks_before_the_scope() -> None:
    con = drawn("ann a +1d a +1d a", "bob 2026-03-03 a +1d a")
    inside = {"start": "2026-03-03", "stop": "2026-03-05"}
    assert rows(ask(con, inside, mode="on")) == [(1, 1), (0,)]


def test_a_filtered_target_starts_at_the_first_event_that_matches() -> None:
    con = drawn("ann buy{price=1} +1d buy{price=9} +1d buy{price=1}")
    step = {"event": "buy", "where": {"price": {"op": "gt", "value": 5}}}
    assert rows(ask(con, target=step, mode="on")) == [(0, 0, 0), (1, 1), (0,)]


def test_returns_after_the_scope_still_count_on_or_after() -> None:
    con = drawn("ann a +5d a")
    assert rows(ask(con, {"start": "2026-03-02", "stop": "2026-03-04"})) == [(1, 1), (0,)]


def test_the_scope_is_widened_to_whole_weeks() -> None:
    con = drawn("ann 2026-03-02 a +7d a", "bob 2026-03-06 a")
    retention = ask(con, {"start": "2026-03-05", "stop": "2026-03-10"}, period="week", mode="on")
    assert rows(retention) == [(2, 1), (0,)]
    assert retention.as_plain()["cohorts"][0]["start"] == "2026-03-02T00:00:00Z"


def test_minimum_occurrences_counts_returns_in_one_period_and_spares_period_zero() -> None:
    con = drawn("ann a +1d a 10:00 a", "bob a +1d a +1d a")
    assert rows(ask(con, mode="on", minimum_occurrences=2)) == [(2, 1, 0), (0, 0), (0,)]


def test_brackets_sum_their_periods_given_as_ends_or_as_lengths() -> None:
    con = drawn("ann a +2d a", "bob a +4d a", "cid a +6d a")
    assert rows(ask(con, mode="brackets", brackets=[[1, 3], [4, 6]]))[0] == (3, 1, 2)
    assert rows(ask(con, mode="brackets", brackets=[3, 3]))[0] == (3, 1, 2)


def test_brackets_in_any_order_are_told_in_the_order_asked() -> None:
    con = drawn("ann a +1d a +4d a", "bob 2026-03-03 a +2d a +3d a", "cid 2026-03-06 a +2d a")
    asked = {"ask": "retention", "mode": "brackets", "brackets": [[4, 7], [1, 3]], "returning": "a"}
    found, turned = plain_ask(con, asked), plain_ask(con, {**asked, "brackets": [[1, 3], [4, 7]]})
    assert [cohort["returned"] for cohort in found["cohorts"]] == [[1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0], [1, 0, 1], [0, 0, 0], [0]]
    assert [found["mean"][1], found["mean"][2]] == [turned["mean"][2], turned["mean"][1]]
    for place in (1, 2):
        mark = {"cohort": "2026-03-06", "period": place}
        assert plain_ask(con, {**asked, "customers": mark})["customers"]["ids"] == ["cid"] * (place - 1)
    with pytest.raises(QuestionError, match="scope ends before"):
        plain_ask(con, {**asked, "customers": {"cohort": "2026-03-08", "period": 1}})


def test_a_bracket_needs_enough_occurrences_as_a_whole() -> None:
    con = drawn("ann a +1d a +1d a", "bob a +1d a")
    assert rows(ask(con, mode="brackets", brackets=[2], minimum_occurrences=2))[0] == (2, 1)


def test_rolling_runs_from_each_customers_own_first_event() -> None:
    con = drawn("ann 20:00 a +1d 10:00 a", "bob 20:00 a +1d 20:00 a", "cid +2d a")
    assert rows(ask(con, clock="rolling", mode="on"))[0] == (2, 1, 0)
    assert rows(ask(con, clock="calendar", mode="on"))[0] == (2, 2, 0)


def test_rolling_cells_are_complete_once_the_last_to_join_had_their_time() -> None:
    con = drawn("ann 10:00 a", "bob 20:00 a", "cid +2d 15:00 a")
    assert ask(con, clock="rolling", mode="on").cohorts[0].complete == (True, False, False)


def test_a_day_of_25_hours_is_one_day() -> None:
    con = drawn("bob 2026-11-01 05:00 a +1d 05:30 a", "cid 2026-11-01 05:00 a +1d 04:30 a")
    clock = {"timezone": "America/New_York", "start": "2026-11-01", "stop": "2026-11-03"}
    assert rows(ask(con, clock, mode="on"))[0][1] == 1  # 05:30 UTC is past midnight there, 04:30 still the long Sunday


def test_cells_the_data_do_not_reach_the_end_of_are_incomplete_and_left_out_of_the_mean() -> None:
    con = drawn("ann a +1d a", "bob a", "cid 2026-03-03 a", "dan 2026-03-04 12:00 a")
    retention = ask(con, mode="on")
    assert [cohort.complete for cohort in retention.cohorts] == [(True, True, False), (True, False), (False,)]
    assert retention.mean == (1.0, 0.5, None)
    assert retention.intervals[0] is None and retention.intervals[2] is None
    assert retention.intervals[1] == pytest.approx((0.094531, 0.905469), abs=1e-6)


def test_the_mean_weighs_cohorts_by_their_size() -> None:
    con = drawn("ann a +1d a", "bob a +1d a", "cid a", "dan +1d a", "eve +3d a")
    assert ask(con, mode="on").mean[1] == pytest.approx(2 / 4)


def test_one_customer_in_many_cohorts_is_worth_less_than_as_many_customers() -> None:
    one = ask(drawn("ann " + "a +1d " * 20 + "a"), first="recurring", mode="on")
    many = ask(drawn(*[f"c{i} a +1d a" for i in range(20)], "end +3d a"), first="ever", mode="on")
    assert one.mean[1] == many.mean[1] == 1
    assert one.intervals[1][0] < 0.3 < many.intervals[1][0]


def test_a_breakdown_goes_by_the_value_at_joining_and_missing_is_a_group() -> None:
    con = drawn("ann a{from=ad} +1d a{from=web}", "bob a{from=web}", "cid a +1d a", "dan a{from=web}")
    retention = ask(con, mode="on", breakdown="from")
    assert {group: rows_of.cohorts[0].returned for group, rows_of in retention.breakdown.items()} == {
        "web": (2, 0),
        "": (1, 1),
        "ad": (1, 1),
    }
    assert list(retention.breakdown) == ["web", "", "ad"]
    assert retention.as_plain()["breakdown"]["ad"]["cohorts"][0]["size"] == 1


def test_of_several_events_at_one_moment_the_first_loaded_gives_the_group() -> None:
    con = drawn("ann a{from=x} a{from=y}")
    assert list(ask(con, breakdown="from").breakdown) == ["x"]


def test_a_breakdown_named_like_everyone_stays_a_group() -> None:
    con = drawn("ann a{from=*} +1d a", "bob a{from=x}")
    assert {group: table.size for group, table in ask(con, breakdown="from").breakdown.items()} == {"*": 1, "x": 1}


def test_a_segment_restricts_cohorts() -> None:
    con = drawn("ann a{plan=pro} +1d a", "bob a +1d a")
    assert rows(ask(con, {"segment": {"did": "a", "where": {"plan": "pro"}}}, mode="on")) == [(1, 1), (0,)]


def test_an_unknown_event_answers_zero_with_a_warning() -> None:
    retention = ask(drawn("ann visit +1d visit"), returning="vist")
    assert rows(retention) == [(1, 0), (0,)]
    assert retention.evidence.warnings == ("No event is named 'vist'. The nearest known is 'visit'.",)


def test_an_empty_workspace_has_no_cohorts_unless_the_scope_says_when() -> None:
    con = empty_warehouse()
    assert ask(con).as_plain()["cohorts"] == []
    bounded = ask(con, {"start": "2026-03-02", "stop": "2026-03-04"})
    assert rows(bounded) == [(0, 0), (0,)] and bounded.mean == (None, None)


def test_everyone_at_one_moment_is_one_cohort_without_a_return() -> None:
    assert rows(ask(drawn("ann a", "bob a"))) == [(2,)]


def test_the_people_of_a_cell_came_back_and_the_rest_did_not() -> None:
    con, question = drawn("ann a +1d a", "bob a", "cid a"), read_retention({"mode": "on"})
    at = {"cohort": "2026-03-02", "period": 1}
    assert retention_customers(con, question, read_scope(None), at).ids == ("ann",)
    assert retention_customers(con, question, read_scope(None), at | {"came_back": False}).ids == ("bob", "cid")
    assert retention_customers(con, question, read_scope(None), {"cohort": 1772409600000, "period": 0}).count == 3


def test_the_cohort_may_be_named_by_the_start_the_answer_gave() -> None:
    con, scope = drawn("ann 23:00 a +1d 22:00 a"), read_scope({"timezone": "Europe/Paris"})
    question = read_retention({"mode": "on"})
    start = measure_retention(con, question, scope).as_plain()["cohorts"][0]["start"]
    assert start == "2026-03-03T00:00:00+01:00"
    assert retention_customers(con, question, scope, {"cohort": start, "period": 0}).ids == ("ann",)


@pytest.mark.parametrize(
    "mark",
    [
        {"cohort": "2025-01-01", "period": 0},
        {"cohort": "2026-03-02", "period": 13},
        {"cohort": "2026-03-02", "period": 5},
        {"cohort": "2026-03-02", "period": True},
        {"cohort": None, "period": 0},
        {"cohort": 10**20, "period": 0},
        {"cohort": "2026-03-02", "period": 0, "group": "x"},
        {"cohort": "2026-03-02", "period": 0, "came_back": 1},
        {"cohort": "2026-03-02", "when": 0},
    ],
)
def test_a_cell_that_does_not_exist_is_refused(mark: dict) -> None:
    with pytest.raises(QuestionError):
        retention_customers(drawn("ann a +1d a"), read_retention({}), read_scope(None), mark)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "after"},
        {"period": "hour"},
        {"first": "once"},
        {"clock": "wall"},
        {"week_start": "friday"},
        {"periods": -1},
        {"periods": 2.5},
        {"minimum_occurrences": 0},
        {"mode": "brackets"},
        {"mode": "brackets", "brackets": [[3, 1]]},
        {"mode": "brackets", "brackets": [[0, 1]]},
        {"mode": "brackets", "brackets": "17"},
        {"brackets": [1, 2]},
        {"breakdown": 3},
        {"target": 3},
        {"step": "a"},
    ],
)
def test_what_cannot_be_asked_is_refused(wrong: dict) -> None:
    with pytest.raises(QuestionError):
        ask(drawn("ann a"), **wrong)


def test_too_many_periods_are_refused_with_the_way_out() -> None:
    with pytest.raises(QuestionError, match="longer period"):
        ask(drawn("ann 1970-01-01 a", "bob a"))
    assert len(ask(drawn("ann 1970-01-01 a", "bob a"), period="month").cohorts) == 675


def test_the_query_in_the_evidence_gives_the_same_counts() -> None:
    from journey.warehouse import ask_sql

    retention = ask(drawn("ann a +1d a", "bob a"), mode="on")
    counted = ask_sql(drawn("ann a +1d a", "bob a"), retention.evidence.sql, retention.evidence.params)
    assert counted.select("cohort", "place", "customers").rows() == [(0, 0, 2), (0, 1, 1)]


@pytest.mark.parametrize(
    "plain", [{}, {"mode": "brackets", "brackets": [2, 3], "target": "a", "breakdown": "x"}, {"clock": "rolling", "periods": 3}]
)
def test_a_question_is_read_back_as_it_was_written(plain: dict) -> None:
    question = read_retention(plain)
    assert read_retention(question.as_plain()) == question


def test_a_cell_as_a_segment_holds_the_same_customers() -> None:
    con, question = drawn("ann a +1d a", "bob a", "cid a +1d a"), read_retention({"mode": "on"})
    mark = {"cohort": 1772409600000, "period": 1}
    answer = plain_ask(con, {"ask": "segment", "where": {"retention": question.as_plain(), **mark, "came_back": False}, "customers": {}})
    assert answer["customers"]["ids"] == ["bob"]
