"""What may be wrong with a reading, how it went, and how it looks by group of units.

level.py     how sure a check must be before it speaks
traits.py    what is known of each unit at its exposure
cause.py     why the split is off: which groups, and the split without them
novelty.py   whether the effect wears off, or grows
weekdays.py  whether the run stands for whole weeks, and the effect by weekday
overlap.py   other experiments at the same time
sizes.py     too few units, outliers, units in several variants
course.py    each metric day by day, as it would have been read then
groups.py    each group of units, corrected for how many; the mix against the rate
asked.py     each of these for a question of an experiment
"""

from journey.experiments.checks.asked import (
    by_group,
    causes,
    checked,
    courses,
    groups,
    novelty,
    overlap,
    weekdays,
)
from journey.experiments.checks.traits import group_of

__all__ = [
    "by_group",
    "causes",
    "checked",
    "courses",
    "group_of",
    "groups",
    "novelty",
    "overlap",
    "weekdays",
]
