"""What cohorts bring: by hand, against a slow sum in Python, and what holds for every log."""

import math
import statistics

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.inference import mean_interval
from journey.ingest import load_events
from journey.retention import CohortValue, measure_value, read_value, value_customers
from journey.scope import Scope, read_scope, to_datetime
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse
from tests.retention.oracle import between, local_start

SPRING, HOUR = 1772841600000, 3_600_000


def asked(con: Warehouse, scope: dict | None = None, **question: object) -> CohortValue:
    return measure_value(con, read_value({"value": "price"} | question), read_scope(scope))


def sums(answer: CohortValue) -> list[list[float]]:
    return [[worth.value for worth in cohort.worth] for cohort in answer.cohorts]


def test_a_cohorts_value_adds_up_from_period_to_period() -> None:
    con = drawn("ann buy{price=10} +1d look +1d buy{price=5}", "bob look +1d buy{price=2}", "cid 2026-03-03 buy{price=1}")
    answer = asked(con)
    assert sums(answer) == [[10, 12, 17], [1, 1], [0]]
    assert [worth.mean for worth in answer.cohorts[0].worth] == [5, 6, 8.5]
    assert [worth.earning for worth in answer.cohorts[0].worth] == [1, 2, 2]
    assert [worth and worth.mean for worth in answer.mean] == [11 / 3, 12 / 2, None]  # by day 2 the only cohort is not over


def test_the_interval_of_a_mean_is_that_of_the_customers_totals() -> None:
    con = drawn("ann a{price=4} +1d a{price=4}", "bob a{price=1}", "cid a", "end +2d b")
    worth = asked(con, target="a").cohorts[0].worth[1]
    totals = [8, 1, 0]
    assert worth.interval == pytest.approx(mean_interval(statistics.mean(totals), statistics.stdev(totals), 3))


def test_one_customer_and_customers_who_are_all_alike_have_no_interval() -> None:
    assert asked(drawn("ann a{price=4}")).cohorts[0].worth[0].interval is None
    assert asked(drawn("ann a{price=0.1}", "bob a{price=0.1}")).cohorts[0].worth[0].interval is None


def test_nothing_from_before_joining_counts() -> None:
    con = drawn("ann 09:00 buy{price=9} 10:00 join 11:00 buy{price=1}")
    assert sums(asked(con, target="join")) == [[1]]
    assert sums(asked(con, target="join", clock="rolling")) == [[1]]


def test_a_period_by_own_clocks_is_over_once_it_is_for_the_last_to_join() -> None:
    con = drawn("ann 01:00 buy{price=1} +1d 00:30 buy{price=2}", "bob 12:00 look", "end 2026-03-03 02:00 look")
    answer = asked(con, clock="rolling")
    assert sums(answer)[0] == [3, 3] and answer.cohorts[0].complete == (False, False)


def test_revenue_is_what_the_mapping_says_and_refunds_are_taken_off() -> None:
    mapping = {
        "customer": "customer",
        "event": "event",
        "ts": "ts",
        "revenue": {"event": "buy", "property": "price", "currency": "EUR", "refund": "back"},
    }
    con = drawn("ann buy{price=10} look{price=99} +1d back{price=4}", mapping=mapping)
    answer = measure_value(con, read_value({}), Scope())
    assert sums(answer) == [[10, 6], [0]] and answer.currency == "EUR"
    assert asked(con).currency is None


def test_what_cannot_be_added_up_is_refused_with_what_to_do() -> None:
    con = drawn("ann buy{colour=red}")
    with pytest.raises(QuestionError, match="No revenue is mapped"):
        measure_value(con, read_value({}), Scope())
    with pytest.raises(QuestionError, match="needs numbers"):
        asked(con, value="colour")
    for wrong in ({"value": 3}, {"periods": -1}, {"periods": True}, {"mode": "on"}):
        with pytest.raises(QuestionError):
            read_value(wrong)
    for mark in ({"cohort": "2026-03-02", "period": 9}, {"cohort": "2020-01-01", "period": 0}, {"period": 0}):
        with pytest.raises(QuestionError):
            value_customers(con, read_value({"value": "price"}), Scope(), mark)


def test_an_unknown_property_brings_nothing_and_is_warned_of() -> None:
    answer = asked(drawn("ann buy{price=1}"), value="prize")
    assert sums(answer) == [[0]] and "'price'" in answer.evidence.warnings[0]


def test_an_empty_workspace_has_no_cohorts() -> None:
    assert asked(empty_warehouse()).cohorts == ()


