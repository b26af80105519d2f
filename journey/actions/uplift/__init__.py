"""Whom does an action help, and does it help some more than others?

Compared are customers who got the action and those who by the same dice did not.  Without dice nothing here holds: who is
likely to buy is not who buys because of us.  Known limit: an effect that differs little between customers, or of few
customers, cannot be told from noise, and is then called so.
"""

from journey.actions.uplift.apart import Apart
from journey.actions.uplift.measure import measure_uplift, uplift_customers
from journey.actions.uplift.own import uplift_actions
from journey.actions.uplift.personal import LearnedUplift, learned_uplift
from journey.actions.uplift.question import UpliftQuestion, read_uplift
from journey.actions.uplift.result import Added, Decile, Qini, Uplift

__all__ = [
    "Added",
    "Apart",
    "Decile",
    "LearnedUplift",
    "Qini",
    "Uplift",
    "UpliftQuestion",
    "learned_uplift",
    "measure_uplift",
    "read_uplift",
    "uplift_actions",
    "uplift_customers",
]
