"""Who is asked about as of a date and what came of them, in a log small enough to count by eye; which dates fit a log."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.errors import QuestionError
from journey.predict import read_outcome, read_predict
from journey.predict.dates import DAY, Plan, plan_dates
from journey.predict.outcome import in_words, observe
from journey.scope import Scope, to_ms
from journey.warehouse import Warehouse, ask_sql
from tests.drawn import drawn, drawn_frame

LOG = """
ann 2026-03-01 09:00 visit +5d 10:00 visit +6d 10:00 buy{price=20}
bob 2026-03-01 09:00 visit 10:00 buy{price=5}
cid 2026-03-05 09:00 visit +4d 00:00 visit
dee 2026-03-10 00:00 visit
eve 2026-02-01 00:00 visit +36d 00:00 mail
"""
AS_OF = int(drawn_frame("x 2026-03-09 00:00 a")["ts"].dt.epoch("ms")[0])


def labels(con: Warehouse, outcome: Any, segment: Any = None) -> dict[str, int]:
    names = dict(ask_sql(con, "select customer, id from customers").iter_rows())
    told = observe(con, read_outcome(outcome), AS_OF, Scope(segment=segment))
    return {names[customer]: label for customer, _, label in told.iter_rows()}


def test_inactivity_is_of_those_seen_before_and_an_event_on_the_date_itself_ends_it() -> None:
    """As of 9 March 00:00: ann comes on the 12th, cid at that very moment, eve gets a mail; dee is not known yet."""
    assert labels(drawn(LOG), {"inactive_for": "3d"}) == {"ann": 1, "bob": 1, "cid": 0, "eve": 0}
    assert labels(drawn(LOG), {"inactive_for": "4d"}) == {"ann": 0, "bob": 1, "cid": 0, "eve": 0}


def test_what_was_sent_is_no_activity() -> None:
    assert labels(drawn(LOG), {"inactive_for": "4d", "other_than": ["mail"]})["eve"] == 1


def test_only_those_active_within_the_named_time_are_asked_about() -> None:
    assert set(labels(drawn(LOG), {"inactive_for": "3d", "active_within": "4d"})) == {"ann", "cid"}


def test_a_conversion_is_asked_of_those_who_have_not_done_it_and_again_of_those_who_have() -> None:
    con = drawn(LOG)
    assert labels(con, {"did": "buy", "within": "4d", "again": False}) == {"ann": 1, "cid": 0, "eve": 0}
    assert labels(con, {"did": "buy", "within": "4d", "again": True}) == {"bob": 0}
    assert (
        labels(con, {"did": "buy", "within": "4d"})
        == labels(con, {"did": "buy", "within": "4d", "again": None})
        == {"ann": 1, "bob": 0, "cid": 0, "eve": 0}
    )
    assert labels(con, {"did": "buy", "where": {"price": {"op": "gt", "value": 10}}, "within": "4d"})["bob"] == 0


def test_a_segment_is_as_of_the_date() -> None:
    """ann buys only later, so she is no buyer then."""
    assert set(labels(drawn(LOG), {"inactive_for": "3d"}, segment={"did": "buy"})) == {"bob"}


def test_how_long_each_was_quiet_is_told_beside() -> None:
    told = observe(drawn(LOG), read_outcome({"inactive_for": "3d"}), AS_OF, Scope())
    assert told["quiet_ms"].to_list()[0] == 3 * DAY - 10 * 3_600_000


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        {"inactive_for": None},
        {"inactive_for": "0d"},
        {"inactive_for": "9d", "did": "buy"},
        {"did": "buy"},
        {"did": "buy", "within": "3d", "again": "yes"},
        {"did": {"event": "buy"}, "where": {"a": 1}, "within": "3d"},
        {"inactive_for": "9d", "other_than": "mail"},
        {"inactive_for": "9d", "colour": 1},
    ],
)
def test_an_outcome_that_cannot_be_read_is_refused(wrong: Any) -> None:
    with pytest.raises(QuestionError):
        read_outcome(wrong)


@pytest.mark.parametrize("plain", [{"inactive_for": "90d", "other_than": ["mail"]}, {"did": "buy", "within": "12h", "again": True}])
def test_what_is_written_is_read_back(plain: dict[str, Any]) -> None:
    outcome = read_outcome(plain)
    assert read_outcome(outcome.as_plain()) == outcome
    question = read_predict({"outcome": plain, "as_of": "2026-03-01", "lookback": "90d", "capacity": 5})
    assert read_predict(question.as_plain()) == question


def test_an_outcome_is_told_in_words() -> None:
    assert in_words(read_outcome({"inactive_for": "90d"})) == "does nothing for 90 days"
    assert in_words(read_outcome({"did": "buy", "within": "30d", "again": True})) == "does “buy” again within 30 days"


def day(text: str) -> int:
    return to_ms(datetime.fromisoformat(f"{text}T00:00:00+00:00"))


def test_named_dates_learn_first_and_the_last_of_them_calibrates() -> None:
    """90 days from 30 September end on 29 December; those from 31 October overlap the time ahead of the calibration."""
    named = [day(text) for text in ("1997-06-30", "1997-09-30", "1997-10-31", "1997-12-31")]
    plan = plan_dates(day("1997-01-01"), day("1998-06-30"), 90 * DAY, day("1998-03-31"), named)
    assert isinstance(plan, Plan)
    assert (plan.learn, plan.calibrate, plan.test, plan.unused) == ((named[0], named[1]), named[3], day("1998-03-31"), (named[2],))


def test_a_date_whose_outcome_the_test_would_know_first_is_refused() -> None:
    with pytest.raises(QuestionError, match=r"1998-02-01.*Name earlier dates"):
        plan_dates(day("1997-01-01"), day("1998-06-30"), 90 * DAY, day("1998-03-31"), [day("1998-02-01")])


def test_where_the_outcome_is_not_known_yet_the_last_named_date_is_the_test() -> None:
    """As of the data's end nothing is known of the 90 days ahead; from 31 March on it is, so that date tests the two before it."""
    named = [day(text) for text in ("1997-09-30", "1997-12-31", "1998-03-31")]
    plan = plan_dates(day("1997-01-01"), day("1998-06-30"), 90 * DAY, day("1998-06-30"), named)
    assert isinstance(plan, Plan)
    assert (plan.learn, plan.calibrate, plan.test, plan.score) == ((named[0],), named[1], named[2], day("1998-06-30"))


