"""What would change the decision: at which effect, worth or cost another wins, and which veto stands in the way."""

from journey.actions.choose.candidate import Candidate
from journey.actions.choose.decide import Decision
from journey.actions.choose.words import listed, money, points
from journey.actions.guardrails import GUARDRAILS
from journey.answers import iso

MOST = 3


def would_flip(decision: Decision, currency: str | None) -> str:
    """A sentence or two, computed: never empty."""
    told = [_by_figures(decision, currency), _by_veto(decision, currency)]
    found = " ".join(sentence for sentence in told if sentence)
    return found or _otherwise(decision)


def _otherwise(decision: Decision) -> str:
    """Where no figure and no veto decides: what is not known yet."""
    unknown = [one.name for one in decision.candidates if one.allowed and one.value is None]
    if unknown:
        names = listed(unknown[:MOST] + ([f"{len(unknown) - MOST} more"] if len(unknown) > MOST else []))
        return f"A rule that proposes {names}, or a measured or assumed effect of it, could change it."
    if any(one.vetoes and one.value is None for one in decision.candidates):
        return "What is forbidden is of a value that is not known, so no veto can be said to decide."
    return "Nothing would: no other action is worth doing here, forbidden or not."


def _by_figures(decision: Decision, currency: str | None) -> str:
    if decision.by == "priority":
        return "Its value is not known: what is measured or assumed of its effect would decide in place of the rule's priority."
    if decision.by == "learning":
        return "Once more is known of it, what it brings decides; this time the dice did, so as to learn."
    if decision.chosen is None:
        return "" if decision.runner_up is None else _to_win(decision.runner_up, currency)
    return _to_lose(decision.chosen, decision.runner_up, currency)


def _to_lose(chosen: Candidate, other: Candidate | None, currency: str | None) -> str:
    """When the runner-up, or doing nothing, would be worth more."""
    if chosen.value is None or chosen.worth is None or chosen.effect.mean is None:
        return ""
    rival = 0.0 if other is None or other.value is None else other.value
    costs = chosen.action.cost + chosen.fatigue
    found = []
    if chosen.worth[0] > 0:
        least = (rival + costs) / chosen.worth[0]
        found.append(f"{chosen.name} added less than {points(least)} (now {points(chosen.effect.mean)})")
    found += _worth_to_lose(chosen, other, rival, costs, currency)
    most = chosen.action.cost + chosen.value - rival
    found.append(f"it cost more than {money(most, currency)} (now {money(chosen.action.cost, currency)})")
    return f"{'Doing nothing' if other is None else other.name} would be better if {listed(found)}."


def _worth_to_lose(chosen: Candidate, other: Candidate | None, rival: float, costs: float, currency: str | None) -> list[str]:
    """At which worth of an outcome the two are equal; nothing where no worth above 0 makes them so.

    Where the runner-up is paid by the same outcome, its worth moves with the chosen one's.
    """
    effect, worth = chosen.effect.mean or 0.0, (chosen.worth or (0.0, 0.0, 0.0))[0]
    if other is not None and other.worth == chosen.worth and other.effect.mean is not None:
        effect, rival_costs = effect - other.effect.mean, other.action.cost + other.fatigue
        at = (costs - rival_costs) / effect if effect else 0.0
    else:
        at = (rival + costs) / effect if effect > 0 else 0.0
    if at <= 0:
        return []
    return [f"an outcome were worth {'less' if at < worth else 'more'} than {money(at, currency)} (now {money(worth, currency)})"]


def _to_win(best: Candidate, currency: str | None) -> str:
    """When the best of what is allowed would be worth doing."""
    if best.value is None or best.worth is None or best.effect.mean is None:
        return ""
    costs, effect, worth = best.action.cost + best.fatigue, best.effect.mean, best.worth[0]
    found = []
    if worth > 0 and costs / worth <= 1:
        found.append(f"it added more than {points(costs / worth)} (now {points(effect)})")
    if effect > 0:
        found.append(f"an outcome were worth more than {money(costs / effect, currency)} (now {money(worth, currency)})")
    if (cheap := effect * worth - best.fatigue) > 0:
        found.append(f"it cost less than {money(cheap, currency)} (now {money(best.action.cost, currency)})")
    return f"{best.name} would be worth doing if {listed(found)}." if found else ""


def _by_veto(decision: Decision, currency: str | None) -> str:
    """The forbidden action that would be chosen if it were not."""
    rival = decision.value or 0.0
    barred = [one for one in decision.candidates if one.vetoes and one.value is not None and one.value > rival]
    if not barred:
        return ""
    best = max(barred, key=lambda one: one.value or 0.0)
    names = list(dict.fromkeys(GUARDRAILS.get(veto.guardrail, veto.guardrail).lower() for veto in best.vetoes))
    ends = [veto.lifts_at for veto in best.vetoes]
    until = f" That ends by itself on {str(iso(max(e for e in ends if e is not None)))[:10]}." if ends and None not in ends else ""
    return f"{best.name} would be chosen, at {money(best.value or 0.0, currency)}, were it not for {listed(names, 'and')}.{until}"
