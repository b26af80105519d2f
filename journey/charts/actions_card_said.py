"""The card of one customer in words and rows: what to do, how sure that is, by when, what forbids the rest."""

from collections.abc import Sequence

from journey.actions.choose.candidate import Candidate
from journey.actions.choose.card import Card
from journey.actions.guardrails import GUARDRAILS
from journey.actions.ledger import Entry
from journey.actions.results.came import Came
from journey.charts.actions_card import CHOSEN, OTHER, VETOED, Option, Part
from journey.charts.actions_queue_said import who_told
from journey.charts.actions_said import length_told
from journey.charts.words import between, day, moment, money, percent, points, several, short
from journey.scope import read_zone, to_datetime

MOST = 7
DAY = 86_400_000  # ms
NOTHING = "Do nothing"
PARTS = {"effect": "Expected gain", "cost": "Cost", "fatigue": "Goodwill"}
SURE = ((0.8, "blue"), (0.5, "gray"), (0.0, "orange"))


def headline(card: Card) -> str:
    """The action with its variant, or that nothing is worth doing."""
    if card.action is None:
        return "Nothing is worth doing now"
    return card.action if card.variant is None else f"{card.action}, {card.variant.name}"


def sure_told(card: Card) -> tuple[str, str] | None:
    """("69%: probably the best", colour); None where no value decides."""
    if card.confidence is None:
        return ("by rule, value not known", "orange") if card.action is not None else None
    colour = next(colour for least, colour in SURE if card.confidence >= least)
    words = card.confidence_words
    return f"{percent(card.confidence, 0)}: {words}", colour


def value_told(card: Card) -> tuple[str, str] | None:
    """("€0.36", "−€0.32 to €1.04"); None where no sum may be said."""
    if card.action is None or card.expected_value is None:
        return None
    around = "" if card.interval is None else between(*(money(end, card.currency) for end in card.interval))
    return money(card.expected_value, card.currency), around


def effect_told(card: Card) -> tuple[str, str] | None:
    """("+9.1 pts", "+5.8 to +12.4"): what it adds to the chance; None where that is not known."""
    effect = None if card.chosen is None else card.chosen.effect
    if effect is None or effect.mean is None or not effect.is_measured:
        return None
    around = "" if effect.interval is None else between(*(points(end).removesuffix(" pts") for end in effect.interval))
    return points(effect.mean), around


def when_told(card: Card, timezone: str) -> str:
    """Until when it is worth doing, by what it is sent, and from when by the customer's own clock."""
    parts = []
    if card.act_by is not None:
        late = card.at - card.as_of > DAY  # of a log that has ended a day would be told that is over
        parts.append(f"Act within {length_told(card.act_by - card.as_of)}" if late else f"Act by {moment(card.act_by, timezone)}")
    if card.channel:
        parts.append(f"by {card.channel}")
    if card.send_from is not None and card.send_from <= card.at:
        parts.append("can be sent at once")
    elif card.send_from is not None:
        zone = card.standing.zone
        local = to_datetime(card.send_from, read_zone(zone))
        parts.append(f"sent from {day(card.send_from, zone)}, {local:%H:%M} their time ({zone})")
    if card.chosen is not None and not card.needs_approval:
        parts.append("needs no approval")
    return " · ".join(parts)


def reason_lines(card: Card) -> list[str]:
    """Why, each in a sentence; what only says what it costs stands in the figure."""
    return [reason.text for reason in card.reasons if reason.kind not in ("cost", "fatigue") or card.expected_value is None]


def parts_of(card: Card) -> list[Part]:
    """The parts that add up to the expected value; [] where it is not known."""
    if card.expected_value is None:
        return []
    found = []
    for reason in card.reasons:
        if reason.contribution is not None and (reason.contribution or reason.kind == "effect"):
            found.append(Part(PARTS.get(reason.kind, reason.kind.capitalize()), _made_of(card, reason.kind), reason.contribution))
    return found


def _made_of(card: Card, kind: str) -> str:
    chosen = card.chosen
    if kind != "effect" or chosen is None or chosen.effect.mean is None or chosen.worth is None:
        return ""
    return f"{points(chosen.effect.mean)} × {money(chosen.worth[0], card.currency)} each"


def options_of(card: Card) -> list[Option]:
    """What was considered, of a value that is known, doing nothing among it, the best first; those vetoed last."""
    found = [Option(NOTHING, 0.0, None, CHOSEN if card.action is None else OTHER)]
    for one in card.considered:
        if one.value is not None:
            kind = VETOED if not one.allowed else CHOSEN if one.name == card.action else OTHER
            found.append(Option(one.name, one.value, one.interval, kind))
    ordered = sorted(found, key=lambda one: (one.kind == VETOED, -(one.value or 0.0)))
    return ordered[:MOST]


def unknown_told(card: Card) -> str:
    """How many allowed actions have no known value; "" where none."""
    unknown = [one for one in card.considered if one.allowed and one.value is None and one.name != card.action]
    return f"{several(len(unknown), 'more action is', 'more actions are')} allowed whose value is not known." if unknown else ""


def runner_told(card: Card) -> str:
    """The runner-up and by how much it is behind; "" where nothing else could be chosen."""
    other = card.runner_up
    if other is None:
        return ""
    name = other.action or "doing nothing"
    if other.gap is None:
        return f"Runner-up: {name}; how far it is behind is not known."
    around = "" if other.gap_interval is None else f" ({between(*(money(end, card.currency) for end in other.gap_interval))})"
    return f"Runner-up: {name}, {money(other.gap, card.currency)} behind{around}."


