"""Who is this customer, what did they do, which stage are they in, and what is said of their future?

Counted is one customer: every id that joined them.  Nothing at or after the scope's stop is seen.

    measure_customer(con, question, scope) -> Customer      customer_customers(con, question, scope, mark) -> People
    read_timeline(con, person, most, before) -> Timeline    suggest_ids(con, typed) -> ids
"""

from journey.customer.kinds import Kind, kinds_in_force
from journey.customer.measure import customer_customers, measure_customer, measure_timeline
from journey.customer.person import find_person, recent_customers, suggest_ids, unknown
from journey.customer.question import CustomerQuestion, read_cursor, read_customer
from journey.customer.result import Customer
from journey.customer.timeline import Event, Timeline, read_timeline

__all__ = [
    "Customer",
    "CustomerQuestion",
    "Event",
    "Kind",
    "Timeline",
    "customer_customers",
    "find_person",
    "kinds_in_force",
    "measure_customer",
    "measure_timeline",
    "read_cursor",
    "read_customer",
    "read_timeline",
    "recent_customers",
    "suggest_ids",
    "unknown",
]
