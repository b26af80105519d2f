"""Where the actions stand, in words: what waits, what it is worth, what is proven, and where each figure comes from."""

from collections.abc import Mapping, Sequence

from journey.actions.catalog import Action, ActionCatalog, Guardrails
from journey.actions.catalog.action import length
from journey.actions.effects import Effect
from journey.charts.words import between, count, money, percent, points, several
from journey.inference.sequences import always_valid_half
from journey.rules.words import tell_length, tell_step

SHORT = {"experiment": "by experiment", "assumed": "assumed", "trying": "not measured", "unknown": "not known"}


def is_proven(effect: Effect) -> bool:
    """Whether an experiment has told it from nothing, for the better, by an interval that holds however often one looks."""
    if effect.source != "experiment" or effect.mean is None or effect.sd is None:
        return False
    n = effect.treated + effect.control
    half = always_valid_half(effect.sd**2 * n, n)
    return half is not None and effect.mean - half > 0


def actions_sentence(
    catalog: ActionCatalog, effects: Mapping[str, Effect], waiting: int, worth: float | None, currency: str | None, held: int = 0
) -> str:
    """effects: of each action over all stages.  waiting: proposals; worth: their expected values added up, None where unknown.

    held: proposals that were stopped, as something about them is unusual.
    """
    stopped = "" if not held else f"{', and' if waiting else ','} {count(held)} {'is' if held == 1 else 'are'} held for a look"
    return f"{_waits(waiting, worth, currency)}{stopped}; {_proven(catalog, effects)}."


def _waits(waiting: int, worth: float | None, currency: str | None) -> str:
    if not waiting:
        return "No proposal waits for approval"
    verb = "waits" if waiting == 1 else "wait"
    value = "" if worth is None else f", worth about {money(worth, currency)}"
    return f"{several(waiting, 'proposal')} {verb} for approval{value}"


def _proven(catalog: ActionCatalog, effects: Mapping[str, Effect]) -> str:
    awake = [action for action in catalog.actions if action.on and not action.lacking]
    if not awake:
        return "the catalog holds no action" if not catalog.actions else "none of the actions can be done with this log"
    proven = [action.name for action in awake if action.name in effects and is_proven(effects[action.name])]
    rest = len(awake) - len(proven)
    if not proven:
        return "no action is proven to work yet"
    named = proven[0] if len(proven) == 1 else f"{proven[0]} and {proven[1]}" if len(proven) == 2 else count(len(proven)) + " actions"
    told = f"{named} {'is' if len(proven) == 1 else 'are'} proven to work"
    return told if not rest else f"{told}, {several(rest, 'action')} {'is' if rest == 1 else 'are'} not yet"


def actions_caption(catalog: ActionCatalog, due: int, segment: str, until: str) -> str:
    """due: customers of the segment for whom a rule that is on holds now."""
    on = [trigger for trigger in catalog.triggers if trigger.on and not trigger.lacking]
    rest = len(catalog.triggers) - len(on)
    parts = [f"{several(len(on), 'rule')} on" + (f", {count(rest)} at rest or off" if rest else "")]
    parts.append(f"due for {several(due, 'customer')} now" if due else "nobody is due now")
    return " · ".join([*parts, segment, until])


def added_told(effect: Effect) -> str:
    """ "+3.0 pts"; an en dash where it was neither measured nor assumed."""
    return points(effect.mean if effect.is_measured else None)


def added_interval(effect: Effect) -> str:
    """ "+1.2 to +4.8"; "" where nobody can say."""
    if not effect.is_measured or effect.interval is None:
        return ""
    return between(*(points(end).removesuffix(" pts") for end in effect.interval))


def source_short(effect: Effect) -> str:
    return SHORT.get(effect.source, effect.source)


def source_told(effect: Effect, action: Action) -> str:
    """Where the figure comes from, in a few words."""
    if effect.source == "experiment":
        return f"Experiment: {count(effect.treated)} with it, {count(effect.control)} without"
    if effect.source == "assumed":
        return f"Assumed: {action.assumed.source if action.assumed else ''}".strip()
    if effect.source == "trying" and effect.treated:
        return f"Not measured yet: tried {several(effect.treated, 'time')}"
    return "Not measured, never tried" if effect.source == "trying" else "Nothing was measured or assumed"


def lacking_told(lacking: Sequence[str]) -> str:
    """What an entry looks for that the log does not hold; "" where it lacks nothing."""
    return f"the log holds no {' or '.join(lacking)}" if lacking else ""


def length_told(ms: int) -> str:
    """A duration of the catalog: "14 days", "90 min"."""
    return tell_length(length(ms))


def guardrail_lines(guardrails: Guardrails, currency: str | None) -> list[tuple[str, str]]:
    """(title, sentence) of each guardrail that holds for all actions."""
    caps = "; ".join(f"{several(cap.times, 'contact')} in {length_told(cap.within_ms)}" + _by(cap.channel) for cap in guardrails.caps)
    quiet = guardrails.quiet
    hours = "None" if quiet is None else f"Nothing is sent from {quiet[0]}:00 to {quiet[1]}:00 of the customer's day"
    budget = guardrails.budget
    spend = "No limit" if budget is None else f"At most {money(budget.most, currency)} in any {length_told(budget.within_ms)}"
    by = f", as “{guardrails.holdout_by}” says where the log has it, else by our own dice" if guardrails.holdout_by else ", by our own dice"
    contacts = "; ".join(f"By {channel}: {', '.join(map(tell_step, steps))}" for channel, steps in guardrails.contacts.items() if steps)
    fatigue = f"{money(guardrails.fatigue, currency)} for each other contact in 7 days" if guardrails.fatigue else "not counted"
    return [
        ("At most", caps or "No cap: a customer may be contacted any number of times"),
        ("Quiet hours", f"{hours}; their time zone: {guardrails.zone or 'that of the workspace'}"),
        (
            "Protected",
            f"Nothing that persuades for: {', '.join(guardrails.protected)}" if guardrails.protected else "No property marks anybody",
        ),
        ("Held out", f"{percent(guardrails.holdout, 0)} never get anything{by}, so that effects can be measured"),
        ("Budget", spend),
        ("Money", f"{percent(guardrails.margin, 0)} of revenue is kept; wear of a contact: {fatigue}"),
        ("Contacts in the log", contacts or "The log holds none"),
        ("Stopped for a person", f"A run with over {guardrails.most_at_once:g} times the usual number of one action"),
        ("Learning", "Runs also try what may be best" if guardrails.explore else "Runs take only what is best by what is known"),
    ]


def _by(channel: str | None) -> str:
    return f" by {channel}" if channel else ""
