"""Which stage of their journey customers are in, how far they came, and how they move.

Counted are customers.  A stage is a state: at any moment everyone known then is in exactly one, the first whose rule
holds by what was done before that moment.  How far a customer has come is told by the stages of the journey proper, as
if those set apart (at risk, lapsed) were not there.  A known limit: stages are looked at, not followed; a stage entered
and left between two looks is not seen.

    measure_stages(con, question, scope) -> Stages        stage_customers(con, question, scope, mark) -> People
"""

from journey.stages.flow import Flow, Shift
from journey.stages.groups import Group, Part
from journey.stages.marks import stage_customers
from journey.stages.measure import grown_up, measure_stages, stages_by_group
from journey.stages.pace import Pace, Paces, Spell
from journey.stages.preview import Redrawn, who_would_move
from journey.stages.question import StagesQuestion, read_stages
from journey.stages.result import Look, Move, Stage, Stages

__all__ = [
    "Flow",
    "Group",
    "Look",
    "Move",
    "Pace",
    "Paces",
    "Part",
    "Redrawn",
    "Shift",
    "Spell",
    "Stage",
    "Stages",
    "StagesQuestion",
    "grown_up",
    "measure_stages",
    "read_stages",
    "stage_customers",
    "stages_by_group",
    "who_would_move",
]
