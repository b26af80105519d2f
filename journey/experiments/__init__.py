"""Whether something worked: planned before anybody looks, read so that looking often cannot fool, and remembered.

metric.py   what is compared between the variants of an experiment
moments.py  what a metric adds up to in one variant: all that judging needs
units.py    one row per unit of an experiment: its variant, when it was exposed, and what it did
lift.py     what an experiment brought, as one may take it elsewhere
power/      how many units it takes, how small an effect can be told, how long that lasts
plan/       hypothesis, metrics and rules, locked before the first look; every later change is kept as one
read/       units and moments from the events, from a table, or from sums
judge/      estimates with their intervals under each way of reading, and the verdict
checks/     what may be wrong: the split, its cause, novelty, weekdays, other experiments; the reading over time and by group
record/     what was decided, by whom and why; the archive, and what stands on the charts of that time
"""
