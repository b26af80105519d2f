"""What would another policy have brought, told from the log of this one, before anybody is treated by it?

It holds where each action was drawn with a chance that was logged, above 0 for whatever the other policy does.  Known limit:
where the two policies hardly overlap a few decisions decide; the answer then warns, and its interval should not be trusted.
"""

from journey.actions.off_policy.estimates import Estimate, Estimates, Logs, estimate
from journey.actions.off_policy.measure import measure_policy_value, policy_customers
from journey.actions.off_policy.overlap import Overlap, overlap
from journey.actions.off_policy.question import Policy, PolicyQuestion, read_policy_value
from journey.actions.off_policy.result import Choice, Planned, PolicyValue

__all__ = [
    "Choice",
    "Estimate",
    "Estimates",
    "Logs",
    "Overlap",
    "Planned",
    "Policy",
    "PolicyQuestion",
    "PolicyValue",
    "estimate",
    "measure_policy_value",
    "overlap",
    "policy_customers",
    "read_policy_value",
]
