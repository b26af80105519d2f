"""The decision for one customer: the best of what is allowed, doing nothing included; where no value is known, by rule.

value      the highest expected value above 0, of actions whose effect was measured or is a stated assumption
priority   none of those is above 0, and a rule proposes an action whose value is not known, and that could pay: the highest priority
nothing    neither
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from journey.actions.choose.candidate import Candidate
from journey.actions.choose.draw import Chosen, Options, choose_many
from journey.inference import Z95, Interval

DRAWS = 4_000
BY = ("value", "priority", "nothing", "learning")


@dataclass(frozen=True)
class Decision:
    """chosen: None for doing nothing.  by: one of BY.  confidence: how often it was the best over draws of every effect.

    confidence is None where no sum can be said of it.  runner_up: the second best, None for doing nothing;
    has_runner_up: whether there is one.
    """

    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    by: str
    confidence: float | None = None
    runner_up: Candidate | None = None
    has_runner_up: bool = True

    @property
    def value(self) -> float | None:
        """Expected value; 0 of doing nothing."""
        return 0.0 if self.chosen is None else self.chosen.value

    @property
    def gap(self) -> float | None:
        """How much more is expected of what was chosen than of the runner-up; None where either is not known."""
        other = 0.0 if self.runner_up is None else self.runner_up.value
        return None if self.value is None or other is None or not self.has_runner_up else self.value - other

    @property
    def gap_interval(self) -> Interval | None:
        """95%.  The two effects are taken as independent, which widens it where both were measured against the same people."""
        if self.gap is None:
            return None
        mine, other = (0.0 if one is None or one.sd is None else one.sd for one in (self.chosen, self.runner_up))
        spread = math.hypot(mine, other)
        return self.gap - Z95 * spread, self.gap + Z95 * spread


def decide(candidates: Sequence[Candidate], rng: np.random.Generator) -> Decision:
    """The decision, with its confidence worked out by drawing."""
    names = [one.name for one in candidates]
    options = options_of([candidates], names, trying=False)
    return decided(candidates, choose_many(options, rng, explore=False, draws=DRAWS), 0, names)


def decided(candidates: Sequence[Candidate], drawn: Chosen, row: int, names: Sequence[str]) -> Decision:
    """The decision of one row of customers drawn for together.  names: of the columns."""
    ranked = sorted((one for one in candidates if one.allowed and one.is_valued), key=lambda one: -(one.value or 0.0))
    waiting = by_priority(candidates)
    if ranked and (ranked[0].value or 0.0) > 0:
        second = ranked[1] if len(ranked) > 1 and (ranked[1].value or 0.0) > 0 else None
        return Decision(tuple(candidates), ranked[0], "value", float(drawn.shares[row, names.index(ranked[0].name)]), second)
    if waiting:
        second = waiting[1] if len(waiting) > 1 else None
        return Decision(tuple(candidates), waiting[0], "priority", None, second)
    best = ranked[0] if ranked else None
    return Decision(tuple(candidates), None, "nothing", float(drawn.shares[row, -1]) if ranked else None, best, bool(ranked))


def by_priority(candidates: Sequence[Candidate]) -> list[Candidate]:
    """What a rule or a person proposes whose value is not known, the highest priority first, equals by name.

    Left out is what could not pay for itself whatever it adds.
    """
    found = [one for one in candidates if one.allowed and one.is_due and not one.is_valued and one.could_pay]
    return sorted(found, key=lambda one: (-one.priority, one.name))


def options_of(rows: Sequence[Sequence[Candidate]], names: Sequence[str], trying: bool) -> Options:
    """Customers x actions, for drawing.  trying: whether actions that are only known by trying can be drawn too.

    An action that is not among a customer's candidates is not allowed.
    """
    shape, column = (len(rows), len(names)), {name: place for place, name in enumerate(names)}
    mean, sd, worth, cost, spread, base = (np.zeros(shape) for _ in range(6))
    allowed, tried = np.zeros(shape, bool), np.zeros(shape, bool)
    for row, candidates in enumerate(rows):
        for one in candidates:
            can = one.is_valued or (trying and one.effect.source == "trying" and one.is_due and one.worth is not None)
            if one.allowed and can and one.effect.mean is not None and one.worth is not None:
                at = (row, column[one.name])
                allowed[at], tried[at] = True, not one.is_valued
                mean[at], sd[at], base[at] = one.effect.mean, one.effect.sd or 0.0, one.effect.base or 0.0
                worth[at], spread[at], cost[at] = one.worth[0], one.worth_sd, one.action.cost + one.fatigue
    return Options(mean, sd, worth, cost, allowed, spread, tried, base)
