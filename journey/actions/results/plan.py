"""What doing an action for some customers is expected to come to: outcomes, money and cost, with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.actions.effects import Effect, Effects
from journey.actions.results.result import Sum
from journey.inference import Z95


@dataclass(frozen=True)
class One:
    """One customer for whom an action could be done.  worth: money that an outcome brings, worth_sd its standard error.

    cost: money, with what the contact costs in goodwill.
    """

    customer_id: str
    stage: str
    effect: Effect
    worth: float | None
    worth_sd: float
    cost: float

    @property
    def value(self) -> float | None:
        """Expected money, the cost taken off; None where no sum may be said."""
        known = self.effect.is_measured and self.effect.mean is not None and self.worth is not None
        return self.effect.mean * self.worth - self.cost if known and self.effect.mean is not None and self.worth is not None else None


@dataclass(frozen=True)
class Plan:
    """An action done for these customers.  outcomes: that would not have come by themselves; brought: money; net: less the cost.

    outcomes, brought, net: None where the effect, or the worth of an outcome, is neither measured nor assumed.
    """

    ids: tuple[str, ...]
    outcomes: Sum | None
    brought: Sum | None
    cost: float

    @property
    def customers(self) -> int:
        return len(self.ids)

    @property
    def net(self) -> Sum | None:
        found = self.brought
        return None if found is None else Sum(found.value - self.cost, found.low - self.cost, found.high - self.cost)

    def as_plain(self) -> dict[str, Any]:
        sums = {"outcomes": self.outcomes, "brought": self.brought, "net": self.net}
        plain = {name: None if found is None else found.as_plain() for name, found in sums.items()}
        return {"customers": self.customers, "cost": self.cost, **plain}


def plan(action: str, people: Sequence[One], effects: Effects) -> Plan:
    """The sums over these customers.

    The effect of a stage is one unknown for all of its customers, so errors do not cancel out among them; what is not known
    of an outcome's worth is likewise taken as wrong in one direction for all.
    """
    ids, cost = tuple(sorted(one.customer_id for one in people)), sum((one.cost for one in people), 0.0)
    if not effects.of(action).is_measured:
        return Plan(ids, None, None, cost)
    outcomes = _sum(sum((one.effect.mean or 0.0 for one in people), 0.0), effects.sd_of_sum(action, _weights(people, [1.0] * len(people))))
    if any(one.worth is None for one in people):
        return Plan(ids, outcomes, None, cost)
    worths = [one.worth or 0.0 for one in people]
    value = sum((one.effect.mean or 0.0) * worth for one, worth in zip(people, worths, strict=True))
    of_effect = effects.sd_of_sum(action, _weights(people, worths))
    of_worth = sum(abs(one.effect.mean or 0.0) * one.worth_sd for one in people)
    return Plan(ids, outcomes, _sum(value, (of_effect**2 + of_worth**2) ** 0.5), cost)


def best_of(people: Sequence[One], budget: float | None, capacity: int | None) -> list[One]:
    """Those worth more than they cost, the most money for its cost first, as many as the budget and the capacity allow.

    Source: the greedy order of the knapsack problem, Dantzig 1957, Operations Research 5, 266: of many small amounts it is
    within the value of one customer of the best.
    """
    paying = [(one.value, one) for one in people if one.value is not None and one.value > 0]
    ranked = sorted(paying, key=lambda item: (-item[0] / max(item[1].cost, 1e-9), item[1].customer_id))
    if budget is None:
        ranked.sort(key=lambda item: (-item[0], item[1].customer_id))
    chosen, spent = [], 0.0
    for _, one in ranked[: len(ranked) if capacity is None else capacity]:
        if budget is not None and spent + one.cost > budget:
            break
        chosen.append(one)
        spent += one.cost
    return chosen


def _weights(people: Sequence[One], each: Sequence[float]) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for one, weight in zip(people, each, strict=True):
        weights[one.stage] = weights.get(one.stage, 0.0) + weight
    return weights


def _sum(value: float, sd: float) -> Sum:
    return Sum(value, value - Z95 * sd, value + Z95 * sd)