def test_one_named_date_is_learned_from_and_calibrated_on_customers_left_out() -> None:
    plan = plan_dates(day("1997-01-01"), day("1998-06-30"), 90 * DAY, day("1998-03-31"), [day("1997-12-31")])
    assert isinstance(plan, Plan) and (plan.learn, plan.calibrate, plan.test) == ((day("1997-12-31"),), None, day("1998-03-31"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=5), st.integers(1, 120), st.integers(200, 420))
def test_named_dates_never_teach_what_the_test_could_not_know(dates: list[int], ahead: int, score: int) -> None:
    try:
        plan = plan_dates(0, 400 * DAY, ahead * DAY, score * DAY, [date * DAY for date in dates])
    except QuestionError:
        return
    assert isinstance(plan, Plan) and plan.learn and plan.test <= plan.score and plan.test + ahead * DAY <= 400 * DAY
    known = plan.test if plan.calibrate is None else plan.calibrate
    assert all(date + ahead * DAY <= known for date in plan.learn) and known <= plan.test
    assert plan.calibrate is None or plan.calibrate + ahead * DAY <= plan.test


def test_a_young_log_says_how_many_days_are_missing() -> None:
    assert plan_dates(0, 41 * DAY, 7 * DAY, 41 * DAY) == "the log spans 41 of the 90 days needed"
    told = plan_dates(0, 120 * DAY, 90 * DAY, 120 * DAY)
    assert isinstance(told, str) and "120 of about 208 days" in told


@settings(max_examples=60, deadline=None)
@given(st.integers(90, 900), st.integers(1, 200), st.integers(0, 900), st.integers(0, DAY - 1))
def test_every_outcome_learned_from_is_known_by_the_calibration_and_that_one_by_the_test(
    span: int, ahead: int, back: int, odd: int
) -> None:
    first, end = odd, odd + span * DAY + odd
    plan = plan_dates(first, end, ahead * DAY, max(first, end - back * DAY))
    if isinstance(plan, str):
        return
    known = plan.test if plan.calibrate is None else plan.calibrate
    assert plan.learn and all(first < date and date + ahead * DAY <= known for date in plan.learn)
    assert known + (ahead * DAY if plan.calibrate is not None else 0) <= plan.test
    assert plan.test + ahead * DAY <= end and plan.test <= plan.score
    assert all(first < date - 2 * ahead * DAY for date in plan.earlier)
