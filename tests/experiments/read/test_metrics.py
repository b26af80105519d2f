"""Metrics of an experiment as plain data."""

from typing import Any

import pytest

from journey.errors import QuestionError
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.read import metric_plain, read_metric, read_metrics

DAY = 86_400_000
OVER_EVENTS: list[tuple[dict[str, Any], ExperimentMetric]] = [
    ({"event": "buy"}, ExperimentMetric("buy", value=Counted("buy"))),
    ({"name": "n", "event": "buy", "of": "count"}, ExperimentMetric("n", "mean", value=Counted("buy", "count"))),
    ({"name": "n", "event": "buy", "property": "price"}, ExperimentMetric("n", "mean", value=Counted("buy", "sum", "price"))),
    (
        {"name": "n", "revenue": True, "before": "28d", "winsorise": 0.99},
        ExperimentMetric("n", "mean", value=Counted(None, "sum", revenue=True), before=28 * DAY, winsorise=0.99),
    ),
    (
        {"name": "n", "revenue": True, "denominator": "buy", "within": "36h"},
        ExperimentMetric("n", "ratio", value=Counted(None, "sum", revenue=True), over=Counted("buy", "count"), within=DAY * 3 // 2),
    ),
    (
        {"name": "n", "any_of": ["fail", "error"], "good": "down", "role": "guardrail", "margin": {"relative": 0.02}},
        ExperimentMetric("n", "share", "guardrail", "down", Counted({"any_of": ["fail", "error"]}), margin=0.02, relative=True),
    ),
    (
        {"name": "n", "event": "buy", "where": {"device": "m"}, "within": 0.5, "role": None, "margin": None},
        ExperimentMetric("n", value=Counted({"event": "buy", "where": {"device": "m"}}), within=500),
    ),
]


@pytest.mark.parametrize(("plain", "metric"), OVER_EVENTS)
def test_a_metric_over_events_is_read_and_written(plain: dict[str, Any], metric: ExperimentMetric) -> None:
    assert read_metric(plain) == metric == read_metric(metric_plain(metric))


def test_a_metric_over_a_table_is_read_and_written() -> None:
    plain = {"name": "n", "column": "y", "kind": "ratio", "denominator": "x", "covariate": "c", "role": "guardrail", "margin": 2}
    metric = ExperimentMetric("n", "ratio", "guardrail", value=Counted(column="y"), over=Counted(column="x"), covariate="c", margin=2.0)
    assert read_metric(plain, "table") == metric == read_metric(metric_plain(metric), "table")


def test_the_first_metric_that_guards_nothing_decides_where_none_is_said_to() -> None:
    listed = [{"event": "fail", "role": "guardrail", "margin": 0.1}, {"event": "buy"}, {"event": "cart"}]
    assert [metric.role for metric in read_metrics(listed)] == ["guardrail", "primary", "secondary"]


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ([], "list one at least"),
        ("buy", "list one at least"),
        ([3], "A metric is an object"),
        ([{}], "needs a name"),
        ([{"event": 3}], "needs a name"),
        ([{"name": "n"}], 'needs an "event"'),
        ([{"event": "buy", "colour": 1}], "colour.*Known are"),
        ([{"event": "buy", "kind": "median"}], "can be 'share', 'mean', 'ratio'"),
        ([{"event": "buy", "kind": "share", "of": "count"}], 'Ask for kind "mean"'),
        ([{"event": "buy", "of": "sum"}], 'needs the "property"'),
        ([{"event": "buy", "of": "count", "property": "p"}], '"of" is "sum"'),
        ([{"event": "buy", "property": "p", "revenue": True}], "Leave one out"),
        ([{"event": "buy", "revenue": "yes"}], "write true"),
        ([{"event": "buy", "kind": "ratio"}], 'needs a "denominator"'),
        ([{"event": "buy", "kind": "mean", "denominator": "x"}], "only a ratio"),
        ([{"event": "buy", "any_of": ["x"]}], "beside"),
        ([{"event": "buy", "winsorise": 0.99}], "nothing to winsorise"),
        ([{"event": "buy", "of": "count", "winsorise": 1}], "0.5 to below 1"),
        ([{"event": "buy", "of": "count", "winsorise": float("nan")}], "0.5 to below 1"),
        ([{"event": "buy", "within": "0d"}], "a time above 0"),
        ([{"event": "buy", "before": "soon"}], "write a duration"),
        ([{"event": "buy", "margin": 0.1}], "only a guardrail"),
        ([{"event": "buy", "role": "guardrail"}], 'needs a "margin"'),
        ([{"event": "buy", "role": "guardrail", "margin": -0.1}], "a number above 0"),
        ([{"event": "buy", "role": "guardrail", "margin": {"relative": float("inf")}}], "a number above 0"),
        ([{"event": "buy", "role": "guardrail", "margin": 0.1}], "All metrics are guardrails"),
        ([{"event": "buy"}, {"event": "buy"}], "Give each a name"),
        ([{"event": "a", "role": "primary"}, {"event": "b", "role": "primary"}], "both primary"),
        ([{"event": f"e{k}"} for k in range(41)], "at most 40"),
    ],
)
def test_a_metric_that_cannot_be_is_refused_with_a_sentence(plain: Any, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_metrics(plain)


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ({"name": "n"}, "write the name of a column"),
        ({"column": "y", "within": "7d"}, "within.*Known are"),
        ({"column": "y", "kind": "ratio"}, "denominator"),
        ({"column": "y", "kind": "mean", "denominator": "x"}, "denominator"),
    ],
)
def test_a_metric_of_a_table_that_cannot_be_is_refused(plain: Any, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_metric(plain, "table")
