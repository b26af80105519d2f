"""How many go through a sequence of steps, where the others leave and what they do instead, and how long it takes.

Unit: the customer (or the session, or a property's value), counted once, with its deepest attempt.  Known limit: where
more than six different steps could be served by the same event of one moment, the question is refused.
"""

from journey.funnels.contrast import Contrast, find_contrast, shown_groups
from journey.funnels.driver_question import DriversQuestion, read_drivers
from journey.funnels.driver_result import Driver, Drivers
from journey.funnels.drivers import drivers_customers, measure_drivers
from journey.funnels.dropoffs import (
    Dropoffs,
    DropoffsQuestion,
    Instead,
    Timeline,
    dropoffs_customers,
    measure_dropoffs,
    read_dropoffs,
)
from journey.funnels.marks import funnel_customers
from journey.funnels.measure import measure_funnel
from journey.funnels.question import Breakdown, Exclusion, FunnelQuestion, read_funnel
from journey.funnels.rest import AgainstRest
from journey.funnels.result import Curve, Entered, Funnel, FunnelStep, StepTime
from journey.funnels.suggest import suggest_breakdowns, suggest_steps, suggest_values, suggest_window
from journey.funnels.times import Spread, measure_times

__all__ = [
    "AgainstRest",
    "Breakdown",
    "Contrast",
    "Curve",
    "Driver",
    "Drivers",
    "DriversQuestion",
    "Dropoffs",
    "DropoffsQuestion",
    "Entered",
    "Exclusion",
    "Funnel",
    "FunnelQuestion",
    "FunnelStep",
    "Instead",
    "Spread",
    "StepTime",
    "Timeline",
    "drivers_customers",
    "dropoffs_customers",
    "find_contrast",
    "funnel_customers",
    "measure_drivers",
    "measure_dropoffs",
    "measure_funnel",
    "measure_times",
    "read_drivers",
    "read_dropoffs",
    "read_funnel",
    "shown_groups",
    "suggest_breakdowns",
    "suggest_steps",
    "suggest_values",
    "suggest_window",
]
