"""A rule as a person would say it: "did Cart at least 3 times within 30 days and never did Purchase"."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from journey.rules.outcome import ANSWERS

SIGNS = {">=": "at least ", "<=": "at most ", ">": "more than ", "<": "fewer than ", "=": "exactly ", "==": "exactly ", "!=": "other than "}
OPS = {
    "eq": "is",
    "ne": "is not",
    "gt": "is above",
    "ge": "is at least",
    "lt": "is below",
    "le": "is at most",
    "in": "is one of",
    "not_in": "is none of",
    "contains": "contains",
    "prefix": "begins with",
    "is_null": "is missing",
    "is_set": "is known",
}
UNITS = {"ms": "ms", "s": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week"}
NAMES = {"stages": "the journey map", "cohort_value": "the value of cohorts", "adoption_effect": "the effect of adoption"}


def tell_rule(rule: Any) -> str:
    """What customers of a rule did or are, as the end of a sentence that begins with them."""
    if isinstance(rule, str):
        return f"are in “{rule}”"
    if not isinstance(rule, Mapping) or not rule:
        return "are of an empty rule"
    for key, tell in TOLD.items():
        if key in rule:
            return tell(rule)
    return "are of a rule of its own kind"


def tell_step(step: Any) -> str:
    """A step as a person would write it."""
    if step is None or step == {}:
        return "anything"
    if isinstance(step, str):
        return step
    if isinstance(step, list | tuple):
        return _or([tell_step(part) for part in step])
    if not isinstance(step, Mapping):
        return str(step)
    if isinstance(step.get("any_of"), list | tuple):
        return _or([tell_step(part) for part in step["any_of"]])
    return tell_step(step.get("event")) + _where(step.get("where"))


def tell_length(text: Any) -> str:
    """A duration: "30d" -> "30 days"."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", text) if isinstance(text, str) else None
    if found and found.group(2) in UNITS:
        unit = UNITS[found.group(2)]
        return f"{found.group(1)} {unit}" + ("" if float(found.group(1)) == 1 or unit == "ms" else "s")
    return f"{text:g} seconds" if isinstance(text, int | float) else str(text)


def _where(where: Any) -> str:
    if not isinstance(where, Mapping) or not where:
        return ""
    return " (" + ", ".join(f"{name} {_condition(value)}" for name, value in where.items()) + ")"


def _condition(wanted: Any) -> str:
    if wanted is None:
        return OPS["is_null"]
    if isinstance(wanted, list | tuple):
        return f"{OPS['in']} {_or([str(value) for value in wanted])}"
    if not isinstance(wanted, Mapping):
        return f"is {wanted}"
    op, value = wanted.get("op", "eq"), wanted.get("value")
    if value is None:
        return OPS["is_set" if op in ("ne", "is_set") else "is_null"]
    told = _or([str(part) for part in value]) if isinstance(value, list | tuple) else str(value)
    return f"{OPS.get(op, str(op))} {told}"


def _or(parts: Sequence[str]) -> str:
    shown = list(parts[:4]) + ([f"{len(parts) - 4} others"] if len(parts) > 4 else [])
    return " or ".join(shown)


def _step(rule: Mapping[str, Any], key: str) -> str:
    others = rule.get("other_than")
    left = f" other than {_or([str(name) for name in others])}" if isinstance(others, list | tuple) and others else ""
    return tell_step(rule.get(key)) + _where(rule.get("where")) + left


def _within(rule: Mapping[str, Any]) -> str:
    return "" if rule.get("within") is None else f" within {tell_length(rule['within'])}"


def _did(rule: Mapping[str, Any]) -> str:
    times = rule.get("times", ">=1")
    plain = isinstance(times, int | float)
    found = re.fullmatch(r"\s*(>=|<=|==|!=|>|<|=)?\s*(\S+)\s*", str(times))
    sign, n = ("=" if plain or not found or not found.group(1) else found.group(1)), (found.group(2) if found else str(times))
    often = "" if (sign, n) == (">=", "1") else f" {SIGNS[sign]}{n} time{'' if n == '1' else 's'}"
    return f"did {_step(rule, 'did')}{often}{_within(rule)}"


def _did_not(rule: Mapping[str, Any]) -> str:
    since = rule.get("since")
    if since is None:
        return f"never did {_step(rule, 'did_not')}"
    told = tell_length(since)
    if isinstance(since, int | float) or (isinstance(since, str) and told != since):
        return f"did not do {_step(rule, 'did_not')} in the last {told}"
    return f"did not do {_step(rule, 'did_not')} since {tell_step(since)}"


def _stall(rule: Mapping[str, Any]) -> str:
    step, others = tell_step(rule.get("stall")) + _where(rule.get("where")), rule.get("other_than")
    left = f" other than {_or([str(name) for name in others])}" if isinstance(others, list | tuple) and others else ""
    further = f"nothing{left}" if rule.get("until") is None else f"no {tell_step(rule['until'])}{left}"
    most = "" if rule.get("within") is None else f" and at most {tell_length(rule['within'])}"
    return f"did {step} at least {tell_length(rule.get('for'))}{most} ago, and {further} since"


def _time_since(rule: Mapping[str, Any]) -> str:
    sign = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}.get(rule.get("op", "ge"), str(rule.get("op")))
    return f"last did {_step(rule, 'time_since')} {sign} {tell_length(rule.get('value'))} ago"