def vetoes_by_reason(card: Card, timezone: str) -> list[tuple[str, str, list[str]]]:
    """(guardrail, why and when it ends, the actions it forbids): what forbids several alike is said once."""
    found: dict[tuple[str, str], list[str]] = {}
    for veto in card.vetoed:
        ends = f" Ends {moment(veto.lifts_at, timezone)}." if veto.lifts_at is not None else ""
        key = GUARDRAILS.get(veto.guardrail, veto.guardrail), veto.why + ends
        if veto.action not in found.setdefault(key, []):
            found[key].append(veto.action)
    return [(name, why, actions) for (name, why), actions in found.items()]


def vetoes_title(card: Card) -> str:
    """ "3 actions vetoed: consent, contact cap"; "" where none is."""
    names = list(dict.fromkeys(GUARDRAILS.get(veto.guardrail, veto.guardrail).lower() for veto in card.vetoed))
    if not names:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{several(len({veto.action for veto in card.vetoed}), 'action')} vetoed: {', '.join(names[:3])}{more}"


def held_out_told(share: float) -> str:
    """Why a customer is held out, and why that is good."""
    return (
        f"About {percent(share, 0)} of customers never get an action, chosen by chance and for good. What they do without one is what "
        "everybody else is compared with: only so can it be told what actions bring. What would be chosen is recorded, never sent."
    )


def alternatives(card: Card) -> list[Candidate]:
    """What a person may choose instead: allowed, the best known first; what somebody rejected before among it.

    Another variant of what the card says comes last.
    """
    found = [one for one in card.considered if one.by_hand and (one.name != card.action or other_variants(card, one))]
    return sorted(found, key=lambda one: one.name == card.action)


def other_variants(card: Card, one: Candidate) -> list[str]:
    """The variants a person may choose of it: of what the card says already, the others."""
    taken = card.variant.name if card.variant is not None and one.name == card.action else None
    return [each.name for each in one.action.variants if each.name != taken]


def alternative_told(one: Candidate, currency: str | None) -> str:
    """ "Cart reminder, €0.14" """
    return f"{short(one.name, 40)}, {money(one.value, currency)}" if one.value is not None else f"{short(one.name, 40)}, value not known"


STATES = {
    "waiting": ("hourglass_empty", "waits for a decision"),
    "held": ("front_hand", "is held until somebody looks at it"),
    "approved": ("check", "approved"),
    "rejected": ("close", "rejected"),
    "replaced": ("swap_horiz", "replaced"),
    "exported": ("file_export", "exported"),
    "sent": ("send", "sent"),
    "failed": ("error", "could not be delivered"),
    "expired": ("timer_off", "lapsed"),
    "withdrawn": ("undo", "withdrawn"),
}


def ledger_title(entries: Sequence[Entry]) -> str:
    return f"{several(len(entries), 'action')} so far" if entries else "Nothing was proposed yet"


def step_lines(entry: Entry, timezone: str) -> list[tuple[str, str]]:
    """(icon, "21 Nov 2026, 06:00 approved by Ann: fits") of each step, the newest first."""
    lines = []
    for place, step in reversed(list(enumerate(entry.steps))):
        icon, told = STATES.get(step.state, ("circle", step.state))
        if step.state == "waiting":
            told = "released" if place else "proposed"
        by = f" by {who_told(step.done_by)}" if step.done_by else ""
        reason = f": {step.reason.rstrip('.')}" if step.reason else ""
        lines.append((icon, f"{moment(step.done_at, timezone)} {told}{by}{reason}"))
    return lines


def entry_told(entry: Entry, currency: str | None) -> str:
    """ "Voucher, Evening · email · €0.36 expected"."""
    one = entry.proposal
    parts = [one.action + (f", {one.variant}" if one.variant else ""), one.channel]
    if one.expected_value is not None:
        parts.append(f"{money(one.expected_value, currency)} expected")
    return " · ".join(parts)


def pending_told(card: Card, entries: Sequence[Entry]) -> str:
    """What waits for a decision on this customer already; "" where nothing does."""
    waits = next((entry for entry in entries if entry.state == "waiting" and entry.proposal.arm == "treated"), None)
    if waits is None:
        return ""
    of = f"{waits.proposal.action} waits for a decision, proposed by {who_told(waits.steps[0].done_by)}."
    if card.action in (None, waits.proposal.action):
        return of
    return f"{of} By now the card would do {card.action}: accepting puts it in its place."


def agreed_told(entry: Entry, timezone: str) -> str:
    """Who approved it and when, and what happens now."""
    step = entry.step_into("approved") or entry.last
    by = f" by {entry.proposal.channel}" if entry.proposal.channel else ""
    return (
        f"Approved by {short(step.done_by, 30)} on {moment(step.done_at, timezone)}. It waits to be handed over{by}, "
        f"by {moment(entry.proposal.lapses_at, timezone)} at the latest."
    )


def came_told(came: Came, timezone: str) -> str:
    """Whether the outcome came, by the log's clock."""
    if came.at is not None:
        return f"the outcome came on {moment(came.at, timezone)}"
    until = moment(came.until, timezone)
    return f"no outcome by {until}, when its time was over" if came.over else f"no outcome yet; its time runs until {until} of the log"
