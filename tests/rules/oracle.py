"""The rule language once more, in plain Python over lists of events: slow, and written to be checked by reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPS = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}
SIGNS = {">=": "ge", "<=": "le", ">": "gt", "<": "lt", "=": "eq"}
DAY = 86_400_000


@dataclass(frozen=True)
class Event:
    ts: int
    name: str
    session: int
    price: int | None = None
    device: str | None = None


@dataclass(frozen=True)
class OtherThan:
    step: Any
    names: tuple[str, ...]


def matches(event: Event, step: Any) -> bool:
    if isinstance(step, OtherThan):
        return matches(event, step.step) and event.name not in step.names
    if step is None:
        return True
    if isinstance(step, str):
        return event.name == step
    if "any_of" in step:
        return any(matches(event, part) for part in step["any_of"])
    return matches(event, step.get("event")) and all(getattr(event, key) == value for key, value in step.get("where", {}).items())


def step_of(rule: Mapping[str, Any], key: str) -> Any:
    step = {"event": rule[key], "where": rule["where"]} if "where" in rule else rule[key]
    return OtherThan(step, tuple(rule["other_than"])) if "other_than" in rule else step


def days(text: str | None) -> int | None:
    return None if text is None else int(text.removesuffix("d")) * DAY


def compared(value: float | None, text: str) -> bool:
    sign = next(sign for sign in SIGNS if text.startswith(sign))
    return value is not None and OPS[SIGNS[sign]](value, float(text.removeprefix(sign)))


def seen(events: list[Event], step: Any, at: int, within: int | None) -> list[Event]:
    return [e for e in events if matches(e, step) and e.ts < at and (within is None or e.ts >= at - within)]


def holds(rule: Mapping[str, Any], events: list[Event], at: int) -> bool:
    """events: one customer's, in order."""
    known = [e for e in events if e.ts < at]
    if "all" in rule:
        return all(holds(part, events, at) for part in rule["all"])
    if "any" in rule:
        return any(holds(part, events, at) for part in rule["any"])
    if "not" in rule:
        return not holds(rule["not"], events, at)
    if "did" in rule:
        return compared(len(seen(known, step_of(rule, "did"), at, days(rule.get("within")))), rule.get("times", ">=1"))
    if "did_not" in rule:
        return _did_not(rule, known, at)
    if "stall" in rule:
        return _stall(rule, known, at)
    if "time_since" in rule:
        done = seen(known, step_of(rule, "time_since"), at, None)
        return bool(done) and OPS[rule["op"]](at - done[-1].ts, days(rule["value"]))
    if "trend" in rule:
        return _trend(rule, known, at)
    if "property" in rule:
        values = [value for e in known if (value := getattr(e, rule["property"])) is not None]
        return bool(values) and OPS[rule["op"]](values[-1], rule["value"]) if rule["op"] != "is_null" else not values
    if "sequence" in rule:
        return _sequence(rule, known, at)
    return _aggregate(rule, known, at)


def _did_not(rule: Mapping[str, Any], known: list[Event], at: int) -> bool:
    since = rule.get("since")
    if since is None or since.endswith("d"):
        return not seen(known, step_of(rule, "did_not"), at, days(since))
    anchors = seen(known, since, at, None)
    return bool(anchors) and not [e for e in seen(known, step_of(rule, "did_not"), at, None) if e.ts >= anchors[-1].ts]


def _stall(rule: Mapping[str, Any], known: list[Event], at: int) -> bool:
    done = seen(known, rule["stall"], at, None)
    if not done or not days(rule["for"]) <= at - done[-1].ts <= (days(rule.get("within")) or at):
        return False
    further = [e for e in known if matches(e, rule.get("until")) and e.name not in rule.get("other_than", ())]
    return not [e for e in further if e.ts > done[-1].ts or ("until" in rule and e.ts == done[-1].ts)]


def _trend(rule: Mapping[str, Any], known: list[Event], at: int) -> bool:
    recent, before = days(rule["recent"]), days(rule["before"])
    now = len(seen(known, rule["trend"], at, recent))
    earlier = len(seen(known, rule["trend"], at, recent + before)) - now
    return earlier > 0 and compared(now * before / (earlier * recent) - 1, rule["change"])


def _aggregate(rule: Mapping[str, Any], known: list[Event], at: int) -> bool:
    kind = next(key for key in ("sum", "mean", "distinct") if key in rule)
    found = seen(known, step_of(rule, "of") if "of" in rule else None, at, days(rule.get("within")))
    values = [value for e in found if (value := getattr(e, rule[kind])) is not None]
    if kind == "mean" and not values:
        return False
    number = sum(values) if kind == "sum" else len(set(values)) if kind == "distinct" else sum(values) / len(values)
    return OPS[rule["op"]](number, rule["value"])


def _sequence(rule: Mapping[str, Any], known: list[Event], at: int) -> bool:
    units = {e.session for e in known} if rule["in"] == "session" else {None}
    return any(_completed(rule, [e for e in known if unit is None or e.session == unit], at) for unit in units)


def _completed(rule: Mapping[str, Any], events: list[Event], at: int) -> bool:
    steps, within = rule["sequence"], days(rule.get("within"))
    place = 0
    for event in events:
        step = steps[place]
        if any(matches(event, part) for part in step) if isinstance(step, list) else matches(event, step):
            if place < len(steps) - 1:
                place += 1
            elif within is None or event.ts >= at - within:
                return True
    return False
