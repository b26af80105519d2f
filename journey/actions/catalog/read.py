"""Reading actions.toml: plain data to actions, triggers and guardrails, each refusal a sentence that names the entry."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from journey.actions.catalog.action import (
    RISKS,
    Action,
    ActionCatalog,
    Assumed,
    Budget,
    Cap,
    Guardrails,
    Logged,
    Trigger,
    Variant,
    Wanted,
)
from journey.errors import QuestionError
from journey.scope import read_duration, refuse_unknown

LONGEST_NAME = 80
MOST = 200
ACTION_KEYS = (
    "name", "what", "channel", "owner", "wanted", "stages", "when", "purpose", "cost", "worth", "assumed", "logged",
    "risk", "approval", "persuades", "effort", "cooldown", "valid", "on", "variant",
)  # fmt: skip
TRIGGER_KEYS = ("name", "action", "when", "why", "priority", "on")
GUARD_KEYS = (
    "caps", "quiet", "zone", "protected", "holdout", "holdout_by", "budget", "contacts", "margin", "fatigue",
    "most_at_once", "most_value", "explore", "personal",
)  # fmt: skip
Thing = TypeVar("Thing")


def read_actions(plain: Mapping[str, Any]) -> ActionCatalog:
    """{"guardrails": {..}, "action": [..], "trigger": [..]} -> the catalog, its rules as they were written.

    Raises: QuestionError: an unknown key, a missing name, two of one name, a trigger of no action, a number out of range.
    """
    refuse_unknown(plain, ("guardrails", "action", "trigger"), "the catalog of actions")
    actions = _each(plain.get("action", []), "action", read_action)
    triggers = _each(plain.get("trigger", []), "trigger", read_trigger)
    known = [action.name for action in actions]
    for trigger in triggers:
        if trigger.action not in known:
            raise QuestionError(
                f"The trigger {trigger.name!r} proposes {trigger.action!r}, which is no action. Known are: {', '.join(known) or 'none'}."
            )
    return ActionCatalog(actions, triggers, read_guardrails(plain.get("guardrails", {})))


def _each(entries: Any, what: str, read: Callable[[Mapping[str, Any]], Thing]) -> tuple[Thing, ...]:
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, Mapping) for entry in entries):
        raise QuestionError(f"The catalog holds tables [[{what}]]; found {str(entries)[:80]!r}.")
    if len(entries) > MOST:
        raise QuestionError(f"The catalog holds {len(entries)} tables [[{what}]]; {MOST} are the most it may have.")
    found = tuple(read(entry) for entry in entries)
    names = [getattr(one, "name", "") for one in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise QuestionError(f"Two of [[{what}]] are named {twice[0]!r}. Give each a name of its own.")
    return found


def read_action(plain: Mapping[str, Any]) -> Action:
    """One table [[action]]."""
    refuse_unknown(plain, ACTION_KEYS, "an action")
    name = _name(plain, "an action")
    of = f"the action {name!r}"
    usual = Action(name, "", "", Wanted(None, 0))
    purpose = _text(plain, "purpose", usual.purpose or "", of)
    return Action(
        name=name,
        what=_text(plain, "what", "", of),
        channel=_text(plain, "channel", "", of) or _refuse(f"{of} names no channel; write one such as email or phone."),
        wanted=_wanted(plain.get("wanted"), of),
        owner=_text(plain, "owner", "", of),
        stages=_texts(plain, "stages", of),
        when=plain.get("when"),
        purpose=purpose or None,
        cost=_number(plain, "cost", 0.0, of),
        worth=_worth(plain.get("worth", usual.worth), of),
        assumed=_assumed(plain.get("assumed"), of),
        logged=_logged(plain.get("logged"), of),
        risk=_one_of(plain, "risk", RISKS, of),
        approval=_flag(plain, "approval", usual.approval, of),
        persuades=_flag(plain, "persuades", usual.persuades, of),
        effort=_effort(plain.get("effort", usual.effort), of),
        cooldown_ms=_time(plain, "cooldown", usual.cooldown_ms, of),
        valid_ms=_time(plain, "valid", usual.valid_ms, of) or _refuse(f"valid of {of} is nothing; a proposal must stand for a while."),
        on=_flag(plain, "on", True, of),
        variants=_each(plain.get("variant", []), "action.variant", read_variant),
    )


def read_variant(plain: Mapping[str, Any]) -> Variant:
    """One table [[action.variant]]."""
    refuse_unknown(plain, ("name", "weight", "offer", "message", "hour"), "a variant")
    name = _name(plain, "a variant")
    of, hour = f"the variant {name!r}", plain.get("hour")
    if hour is not None and (isinstance(hour, bool) or not isinstance(hour, int) or not 0 <= hour <= 23):
        raise QuestionError(f"hour of {of} is {hour!r}; write an hour of the day, 0 to 23.")
    weight = _number(plain, "weight", 1.0, of)
    if weight <= 0:
        raise QuestionError(f"weight of {of} is {weight}; a variant that is never drawn is left out instead.")
    return Variant(name, weight, _text(plain, "offer", "", of), _text(plain, "message", "", of), hour)


def read_trigger(plain: Mapping[str, Any]) -> Trigger:
    """One table [[trigger]]."""
    refuse_unknown(plain, TRIGGER_KEYS, "a trigger")
    name = _name(plain, "a trigger")
    of, priority = f"the trigger {name!r}", plain.get("priority", 0)
    if plain.get("when") is None:
        raise QuestionError(f"{of} has no rule: write who it is for in `when`.")
    if isinstance(priority, bool) or not isinstance(priority, int):
        raise QuestionError(f"priority of {of} is {priority!r}; write a whole number.")
    return Trigger(name, _text(plain, "action", "", of), plain["when"], _text(plain, "why", "", of), priority, _flag(plain, "on", True, of))


def read_guardrails(plain: Any) -> Guardrails:
    """The table [guardrails]; what is left out has its usual value."""
    if not isinstance(plain, Mapping):
        raise QuestionError(f"The guardrails are a table; found {str(plain)[:80]!r}.")
    refuse_unknown(plain, GUARD_KEYS, "the guardrails")
    usual, of = Guardrails(), "the guardrails"
    most_value = plain.get("most_value")
    return Guardrails(
        caps=tuple(_cap(one) for one in plain["caps"]) if "caps" in plain else usual.caps,
        quiet=_quiet(plain.get("quiet", usual.quiet)),
        zone=_text(plain, "zone", "", of) or None,
        protected=_texts(plain, "protected", of),
        holdout=_share(plain, "holdout", usual.holdout, of),
        holdout_by=_text(plain, "holdout_by", "", of) or None,
        budget=_budget(plain.get("budget")),
        contacts=_contacts(plain.get("contacts", {})),
        margin=_share(plain, "margin", usual.margin, of),
        fatigue=_number(plain, "fatigue", usual.fatigue, of),
        most_at_once=_number(plain, "most_at_once", usual.most_at_once, of),
        most_value=None if most_value is None else _number(plain, "most_value", 0.0, of),
        explore=_flag(plain, "explore", usual.explore, of),
        personal=_flag(plain, "personal", usual.personal, of),
    )


def _cap(plain: Any) -> Cap:
    if not isinstance(plain, Mapping):
        raise QuestionError(f'A cap is {{ times = 2, within = "7d" }}; found {plain!r}.')
    refuse_unknown(plain, ("times", "within", "channel"), "a cap")
    times = plain.get("times")
    if isinstance(times, bool) or not isinstance(times, int) or times < 0:
        raise QuestionError(f"times of a cap is {times!r}; write a whole number of contacts.")
    within = read_duration(plain.get("within"), "within of a cap")
    if not within:
        raise QuestionError('A cap needs a stretch of time: { times = 2, within = "7d" }.')
    return Cap(times, within, _text(plain, "channel", "", "a cap") or None)


def _contacts(plain: Any) -> dict[str, tuple[Any, ...]]:
    if not isinstance(plain, Mapping):
        raise QuestionError(f'contacts of the guardrails are lists of events by channel: {{ email = ["email_sent"] }}; found {plain!r}.')
    for channel, steps in plain.items():
        fit = isinstance(steps, list | tuple) and all(
            isinstance(one, str) or (isinstance(one, Mapping) and isinstance(one.get("event"), str)) for one in steps
        )
        if not fit:
            raise QuestionError(
                f'contacts by {channel!r} are a list of events: ["email_sent"], or [{{ event = .., where = {{ .. }} }}]; found {steps!r}.'
            )
        for step in steps:
            if isinstance(step, Mapping):
                refuse_unknown(step, ("event", "where"), f"contacts by {channel!r}")
    return {str(channel): tuple(steps) for channel, steps in plain.items()}


def _quiet(hours: Any) -> tuple[int, int] | None:
    if hours is None or hours == [] or hours is False:
        return None
    whole = isinstance(hours, list | tuple) and len(hours) == 2 and all(isinstance(one, int) and 0 <= one <= 24 for one in hours)
    if not whole:
        raise QuestionError(f"quiet is {hours!r}; write two hours of the day such as [20, 8], or [] for none.")
    return hours[0], hours[1]


def _budget(plain: Any) -> Budget | None:
    if plain is None:
        return None
    if not isinstance(plain, Mapping):
        raise QuestionError(f'A budget is {{ most = 500, within = "30d" }}; found {plain!r}.')
    refuse_unknown(plain, ("most", "within"), "a budget")
    within = read_duration(plain.get("within", "30d"), "within of the budget")
    if "most" not in plain or not within:
        raise QuestionError('A budget says how much in which time: { most = 500, within = "30d" }.')
    return Budget(_number(plain, "most", 0.0, "the budget"), within)


def _wanted(plain: Any, of: str) -> Wanted:
    if not isinstance(plain, Mapping):
        raise QuestionError(f'{of} does not say what it is for: wanted = {{ did = "purchase", within = "7d" }}.')
    refuse_unknown(plain, ("did", "within", "where", "other_than"), f"wanted of {of}")
    within = read_duration(plain.get("within", "7d"), f"within of {of}")
    if "did" not in plain or not within:
        raise QuestionError(f'wanted of {of} says what the customer does and within which time: {{ did = "purchase", within = "7d" }}.')
    return Wanted(plain["did"], within, plain.get("where"), _texts(plain, "other_than", of))


def _worth(value: Any, of: str) -> float | str:
    if value in ("outcome", "customer"):
        return str(value)
    return _number({"worth": value}, "worth", 0.0, of)


def _assumed(plain: Any, of: str) -> Assumed | None:
    if plain is None:
        return None
    if not isinstance(plain, Mapping):
        raise QuestionError(f"assumed of {of} is {{ likely, low, high, source }}; found {plain!r}.")
    refuse_unknown(plain, ("likely", "low", "high", "source"), f"assumed of {of}")
    likely, low, high = (_number(plain, key, None, of, least=-1.0) for key in ("likely", "low", "high"))
    if not -1 <= low <= likely <= high <= 1:
        raise QuestionError(f"assumed of {of} must have low <= likely <= high, as shares of customers: 0.02 is two points.")
    return Assumed(likely, low, high, _text(plain, "source", "", of) or _refuse(f"assumed of {of} names no source: say who assumes it."))


def _logged(plain: Any, of: str) -> Logged | None:
    if plain is None:
        return None
    if not isinstance(plain, Mapping):
        raise QuestionError(f"logged of {of} is {{ event, property, is, nothing, propensity }}; found {plain!r}.")
    refuse_unknown(plain, ("event", "property", "is", "nothing", "propensity", "where"), f"logged of {of}")
    event, prop, name, nothing = (_text(plain, key, "", of) for key in ("event", "property", "is", "nothing"))
    if not (event and prop and name and nothing):
        raise QuestionError(f"logged of {of} needs event, property, is and nothing: which event assigned it, and under which names.")
    return Logged(event, prop, name, nothing, _text(plain, "propensity", "", of) or None, plain.get("where", {}))


def _effort(value: Any, of: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 5:
        raise QuestionError(f"effort of {of} is {value!r}; write 1 (little) to 5 (much).")
    return value


def _time(plain: Mapping[str, Any], key: str, usual: int, of: str) -> int:
    return (read_duration(plain[key], f"{key} of {of}") or 0) if key in plain else usual


def _share(plain: Mapping[str, Any], key: str, usual: float, of: str) -> float:
    value = _number(plain, key, usual, of)
    if value > 1:
        raise QuestionError(f"{key} of {of} is {value}; it is a share, 0 to 1.")
    return value


def _number(plain: Mapping[str, Any], key: str, usual: float | None, of: str, least: float = 0.0) -> float:
    value = plain.get(key, usual)
    fit = isinstance(value, int | float) and not isinstance(value, bool) and least <= value < 1e12
    if not fit:
        raise QuestionError(f"{key} of {of} is {value!r}; write a number{' of 0 or more' if least == 0 else ''}.")
    return float(value)


def _name(plain: Mapping[str, Any], what: str) -> str:
    name = plain.get("name")
    name = " ".join(name.split()) if isinstance(name, str) else name
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise QuestionError(f"{what} needs a name of 1 to {LONGEST_NAME} characters; found {name!r}.")
    return name


def _text(plain: Mapping[str, Any], key: str, usual: str, of: str) -> str:
    value = plain.get(key, usual)
    if not isinstance(value, str):
        raise QuestionError(f"{key} of {of} is {value!r}; write a text.")
    return value.strip()


def _texts(plain: Mapping[str, Any], key: str, of: str) -> tuple[str, ...]:
    value = plain.get(key, [])
    if isinstance(value, str) or not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise QuestionError(f"{key} of {of} is {value!r}; write a list of texts.")
    return tuple(value)


def _one_of(plain: Mapping[str, Any], key: str, options: Sequence[str], of: str) -> str:
    value = plain.get(key, options[0])
    if value not in options:
        raise QuestionError(f"{key} of {of} is {value!r}; it can be {', '.join(options)}.")
    return str(value)


def _flag(plain: Mapping[str, Any], key: str, usual: bool, of: str) -> bool:
    value = plain.get(key, usual)
    if not isinstance(value, bool):
        raise QuestionError(f"{key} of {of} is {value!r}; write true or false.")
    return value


def _refuse(sentence: str) -> Any:
    raise QuestionError(sentence[:1].upper() + sentence[1:])
