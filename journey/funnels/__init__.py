"""How many go through a sequence of steps, where the others leave, and how long it takes.

Unit: the customer (or the session, or a property's value), counted once, with its deepest attempt.  Known limit: where
more than six different steps could be served by the same event of one moment, the question is refused.
"""

from journey.funnels.measure import funnel_customers, measure_funnel
from journey.funnels.question import Breakdown, Exclusion, FunnelQuestion, read_funnel
from journey.funnels.result import Curve, Entered, Funnel, FunnelStep, StepTime

__all__ = [
    "Breakdown",
    "Curve",
    "Entered",
    "Exclusion",
    "Funnel",
    "FunnelQuestion",
    "FunnelStep",
    "StepTime",
    "funnel_customers",
    "measure_funnel",
    "read_funnel",
]
