"""Everything once a day, unattended: load what is new, stages, scores, proposals, sending, and what a person should look at.

run_daily(con, at, progress) -> Run      one run; safe to repeat, refused while another is under way
read_runs(con)                           the last runs, one that was cut short told as such
"""

from journey.actions.daily.conduct import run_daily
from journey.actions.daily.inbox import watch, watched
from journey.actions.daily.run import CUT_SHORT, DONE, FAILED, RUNNING, Run, RunStep, read_runs

__all__ = ["CUT_SHORT", "DONE", "FAILED", "RUNNING", "Run", "RunStep", "read_runs", "run_daily", "watch", "watched"]
