"""One load at a time, in a thread of its own; and beside it one training of models and one daily run.

A page's run is thrown away at the next click; a load that lived inside it would be thrown away too.  So the load runs
beside the pages, tells its progress here, and every session sees the same one: a second click, from whichever window,
finds it running and starts nothing.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from journey.errors import JourneyError
from journey.warehouse import Warehouse

log = logging.getLogger("journey")


@dataclass
class Job:
    """A load, or a training, under way or done.

    done, total: rows; total is None where the number of rows is not known beforehand.  pace: rows per second.
    seconds: how long it took, None while it runs.  fault: why it failed, as a sentence for the person.
    """

    what: str
    con: Warehouse
    started: float = field(default_factory=time.monotonic)
    stage: str = "Starting"
    done: int = 0
    total: int | None = None
    pace: float | None = None
    seconds: float | None = None
    result: Any = None
    fault: str | None = None
    thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self.seconds is None

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started if self.seconds is None else self.seconds

    def tell(self, stage: str, done: int, total: int | None, seconds: float = 0.0) -> None:
        """The progress that a loader reports: rows done in this stage, and how long it has taken."""
        self.stage, self.done, self.total, self.pace = stage, done, total, done / seconds if seconds > 0.2 and done else None


LOAD, TRAINING, DAILY = "load", "training", "daily run"
KEPT = {LOAD: "nothing of it was kept", TRAINING: "models that were done before it stay", DAILY: "steps that ended before it stay done"}
_door = threading.Lock()
_latest: dict[str, Job] = {}


def start(
    what: str,
    con: Warehouse,
    work: Callable[[Warehouse, Job], Any],
    afterwards: Callable[[], None] | None = None,
    kind: str = LOAD,
) -> Job | None:
    """Run `work` on a cursor of its own; None where another of its kind is still running, and then nothing is started.

    afterwards: tidying that is done however the job ended.
    """
    with _door:
        if running(kind) is not None:
            return None
        job = _latest[kind] = Job(what, con.cursor())
    job.thread = threading.Thread(target=_run, args=(job, work, afterwards, kind), name=f"journey-{kind}", daemon=True)
    job.thread.start()
    return job


def running(kind: str = LOAD) -> Job | None:
    """The job of this kind under way in this process, whoever started it."""
    job = _latest.get(kind)
    return job if job is not None and job.running else None


def stop(wait_s: float = 5.0) -> None:
    """Interrupt what is under way; its transaction is rolled back."""
    for kind in (LOAD, TRAINING, DAILY):
        job = running(kind)
        if job is not None and job.thread is not None:
            job.con.connection.interrupt()
            job.thread.join(wait_s)


def _run(job: Job, work: Callable[[Warehouse, Job], Any], afterwards: Callable[[], None] | None, kind: str) -> None:
    try:
        job.result = work(job.con, job)
    except JourneyError as fault:
        job.fault = str(fault)
    except Exception as fault:  # told to the person as a fault of the program; the log holds the traceback
        log.exception("the %s of %s failed", kind, job.what)
        job.fault = f"The {kind} stopped at a fault of the program ({type(fault).__name__}); {KEPT[kind]}. The app's log says more."
    finally:
        try:
            job.con.close()
            if afterwards is not None:
                afterwards()
        finally:
            job.seconds = time.monotonic() - job.started