def test_the_question_is_plain_data() -> None:
    con = drawn("ann buy{price=10}", "bob buy{price=20} +1d look")
    answer = ask(con, {"ask": "cohort_value", "value": "price", "customers": {"cohort": "2026-03-02", "period": 0}})
    assert answer["cohorts"][0]["value"] == [30, 30] and answer["cohorts"][0]["complete"] == [True, False]
    assert answer["customers"] == {"count": 2, "ids": ["ann", "bob"]}
    rule = {"cohort_value": {"value": "price"}, "cohort": "2026-03-02", "period": 0}
    assert ask(con, {"ask": "segment", "where": rule})["customers"] == 2


logs = st.lists(
    st.tuples(
        st.sampled_from("pqrs"),
        st.sampled_from("ab"),
        st.integers(0, 24 * 30).map(lambda hour: SPRING + hour * HOUR),
        st.none() | st.integers(-20, 80).map(lambda quarter: quarter / 4),
    ),
    min_size=1,
    max_size=24,
)
questions = st.fixed_dictionaries(
    {
        "target": st.sampled_from([None, "a"]),
        "event": st.sampled_from([None, "b"]),
        "period": st.sampled_from(["day", "week", "month"]),
        "clock": st.sampled_from(["calendar", "rolling"]),
        "periods": st.integers(0, 40),
    }
)
zones = st.sampled_from(["UTC", "America/Los_Angeles", "Australia/Lord_Howe"])


def loaded(log: list) -> Warehouse:
    con = empty_warehouse()
    frame = pl.DataFrame(
        [{"customer": who, "event": name, "ts": to_datetime(ts), "price": price} for who, name, ts, price in log],
        schema_overrides={"price": pl.Float64},
    )
    load_events(con, frame)
    return con


def total(log: list, question: dict, zone: str, who: str, start: int, place: int) -> float | None:
    """What one customer brought up to a period, in Python; None where nothing was brought at all."""
    joined = min(ts for w, name, ts, _ in log if w == who and question["target"] in (None, name))
    length = {"day": 1, "week": 7, "month": 30}[question["period"]] * 24 * HOUR
    found = []
    for w, name, ts, price in log:
        if w != who or ts < joined or price is None or question["event"] not in (None, name):
            continue
        here, there = (local_start(moment, question["period"], zone, "monday") for moment in (start, ts))
        k = (ts - joined) // length if question["clock"] == "rolling" else between(here, there, question["period"])
        found += [price] if k <= place else []
    return sum(found) if found else None


@settings(max_examples=6, deadline=None)
@given(logs, questions, zones)
def test_sql_and_the_slow_way_agree_and_each_count_is_its_list(log: list, question: dict, zone: str) -> None:
    con, read = loaded(log), read_value(question | {"value": "price"})
    answer = measure_value(con, read, Scope(timezone=zone))
    joined: dict[str, int] = {}
    for who, name, ts, _ in log:
        if question["target"] in (None, name):
            joined[who] = min(ts, joined.get(who, ts))
    for cohort in answer.cohorts:
        members = sorted(who for who, ts in joined.items() if cohort.start <= ts < cohort.stop)
        assert cohort.size == len(members)
        for place, worth in list(enumerate(cohort.worth))[:3]:
            totals = {who: total(log, question, zone, who, cohort.start, place) for who in members}
            earning = sorted(who for who, value in totals.items() if value is not None)
            values = [value or 0 for value in totals.values()]
            assert math.isclose(worth.value, sum(values), abs_tol=1e-9)
            assert math.isclose(worth.squares, sum(value * value for value in values), abs_tol=1e-9)
            assert worth.earning == len(earning)
        if cohort.size:
            mark = {"cohort": cohort.start, "period": min(2, len(cohort.worth) - 1)}
            earned = value_customers(con, read, Scope(timezone=zone), mark)
            rest = value_customers(con, read, Scope(timezone=zone), mark | {"earned": False})
            assert earned.count == cohort.worth[mark["period"]].earning
            assert sorted(earned.ids + rest.ids) == members


@settings(max_examples=6, deadline=None)
@given(logs, zones, st.sampled_from(["day", "week", "month"]))
def test_at_the_end_the_cohorts_have_brought_all_there_is(log: list, zone: str, period: str) -> None:
    answer = measure_value(loaded(log), read_value({"value": "price", "period": period, "periods": 60}), Scope(timezone=zone))
    assert math.isclose(sum(cohort.worth[-1].value for cohort in answer.cohorts), sum(row[3] or 0 for row in log), abs_tol=1e-9)
    assert sum(cohort.size for cohort in answer.cohorts) == answer.evidence.population == len({row[0] for row in log})
