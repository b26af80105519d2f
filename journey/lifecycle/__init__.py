"""Where the active customers of each period come from, who fell away, and how often people are active at all.

The unit is the customer in a period.  Known limit: "new" is the first event of the log, so in a log that was cut the
first period's new customers are also those who came before it began.
"""

from journey.lifecycle.answer import lifecycle_customers, measure_lifecycle
from journey.lifecycle.question import STATES, LifecycleQuestion, StickinessQuestion, read_lifecycle, read_stickiness
from journey.lifecycle.result import ActiveFor, Lifecycle, LifecyclePeriod, Stickiness
from journey.lifecycle.sticky import measure_stickiness, stickiness_customers

__all__ = [
    "STATES",
    "ActiveFor",
    "Lifecycle",
    "LifecyclePeriod",
    "LifecycleQuestion",
    "Stickiness",
    "StickinessQuestion",
    "lifecycle_customers",
    "measure_lifecycle",
    "measure_stickiness",
    "read_lifecycle",
    "read_stickiness",
    "stickiness_customers",
]
