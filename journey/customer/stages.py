"""Which stage a customer is in, and the stages they went through.

The rules of the stages are asked of this customer's events alone, under the names the rules read: the same definition,
without the rest of the log.  Looks are at every midnight of the zone; in a log of a few days at every hour.  Known
limit: a stage entered and left between two looks is not seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from journey.answers import iso
from journey.customer.person import Person
from journey.rules.match import Binder
from journey.rules.staged import StageRule
from journey.rules.stages_at import staged_few
from journey.scope import period_bounds
from journey.warehouse import Warehouse

HOUR, DAY = 3_600_000, 86_400_000
FEW_DAYS = 10
MOST_LOOKS = 400


@dataclass(frozen=True)
class Spell:
    """A stretch in one stage.  start, stop: ms, to the look; stop None while it lasts.  step: None of a stage set apart."""

    stage: str
    start: int
    stop: int | None
    step: int | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"stage": self.stage, "from": iso(self.start), "to": iso(self.stop)}


@dataclass(frozen=True)
class History:
    """spells: in order, the last is now; () before the customer was known.  why: of the stage now, a sentence.

    furthest: the furthest stage of the journey proper.  every: ms between two looks, about.
    """

    spells: tuple[Spell, ...]
    furthest: str | None
    why: str
    every: int

    @property
    def now(self) -> Spell | None:
        return self.spells[-1] if self.spells else None


def stage_history(con: Warehouse, person: Person, rules: Sequence[StageRule], as_of: int, timezone: str) -> History:
    """The stages of one person until a moment."""
    looks = looks_at(as_of if person.first is None else person.first, as_of, timezone)
    found = staged_few(Binder(con), rules, looks, [person.number]).select("moment", "stage", "furthest").rows()
    every = (looks[-1] - looks[0]) // max(1, len(looks) - 1)
    if not found:
        return History((), None, "", every)
    steps = {rule.name: rule.step for rule in rules}
    spells = _spells([(moment, rules[stage].name) for moment, stage, _ in found], person.first, steps)
    now = rules[found[-1][1]]
    return History(spells, rules[found[-1][2]].name, now.why, every)


def _spells(seen: Sequence[tuple[int, str]], first: int | None, steps: Mapping[str, int | None]) -> tuple[Spell, ...]:
    """A change seen at a look began after the look before it; the first stage began with the first event."""
    before = {moment: earlier for (moment, _), (earlier, _) in zip(seen[1:], seen, strict=False)}
    starts = []
    for stage, stay in groupby(seen, key=lambda look: look[1]):
        moment = next(stay)[0]
        starts.append((before.get(moment, moment if first is None else first), stage))
    stops = [*(start for start, _ in starts[1:]), None]
    return tuple(Spell(stage, start, stop, steps[stage]) for (start, stage), stop in zip(starts, stops, strict=True))


def looks_at(first: int, as_of: int, timezone: str) -> list[int]:
    """The moments that are looked at after `first`, the last of them `as_of`; 400 at most."""
    if as_of <= first:
        return [as_of]
    if as_of - first <= FEW_DAYS * DAY:
        bounds = list(range(first // HOUR * HOUR + HOUR, as_of, HOUR))
    else:
        bounds = [bound for bound in period_bounds(first, as_of, "day", timezone) if first < bound < as_of]
    step = -(-len(bounds) // MOST_LOOKS) or 1
    return [*bounds[::-1][::step][::-1], as_of]
