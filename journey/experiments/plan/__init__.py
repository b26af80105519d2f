"""What is expected of an experiment and how it will be told, said before anybody looks; whatever is changed later shows.

Counted are texts of a plan, each whole.  Known limit: who can write the whole database can write a whole new chain of them;
a hash noted elsewhere would tell.
"""

from journey.experiments.plan.doubts import doubts
from journey.experiments.plan.keep import keep_plan, lock_plan
from journey.experiments.plan.looks import Look, looks_of, note_look
from journey.experiments.plan.plan import Plan, missing, plan_from, plan_plain
from journey.experiments.plan.planned import FieldChange, PlanChange, Planned, plan_of, plans

__all__ = [
    "FieldChange",
    "Look",
    "Plan",
    "PlanChange",
    "Planned",
    "doubts",
    "keep_plan",
    "lock_plan",
    "looks_of",
    "missing",
    "note_look",
    "plan_from",
    "plan_of",
    "plan_plain",
    "plans",
]
