"""Moves between stages from look to look: who goes on, skips, goes back (a loop), goes quiet (an exit) or comes back.

    from, to (places in the journey)      kind
    2 -> 3                                forward
    1 -> 3                                skip: a stage between the two was not seen
    3 -> 2                                back: a loop, they were further before
    2 -> set apart                        exit
    set apart -> 2                        return
    set apart -> set apart                quiet

A customer may make several moves, of one kind too; `moves` counts them and `customers` who made them.  Staying, and being
seen for the first time, are no moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.inference import Interval, wilson
from journey.rules.staged import StageRule

KINDS = ("forward", "skip", "back", "exit", "return", "quiet")


@dataclass(frozen=True)
class Shift:
    """Moves of one kind; source and target None: of all stages.  of: customers seen at two looks or more."""

    kind: str
    source: str | None
    target: str | None
    moves: int
    customers: int
    of: int

    @property
    def share(self) -> float | None:
        return self.customers / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.customers, self.of)

    def as_plain(self) -> dict[str, Any]:
        ends = {} if self.source is None else {"from": self.source, "to": self.target}
        counted = {"moves": self.moves, "customers": self.customers, "share": self.share}
        return {"kind": self.kind, **ends, **counted, "interval": None if self.interval is None else list(self.interval)}


@dataclass(frozen=True)
class Flow:
    """looks: how many looks were compared, one after another.  kinds: one Shift each, in the order of KINDS.  shifts: by
    their ends, the most frequent first."""

    looks: int
    kinds: tuple[Shift, ...]
    shifts: tuple[Shift, ...]

    def kind(self, name: str) -> Shift:
        return next(shift for shift in self.kinds if shift.kind == name)

    def as_plain(self) -> dict[str, Any]:
        kinds, shifts = ([shift.as_plain() for shift in found] for found in (self.kinds, self.shifts))
        return {"looks": self.looks, "kinds": kinds, "shifts": shifts}


def measure_flow(rules: Sequence[StageRule], rows: pl.DataFrame, looks: Sequence[int]) -> Flow:
    """The moves between successive looks; rows: moment, customer, stage."""
    moved, of = shifted(rules, rows, looks), _seen_twice(rows, looks)
    kinds = {kind: (n, who) for kind, n, who in _counts(moved, ["kind"]).iter_rows()}
    ends = _counts(moved, ["kind", "source", "stage"]).sort(["moves", "source", "stage"], descending=[True, False, False])
    return Flow(
        len(looks),
        tuple(Shift(kind, None, None, *kinds.get(kind, (0, 0)), of) for kind in KINDS),
        tuple(Shift(kind, rules[a].name, rules[b].name, n, who, of) for kind, a, b, n, who in ends.iter_rows()),
    )


def shifted(rules: Sequence[StageRule], rows: pl.DataFrame, looks: Sequence[int]) -> pl.DataFrame:
    """customer, source, stage (places), kind: one row per move."""
    seen = rows.filter(pl.col("moment").is_in(list(looks))).select("moment", "customer", "stage").sort("customer", "moment")
    pairs = seen.with_columns(pl.col("stage").shift(1).over("customer").alias("source"))
    moved = pairs.filter(pl.col("source").is_not_null() & (pl.col("source") != pl.col("stage")))
    kinds = kinds_of(rules)
    table = pl.DataFrame(
        [(a, b, kind) for (a, b), kind in kinds.items()], schema={"source": pl.Int32, "stage": pl.Int32, "kind": pl.String}, orient="row"
    )
    return moved.select("customer", pl.col("source", "stage").cast(pl.Int32)).join(table, on=["source", "stage"])


def kinds_of(rules: Sequence[StageRule]) -> dict[tuple[int, int], str]:
    """(place from, place to) -> the kind of that move."""
    steps = [place for _, place in sorted((rule.step, place) for place, rule in enumerate(rules) if rule.step is not None)]
    rank = {place: steps.index(place) if place in steps else None for place in range(len(rules))}
    return {(a, b): _kind(rank[a], rank[b]) for a in rank for b in rank if a != b}


def _kind(source: int | None, target: int | None) -> str:
    if source is None or target is None:
        return "quiet" if source is target else "return" if source is None else "exit"
    return "back" if target < source else "forward" if target == source + 1 else "skip"


def _counts(moved: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return moved.group_by(by).agg(pl.len().alias("moves"), pl.col("customer").n_unique().alias("customers"))


def _seen_twice(rows: pl.DataFrame, looks: Sequence[int]) -> int:
    seen = rows.filter(pl.col("moment").is_in(list(looks))).group_by("customer").len()
    return seen.filter(pl.col("len") > 1).height
