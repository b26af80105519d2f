"""What waits for a decision, in words: sums that are true of any queue, why each is there, and until when."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from journey.actions.choose import Proposing
from journey.actions.ledger import Booked, Entry, Proposal, Withdrawn
from journey.charts.words import between, count, money, several, short, span

HOUR, DAY = 3_600_000, 86_400_000
DATED, TIMED = 8, 14  # digits that end the names of the runs of a person's day, and of a launch


def waiting_title(entries: Sequence[Entry]) -> str:
    """ "12 proposals wait for a decision"."""
    if not entries:
        return "Nothing waits for a decision"
    return f"{several(len(entries), 'proposal')} {'waits' if len(entries) == 1 else 'wait'} for a decision"


def waiting_caption(entries: Sequence[Entry], currency: str | None, at: int) -> str:
    """What they are worth together, what they cost, and which lapses first."""
    if not entries:
        return "The daily run proposes what is due, and a customer's page or the list of those at risk what a person chooses."
    customers = len({entry.proposal.customer_id for entry in entries})
    parts = [f"for {several(customers, 'customer')}", *_worth(entries, currency)]
    parts.append(f"{money(sum(entry.proposal.cost for entry in entries), currency)} to spend")
    parts.append(f"the first lapses {lapses_told(min(entry.proposal.lapses_at for entry in entries), at)}")
    return " · ".join(parts)


def _worth(entries: Sequence[Entry], currency: str | None) -> list[str]:
    """Expected values added up, each end for itself: an interval that is wider than 95%."""
    known = [entry.proposal for entry in entries if entry.proposal.expected_value is not None]
    if not known:
        return ["what they are worth is not known"]
    total = money(sum(one.expected_value or 0.0 for one in known), currency)
    ends = [(one.low, one.high) for one in known if one.low is not None and one.high is not None]
    around = ""
    if len(ends) == len(known):
        around = f" ({between(money(sum(low for low, _ in ends), currency), money(sum(high for _, high in ends), currency))})"
    of = "" if len(known) == len(entries) else f" by {count(len(known))} of them"
    return [f"{total}{around} expected{of}"]


def lapses_told(ms: int, at: int) -> str:
    """ "in 5.0 h", "lapsed 2.0 d ago"."""
    left = (ms - at) / 1000
    return f"in {span(left)}" if left > 0 else f"{span(-left)} ago"


def told_card(entry: Entry) -> Mapping[str, Any]:
    """What the card said when it was proposed; {} where nothing can be read."""
    try:
        plain = json.loads(entry.proposal.card)
    except ValueError:
        return {}
    return plain if isinstance(plain, dict) else {}


def reasons_kept(entry: Entry, kinds: Sequence[str] = ("trigger", "stage", "effect")) -> list[str]:
    """The reasons of these kinds that the card gave when it was proposed."""
    card = told_card(entry)
    if card.get("action", entry.proposal.action) != entry.proposal.action:
        return []  # a person chose another: what the card said speaks of what it proposed
    reasons = card.get("reasons")
    found = [one for one in reasons if isinstance(one, dict) and one.get("kind") in kinds] if isinstance(reasons, list) else []
    return [str(one["text"]) for one in found if one.get("text")]


def why_of(entry: Entry) -> str:
    """Why now, in one line: what the rule says of the customer; else what proposed it."""
    told = [one.rstrip(".") for one in reasons_kept(entry, ("trigger", "stage"))]
    return "; ".join(told) or entry.proposal.trigger_name or "chosen by a person"


def interval_of(entry: Entry, currency: str | None) -> str:
    one = entry.proposal
    return "" if one.low is None or one.high is None else between(money(one.low, currency), money(one.high, currency))


def action_of(entry: Entry) -> str:
    """ "Cart reminder, Evening"."""
    one = entry.proposal
    return f"{one.action}, {one.variant}" if one.variant else one.action


def by_run(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Run -> its open proposals, the run that proposed last first."""
    found: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: -one.proposal.proposed_at):
        found.setdefault(entry.proposal.run, []).append(entry)
    return found


