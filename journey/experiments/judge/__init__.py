"""What an experiment's sums say: pure functions, from moments to comparisons and from those to a verdict.

how.py      the ways of reading, and what each assumes
effect.py   the difference and its uncertainty: shares, means, ratios by the delta method, adjusted by a covariate
bayes.py    the chance of being better, and the loss expected of choosing
compare.py  one metric of one variant against control, under the reading in force
family.py   several metrics and variants at once; guardrails
split.py    whether the variants are as large as they were meant to be
enough.py   how many units it takes before anything is said, and how many would tell
variant.py  what is told of one variant, among all that were asked
progress.py how far an experiment has come against what was planned
verdict.py  ship, stop, keep running, or broken
sentences.py, words.py  the verdict in a sentence, its figures with as many digits as they bear
"""

from journey.experiments.judge.compare import compare
from journey.experiments.judge.family import adjust, hold
from journey.experiments.judge.how import HowRead, assumes
from journey.experiments.judge.split import split_of
from journey.experiments.judge.verdict import decide_verdict

__all__ = ["HowRead", "adjust", "assumes", "compare", "decide_verdict", "hold", "split_of"]
