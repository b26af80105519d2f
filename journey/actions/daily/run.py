"""A run that nobody watches, and what it did: one row of table action_runs, told step by step while it goes on."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from journey.answers import iso
from journey.errors import QuestionError
from journey.warehouse import Warehouse, ask_sql, one, write

# In `shared`: the lock of this workspace, the number of its run, and whether the process is about to end.
DOOR, UNDER_WAY, ENDING = "daily run", "daily run under way", "daily run is to end"
RUNNING, DONE, FAILED, CUT_SHORT = "running", "done", "failed", "cut short"
RUNS = "select run, kind, started_at, ended_at, outcome, told from action_runs order by run desc limit $most"


@dataclass(frozen=True)
class RunStep:
    """One thing a run did.  done: it went well.  sentence: what came of it, or why it failed.  facts: numbers behind it."""

    step: str
    done: bool
    seconds: float
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        told = {"step": self.step, "done": self.done, "seconds": round(self.seconds, 3), "sentence": self.sentence}
        return told | ({"facts": dict(self.facts)} if self.facts else {})


@dataclass(frozen=True)
class Run:
    """started_at, ended_at: ms by the machine's clock.  outcome: running | done | failed | cut short.

    done: every step went well.  failed: some did not, the others did.  cut short: the process ended under it.
    """

    run: int
    kind: str
    started_at: int
    ended_at: int | None
    outcome: str
    steps: tuple[RunStep, ...]

    @property
    def name(self) -> str:
        """As proposals and steps of the ledger name it."""
        return f"{self.kind} {self.run}"

    @property
    def sentence(self) -> str:
        failed = [step.step for step in self.steps if not step.done]
        if self.outcome == CUT_SHORT:
            last = f"after {self.steps[-1].step!r}" if self.steps else "before its first step was done"
            return f"Run {self.run} was cut short {last}: the process ended. The next run does what it left."
        if self.outcome == RUNNING:
            return f"Run {self.run} is under way: {len(self.steps)} steps done."
        took = f" in {(self.ended_at - self.started_at) / 1000:.1f} s" if self.ended_at is not None else ""
        return f"Run {self.run} ended{took}; " + (f"failed: {', '.join(failed)}." if failed else "every step went well.")

    def as_plain(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "kind": self.kind,
            "started_at": iso(self.started_at),
            "ended_at": iso(self.ended_at),
            "outcome": self.outcome,
            "sentence": self.sentence,
            "steps": [step.as_plain() for step in self.steps],
        }


def read_runs(con: Warehouse, most: int = 30) -> tuple[Run, ...]:
    """The last runs, the newest first."""
    under_way = con.shared.get(UNDER_WAY)
    return tuple(_run(row, under_way) for row in ask_sql(con, RUNS, {"most": most}).iter_rows())


def _run(row: tuple[Any, ...], under_way: int | None) -> Run:
    number, kind, started_at, ended_at, outcome, told = row
    cut = ended_at is None and number != under_way
    return Run(number, kind, started_at, ended_at, CUT_SHORT if cut else outcome, tuple(RunStep(**step) for step in json.loads(told)))


class Log:
    """The row of a run under way."""

    def __init__(self, con: Warehouse, kind: str, at: int) -> None:
        self.con, self.kind, self.started_at = con, kind, at
        self.steps: list[RunStep] = []
        with write(con) as db:
            db.execute("update action_runs set outcome = 'failed' where outcome = 'running'")  # cut short: nothing else can be running
            self.run = int(one(con, "select coalesce(max(run), 0) + 1 from action_runs"))
            db.execute("insert into action_runs values (?, ?, ?, null, 'running', '[]')", [self.run, kind, at])

    def keep(self, step: RunStep) -> None:
        self.steps.append(step)
        with write(self.con) as db:
            db.execute("update action_runs set told = ? where run = ?", [self._told(), self.run])

    def end(self, at: int) -> Run:
        outcome = DONE if all(step.done for step in self.steps) else FAILED
        with write(self.con) as db:
            db.execute("update action_runs set told = ?, outcome = ?, ended_at = ? where run = ?", [self._told(), outcome, at, self.run])
        return Run(self.run, self.kind, self.started_at, at, outcome, tuple(self.steps))

    def as_cut_short(self) -> Run:
        """As the next one who reads it finds it, where the process ends before the run does."""
        return Run(self.run, self.kind, self.started_at, None, CUT_SHORT, tuple(self.steps))

    def _told(self) -> str:
        return json.dumps([step.as_plain() for step in self.steps], ensure_ascii=False)


@contextmanager
def only_run(con: Warehouse, kind: str, at: int) -> Iterator[Log]:
    """One run of a workspace at a time.

    Raises: QuestionError: another is under way; the sentence says since when.
    """
    lock: threading.Lock = con.shared.setdefault(DOOR, threading.Lock())
    if not lock.acquire(blocking=False):
        raise QuestionError(_refusal(con))
    try:
        log = Log(con, kind, at)
        con.shared[UNDER_WAY] = log.run
        yield log
    finally:
        con.shared[UNDER_WAY] = None
        lock.release()


def _refusal(con: Warehouse) -> str:
    number = con.shared.get(UNDER_WAY)
    since = one(con, "select started_at from action_runs where run = $run", {"run": number})
    told = f"run {number}, since {(iso(since) or '')[:16].replace('T', ' ')} UTC" if since else "just begun"
    return f"A run is under way ({told}). Nothing was started a second time; wait until it has ended."
