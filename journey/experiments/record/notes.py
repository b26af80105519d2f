"""What stands on the charts of a time: when experiments started and ended, and when somebody decided."""

from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.experiments.read.exposure import experiments_in
from journey.experiments.record.decide import REOPENED, Decision, decisions
from journey.warehouse import Warehouse

STARTED, ENDED, DECIDED = "started", "ended", "decided"


@dataclass(frozen=True)
class Note:
    """at: ms; by the log's clock where it started or ended, by the clock of the machine where it was decided.

    label: a few words for a chart, data as they are: to be shown as text.
    """

    experiment: str
    kind: str
    at: int
    label: str

    def as_plain(self) -> dict[str, Any]:
        return {"experiment": self.experiment, "kind": self.kind, "at": iso(self.at), "label": self.label}


def notes(con: Warehouse, start: int | None = None, stop: int | None = None) -> tuple[Note, ...]:
    """What happened to experiments with start <= time < stop, in order.  Of decisions the last one of each holds."""
    found: list[Note] = []
    for seen in experiments_in(con):
        found.append(Note(seen.name, STARTED, seen.start, f"{seen.name} starts"))
        if not seen.running:
            found.append(Note(seen.name, ENDED, seen.stop, f"{seen.name} ends"))
    last = {decision.experiment: decision for decision in decisions(con)}
    found += [_decided(decision) for decision in last.values() if decision.decided != REOPENED]
    kept = [note for note in found if (start is None or note.at >= start) and (stop is None or note.at < stop)]
    return tuple(sorted(kept, key=lambda note: (note.at, note.experiment, note.kind)))


def _decided(decision: Decision) -> Note:
    return Note(decision.experiment, DECIDED, decision.at, f"{decision.experiment}: {decision.decided}")
