"""How often statements about customers' next stage were right: each method tried on past dates, by what came after them.

Counted are customers as of a date.  A method is given what was known then and says how likely each stage is `horizon`
later; it has learned only from windows that had closed by that date.  A known limit: dates lie close together, so one
customer is often tested at several; intervals count people, not tests.

    measure_stage_accuracy(con, question, scope) -> StageAccuracy
    stage_accuracy_customers(con, question, scope, mark) -> People
"""

from journey.stages.accuracy.measure import measure_stage_accuracy, stage_accuracy_customers
from journey.stages.accuracy.question import StageAccuracyQuestion, read_stage_accuracy
from journey.stages.accuracy.result import METHODS, Method, StageAccuracy, Tested

__all__ = [
    "METHODS",
    "Method",
    "StageAccuracy",
    "StageAccuracyQuestion",
    "Tested",
    "measure_stage_accuracy",
    "read_stage_accuracy",
    "stage_accuracy_customers",
]