def who_told(name: str) -> str:
    """Who did it, as a person would say: "the daily run 3" of what the ledger calls "daily 3" or, begun by hand, "page 3"."""
    kind, _, number = name.rpartition(" ")
    return f"the daily run {number}" if kind in ("daily", "page") and number.isdigit() else short(name, 30)


def run_name(run: str) -> str:
    """The run in words: "Ann, 2026-11-22" of "Ann 20261122", a launch without the number that makes it one."""
    kind, _, number = run.rpartition(" ")
    if not kind or not number.isdigit():
        return short(run, 40)
    if len(number) == DATED:
        return f"{short(kind, 30)}, {number[:4]}-{number[4:6]}-{number[6:]}"
    if len(number) == TIMED:
        return f"{short(kind, 50)}, {number[8:10]}:{number[10:12]}"
    return who_told(run)


def run_told(run: str, entries: Sequence[Entry]) -> str:
    """ "daily 12: 40 open, Cart reminder and 2 more"."""
    names = sorted({entry.proposal.action for entry in entries})
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{run_name(run)}: {count(len(entries))} open, {short(names[0], 30)}{more}"


def left_out_told(customers: int, left_out: Mapping[str, int]) -> str:
    """How many are in a file, and why others are not."""
    told = f"{several(customers, 'proposal')} in the file." if customers else "Nothing may go into a file now."
    if left_out:
        why = "; ".join(f"{count(n)}: {reason.rstrip('.')}" for reason, n in sorted(left_out.items(), key=lambda one: -one[1]))
        told += f" Left out: {why}."
    return told


def withdrawn_told(found: Withdrawn, run: str, by: str) -> str:
    """What was taken back, and what cannot be."""
    told = f"{several(len(found.withdrawn), 'proposal')} of {run_name(run)} withdrawn by {by}."
    if found.handed:
        told += f" {several(len(found.handed), 'was', 'were')} handed over before and cannot be called back."
    return told


def proposing_told(proposed: Proposing, opened: int) -> str:
    """For how many of a list something is proposed, how many are held out, and for how many nothing is worth doing.

    opened: those for whom something waits or is approved already.
    """
    treated = sum(one.arm == "treated" for one in proposed.proposals)
    held_out = len(proposed.proposals) - treated
    more = "more " if opened else ""
    parts = [f"something is under way for {count(opened)} already"] if opened else []
    parts.append(f"something {more}is worth doing for {count(treated)}" if treated else f"nothing {more}is worth doing now")
    if held_out:
        parts.append(f"{several(held_out, 'is', 'are')} held out for comparison")
    if (without := proposed.without - opened) > 0:
        parts.append(f"for {count(without)} nothing is allowed or worth its cost")
    told = "; ".join(parts)
    return f"{told[:1].upper()}{told[1:]}."


def booked_told(booked: Booked, arms: Mapping[str, str]) -> str:
    """What became of the proposals of a list."""
    fresh = [key for key in booked.new if arms.get(key) == "treated" and key not in (booked.held or {})]
    parts = [f"{count(len(fresh))} proposed"]
    if booked.held:
        parts.append(f"{count(len(booked.held))} held for a look")
    if booked.known:
        parts.append(f"{count(len(booked.known))} were proposed before")
    if out := sum(arms.get(key) == "holdout" for key in booked.new):
        parts.append(f"{count(out)} recorded as held out")
    return "; ".join(parts) + "."


def todo_told(proposed: Proposal | None, opened: Entry | None, currency: str | None) -> tuple[str, str]:
    """(what could be done, what it is worth): of a proposal that is open already, its state; ("", "") where nothing is."""
    if opened is not None:
        return f"{opened.proposal.action}, {opened.state}", _valued(opened.proposal, currency)
    if proposed is None:
        return "", ""
    return (proposed.action, _valued(proposed, currency)) if proposed.arm == "treated" else ("held out", "")


def _valued(one: Proposal, currency: str | None) -> str:
    return "" if one.expected_value is None else money(one.expected_value, currency)
