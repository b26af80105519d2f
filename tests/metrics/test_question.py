"""Metric questions as plain data: what is accepted, what is refused, and in which words."""

import pytest

from journey.errors import QuestionError
from journey.metrics import Shape, read_metric
from journey.metrics.question import Side


def shape(**plain: object) -> Shape:
    read = read_metric({"metric": plain}).metric
    assert isinstance(read, Shape)
    return read


def test_a_metric_without_of_counts_customers() -> None:
    assert shape(event="visit") == Shape("customers", Side("visit", "customers"))


def test_a_ratio_over_an_event_name_divides_counts() -> None:
    assert shape(event="order", of="ratio", denominator="visit") == Shape("ratio", Side("order", "count"), Side("visit", "count"))


def test_customers_over_customers_is_a_share() -> None:
    assert shape(event="order", of="ratio", denominator={"event": "visit", "of": "customers"}).is_share


def test_a_property_makes_the_numerator_a_sum() -> None:
    ratio = shape(event="order", of="ratio", property="price", denominator={"of": "customers"})
    assert (ratio.side.way, ratio.is_share) == ("sum", False)


def test_conditions_stand_beside_the_event() -> None:
    assert shape(event="order", where={"device": "app"}).side.step == {"event": "order", "where": {"device": "app"}}


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({}, 'needs "metric"'),
        ({"metric": 5}, "write a name"),
        ({"metric": {"event": "a", "of": "median"}}, "'customers', 'count'"),
        ({"metric": {"event": "a", "of": "sum"}}, '"property"'),
        ({"metric": {"event": "a", "of": "ratio"}}, '"denominator"'),
        ({"metric": {"event": "a", "denominator": "b"}}, 'Only a metric of "ratio"'),
        ({"metric": {"event": "a", "size": 3}}, "Known are: event, where"),
        ({"metric": {"any_of": ["a"], "event": "b"}}, "not both"),
        ({"metric": {"event": "a", "where": True}}, "maps properties"),
        ({"metric": "x", "period": "hour"}, "'day', 'week', 'month'"),
        ({"metric": "x", "compare": "last week"}, "'previous', 'year'"),
        ({"metric": "x", "breakdown": 3}, "name a property"),
        ({"metric": "x", "windows": 1}, "Unknown in a metric question: 'windows'"),
    ],
)
def test_what_is_wrong_is_said(plain: dict[str, object], said: str) -> None:
    with pytest.raises(QuestionError, match=said.replace("(", r"\(")):
        read_metric(plain)