def _amount(rule: Mapping[str, Any]) -> str:
    kind = next(key for key in ("sum", "mean", "distinct") if key in rule)
    words = {"sum": "a sum of", "mean": "a mean", "distinct": "different values of"}[kind]
    of = "" if rule.get("of") is None else f" of {_step(rule, 'of')}"
    if (kind, rule[kind]) == ("distinct", "session"):
        of = "" if not of else f" with {_step(rule, 'of')}"
        return f"have a number of visits{of} that {_condition({'op': rule.get('op', 'ge'), 'value': rule.get('value')})}{_within(rule)}"
    return f"have {words} {rule[kind]}{of} that {_condition({'op': rule.get('op', 'ge'), 'value': rule.get('value')})}{_within(rule)}"


def _trend(rule: Mapping[str, Any]) -> str:
    recent, before = tell_length(rule.get("recent", "14d")), tell_length(rule.get("before", "28d"))
    return f"do {_step(rule, 'trend')} at a rate that {_change(rule.get('change', '<-0.5'))} in {recent} against the {before} before"


def _change(text: Any) -> str:
    """ "<-0.5" -> "fell by more than 50%"; a change that is neither a fall nor a rise is told as it is written."""
    found = re.fullmatch(r"\s*(<=?|>=?)\s*([+-]?\d+(?:\.\d+)?)\s*", str(text))
    sign, by = (found.group(1), float(found.group(2))) if found else ("", 0.0)
    if not by or (sign[:1] == "<") != (by < 0):
        return f"changed by {text}"
    return f"{'fell' if by < 0 else 'rose'} by {'at least' if sign.endswith('=') else 'more than'} {abs(by) * 100:.4g}%"


def _property(rule: Mapping[str, Any]) -> str:
    return (
        f"have {rule['property']} that {_condition({'op': rule['op'], 'value': rule.get('value')} if 'op' in rule else rule.get('value'))}"
    )


def _date(rule: Mapping[str, Any]) -> str:
    ahead = rule.get("in") is not None
    return f"have {rule['date']} {'in the next' if ahead else 'in the last'} {tell_length(rule.get('in') if ahead else rule.get('ago'))}"


def _sequence(rule: Mapping[str, Any]) -> str:
    steps = rule["sequence"] if isinstance(rule["sequence"], list | tuple) else [rule["sequence"]]
    where = "in one session" if rule.get("in", "session") == "session" else "in this order"
    return f"did {', then '.join(tell_step(step) for step in steps)} {where}{_within(rule)}"


def _score(rule: Mapping[str, Any]) -> str:
    if "tier" in rule:
        return f"have a {rule['tier']} score of {rule['score']}"
    condition = _condition({"op": rule.get("op", "ge"), "value": rule.get("value")})
    return f"have a score of {rule['score']} that {condition}"


def _combined(rule: Mapping[str, Any]) -> str:
    key = next(key for key in ("all", "any") if key in rule)
    parts = rule[key] if isinstance(rule[key], list | tuple) else [rule[key]]
    if not parts:
        return "are anyone" if key == "all" else "are nobody"
    told = [f"({tell_rule(part)})" if len(parts) > 1 and _is_mixed(part) else tell_rule(part) for part in parts]
    return (" and " if key == "all" else " or ").join(told)


def _is_mixed(rule: Any) -> bool:
    """Whether its words hold an "and" or an "or" of their own."""
    return isinstance(rule, Mapping) and any(isinstance(rule.get(key), list) and len(rule[key]) > 1 for key in ("all", "any"))


def _not(rule: Mapping[str, Any]) -> str:
    inner = rule["not"]
    if isinstance(inner, str):
        return f"are not in “{inner}”"
    return f"are not those who {tell_rule(inner)}"


def _listed(rule: Mapping[str, Any]) -> str:
    n = len(rule["customers"]) if isinstance(rule["customers"], list | tuple) else 0
    return f"are {'the customer' if n == 1 else f'the {n:,} customers'} of a list"


def _stage(rule: Mapping[str, Any]) -> str:
    return f"are in the stage {rule['stage']}"


def _crossed(rule: Mapping[str, Any]) -> str:
    kind, beside = ("entered", "from") if "entered" in rule else ("left", "to")
    other = "" if rule.get(beside) is None else f" {'coming from' if beside == 'from' else 'and went to'} {rule[beside]}"
    return f"{kind} the stage {rule[kind]}{other} within {tell_length(rule.get('within', '30d'))}"


def _behind(rule: Mapping[str, Any]) -> str:
    kind = next(key for key in ANSWERS if key in rule)
    steps = rule[kind].get("steps") if isinstance(rule[kind], Mapping) else None
    if kind == "funnel" and isinstance(steps, list | tuple):
        for key, told in (("dropped_after", "left after"), ("reached", "reached")):
            if isinstance(place := rule.get(key), int) and 0 <= place < len(steps):
                way = " → ".join(tell_step(step) for step in steps)
                return f"{told} {tell_step(steps[place])} in the funnel {way}" + (f" of {rule['group']}" if rule.get("group") else "")
    mark = ", ".join(f"{key} {value}" for key, value in rule.items() if key != kind and not isinstance(value, Mapping))
    return f"stand behind {mark or 'a mark'} of {NAMES.get(kind, kind)}"


TOLD = {
    "all": _combined,
    "any": _combined,
    "not": _not,
    **dict.fromkeys(ANSWERS, _behind),
    "customers": _listed,
    "stage": _stage,
    **dict.fromkeys(("entered", "left"), _crossed),
    "did": _did,
    "did_not": _did_not,
    "stall": _stall,
    "time_since": _time_since,
    **dict.fromkeys(("sum", "mean", "distinct"), _amount),
    "trend": _trend,
    "property": _property,
    "date": _date,
    "sequence": _sequence,
    "score": _score,
}
