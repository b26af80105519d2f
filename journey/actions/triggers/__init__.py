"""The rules that propose: who is due for an action, and what a rule would have done in the past.

A trigger's rule is any rule of `journey.rules`, and may also name who is behind a mark of another answer.
"""

from journey.actions.triggers.dry_run import dry_run_customers, measure_dry_run
from journey.actions.triggers.due import due, due_all
from journey.actions.triggers.offered import Offered, measure_offered, offered_customers, read_offered
from journey.actions.triggers.question import DryRunQuestion, read_dry_run
from journey.actions.triggers.result import Contacted, DryRun, Look, Overlap, Part

__all__ = [
    "Contacted",
    "DryRun",
    "DryRunQuestion",
    "Look",
    "Offered",
    "Overlap",
    "Part",
    "dry_run_customers",
    "due",
    "due_all",
    "measure_dry_run",
    "measure_offered",
    "offered_customers",
    "read_dry_run",
    "read_offered",
]
