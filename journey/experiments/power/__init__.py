"""How many units an experiment takes, how small an effect can be told, how long that lasts: before anybody is exposed.

Counted are units of each variant.  Known limit: traffic is taken to come as it came over the weeks that were measured.
"""

from journey.experiments.power.baseline import Baseline, baseline_of
from journey.experiments.power.formulas import FORMULAS, Design, power_at, smallest_effect, units_needed
from journey.experiments.power.looks import inflation, planned_inflation, units_always_valid, units_planned
from journey.experiments.power.measure import measure_power, power_customers
from journey.experiments.power.question import PowerQuestion, read_power
from journey.experiments.power.result import ByDays, Offered, Power, Size

__all__ = [
    "FORMULAS",
    "Baseline",
    "ByDays",
    "Design",
    "Offered",
    "Power",
    "PowerQuestion",
    "Size",
    "baseline_of",
    "inflation",
    "measure_power",
    "planned_inflation",
    "power_at",
    "power_customers",
    "read_power",
    "smallest_effect",
    "units_always_valid",
    "units_needed",
    "units_planned",
]
