"""How many units an experiment takes, how small an effect can be told, how long that lasts: before anybody is exposed.

Counted are units of each variant.  Known limit: traffic is taken to come as it came over the weeks that were measured.
"""

from journey.experiments.power.formulas import FORMULAS, Design, power_at, smallest_effect, units_needed
from journey.experiments.power.looks import inflation, planned_inflation, units_always_valid, units_planned
from journey.experiments.power.question import PowerQuestion, read_power

__all__ = [
    "FORMULAS",
    "Design",
    "PowerQuestion",
    "inflation",
    "planned_inflation",
    "power_at",
    "read_power",
    "smallest_effect",
    "units_always_valid",
    "units_needed",
    "units_planned",
]
