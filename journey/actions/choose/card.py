"""The card: what is worth doing next for a customer, why, what else was considered, and what would change it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.actions.catalog import Variant
from journey.actions.choose.candidate import Candidate
from journey.actions.choose.decide import Decision
from journey.actions.choose.flip import would_flip
from journey.actions.choose.reasons import Reason, reasons_of
from journey.actions.choose.words import confident, listed, money
from journey.actions.guardrails import GUARDRAILS, Standing, Veto
from journey.answers import Evidence, iso
from journey.inference import Interval

NOTHING_DONE = "nothing"
HELD_OUT = "They are held out: this is recorded and never sent, so that effects can be measured."


@dataclass(frozen=True)
class RunnerUp:
    """action: None for doing nothing.  expected_value, gap: money, None where not known; gap: by how much it is behind."""

    action: str | None
    expected_value: float | None
    gap: float | None
    gap_interval: Interval | None

    def as_plain(self) -> dict[str, Any]:
        interval = None if self.gap_interval is None else list(self.gap_interval)
        return {
            "action": self.action or NOTHING_DONE,
            "expected_value": self.expected_value,
            "gap": self.gap,
            "gap_interval": interval,
        }


@dataclass(frozen=True)
class Card:
    """decision: with every candidate.  variant: drawn by weight, with the chance at which it was.

    arm: "holdout" where the customer never gets anything.  as_of: ms, events before it were seen; at: ms by the machine's
    clock.  act_by: ms by the clock of the data; send_from: ms, outside the customer's quiet hours; None for doing nothing.
    reasons: those with a contribution add up to the expected value.
    """

    customer: str
    decision: Decision
    standing: Standing
    as_of: int
    at: int
    variant: Variant | None = None
    variant_propensity: float = 1.0
    act_by: int | None = None
    send_from: int | None = None
    reasons: tuple[Reason, ...] = ()
    currency: str | None = None
    evidence: Evidence = field(default_factory=lambda: Evidence("", ""))

    @property
    def chosen(self) -> Candidate | None:
        return self.decision.chosen

    @property
    def action(self) -> str | None:
        """None for doing nothing."""
        return None if self.chosen is None else self.chosen.name

    @property
    def channel(self) -> str | None:
        return None if self.chosen is None else self.chosen.action.channel

    @property
    def stage(self) -> str:
        return self.standing.stage

    @property
    def arm(self) -> str:
        return "holdout" if self.standing.holdout else "treated"

    @property
    def expected_value(self) -> float | None:
        """Money; 0 of doing nothing, None where it is not known."""
        return self.decision.value

    @property
    def interval(self) -> Interval | None:
        """95%; None for doing nothing, which is 0 for sure."""
        return None if self.chosen is None else self.chosen.interval

    @property
    def confidence(self) -> float | None:
        """The chance that it is the best of all that is allowed and valued, doing nothing included."""
        return self.decision.confidence

    @property
    def confidence_words(self) -> str:
        return confident(self.confidence)

    @property
    def needs_approval(self) -> bool:
        return self.chosen is not None and self.chosen.action.approval

    @property
    def trigger(self) -> str:
        """The trigger that proposes it; "" where none does."""
        due = () if self.chosen is None else self.chosen.triggers
        return due[0].name if due else ""

    @property
    def runner_up(self) -> RunnerUp | None:
        """None where nothing else could be chosen."""
        if not self.decision.has_runner_up:
            return None
        other = self.decision.runner_up
        value = 0.0 if other is None else other.value
        return RunnerUp(None if other is None else other.name, value, self.decision.gap, self.decision.gap_interval)

    @property
    def considered(self) -> tuple[Candidate, ...]:
        """Every candidate: what may be chosen first, the highest expected value first, those without one last."""
        return tuple(sorted(self.decision.candidates, key=lambda one: (not one.allowed, one.value is None, -(one.value or 0.0), one.name)))

    @property
    def vetoed(self) -> tuple[Veto, ...]:
        """Every veto of every candidate, in the order of the catalog; one action may have several."""
        return tuple(veto for one in self.decision.candidates for veto in one.vetoes)

    @property
    def would_flip(self) -> str:
        return would_flip(self.decision, self.currency)

    @property
    def said(self) -> str:
        """The card in a sentence."""
        told = self._said()
        return f"{told} {HELD_OUT}" if self.arm == "holdout" else told

    def _said(self) -> str:
        if self.chosen is None:
            return _nothing(self.decision.candidates)
        if self.decision.by == "learning":
            return f"{self.action} is proposed to learn what it brings; {_else(self.decision.runner_up)}."
        if self.expected_value is None:
            return f"{self.action} is proposed by a rule; what it is worth is not known yet."
        sure = f", {self.confidence_words} of what is allowed" if self.confidence is not None else ""
        return f"{self.action} is expected to bring {money(self.expected_value, self.currency)}{sure}."

    def as_plain(self) -> dict[str, Any]:
        return {**self.as_brief(), "considered": [one.as_plain() for one in self.considered], **self.evidence.as_plain()}

    def as_brief(self) -> dict[str, Any]:
        """The card without what else was considered in full and how it was counted: what is kept with a proposal."""
        return {
            "customer": self.customer,
            "stage": self.stage,
            "arm": self.arm,
            "action": self.action or NOTHING_DONE,
            "variant": None if self.variant is None else self.variant.name,
            "variant_propensity": self.variant_propensity,
            "channel": self.channel,
            "trigger": self.trigger,
            "said": self.said,
            "expected_value": self.expected_value,
            "interval": None if self.interval is None else list(self.interval),
            "currency": self.currency,
            "confidence": self.confidence,
            "confidence_words": self.confidence_words,
            "chosen_by": self.decision.by,
            "as_of": iso(self.as_of),
            "act_by": iso(self.act_by),
            "send_from": iso(self.send_from),
            "needs_approval": self.needs_approval,
            "reasons": [reason.as_plain() for reason in self.reasons],
            "runner_up": None if self.runner_up is None else self.runner_up.as_plain(),
            "vetoed": [veto.as_plain() for veto in self.vetoed],
            "would_flip": self.would_flip,
        }


def _else(best: Candidate | None) -> str:
    """What would be done in place of what is tried to learn."""
    if best is not None and best.value is None:
        return f"the rule of the highest priority proposes {best.name}, whose worth is not known either"
    return f"by what is known so far the best is {'doing nothing' if best is None else best.name}"


def _nothing(candidates: Sequence[Candidate]) -> str:
    """Why nothing is done."""
    allowed = [one for one in candidates if one.allowed]
    if not candidates:
        return "Nothing: the catalog holds no action."
    if not allowed:
        names = list(dict.fromkeys(GUARDRAILS[veto.guardrail].lower() for one in candidates for veto in one.vetoes))
        return f"Nothing: guardrails forbid every action ({', '.join(names)})."
    if any(one.is_valued for one in allowed):
        return "Nothing: no allowed action is expected to bring more than it costs."
    if dear := [one.name for one in allowed if one.is_due and not one.could_pay]:
        return f"Nothing: {listed(dear, 'and')} would cost more than an outcome is worth, however often it helped."
    return "Nothing: no rule proposes an action for them now, and what the allowed ones would bring is not known."


def card_of(
    decision: Decision, standing: Standing, as_of: int, at: int, variant: tuple[Variant | None, float], sent: int | None, **told: Any
) -> Card:
    """The card of a decision.  variant: with its chance.  sent: the first moment at which it may be sent.

    told: currency, evidence; own: what the customer did that a trigger looked for, by its name.
    """
    chosen, own = decision.chosen, told.pop("own", {})
    return Card(
        customer=standing.customer_id,
        decision=decision,
        standing=standing,
        as_of=as_of,
        at=at,
        variant=variant[0],
        variant_propensity=variant[1],
        act_by=None if chosen is None else as_of + chosen.action.valid_ms,
        send_from=sent,
        reasons=reasons_of(decision, standing, told.get("currency"), own),
        **told,
    )
