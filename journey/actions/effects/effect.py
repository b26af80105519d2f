"""What an action adds to the chance of its outcome, how sure that is, and where it is known from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journey.inference import Z95, Interval

SOURCES = ("experiment", "assumed", "trying", "unknown")
"""From the surest: measured against a randomised control, somebody's belief, what came of trying, nothing."""


@dataclass(frozen=True)
class Effect:
    """What an action adds to the chance of its outcome, against doing nothing, for customers of a stage.

    stage: None for all.  mean, sd: of the added chance, as a share of customers (0.02 is two points); None where nothing is
    known.  treated, control: decisions it rests on, with the action and without.  base: the chance under nothing, None where
    nobody can say.  told: a sentence for a person.
    Of source "trying" there is no control: mean is the chance after trying, by Beta(1, 1), less the base.  Of an action that
    was never tried it says no more than that; choose by drawing from it, and show no money by it (`is_measured`).
    """

    action: str
    stage: str | None
    mean: float | None
    sd: float | None
    treated: int
    control: int
    base: float | None
    source: str
    told: str

    @property
    def interval(self) -> Interval | None:
        """95%: where the added chance lies."""
        return None if self.mean is None or self.sd is None else (self.mean - Z95 * self.sd, self.mean + Z95 * self.sd)

    @property
    def is_measured(self) -> bool:
        """Whether a sum of money may rest on it: an experiment, or a stated assumption."""
        return self.source in ("experiment", "assumed")

    def as_plain(self) -> dict[str, Any]:
        keys = ("action", "stage", "mean", "sd", "treated", "control", "base", "source", "told")
        interval = None if self.interval is None else list(self.interval)
        return {key: getattr(self, key) for key in keys} | {"interval": interval}


@dataclass(frozen=True)
class Effects:
    """The effects of every action of a catalog.  found: (action, stage) -> effect; stage None is that of all stages.

    together: action -> (its stages, the covariance of their effects), of actions that were measured in several.
    elsewhere: action -> its effect in stages where it was hardly tried, as uncertain as stages differ; where that is known.
    personal: (action, customer) -> effect, of actions that were seen to help some customers more than others.
    """

    found: Mapping[tuple[str, str | None], Effect] = field(default_factory=dict)
    together: Mapping[str, tuple[tuple[str, ...], tuple[tuple[float, ...], ...]]] = field(default_factory=dict)
    elsewhere: Mapping[str, Effect] = field(default_factory=dict)
    personal: Mapping[tuple[str, str], Effect] = field(default_factory=dict)

    def of(self, action: str, stage: str | None = None, customer: str | None = None) -> Effect:
        """The customer's own effect where one is known, else that in the stage, else that of other stages, else that nothing is known.

        Its own `stage` is None where it is not known of this stage alone.
        """
        if customer is not None and (action, customer) in self.personal:
            return self.personal[(action, customer)]
        known = self.found.get((action, stage)) or (self.elsewhere.get(action) if stage else None) or self.found.get((action, None))
        return known or Effect(
            action, None, None, None, 0, 0, None, "unknown", "What it adds is not known: nothing was measured or assumed."
        )

    def all_of(self, action: str) -> tuple[Effect, ...]:
        """That of all stages first, then each stage by name."""
        mine = [effect for (name, _), effect in self.found.items() if name == action]
        return tuple(sorted(mine, key=lambda effect: (effect.stage is not None, effect.stage or "")))

    def sd_of_sum(self, action: str, weights: Mapping[str, float]) -> float:
        """The standard deviation of what the action adds to customers together.  weights: stage -> how many, or their worth.

        The effects of stages are uncertain together, as each is drawn toward the others.  Stages without an effect of their own
        go by that of all, which is added as if it were wrong in the same direction.
        """
        stages, covariance = self.together.get(action, ((), ()))
        own = [weights.get(stage, 0.0) for stage in stages]
        square = sum(a * b * covariance[i][j] for i, a in enumerate(own) for j, b in enumerate(own))
        rest: dict[str | None, float] = {}
        for stage, weight in weights.items():
            if stage not in stages:
                effect = self.of(action, stage)
                rest[effect.stage] = rest.get(effect.stage, 0.0) + weight * (effect.sd or 0.0)
        return math.sqrt(max(square, 0.0)) + sum(map(abs, rest.values()))

    def as_plain(self) -> list[dict[str, Any]]:
        return [effect.as_plain() for effect in self.found.values()]
