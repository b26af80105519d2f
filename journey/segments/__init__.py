"""How do two segments differ?  Every event, value and outcome side by side, with intervals and the false discoveries held.

The unit is the customer.  Known limit: what differs is described, not explained: a difference is no cause.
"""

from journey.segments.compare import compare_customers, measure_compare
from journey.segments.question import CompareQuestion, Outcome, read_compare
from journey.segments.result import Comparison, Difference

__all__ = ["CompareQuestion", "Comparison", "Difference", "Outcome", "compare_customers", "measure_compare", "read_compare"]
