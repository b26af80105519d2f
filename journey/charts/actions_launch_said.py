"""What launching a rule would propose, what forbade the rest, and what became of it, in words."""

from collections.abc import Collection, Mapping

from journey.actions.launch import Launch
from journey.actions.ledger import Booked
from journey.charts.words import count, several

SHOWN = 3


def launch_sentence(plan: Launch) -> str:
    """ "79 of 146 who are due would be proposed Cart reminder; 58 may not get it, for 9 it is not worth it now." """
    if not plan.due:
        return "Nobody is due now."
    forbidden = sum(plan.forbidden.values())
    parts = []
    if plan.held_out:
        parts.append(f"{count(plan.held_out)} are held out, to compare with")
    if forbidden:
        parts.append(f"{count(forbidden)} may not get it")
    if plan.unchosen:
        parts.append(f"for {count(plan.unchosen)} doing nothing is as good by what is known")
    if plan.proposing.beyond:
        parts.append(f"{count(plan.proposing.beyond)} are beyond the budget")
    rest = f"; {', '.join(parts)}" if parts else ""
    n = len(plan.treated)
    who = f"{count(n)} of {several(plan.due, 'customer')} who are due" if n else f"Nobody of {several(plan.due, 'customer')} who are due"
    return f"{who} would be proposed {plan.action}{rest}."


def forbidden_told(plan: Launch, names: Mapping[str, str]) -> str:
    """ "Forbidden by: consent 54, protected 4." """
    if not plan.forbidden:
        return ""
    return (
        "Forbidden by: "
        + ", ".join(f"{names.get(guardrail, guardrail).lower()} {count(n)}" for guardrail, n in plan.forbidden.items())
        + "."
    )


def booked_lines(found: Booked, by: str, held_out: Collection[str] = ()) -> list[str]:
    """What became of a booking, a line each.  held_out: the proposals that are only recorded."""
    held = len(found.held)
    apart = sum(one in held_out for one in found.new)
    lines = [
        f"{several(len(found.new) - apart, 'proposal')} booked by {by}"
        + (f", of which {count(held)} are held for a person to look at." if held else ".")
        + (f" {count(apart)} more are recorded as held out, and never sent." if apart else "")
    ]
    lines += list(dict.fromkeys(found.held.values()))[:SHOWN]
    if found.known:
        lines.append(f"{several(len(found.known), 'proposal')} stood in the ledger already: nothing is proposed twice.")
    if found.refused:
        reasons = list(dict.fromkeys(one.why for one in found.refused))[:SHOWN]
        lines.append(f"{several(len(found.refused), 'proposal')} refused as they were booked: {' '.join(reasons)}")
    return lines
