"""What is a customer worth from here on?  Expected orders and value over a horizon, and whether such forecasts held before.

Unit: the customer, one order a day at most.  Without a contract nobody says that they leave, so leaving is inferred from
silence (BG/NBD, MBG/NBD or Pareto/NBD, with Gamma-Gamma for what an order is worth); with one, who cancelled is known
(shifted beta-geometric).  Known limit: who ordered before the log begins is taken as new at the first order it holds.
"""

from journey.predict.lifetime.expected import expected_values
from journey.predict.lifetime.measure import lifetime_customers, measure_lifetime
from journey.predict.lifetime.question import LifetimeQuestion, read_lifetime

__all__ = ["LifetimeQuestion", "expected_values", "lifetime_customers", "measure_lifetime", "read_lifetime"]
