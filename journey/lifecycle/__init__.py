"""Where the active customers of each period come from, who fell away, and how often people are active at all.

The unit is the customer in a period.  Known limit: "new" is the first event of the log, so in a log that was cut the
first period's new customers are also those who came before it began.
"""

from journey.lifecycle.answer import lifecycle_customers, measure_lifecycle
from journey.lifecycle.question import (
    STATES,
    LifecycleQuestion,
    ShareQuestion,
    StickinessQuestion,
    read_lifecycle,
    read_share,
    read_stickiness,
)
from journey.lifecycle.result import ActiveFor, Lifecycle, LifecyclePeriod, Stickiness
from journey.lifecycle.share import ActiveShare, ActiveShares, measure_share, share_customers
from journey.lifecycle.sticky import measure_stickiness, stickiness_customers

__all__ = [
    "STATES",
    "ActiveFor",
    "ActiveShare",
    "ActiveShares",
    "Lifecycle",
    "LifecyclePeriod",
    "LifecycleQuestion",
    "ShareQuestion",
    "Stickiness",
    "StickinessQuestion",
    "lifecycle_customers",
    "measure_lifecycle",
    "measure_share",
    "measure_stickiness",
    "read_lifecycle",
    "read_share",
    "read_stickiness",
    "share_customers",
    "stickiness_customers",
]
