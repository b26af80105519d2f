"""Whom should the team see to first: as many customers as it can reach, by what is at stake, each with the reasons.

Counted are customers.  A score orders the list only where it has proved itself on later customers; else the list goes by
silence against habit and says so.  Known limit: a score says who is likely to leave, not whom a call keeps.
"""

from journey.worklist.measure import measure_worklist, people_on, worklist_customers
from journey.worklist.question import WorklistQuestion, read_worklist
from journey.worklist.result import Item, Worklist, reason_told
from journey.worklist.standing import Proven, Standing, find_named, stand, trust_in

__all__ = [
    "Item",
    "Proven",
    "Standing",
    "Worklist",
    "WorklistQuestion",
    "find_named",
    "measure_worklist",
    "people_on",
    "read_worklist",
    "reason_told",
    "stand",
    "trust_in",
    "worklist_customers",
]
