"""What lifecycle and stickiness mean, on logs that can be checked in the head."""

import pytest

from journey.errors import QuestionError
from journey.lifecycle import (
    lifecycle_customers,
    measure_lifecycle,
    measure_stickiness,
    read_lifecycle,
    read_stickiness,
    stickiness_customers,
)
from journey.scope import read_scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse


def states(con: Warehouse, scope: dict | None = None, **question: object) -> dict[str, list[int]]:
    plain = measure_lifecycle(con, read_lifecycle(question), read_scope(scope)).as_plain()
    return {state: plain[state] for state in ("new", "returning", "resurrected", "dormant")}


def test_each_state_on_its_day() -> None:
    con = drawn("ann a +1d a +2d a", "bob +1d a")
    assert states(con) == {"new": [1, 1, 0, 0], "returning": [0, 1, 0, 0], "resurrected": [0, 0, 0, 1], "dormant": [0, 0, -2, 0]}


def test_new_is_the_first_event_of_any_name() -> None:
    con = drawn("ann look +1d buy", "bob buy")
    assert states(con, event="buy")["new"] == [1, 0]
    assert states(con, event="buy")["resurrected"] == [0, 1]


def test_the_day_before_the_scope_decides_who_returns_and_who_fell_away() -> None:
    con = drawn("ann a +1d a", "bob a", "cid +1d a")
    assert states(con, {"start": "2026-03-03"}) == {"new": [1], "returning": [1], "resurrected": [0], "dormant": [-1]}


def test_a_period_the_data_do_not_fill_is_incomplete() -> None:
    lifecycle = measure_lifecycle(drawn("ann a +1d 12:00 a"), read_lifecycle({}), read_scope({"start": "2026-03-02", "stop": "2026-03-05"}))
    assert [period.complete for period in lifecycle.periods] == [True, False, False]
    assert [period.begun for period in lifecycle.periods] == [True, True, False]


def test_the_people_of_a_state() -> None:
    con, question = drawn("ann a +1d a", "bob a"), read_lifecycle({})
    assert lifecycle_customers(con, question, read_scope(None), {"period": "2026-03-03", "state": "dormant"}).ids == ("bob",)
    assert lifecycle_customers(con, question, read_scope(None), {"period": "2026-03-02", "state": "new"}).ids == ("ann", "bob")


@pytest.mark.parametrize("mark", [{"period": "2026-03-02", "state": "gone"}, {"period": "2026-04-02", "state": "new"}, {"state": "new"}])
def test_a_state_that_does_not_exist_is_refused(mark: dict) -> None:
    with pytest.raises(QuestionError):
        lifecycle_customers(drawn("ann a"), read_lifecycle({}), read_scope(None), mark)


def test_stickiness_counts_the_days_each_was_active() -> None:
    con = drawn("ann a 12:00 a +1d a", "bob a", "cid a +7d a")
    sticky = measure_stickiness(con, read_stickiness({}), read_scope(None))
    assert sticky.as_plain()["stickiness"] == [{"active_days": 1, "customers": 1}, {"active_days": 2, "customers": 2}]
    assert sticky.mean == pytest.approx(5 / 3)
    assert stickiness_customers(con, read_stickiness({}), read_scope(None), {"active_days": 2}).ids == ("ann", "cid")
    weeks = measure_stickiness(con, read_stickiness({"period": "week"}), read_scope(None))
    assert [(row.active_days, row.customers) for row in weeks.rows] == [(1, 2), (2, 1)]


def test_stickiness_stays_within_the_scope_widened_to_whole_periods() -> None:
    con = drawn("ann 2026-03-01 a +1d a +1d a")
    sticky = measure_stickiness(con, read_stickiness({}), read_scope({"start": "2026-03-02T09:00:00", "stop": "2026-03-02T10:00:00"}))
    assert [(row.active_days, row.customers) for row in sticky.rows] == [(1, 1)]


def test_an_empty_workspace_answers_nothing() -> None:
    con = empty_warehouse()
    assert states(con) == {"new": [], "returning": [], "resurrected": [], "dormant": []}
    assert measure_stickiness(con, read_stickiness({}), read_scope(None)).mean is None
    assert stickiness_customers(con, read_stickiness({}), read_scope(None), {"active_days": 1}).count == 0


@pytest.mark.parametrize("wrong", [{"period": "hour"}, {"week_start": "friday"}, {"events": "a"}])
def test_what_cannot_be_asked_is_refused(wrong: dict) -> None:
    for read in (read_lifecycle, read_stickiness):
        with pytest.raises(QuestionError):
            read(wrong)
