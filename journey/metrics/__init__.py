"""How a number that people steer by goes over time: measure_metric answers series, total, change and what moved it.

The unit is the customer: one who is in two spans, or has many events, is one draw in every interval.  Known limit: the
intervals are for customers drawn from a large population; of a plain count there is none.
"""

from journey.metrics.answer import measure_metric, metric_customers
from journey.metrics.catalog import held_by, lacking, read_metrics
from journey.metrics.mix import Mixed, MixedGroup, mixed
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
from journey.metrics.why import MovedQuestion, Why, measure_moved, moved_customers, read_moved

__all__ = [
    "Change",
    "Choice",
    "Metric",
    "MetricQuestion",
    "Mixed",
    "MixedGroup",
    "Moved",
    "MovedQuestion",
    "Named",
    "Part",
    "Point",
    "Series",
    "Shape",
    "Why",
    "by_change",
    "can_be_judged",
    "choose_metrics",
    "explain_change",
    "farthest_group",
    "held_by",
    "lacking",
    "measure_metric",
    "measure_moved",
    "metric_customers",
    "mixed",
    "moved_customers",
    "opposed",
    "read_metric",
    "read_metrics",
    "read_moved",
    "split_properties",
    "usual_period",
]
