"""The journey by group: how many of each came as far as each stage, who went on, and where a group differs from the rest.

A customer's group is the property's latest known value before the moment (a customer's own property: its value).  Whether
a share that goes on differs from that of all others whose value is known is tested for every group and stage, and adjusted
over all of them (Benjamini-Hochberg), so that one in twenty of the differences called one is chance, not one of every
twenty looked at.  Those without a value are shown and not compared: what is not known of them mostly says that they hardly came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.errors import QuestionError
from journey.inference import Interval, wilson
from journey.inference.differences import adjusted, p_of_shares
from journey.rules import Binder
from journey.rules.facts import Facts
from journey.rules.match import nearest
from journey.rules.staged import StageRule
from journey.warehouse import ask_sql, quote

MOST = 8
NONE = ""  # the group of those without a value


@dataclass(frozen=True)
class Part:
    """One stage within a group.  customers: in it now; reached: came as far; stopped: no further; q: of going on against
    all others whose value is known; None for a stage set apart, the last, and where it cannot be told."""

    stage: str
    customers: int
    reached: int | None
    stopped: int | None
    rest: float | None
    q: float | None

    @property
    def goes_on(self) -> float | None:
        return None if self.stopped is None or not self.reached else 1 - self.stopped / self.reached

    @property
    def interval(self) -> Interval | None:
        return None if self.stopped is None or not self.reached else wilson(self.reached - self.stopped, self.reached)

    @property
    def differs(self) -> bool:
        return self.q is not None and self.q < 0.05

    def as_plain(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "customers": self.customers,
            "reached": self.reached,
            "goes_on": self.goes_on,
            "interval": None if self.interval is None else list(self.interval),
            "rest": self.rest,
            "q": self.q,
        }


@dataclass(frozen=True)
class Group:
    """value: the property's value, "" for none.  known: its customers.  parts: one per stage, in the order shown."""

    value: str
    known: int
    parts: tuple[Part, ...]

    def part(self, stage: str) -> Part | None:
        return next((part for part in self.parts if part.stage == stage), None)

    def as_plain(self) -> dict[str, Any]:
        return {"known": self.known, "stages": [part.as_plain() for part in self.parts]}


def group_of(binder: Binder, name: str, moment: int) -> pl.DataFrame:
    """customer, value: each known customer's value of a property as of the moment, as text, "" where there is none.

    Raises: QuestionError: no property of that name.
    """
    found = next((prop for prop in binder.properties() if prop.name == name), None)
    if found is None:
        raise QuestionError(f"No property is named {name!r}.{nearest(name, [prop.name for prop in binder.properties()])}")
    facts = Facts(binder, moment)
    value = f"k.{quote(found.column)}" if found.of == "customer" else facts.fact("latest", None, None, facts.value(found))
    return ask_sql(binder.con, facts.query(f"k.customer, coalesce({found.as_text(value)}, '') as value"), binder.params)


def measure_groups(rules: Sequence[StageRule], order: Sequence[int], now: pl.DataFrame, values: pl.DataFrame) -> tuple[Group, ...]:
    """The largest groups, at most eight; now: customer, stage, furthest."""
    held = now.join(values, on="customer")
    sizes = held.group_by("value").len().sort(["len", "value"], descending=[True, False]).head(MOST)
    counts = {key: n for *key_, n in held.group_by("value", "stage", "furthest").len().iter_rows() for key in [tuple(key_)]}
    steps = [place for place in order if rules[place].step is not None]
    groups = [(value, known, [_part(rules, steps, place, counts, value) for place in order]) for value, known in sizes.iter_rows()]
    qs = iter(adjusted([p for _, _, parts in groups for _, p in parts]))
    return tuple(
        Group(value, known, tuple(Part(part.stage, part.customers, part.reached, part.stopped, part.rest, next(qs)) for part, _ in parts))
        for value, known, parts in groups
    )


def _part(
    rules: Sequence[StageRule], steps: Sequence[int], place: int, counts: dict[tuple[Any, ...], int], value: str
) -> tuple[Part, float | None]:
    """-> (the part, the p of its share that goes on against that of all others)."""
    here = sum(n for (group, stage, _), n in counts.items() if group == value and stage == place)
    if place not in steps:
        return Part(rules[place].name, here, None, None, None, None), None
    further = steps[steps.index(place) :]
    mine, all_of = (_reached(counts, further, place, only) for only in (value, None))
    if value == NONE:
        all_of = mine  # there are no others to compare with
    if place == steps[-1]:
        return Part(rules[place].name, here, mine[0], None, None, None), None
    others, stopped = all_of[0] - mine[0], all_of[1] - mine[1]
    rest = 1 - stopped / others if others else None
    p = p_of_shares(mine[0] - mine[1], mine[0], others - stopped, others)
    return Part(rules[place].name, here, *mine, rest, None), p


def _reached(counts: dict[tuple[Any, ...], int], further: Sequence[int], place: int, only: str | None) -> tuple[int, int]:
    """-> (who came as far, who of them came no further)."""
    mine = [(furthest, n) for (group, _, furthest), n in counts.items() if group == only or (only is None and group != NONE)]
    return sum(n for furthest, n in mine if furthest in further), sum(n for furthest, n in mine if furthest == place)
