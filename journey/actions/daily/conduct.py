"""The daily run: its steps one after another, each kept as it ends, so that a run that is cut short says how far it came."""

import logging
import time
from collections.abc import Callable

from journey.actions.daily.inbox import told_fault
from journey.actions.daily.run import ENDING, Run, RunStep, only_run
from journey.actions.daily.steps import STEPS, Day, Told
from journey.actions.delivery import Clock, Patience
from journey.errors import JourneyError
from journey.warehouse import Warehouse

log = logging.getLogger("journey")


def run_daily(
    con: Warehouse,
    at: int | None = None,
    progress: Callable[[RunStep], None] | None = None,
    *,
    kind: str = "daily",
    clock: Clock | None = None,
    patience: Patience | None = None,
) -> Run:
    """Load what is new, tell stages, score, propose, send what is approved, and say what to look at.

    at: ms by the machine's clock, None for its own time.  progress: called with each step as it ends.
    Run again, it does what is new since, and says so where nothing is.
    Raises: QuestionError: another run is under way.
    """
    clock = clock or Clock(at)
    with only_run(con, kind, clock.now()) as kept:
        day = Day(con, f"{kind} {kept.run}", clock, patience or Patience(), clock.sleep)
        for name, work in STEPS:
            step = _step(name, work, day)
            if con.shared.get(ENDING):
                return kept.as_cut_short()
            kept.keep(step)
            if progress:
                progress(step)
        return kept.end(clock.now())


def _step(name: str, work: Callable[[Day], Told], day: Day) -> RunStep:
    began = time.perf_counter()
    try:
        told = work(day)
        return RunStep(name, True, time.perf_counter() - began, told.sentence, told.facts)
    except JourneyError as fault:
        sentence = str(fault)
    except Exception as fault:  # told to the person; the log holds the traceback, and what comes next does not need this step
        log.exception("the step %s of %s failed", name, day.name)
        sentence = told_fault(fault)
    return RunStep(name, False, time.perf_counter() - began, sentence)
