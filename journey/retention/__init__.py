"""Who comes back: customers by the period they joined in, and how many of them were active in each period after.

The unit is the customer; with `first: recurring` a customer is in one cohort for every period in which they did the
target event.  Known limit: "ever" is as far back as the log reaches, so the first cohorts of a log that was cut hold
customers who had joined earlier.
"""

from journey.retention.answer import measure_retention
from journey.retention.brackets import PRESETS, parse_brackets, write_brackets
from journey.retention.compare import Comparison, Side, compare_cohorts, compare_spans, telling_place
from journey.retention.customers import retention_customers
from journey.retention.question import RetentionQuestion, read_retention
from journey.retention.rest import GroupAgainstRest, against_rest
from journey.retention.result import Cohort, Retention, RetentionTable
from journey.retention.settled import find_settled
from journey.retention.value import measure_value, value_customers
from journey.retention.value_question import ValueQuestion, read_value
from journey.retention.value_result import CohortValue, ValueCohort, Worth
from journey.retention.waves import Waves, find_waves

__all__ = [
    "PRESETS",
    "Cohort",
    "CohortValue",
    "Comparison",
    "GroupAgainstRest",
    "Retention",
    "RetentionQuestion",
    "RetentionTable",
    "Side",
    "ValueCohort",
    "ValueQuestion",
    "Waves",
    "Worth",
    "against_rest",
    "compare_cohorts",
    "compare_spans",
    "find_settled",
    "find_waves",
    "measure_retention",
    "measure_value",
    "parse_brackets",
    "read_retention",
    "read_value",
    "retention_customers",
    "telling_place",
    "value_customers",
    "write_brackets",
]
