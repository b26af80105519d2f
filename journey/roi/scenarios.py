"""Assumptions kept under a name, so that they can be laid side by side and taken up again."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.errors import QuestionError
from journey.roi.question import RoiQuestion, read_roi, written
from journey.scope import wall_clock
from journey.warehouse import Warehouse, ask_sql, write

LONGEST, LONGEST_NOTE, MOST = 80, 1_000, 500
KEEP = "insert or replace into roi_scenarios values ($name, $kept_at, $kept_by, $question, $note)"
_one_writer = threading.RLock()
LISTED = "select name, kept_at, kept_by, question, note from roi_scenarios order by name"


@dataclass(frozen=True)
class Scenario:
    """question: as `read_roi` takes it.  kept_at: ms, by the clock of the machine; kept_by: as they name themselves."""

    name: str
    question: Mapping[str, Any]
    kept_by: str
    kept_at: int
    note: str = ""

    @property
    def asked(self) -> RoiQuestion:
        return read_roi(self.question)

    def as_plain(self) -> dict[str, Any]:
        told = {"name": self.name, "question": dict(self.question), "kept_by": self.kept_by}
        return told | {"kept_at": iso(self.kept_at), "note": self.note}


def keep_scenario(con: Warehouse, name: str, question: Mapping[str, Any], *, by: str, note: str = "", at: int | None = None) -> Scenario:
    """Keep a question of ROI under a name; one of that name is replaced.

    Raises: QuestionError: no name, nobody who keeps it, a question that cannot be asked.
    """
    asked = read_roi({key: value for key, value in question.items() if key != "ask"})
    plain = {key: value for key, value in asked.as_plain().items() if key != "name"}
    made = Scenario(
        _text(name, "A scenario", LONGEST),
        plain,
        _text(by, "Who keeps a scenario", LONGEST),
        wall_clock() if at is None else at,
        _note(note),
    )
    with _one_writer:
        _keep(con, made)
    return made


def scenarios(con: Warehouse) -> tuple[Scenario, ...]:
    """All that are kept, by name."""
    rows = ask_sql(con, LISTED).iter_rows()
    return tuple(Scenario(name, json.loads(question), by, at, note) for name, at, by, question, note in rows)


def scenario(con: Warehouse, name: str) -> Scenario:
    """Raises: QuestionError: none of that name; the kept ones are named."""
    kept = {one.name: one for one in scenarios(con)}
    if name not in kept:
        raise QuestionError(f"No scenario is kept as {name!r}. Kept are: {', '.join(map(repr, kept)) or 'none'}.")
    return kept[name]


def forget_scenario(con: Warehouse, name: str) -> None:
    """Raises: QuestionError: none of that name."""
    with _one_writer:
        scenario(con, name)
        with write(con) as connection:
            connection.execute("delete from roi_scenarios where name = $name", {"name": name})


def _keep(con: Warehouse, made: Scenario) -> None:
    listed = {one.name for one in scenarios(con)}
    if made.name not in listed and len(listed) >= MOST:
        raise QuestionError(f"{MOST} scenarios are kept, and no more can be. Forget one first.")
    values = {"name": made.name, "kept_at": made.kept_at, "kept_by": made.kept_by, "note": made.note}
    with write(con) as connection:
        connection.execute(KEEP, values | {"question": json.dumps(made.question, sort_keys=True, ensure_ascii=False)})


def _text(value: Any, what: str, most: int) -> str:
    told = " ".join(value.split()) if isinstance(value, str) else ""
    if not 0 < len(told) <= most:
        raise QuestionError(f"{what} needs a name of 1 to {most} characters; found {value!r}.")
    return written(told)


def _note(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NOTE:
        raise QuestionError(f"A note is a text of at most {LONGEST_NOTE:,} characters; found {value!r:.80}.")
    return written(value.strip())
