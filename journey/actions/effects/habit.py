"""How often customers do it anyway: the share that comes to an outcome when nobody does anything about it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from journey.actions.catalog import Action
from journey.actions.effects.decided import wanted_sql
from journey.rules import Binder
from journey.rules.staged import stages_in_force
from journey.rules.stages_at import staged
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

FEWEST = 50  # customers of a stage, below which its share is that of all

DID = """select distinct e.customer
from events e
where e.ts >= $moment and e.ts < $as_of and {wanted}"""


@dataclass(frozen=True)
class Habit:
    """known: stage -> (customers, those who did it); of customers as of one window before the moment."""

    known: dict[str, tuple[int, int]]

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(stage for stage, (n, _) in self.known.items() if n >= FEWEST)

    def share(self, stage: str | None) -> float | None:
        """Of the stage, or of all; None where nobody was known."""
        n, did = self._counts(stage)
        return did / n if n else None

    def error(self, stage: str | None) -> float:
        n, did = self._counts(stage)
        middle = (did + 1) / (n + 2)
        return math.sqrt(middle * (1 - middle) / (n + 2))

    def _counts(self, stage: str | None) -> tuple[int, int]:
        if stage is not None:
            return self.known.get(stage, (0, 0))
        return sum(n for n, _ in self.known.values()), sum(did for _, did in self.known.values())


def habits(con: Warehouse, actions: Sequence[Action], as_of: int) -> dict[str, Habit]:
    """Action -> how often its outcome comes by itself, within the window that ends at the moment."""
    moments = sorted({as_of - action.wanted.within_ms for action in actions})
    if not moments:
        return {}
    stages = stages_in_force(con)
    rows = staged(Binder(con), stages, moments, Scope(None, max(moments)))
    names = [one.name for one in stages]
    parts = {moment: part for (moment,), part in rows.select("moment", "customer", "stage").partition_by("moment", as_dict=True).items()}
    did: dict[str, pl.DataFrame] = {}
    found = {}
    for action in actions:
        moment, key = as_of - action.wanted.within_ms, repr(action.wanted)
        if key not in did:
            binder = Binder(con)
            text = DID.format(wanted=wanted_sql(binder, action.wanted))
            did[key] = ask_sql(con, text, {**binder.params, "moment": moment, "as_of": as_of})
        if moment in parts:
            found[action.name] = _habit(parts[moment], did[key], names)
    return found


def _habit(staged_then: pl.DataFrame, did: pl.DataFrame, names: Sequence[str]) -> Habit:
    rows = staged_then.join(did.with_columns(did=pl.lit(True)), on="customer", how="left")
    counts = rows.group_by("stage").agg(pl.len(), pl.col("did").fill_null(False).sum()).sort("stage")
    return Habit({names[stage]: (n, done) for stage, n, done in counts.iter_rows()})
