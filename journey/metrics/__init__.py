"""How a number that people steer by goes over time: measure_metric answers series, total, change and what moved it.

The unit is the customer: one who is in two spans, or has many events, is one draw in every interval.  Known limit: the
intervals are for customers drawn from a large population; of a plain count there is none.
"""

from journey.metrics.answer import measure_metric, metric_customers
from journey.metrics.catalog import Named, lacking, read_metrics
from journey.metrics.question import MetricQuestion, Shape, read_metric
from journey.metrics.result import Change, Metric, Point, Series

__all__ = [
    "Change",
    "Metric",
    "MetricQuestion",
    "Named",
    "Point",
    "Series",
    "Shape",
    "lacking",
    "measure_metric",
    "metric_customers",
    "read_metric",
    "read_metrics",
]
