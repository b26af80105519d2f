"""Metrics on logs that can be checked in the head."""

import math

import numpy as np
import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.inference import ratio_interval, wilson
from journey.warehouse import Warehouse, keep_setting
from tests.drawn import drawn
from tests.lent import empty_warehouse

SHOP = (
    "ann 09:00 visit{device=app} 09:05 order{price=10,device=app} +1d 10:00 visit{device=web}",
    "bob 09:00 visit{device=web} +1d 09:00 visit{device=app} order{price=30,device=app}",
    "cat +2d 08:00 visit{device=web} +1d 08:00 visit{device=web}",
)


@pytest.fixture(scope="module")
def shop() -> Warehouse:
    return drawn(*SHOP)


def measure(con: Warehouse, metric: object, **more: object) -> dict:
    return ask(con, {"ask": "metric", "metric": metric, **more})


def values(answer: dict) -> list[float | None]:
    return [point["value"] for point in answer["series"]]


def test_a_customer_counts_once_in_the_total(shop: Warehouse) -> None:
    answer = measure(shop, {"event": "visit", "of": "customers"})
    assert (values(answer), answer["total"]) == ([2, 2, 1, 1], 3)


def test_counts_sums_and_sessions_add_up(shop: Warehouse) -> None:
    assert measure(shop, {"event": "visit", "of": "count"})["total"] == 6
    assert measure(shop, {"event": "order", "of": "sum", "property": "price"})["total"] == 40
    assert measure(shop, {"of": "sessions"})["total"] == 6


def test_a_count_has_no_interval_and_says_why(shop: Warehouse) -> None:
    answer = measure(shop, {"event": "visit", "of": "count"})
    assert answer["total_interval"] is None
    assert "nothing was sampled" in answer["why_no_interval"]


def test_a_mean_leaves_out_events_without_the_value(shop: Warehouse) -> None:
    answer = measure(shop, {"event": None, "of": "mean", "property": "price"})
    assert (answer["total"], answer["total_n"]) == (20, 2)
    assert values(answer) == [10, 30, None, None]


def test_a_share_counts_those_who_did_both(shop: Warehouse) -> None:
    answer = measure(shop, {"event": "order", "of": "ratio", "denominator": {"event": "visit", "of": "customers"}})
    assert answer["total"] == pytest.approx(2 / 3)
    assert tuple(answer["total_interval"]) == wilson(2, 3)


def test_a_ratio_is_clustered_by_customer(shop: Warehouse) -> None:
    """ann: 1 order of 2 visits, bob 1 of 2, cat 0 of 2: sums 2 and 6, squares 2 and 12, products 4."""
    answer = measure(shop, {"event": "order", "of": "ratio", "denominator": "visit"})
    assert answer["total"] == pytest.approx(1 / 3)
    assert tuple(answer["total_interval"]) == pytest.approx(ratio_interval(2, 6, 2, 12, 4, 3))


def test_the_interval_of_a_ratio_of_counts_is_not_below_0() -> None:
    con = drawn("ann 09:00 order 10:00 order", "bob 09:00 visit")
    low, high = measure(con, {"event": "order", "of": "ratio", "denominator": "visit"})["total_interval"]
    assert low == 0 and high > 2


def test_new_customers_count_where_they_first_came(shop: Warehouse) -> None:
    assert values(measure(shop, {"of": "new"})) == [2, 0, 1, 0]


def test_a_return_counts_where_its_time_ends(shop: Warehouse) -> None:
    """ann came back after 25 hours, which is too late; bob and cat after exactly a day, which is in time."""
    answer = measure(shop, {"of": "return", "within": "1d"})
    assert [(point["count"], point["n"]) for point in answer["series"]] == [(0, 0), (1, 2), (0, 0), (1, 1)]
    assert [point["complete"] for point in answer["series"]] == [True, True, True, False]


def test_a_period_that_has_not_ended_is_incomplete(shop: Warehouse) -> None:
    answer = measure(shop, {"of": "customers"}, period="week")
    assert [(point["start"], point["complete"]) for point in answer["series"]] == [("2026-03-02T00:00:00Z", False)]


def test_a_period_beyond_the_data_is_undefined_and_not_zero(shop: Warehouse) -> None:
    answer = measure(shop, {"of": "customers"}, scope={"start": "2026-03-05", "stop": "2026-03-08"})
    assert values(answer) == [1, None, None]


def test_the_scope_is_widened_to_whole_periods(shop: Warehouse) -> None:
    answer = measure(shop, {"of": "count"}, scope={"start": "2026-03-02T09:02", "stop": "2026-03-02T09:03"})
    assert (values(answer), answer["span"]) == ([3], ["2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"])


def test_cut_edges_keep_the_scope_and_mark_what_they_cut(shop: Warehouse) -> None:
    scope = {"start": "2026-03-02T09:02", "stop": "2026-03-04"}
    answer = measure(shop, {"of": "count"}, edges="cut", scope=scope)
    assert [(point["value"], point["complete"]) for point in answer["series"]] == [(1, False), (3, True)]


def test_the_span_before_is_cut_where_this_one_ends() -> None:
    """Tuesday's log ends at 10:00, so Monday counts up to 10:00."""
    con = drawn("ann 09:00 a 11:00 a +1d 10:00 a", "bob 09:59 a 10:01 a")
    answer = measure(con, {"of": "count"}, compare="previous", scope={"start": "2026-03-03", "stop": "2026-03-04"})
    assert (answer["total"], answer["before"]["total"]) == (1, 2)
    assert answer["change"]["difference"] == -1


