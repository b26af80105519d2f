"""What comes next after an event, or after a stage: how likely, how surely, and how often such statements were right.

Counted are moments: after each event, what came next in its session or in the customer's history; at each look at the
stages, the stage at the next look.  Leaving is something that can come next.  A known limit: a history is what came last,
in order; how long ago it was is not looked at.

    measure_next(con, question, scope) -> Next                        next_customers(con, question, scope, mark) -> People
    measure_next_stages(con, question, scope) -> (Next, ...)          after each stage
    measure_next_accuracy(con, question, scope) -> Accuracy
"""

from journey.predict.following.accuracy import Accuracy, accuracy_customers, measure_next_accuracy
from journey.predict.following.likely import measure_next, measure_next_stages, next_customers
from journey.predict.following.looks import horizon_of
from journey.predict.following.question import AccuracyQuestion, Followed, NextQuestion, read_next, read_next_accuracy
from journey.predict.following.result import Likely, Next
from journey.predict.following.scores import Estimate, Score

__all__ = [
    "Accuracy",
    "AccuracyQuestion",
    "Estimate",
    "Followed",
    "Likely",
    "Next",
    "NextQuestion",
    "Score",
    "accuracy_customers",
    "horizon_of",
    "measure_next",
    "measure_next_accuracy",
    "measure_next_stages",
    "next_customers",
    "read_next",
    "read_next_accuracy",
]
