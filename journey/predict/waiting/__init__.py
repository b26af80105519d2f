"""How long until customers do something, counting those who have not done it yet for as long as they were seen (Kaplan-Meier).

Unit: the customer, once.  Leaving out who still waits makes everything look faster and rarer than it is: their median is
missed, and whoever came late had less time.  Known limit: it is taken for granted that who is seen for a short time does
not differ from who is seen for long; where newer customers do, ask by a breakdown or in a period.
"""

from journey.predict.waiting.measure import measure_waiting, waiting_customers
from journey.predict.waiting.question import WaitingQuestion, read_waiting

__all__ = ["WaitingQuestion", "measure_waiting", "read_waiting", "waiting_customers"]