def test_a_span_before_that_the_data_do_not_cover_is_said() -> None:
    con = drawn("ann +2d 09:00 a +2d 09:00 a +2d 09:00 a")
    answer = measure(con, {"of": "count"}, compare="previous", scope={"start": "2026-03-06", "stop": "2026-03-09"})
    assert answer["change"]["covered"] is False
    assert "The data begin inside that span" in answer["definition"]


def test_without_earlier_data_there_is_no_change(shop: Warehouse) -> None:
    answer = measure(shop, {"of": "count"}, compare="year")
    assert (answer["before"], answer["change"]) == (None, None)


def test_a_month_is_compared_with_the_month_before() -> None:
    con = drawn("ann 2026-01-31 23:30 a 2026-02-28 23:59 a 2026-03-01 00:00 a 2026-03-31 12:00 a 2026-04-01 00:00 a")
    answer = measure(con, {"of": "count"}, period="month", compare="previous", scope={"start": "2026-03-01", "stop": "2026-04-01"})
    assert (answer["total"], answer["before"]["total"]) == (2, 1)
    assert answer["before"]["span"] == ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"]


def test_a_day_with_a_clock_change_has_23_hours() -> None:
    con = drawn("ann 2026-03-28 23:30 a 2026-03-29 21:59 a 2026-03-29 22:00 a")
    answer = measure(con, {"of": "count"}, scope={"timezone": "Europe/Paris"})
    assert [(point["start"], point["value"]) for point in answer["series"]] == [
        ("2026-03-29T00:00:00+01:00", 2),
        ("2026-03-30T00:00:00+02:00", 1),
    ]


def test_a_breakdown_counts_a_customer_in_every_group_and_once_in_all(shop: Warehouse) -> None:
    answer = measure(shop, {"event": "visit", "of": "customers"}, breakdown="device")
    assert answer["total"] == 3
    assert {group: series["total"] for group, series in answer["breakdown"].items()} == {"web": 3, "app": 2}


def test_a_segment_narrows_who_is_counted(shop: Warehouse) -> None:
    assert measure(shop, {"of": "customers"}, scope={"segment": {"customers": ["ann", "cat"]}})["total"] == 2


@pytest.mark.parametrize(
    "metric",
    [
        {"event": "visit", "of": "customers"},
        {"of": "new"},
        {"of": "return", "within": "1d"},
        {"event": "order", "of": "ratio", "denominator": {"event": "visit", "of": "customers"}},
    ],
)
def test_the_people_behind_a_point_are_as_many_as_it_counts(shop: Warehouse, metric: dict) -> None:
    answer = measure(shop, metric, customers={})
    assert answer["customers"]["count"] == len(answer["customers"]["ids"])
    for point in answer["series"]:
        people = measure(shop, metric, customers={"start": point["start"]})["customers"]
        assert people["count"] == point["count"]


def test_nobody_in_particular_is_behind_a_sum(shop: Warehouse) -> None:
    with pytest.raises(QuestionError, match="counts no customers"):
        measure(shop, {"event": "order", "of": "sum", "property": "price"}, customers={})


def test_an_unknown_event_answers_zero_with_a_warning(shop: Warehouse) -> None:
    answer = measure(shop, {"event": "vist", "of": "count"})
    assert answer["total"] == 0
    assert answer["warnings"] == ["No event is named 'vist'. The nearest known is 'visit'."]


def test_texts_cannot_be_summed(shop: Warehouse) -> None:
    with pytest.raises(QuestionError, match="needs numbers"):
        measure(shop, {"event": "visit", "of": "sum", "property": "device"})


def test_an_unknown_name_names_the_known(shop: Warehouse) -> None:
    with pytest.raises(QuestionError, match="The nearest known is 'Order value'"):
        measure(shop, "ordr value")


def test_revenue_is_read_from_the_mapping() -> None:
    con = drawn(*SHOP)
    with pytest.raises(QuestionError, match="No revenue is mapped"):
        measure(con, "Value per customer")
    keep_setting(con, "revenue", {"event": "order", "property": "price"})
    assert measure(con, "Value per customer")["total"] == pytest.approx(40 / 3)


def test_an_empty_workspace_measures_nothing() -> None:
    answer = measure(empty_warehouse(), {"of": "customers"})
    assert (answer["series"], answer["total"]) == ([], None)


def test_the_interval_of_a_ratio_covers_its_truth() -> None:
    """Customers with 1 to 8 visits and a rate of their own: 95% of intervals hold the truth; per-visit ones would not."""
    rng, held = np.random.default_rng(3), 0
    for _ in range(400):
        visits = rng.integers(1, 9, 200)
        orders = rng.binomial(visits, rng.beta(1, 3, 200) * visits / 9)
        low, high = ratio_interval(orders.sum(), visits.sum(), (orders**2).sum(), (visits**2).sum(), (orders * visits).sum(), 200)
        truth = sum(n * (n / 9) * 0.25 for n in range(1, 9)) / sum(range(1, 9))
        held += low <= truth <= high
    assert 0.92 <= held / 400 <= 0.98
    assert math.isfinite(low)
