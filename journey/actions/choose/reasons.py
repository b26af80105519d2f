"""Why this action for this customer: what proposed it, what it adds and what that is worth, and what it costs.

text                                                            contribution
They began the checkout and went no further: Checkout 2 h ago    -
+2.3 points on 6.4% without, each outcome worth €20.46          +0.46
It costs €0.10                                                  -0.10
adds up to the expected value                                    0.36
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.actions.catalog import Action
from journey.actions.choose.candidate import Candidate
from journey.actions.choose.decide import Decision
from journey.actions.choose.words import money
from journey.actions.guardrails import Standing

SET_BY = {"outcome": "by the mean of such outcomes", "customer": "by what this customer is expected to bring in 90 days"}


@dataclass(frozen=True)
class Reason:
    """kind: trigger | stage | effect | cost | fatigue.  contribution: money that it adds to the expected value.

    None where it adds none by itself, and where the value is not known.
    """

    kind: str
    text: str
    contribution: float | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, "contribution": self.contribution}


def reasons_of(decision: Decision, standing: Standing, currency: str | None, own: Mapping[str, str]) -> tuple[Reason, ...]:
    """own: what the customer did that a trigger looked for, by the trigger's name."""
    chosen = decision.chosen
    if chosen is None:
        return ()
    return (*_why_now(chosen, standing, own), *_of_value(chosen, currency))


def _why_now(chosen: Candidate, standing: Standing, own: Mapping[str, str]) -> tuple[Reason, ...]:
    if chosen.triggers:
        first = chosen.triggers[0]
        told = (first.why or f"The rule “{first.name}” holds for them.").rstrip(".")
        theirs = own.get(first.name)
        return (Reason("trigger", f"{told}: {theirs}." if theirs else f"{told}."),)
    if chosen.asked:
        return (Reason("trigger", "Somebody proposed it for them."),)
    stage = f"They are in the stage {standing.stage}. " if standing.stage else ""
    return (Reason("stage", f"{stage}No rule proposes it now; it is the best by its value."),)


def _of_value(chosen: Candidate, currency: str | None) -> tuple[Reason, ...]:
    effect = chosen.effect.told
    if chosen.gain is None or chosen.worth is None:
        return (Reason("effect", effect), Reason("cost", f"It costs {money(chosen.action.cost, currency)}."))
    worth = f"each {_outcome(chosen.action)} is worth {money(chosen.worth[0], currency)}{_set_by(chosen.action)}"
    found = [Reason("effect", f"{effect.rstrip('.')}; {worth}.", chosen.gain)]
    found.append(Reason("cost", f"It costs {money(chosen.action.cost, currency)}.", -chosen.action.cost))
    if chosen.fatigue:
        found.append(Reason("fatigue", "They were reached in the 7 days before, which costs goodwill.", -chosen.fatigue))
    return tuple(found)


def _outcome(action: Action) -> str:
    days = round(action.wanted.within_ms / 86_400_000)
    return f"outcome within {days} day{'' if days == 1 else 's'}" if days else "outcome"


def _set_by(action: Action) -> str:
    return f" {SET_BY[action.worth]}" if isinstance(action.worth, str) and action.worth in SET_BY else ""
