"""One action as it stands for one customer: what it would add, what it would cost, and what forbids it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from journey.actions.catalog import Action, ActionCatalog, Guardrails, Trigger
from journey.actions.effects import Effect, Effects
from journey.actions.guardrails import Standing, Veto, blocking, rejections, vetoes
from journey.inference import Z95, Interval

Money = tuple[float, float, float]
WEEK = 7 * 86_400_000


@dataclass(frozen=True)
class Candidate:
    """worth: money for one outcome with its 95% interval, None where nobody can say.  fatigue: money, of the contacts before.

    triggers: those due for the customer that propose it, the highest priority first.  vetoes: what forbids it, the holdout
    aside.  asked: somebody named it for this customer, so it needs no trigger.
    """

    action: Action
    effect: Effect
    worth: Money | None
    fatigue: float = 0.0
    triggers: tuple[Trigger, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    asked: bool = False

    @property
    def name(self) -> str:
        return self.action.name

    @property
    def allowed(self) -> bool:
        return not self.vetoes

    @property
    def by_hand(self) -> bool:
        """Whether a person may choose it: nothing forbids it but that somebody rejected it before."""
        return all(veto.guardrail == "rejected" for veto in self.vetoes)

    @property
    def is_due(self) -> bool:
        """Whether a rule, or somebody, proposes it."""
        return bool(self.triggers) or self.asked

    @property
    def could_pay(self) -> bool:
        """Whether it could be worth its cost if it brought the outcome to everybody who would not come to it anyway.

        True where it is not known what an outcome is worth, or how often it comes anyway.
        """
        if self.worth is None or self.effect.base is None:
            return True
        return (1 - self.effect.base) * self.worth[2] > self.action.cost + self.fatigue

    @property
    def priority(self) -> int:
        return max((trigger.priority for trigger in self.triggers), default=0)

    @property
    def is_valued(self) -> bool:
        """Whether a sum of money may be said: the effect is measured or assumed, and the outcome's worth is known."""
        return self.effect.is_measured and self.effect.mean is not None and self.worth is not None

    @property
    def gain(self) -> float | None:
        """Effect x worth; None where no sum may be said."""
        return self.effect.mean * self.worth[0] if self.is_valued and self.effect.mean is not None and self.worth else None

    @property
    def value(self) -> float | None:
        """Expected value in money: effect x worth - cost - fatigue."""
        return None if self.gain is None else self.gain - self.action.cost - self.fatigue

    @property
    def worth_sd(self) -> float:
        return 0.0 if self.worth is None else (self.worth[2] - self.worth[1]) / (2 * Z95)

    @property
    def sd(self) -> float | None:
        """Of the expected value; effect and worth are taken as independent, cost and fatigue as given."""
        if self.value is None or self.worth is None or self.effect.mean is None:
            return None
        effect, worth = self.effect.sd or 0.0, self.worth[0]
        return float(((effect * worth) ** 2 + (self.effect.mean * self.worth_sd) ** 2 + (effect * self.worth_sd) ** 2) ** 0.5)

    @property
    def interval(self) -> Interval | None:
        """95%, by the normal distribution."""
        if self.value is None or self.sd is None:
            return None
        return self.value - Z95 * self.sd, self.value + Z95 * self.sd

    def as_plain(self) -> dict[str, Any]:
        return {
            "action": self.name,
            "expected_value": self.value,
            "interval": None if self.interval is None else list(self.interval),
            "effect": self.effect.as_plain(),
            "worth": None if self.worth is None else list(self.worth),
            "cost": self.action.cost,
            "fatigue": self.fatigue,
            "triggers": [trigger.name for trigger in self.triggers],
            "allowed": self.allowed,
        }


@dataclass(frozen=True, eq=False)
class Situation:
    """What holds for all customers at a moment.

    as_of: events before it are seen; at: by the machine's clock; both ms.  due: trigger -> ids of those it is due for.
    spent: money within the budget's stretch.  warnings: sentences.
    """

    catalog: ActionCatalog
    effects: Effects
    due: Mapping[str, frozenset[str]]
    as_of: int
    at: int
    spent: float = 0.0
    warnings: tuple[str, ...] = ()

    def proposing(self, action: str, customer_id: str) -> tuple[Trigger, ...]:
        """The triggers due for a customer that propose an action, the highest priority first."""
        return tuple(trigger for trigger, due in self._by_action.get(action, ()) if customer_id in due)

    @cached_property
    def _by_action(self) -> dict[str, list[tuple[Trigger, frozenset[str]]]]:
        found: dict[str, list[tuple[Trigger, frozenset[str]]]] = {}
        for trigger in sorted(self.catalog.triggers, key=lambda one: -one.priority):
            if trigger.name in self.due:
                found.setdefault(trigger.action, []).append((trigger, self.due[trigger.name]))
        return found


def candidates(
    situation: Situation,
    standing: Standing,
    actions: Sequence[Action],
    worth: Mapping[tuple[str, str], Money | None],
    asked: frozenset[str] = frozenset(),
) -> tuple[Candidate, ...]:
    """Each of these actions as it stands for one customer.  asked: names of those that need no trigger."""
    guardrails, tired = situation.catalog.guardrails, fatigue(standing, situation.catalog.guardrails, situation.as_of, situation.at)
    return tuple(
        Candidate(
            action=action,
            effect=situation.effects.of(action.name, standing.stage, standing.customer_id),
            worth=worth.get((action.name, standing.customer_id)),
            fatigue=tired,
            triggers=situation.proposing(action.name, standing.customer_id),
            vetoes=(
                *blocking(vetoes(action, standing, guardrails, situation.as_of, situation.at, situation.spent)),
                *rejections(action, standing, situation.at),
            ),
            asked=action.name in asked,
        )
        for action in actions
    )


def fatigue(standing: Standing, guardrails: Guardrails, as_of: int, at: int) -> float:
    """Money that one more contact costs in goodwill: so much for each of the 7 days before, by the clock it was made on."""
    if not guardrails.fatigue:
        return 0.0
    now = {"log": as_of, "ledger": at}
    recent = [one for one in standing.contacts if one.channel and now[one.clock] - WEEK < one.at_ms <= now[one.clock]]
    return guardrails.fatigue * len(recent)
