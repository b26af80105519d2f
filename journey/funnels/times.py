"""How long each step takes, and the whole way: how many took up to a minute, one to two minutes, and so on.

Unit: that of the funnel, with the attempt that counts.  The classes are lengths that a person would name, longer ones
farther apart, since times spread over seconds and weeks at once.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.funnels.chosen import tell_counted
from journey.funnels.entrants import bare
from journey.funnels.marks import FIRST, PREVIOUS, time_spent
from journey.funnels.question import FunnelQuestion
from journey.funnels.story import read_terms
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

MINUTE, HOUR, DAY = 60, 3_600, 86_400
EDGES = [
    *(0, 1, 5, 10, 20, 30),
    *(n * MINUTE for n in (1, 2, 5, 10, 20, 30)),
    *(n * HOUR for n in (1, 2, 4, 8, 16)),
    *(n * DAY for n in (1, 2, 4, 7, 14, 30, 60, 90, 180, 365, 730, 1_460, 3_650, 36_500)),
]


@dataclass(frozen=True)
class Spread:
    """Of the n who did step `step`: how long after the step before it, or after the first where `since` says so.

    bins: (from_s, to_s, count), half-open, from the shortest time's class to the longest's, empty ones too; sums to n.
    """

    step: int
    since: str
    n: int
    bins: tuple[tuple[int, int, int], ...]
    median_s: float

    @property
    def fullest(self) -> tuple[int, int, int]:
        """The class most of them fall in, of equals the shortest."""
        return max(self.bins, key=lambda found: found[2])

    def mark(self, place: int) -> dict[str, Any]:
        """Names those in a class among the funnel's customers."""
        low, high, _ = self.bins[place]
        return {"reached": self.step, "took": {"from_s": low, "to_s": high, "since": self.since}}


def measure_times(con: Warehouse, question: FunnelQuestion, scope: Scope) -> tuple[Spread, ...]:
    """The whole way first, where there are more steps than two, then step by step; a step that nobody reached is left out."""
    binder = Binder(con)
    story = tell_counted(read_terms(binder, bare(question), scope))
    last = len(question.steps) - 1
    wanted = ([(last, FIRST)] if last > 1 else []) + [(step, PREVIOUS) for step in range(1, last + 1)]
    if not wanted:
        return ()
    columns = ",\n    ".join(f"{time_spent(step, since)} / 1000.0 as s_{at}" for at, (step, since) in enumerate(wanted))
    rows = ask_sql(con, story.ending(f"select\n    {columns}\nfrom answer a"), binder.params)
    return tuple(_spread(step, since, found) for at, (step, since) in enumerate(wanted) if len(found := rows[f"s_{at}"].drop_nulls()))


def _spread(step: int, since: str, seconds: pl.Series) -> Spread:
    edges = pl.Series(EDGES, dtype=pl.Float64)
    places = edges.search_sorted(seconds.cast(pl.Float64), side="right") - 1
    counts = dict(places.value_counts().iter_rows())
    bins = tuple((EDGES[at], EDGES[at + 1], counts.get(at, 0)) for at in range(min(counts), max(counts) + 1))
    return Spread(step, since, len(seconds), bins, _number(seconds.median()))


def _number(value: Any) -> float:
    return float(value)
