"""That somebody looked at a reading: once per state of the data, so that what was seen before a change can be told."""

from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.experiments.plan.keep import one_writer
from journey.scope import wall_clock
from journey.warehouse import Warehouse, ask_sql, one, write

TAKEN = """-- Every look at the reading of an experiment, the first one first.
select
    looked_at,      -- ms, by the clock of the machine
    data_until,     -- ms; events up to then were seen
    units,
from experiment_looks
where experiment = $experiment
order by look"""


@dataclass(frozen=True)
class Look:
    """looked_at: ms, by the clock of the machine.  data_until: ms; events up to then were seen.  units: that counted then."""

    looked_at: int
    data_until: int
    units: int

    def as_plain(self) -> dict[str, Any]:
        return {"looked_at": iso(self.looked_at), "data_until": iso(self.data_until), "units": self.units}


def note_look(con: Warehouse, experiment: str, units: int, data_until: int, at: int | None = None) -> int:
    """Note that the reading was looked at; of one state of the data once, however often.  -> how many looks that makes."""
    known = {"experiment": experiment, "until": data_until}
    with one_writer:
        if not one(con, "select 1 from experiment_looks where experiment = $experiment and data_until = $until", known):
            now = wall_clock() if at is None else at
            with write(con) as connection:
                number = one(con, "select coalesce(max(look), 0) + 1 from experiment_looks")
                connection.execute("insert into experiment_looks values (?, ?, ?, ?, ?)", [number, experiment, now, data_until, units])
    return int(one(con, "select count(*) from experiment_looks where experiment = $experiment", known))


def looks_of(con: Warehouse, experiment: str) -> tuple[Look, ...]:
    """Every look at an experiment, the first one first."""
    return tuple(Look(*row) for row in ask_sql(con, TAKEN, {"experiment": experiment}).iter_rows())
