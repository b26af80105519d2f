"""One rule's proposals before they are booked: for how many, what they cost and bring, and what forbade the rest.

Counted are customers for whom the rule holds now.  Known limit: booking looks at the guardrails again, so what somebody
else books in between can still take a customer's place.
"""

from journey.actions.launch.plan import Launch, plan_launch

__all__ = ["Launch", "plan_launch"]
