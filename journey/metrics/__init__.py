"""How a number that people steer by goes over time: measure_metric answers series, total, change and what moved it.

The unit is the customer: one who is in two spans, or has many events, is one draw in every interval.  Known limit: the
intervals are for customers drawn from a large population; of a plain count there is none.
"""

from journey.metrics.answer import measure_metric, metric_customers
from journey.metrics.catalog import held_by, lacking, read_metrics
from journey.metrics.moved import Moved, Part, explain_change
from journey.metrics.overview import (
    Choice,
    by_change,
    can_be_judged,
    choose_metrics,
    farthest_group,
    opposed,
    split_properties,
    usual_period,
)
from journey.metrics.question import MetricQuestion, Named, Shape, read_metric
from journey.metrics.result import Change, Metric, Point, Series

__all__ = [
    "Change",
    "Choice",
    "Metric",
    "MetricQuestion",
    "Moved",
    "Named",
    "Part",
    "Point",
    "Series",
    "Shape",
    "by_change",
    "can_be_judged",
    "choose_metrics",
    "explain_change",
    "farthest_group",
    "held_by",
    "lacking",
    "measure_metric",
    "metric_customers",
    "opposed",
    "read_metric",
    "read_metrics",
    "split_properties",
    "usual_period",
]
