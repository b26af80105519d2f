"""One variant against control: what is told of it, among all primary metrics and variants that were asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.experiments.judge.enough import missing, times_missing, times_needed
from journey.experiments.judge.family import harm
from journey.experiments.judge.how import HowRead
from journey.experiments.result import HARMED, HELD, OPEN, Estimate
from journey.inference.differences import holm

RESTS = ("guardrail", "secondary")


@dataclass(frozen=True)
class Variant:
    """better, worse: its primary metrics that are told to be so, adjusted for all that were asked.  asked: how many those are.

    Of too few units neither is told.
    """

    arm: str
    primary: tuple[Estimate, ...]
    better: tuple[Estimate, ...]
    worse: tuple[Estimate, ...]
    guardrails: tuple[Estimate, ...]
    others: tuple[Estimate, ...]
    asked: int

    @property
    def is_better(self) -> bool:
        """In every primary metric."""
        return len(self.better) == len(self.primary)

    def standing(self, held: str) -> tuple[Estimate, ...]:
        """Guardrails that are held, broken, or open."""
        return tuple(one for one in self.guardrails if (one.compared.held or OPEN) == held)

    @property
    def can_ship(self) -> bool:
        return self.is_better and len(self.standing(HELD)) == len(self.guardrails)

    @property
    def does_harm(self) -> bool:
        return bool(self.worse or self.standing(HARMED))

    @property
    def gain(self) -> float:
        """Of the first primary metric, turned so that more is better."""
        return _gain(self.primary[0])

    def most_to_gain(self) -> float | None:
        """The good end of the first primary metric's interval; None without one."""
        first = self.primary[0]
        return None if first.compared.interval is None else -harm(first.metric, first.compared.interval)[0]

    def is_futile(self, effect: float | None) -> bool:
        """Whether the smallest effect worth finding is ruled out."""
        most = self.most_to_gain()
        return effect is not None and most is not None and most < effect

    def few(self, control: str) -> str:
        """What there is too little of to say anything; "" where there is enough."""
        return next((found for one in self.primary if (found := missing(one.metric, one.compared, self.arm, control))), "")

    def times_few(self) -> float | None:
        """How many times the units so far until there are enough to say anything; None where nobody knows."""
        return _last([times_missing(one.metric, one.compared) for one in self.primary])

    def times(self, how: HowRead, effect: float | None) -> float | None:
        """How many times the units so far it takes until it is told or ruled out, if all stays as it is; None where nobody knows."""
        if self.is_better:
            return _last([times_needed(one.compared, how, _room(one)) for one in self.standing(OPEN)])
        told = _last([times_needed(one.compared, how, abs(one.compared.difference or 0.0), self.asked) for one in self._untold()])
        futile = None if effect is None else times_needed(self.primary[0].compared, how, effect - self.gain)
        return min((one for one in (told, futile) if one is not None), default=None)

    def _untold(self) -> list[Estimate]:
        return [one for one in self.primary if one not in self.better]


def judged(estimates: Sequence[Estimate], how: HowRead) -> tuple[Variant, ...]:
    """The variants that have a primary metric, in their order."""
    primary = [one for one in estimates if one.metric.role == "primary"]
    adjusted = dict(zip(map(id, primary), holm([_chance(one) for one in primary]), strict=True))

    def told(one: Estimate, sign: int) -> bool:
        interval, p = one.compared.interval, adjusted[id(one)]
        if interval is None or p is None or p > how.alpha or missing(one.metric, one.compared, arm="", control=""):
            return False
        least, most = harm(one.metric, interval)
        return most < 0 if sign > 0 else least > 0

    def of(arm: str) -> Variant:
        mine = tuple(one for one in primary if one.arm == arm)
        guardrails, others = (tuple(one for one in estimates if (one.arm, one.metric.role) == (arm, role)) for role in RESTS)
        better, worse = (tuple(one for one in mine if told(one, sign)) for sign in (1, -1))
        return Variant(arm, mine, better, worse, guardrails, others, len(primary))

    return tuple(of(arm) for arm in dict.fromkeys(one.arm for one in primary))


def _chance(one: Estimate) -> float | None:
    """The p-value; of a Bayesian reading, twice the chance of the less likely direction stands in its place."""
    if one.compared.p is not None or one.compared.p_better is None:
        return one.compared.p
    return 2 * min(one.compared.p_better, 1 - one.compared.p_better)


def _gain(one: Estimate) -> float:
    difference = one.compared.difference or 0.0
    return difference if one.metric.good == "up" else -difference


def _room(one: Estimate) -> float:
    """How much of a guardrail's margin its harm so far leaves, in the metric's unit."""
    margin = (one.metric.margin or 0.0) * (abs(one.compared.control_estimate or 0.0) if one.metric.relative else 1.0)
    return margin + _gain(one)


def _last(times: Sequence[float | None]) -> float | None:
    """When all are there; None where that is unknown of one."""
    known = [one for one in times if one is not None]
    return max(known, default=None) if len(known) == len(times) else None
