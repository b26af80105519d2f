"""How many go through a sequence of steps, where the others leave, and how long it takes.

Unit: the customer (or the session, or a property's value), counted once, with its deepest attempt.  Known limit: where
more than six different steps could be served by the same event of one moment, the question is refused.
"""

from journey.funnels.contrast import Contrast, find_contrast, shown_groups
from journey.funnels.measure import funnel_customers, measure_funnel
from journey.funnels.question import Breakdown, Exclusion, FunnelQuestion, read_funnel
from journey.funnels.result import Curve, Entered, Funnel, FunnelStep, StepTime
from journey.funnels.suggest import suggest_breakdowns, suggest_steps, suggest_window

__all__ = [
    "Breakdown",
    "Contrast",
    "Curve",
    "Entered",
    "Exclusion",
    "Funnel",
    "FunnelQuestion",
    "FunnelStep",
    "StepTime",
    "find_contrast",
    "funnel_customers",
    "measure_funnel",
    "read_funnel",
    "shown_groups",
    "suggest_breakdowns",
    "suggest_steps",
    "suggest_window",
]
