"""What became of each version of a model: challenger, champion, retired, with the date and the reason.  Writes `models`."""

from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.errors import QuestionError
from journey.rules import nearest
from journey.scope import wall_clock
from journey.warehouse import Warehouse, ask_sql, dataset_version, one, write

CHALLENGER, CHAMPION, RETIRED = "challenger", "champion", "retired"
HISTORY = "select name, version, state, since, reason, dataset from models order by change"
ADD = "insert into models select coalesce(max(change), 0) + 1, $name, $version, $state, $at, $reason, $dataset from models"


@dataclass(frozen=True)
class Change:
    """One version came into a state.  at: ms.  dataset: its version then."""

    name: str
    version: int
    state: str
    at: int
    reason: str
    dataset: int

    def as_plain(self) -> dict[str, Any]:
        return {"version": self.version, "state": self.state, "at": iso(self.at), "reason": self.reason, "dataset": self.dataset}


def history(con: Warehouse, name: str | None = None) -> tuple[Change, ...]:
    """Every change, of one model or of all, oldest first."""
    changes = (Change(*row) for row in ask_sql(con, HISTORY).iter_rows())
    return tuple(change for change in changes if name is None or change.name == name)


def now(con: Warehouse, name: str | None = None) -> tuple[Change, ...]:
    """The last change of each version: what it is now, in order of name and version."""
    last = {(change.name, change.version): change for change in history(con, name)}
    return tuple(last[key] for key in sorted(last))


def champion(con: Warehouse, name: str) -> Change | None:
    """The version in use; None where there is none."""
    return next((change for change in now(con, name) if change.state == CHAMPION), None)


def champions(con: Warehouse) -> tuple[Change, ...]:
    """The version in use of every model."""
    return tuple(change for change in now(con) if change.state == CHAMPION)


def enter(con: Warehouse, name: str, version: int, state: str, reason: str) -> None:
    """Bring a version into a state, within a `write`."""
    values = {"name": name, "version": version, "state": state, "at": wall_clock(), "reason": reason}
    con.connection.execute(ADD, values | {"dataset": dataset_version(con)})


def promote(con: Warehouse, name: str, version: int, reason: str) -> None:
    """Put a version in use; the one before it is retired."""
    before = champion(con, name)
    with write(con):
        if before is not None and before.version != version:
            enter(con, name, before.version, RETIRED, f"Version {version} took its place. {reason}")
        enter(con, name, version, CHAMPION, reason)


def go_back(con: Warehouse, name: str) -> Change:
    """Put the version in use again that was in use before the present one.

    Raises: QuestionError: no such model, or none was in use before.
    """
    present = champion(con, name)
    if present is None:
        known = [change.name for change in champions(con)]
        raise QuestionError(f"No model of {name!r} is in use.{nearest(name, known)} Train one: python -m journey train --only {name!r}.")
    earlier = _in_use_before(con, name, present.version)
    if earlier is None:
        raise QuestionError(f"Version {present.version} of {name!r} is the first that was ever in use; there is none to go back to.")
    promote(con, name, earlier, f"Rolled back from version {present.version}.")
    return champion(con, name) or present


def _in_use_before(con: Warehouse, name: str, present: int) -> int | None:
    """The version that was in use when the present one came: going back twice goes back further, never forth again."""
    stack: list[int] = []
    for change in history(con, name):
        if change.state == CHAMPION:
            if change.version in stack:
                del stack[stack.index(change.version) + 1 :]
            else:
                stack.append(change.version)
    return stack[-2] if len(stack) > 1 and stack[-1] == present else None


def next_version(con: Warehouse, name: str) -> int:
    return int(one(con, "select coalesce(max(version), 0) + 1 from models where name = $name", {"name": name}))
