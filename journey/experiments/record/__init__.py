"""What was decided, by whom and why, against what had been expected; found again by what it was about, and on the charts of its time.

Counted are experiments.  Known limit: one that never showed in this log is known only by its plan and its decisions.
"""

from journey.experiments.record.archive import STATES, Archive, ArchiveQuestion, Remembered, read_archive
from journey.experiments.record.decide import DECISIONS, Compared, Decision, decide, decisions
from journey.experiments.record.measure import archive_customers, measure_archive, remembered
from journey.experiments.record.notes import Note, notes

__all__ = [
    "DECISIONS",
    "STATES",
    "Archive",
    "ArchiveQuestion",
    "Compared",
    "Decision",
    "Note",
    "Remembered",
    "archive_customers",
    "decide",
    "decisions",
    "measure_archive",
    "notes",
    "read_archive",
    "remembered",
]
