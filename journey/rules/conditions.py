"""The single conditions of the rule language, each over what a customer did until the moment asked about.

    {"did": step, "where": {..}, "times": ">=3", "within": "30d"}   how often; once at least where `times` is left out
    {"did_not": step, "where": {..}, "since": "14d" | step}         not in that time; or not at or after the last such event
    {"stall": step, "for": "1d", "until": step, "within": "14d"}    the last such event is so long ago, and they went no further
    {"time_since": step, "where": {..}, "op": "ge", "value": "3d"}  how long ago the last such event is
    {"sum" | "mean" | "distinct": property, "of": step, "where": {..}, "op": "ge", "value": 100, "within": "90d"}
    {"trend": step, "recent": "14d", "before": "28d", "change": "<-0.5"}   daily rate now against the time before it
    {"property": name, "op": "eq", "value": ..}                     a customer's own, or an event's latest known value
    {"date": property, "in": "30d"} or {.., "ago": "30d"}           a date that lies ahead, or behind, by less than that
    {"sequence": [step, [alternatives], step], "in": "session" | "customer", "within": "30d"}
    {"score": name, "op": "gt", "value": 0.3} or {"score": name, "tier": "high"}   what the model in use last said of them

Steps are narrowed by "where" and by "other_than": [names], which leaves out what a customer did not do, as mail we sent.
A stall holds once the last such event is `for` old, and no longer than it is `within` old (any age where that is left
out): with `until`, if none of that came at or after it; without, if nothing at all came after it.  `other_than` leaves
out what is no going on, as mail we sent.  It is the moment passing that makes it hold.  The time since an event that
never was is unknown, and no comparison with it holds.

`within` reaches back from the moment, which it does not include.  A plain number in `times` means exactly so often;
`"<3"` holds for those who never did, too.  A sum or a count of distinct values over no events is 0, a mean is undefined
and no comparison with it holds.  `"distinct": "session"` counts visits.  A change from no events before is undefined
likewise.  A date is known from when an event first carried it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from journey.errors import QuestionError
from journey.rules.facts import Facts, OtherThan
from journey.rules.match import COMPARE, NUMBERS, Property, find_property, read_condition
from journey.rules.scored import scored
from journey.rules.sequence import sequence_condition
from journey.scope import read_duration, refuse_unknown
from journey.warehouse import quote

SIGNS = {">=": ">=", "<=": "<=", ">": ">", "<": "<", "=": "=", "==": "=", "!=": "<>"}
NUMBER_OPS = {**COMPARE, "ne": "<>"}
AGES = ("ge", "gt", "le", "lt")


def read_step(rule: Mapping[str, Any], key: str) -> Any:
    """The step under `key`, narrowed by the rule's own "where" and without the names in "other_than"."""
    return _without(rule, _narrowed(rule, key))


def _without(rule: Mapping[str, Any], step: Any) -> Any:
    others = rule.get("other_than")
    if others is None:
        return step
    if not isinstance(others, list | tuple) or not all(isinstance(name, str) for name in others):
        raise QuestionError(f'"other_than" takes a list of event names; it was given {others!r}.')
    return OtherThan(step, tuple(others))


def _narrowed(rule: Mapping[str, Any], key: str) -> Any:
    step, where = rule.get(key), rule.get("where")
    if where is None:
        return step
    if not isinstance(where, Mapping) or isinstance(step, Mapping):
        raise QuestionError(f'"where" maps properties to values and stands beside an event name; here {key!r} is {step!r}.')
    return {"event": step, "where": where}


def did(facts: Facts, rule: Mapping[str, Any]) -> str:
    refuse_unknown(rule, ("did", "where", "other_than", "times", "within"), "a rule with 'did'")
    sign, times = _comparison(rule.get("times", ">=1"), "times")
    return (
        f"({_count(facts, read_step(rule, 'did'), read_duration(rule.get('within'), 'within'))} {sign} {facts.binder.bind(times, 'times')})"
    )


def did_not(facts: Facts, rule: Mapping[str, Any]) -> str:
    refuse_unknown(rule, ("did_not", "where", "other_than", "since"), "a rule with 'did_not'")
    step, since = read_step(rule, "did_not"), rule.get("since")
    if since is None or isinstance(since, int | float) or _is_duration(since):
        return f"({_count(facts, step, read_duration(since, 'since'))} = 0)"
    last, anchor = facts.fact("last", step), facts.fact("last", since)
    return f"({anchor} is not null and coalesce({last} < {anchor}, true))"


def stall(facts: Facts, rule: Mapping[str, Any]) -> str:
    refuse_unknown(rule, ("stall", "where", "for", "until", "other_than", "within"), "a rule with 'stall'")
    least, most = read_duration(rule.get("for"), "for"), read_duration(rule.get("within"), "within")
    if not least:
        raise QuestionError(f'A stall says for how long nothing came, such as "for": "1d"; found {rule.get("for")!r}.')
    if most is not None and most < least:
        raise QuestionError(
            f'A stall lasts for {rule["for"]!r} and more; "within" is {rule["within"]!r}, which is shorter. Write a longer time.'
        )
    last, age = _last_and_age(facts, _narrowed(rule, "stall"))
    bounds = f"{age} >= {facts.binder.bind(least, 'least')}" + ("" if most is None else f" and {age} <= {facts.binder.bind(most, 'most')}")
    further = facts.fact("last", _without(rule, rule.get("until")))
    sign = "<=" if rule.get("until") is None else "<"  # without `until` the step itself is the last thing that came
    return f"(coalesce({bounds}, false) and coalesce({further} {sign} {last}, true))"


def time_since(facts: Facts, rule: Mapping[str, Any]) -> str:
    refuse_unknown(rule, ("time_since", "where", "other_than", "op", "value"), "a rule with 'time_since'")
    op, value = rule.get("op", "ge"), read_duration(rule.get("value"), "value")
    if op not in AGES or not value:
        raise QuestionError(
            f'A time since is compared with a duration such as "3d" by one of {", ".join(AGES)}; found {op!r} and {rule.get("value")!r}.'
        )
    _, age = _last_and_age(facts, read_step(rule, "time_since"))
    return f"coalesce({age} {COMPARE[op]} {facts.binder.bind(value, 'age')}, false)"


def aggregate(facts: Facts, rule: Mapping[str, Any]) -> str:
    kind = next(key for key in ("sum", "mean", "distinct") if key in rule)
    refuse_unknown(rule, (kind, "of", "where", "other_than", "op", "value", "within"), f"a rule with {kind!r}")
    op, wanted = rule.get("op", "ge"), rule.get("value")
    if op not in NUMBER_OPS or isinstance(wanted, bool) or not isinstance(wanted, int | float):
        raise QuestionError(f"A {kind} is compared with a number by one of {', '.join(NUMBER_OPS)}; found {op!r} and {wanted!r}.")
    value = _value(facts, rule[kind], kind)
    if value is None:
        return "false"
    step, within = read_step(rule, "of"), read_duration(rule.get("within"), "within")
    all_visits = value == "e.session" and step is None and within is None
    found = facts.fact("visits" if all_visits else kind, step, within, "" if all_visits else value)
    counted = found if kind == "mean" else f"coalesce({found}, 0)"
    return f"coalesce({counted} {NUMBER_OPS[op]} {facts.binder.bind(wanted, 'value')}, false)"


def trend(facts: Facts, rule: Mapping[str, Any]) -> str:
    refuse_unknown(rule, ("trend", "where", "other_than", "recent", "before", "change"), "a rule with 'trend'")
    recent, before = (read_duration(rule.get(key, default), key) for key, default in (("recent", "14d"), ("before", "28d")))
    if not recent or not before:
        raise QuestionError('A trend compares two stretches of time. Write both "recent" and "before" as durations above 0.')
    sign, change = _comparison(rule.get("change", "<-0.5"), "change")
    now = _count(facts, read_step(rule, "trend"), recent)
    both = _count(facts, read_step(rule, "trend"), recent + before)
    length, earlier = facts.binder.bind(float(before), "before"), facts.binder.bind(float(recent), "recent")
    rate = f"({now} * {length}) / nullif(({both} - {now}) * {earlier}, 0)"
    return f"coalesce({rate} - 1 {sign} {facts.binder.bind(float(change), 'change')}, false)"


def has_property(facts: Facts, rule: Mapping[str, Any]) -> str:
    refuse_unknown(rule, ("property", "op", "value"), "a rule with 'property'")
    name, value = rule["property"], rule.get("value")
    wanted = {"op": rule["op"], "value": value} if "op" in rule else value
    op, wanted = read_condition(str(name), wanted)
    prop = facts.binder.property(str(name))
    return "false" if prop is None else f"({facts.binder.condition(prop, op, wanted, _latest(facts, prop))})"


def has_date(facts: Facts, rule: Mapping[str, Any]) -> str:
    refuse_unknown(rule, ("date", "in", "ago"), "a rule with 'date'")
    ahead, behind = (read_duration(rule.get(key), key) for key in ("in", "ago"))
    if (ahead is None) == (behind is None):
        raise QuestionError('A rule on a date says how far: either "in": "30d" (ahead) or "ago": "30d" (behind).')
    prop = facts.binder.property(str(rule["date"]))
    if prop is None:
        return "false"
    if prop.type != "timestamp":
        raise QuestionError(f"The property {prop.name!r} holds values of type {prop.type}, not dates. Name one that holds dates.")
    value, at = _latest(facts, prop), facts.known_at
    if ahead is not None:
        return f"coalesce({value} >= {at} and {value} < {at} + {facts.binder.bind(ahead, 'ahead')}, false)"
    return f"coalesce({value} < {at} and {value} >= {at} - {facts.binder.bind(behind, 'behind')}, false)"


CONDITIONS: dict[str, Callable[[Facts, Mapping[str, Any]], str]] = {
    "did": did,
    "did_not": did_not,
    "stall": stall,
    "time_since": time_since,
    "sum": aggregate,
    "mean": aggregate,
    "distinct": aggregate,
    "trend": trend,
    "property": has_property,
    "date": has_date,
    "sequence": sequence_condition,
    "score": scored,
}


def _count(facts: Facts, step: Any, within: int | None) -> str:
    return f"coalesce({facts.fact('count', step, within)}, 0)"


def _last_and_age(facts: Facts, step: Any) -> tuple[str, str]:
    """When the step was last done, and how long before the moment, ms; null for who never did."""
    last = facts.fact("last", step)
    return last, f"({facts.known_at} - {last})"


def _latest(facts: Facts, prop: Property) -> str:
    """A customer's own value; of an event's property the latest that is not missing, by (ts, seq)."""
    if prop.of == "customer":
        return f"k.{quote(prop.column)}"
    return facts.fact("latest", None, None, facts.value(prop))


def _value(facts: Facts, name: Any, kind: str) -> str | None:
    """What a sum, a mean or a count of distinct values goes over, beside events; None, with a warning, for an unknown one."""
    if kind == "distinct" and name == "session" and find_property(facts.binder.con, "session") is None:
        return "e.session"
    prop = facts.binder.property(str(name))
    if prop is None:
        return None
    if prop.of != "event":
        raise QuestionError(f"{prop.name!r} is a property of customers; {kind} goes over events. Name an event's property.")
    if kind != "distinct" and prop.type not in NUMBERS:
        raise QuestionError(f"The {kind} of {prop.name!r} cannot be taken: it holds values of type {prop.type}, not numbers.")
    return facts.value(prop)


def _comparison(text: Any, name: str) -> tuple[str, float]:
    """ ">=3" -> (">=", 3); a plain number means equal to it."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return "=", text
    found = re.fullmatch(r"\s*(>=|<=|==|!=|>|<|=)?\s*([+-]?\d+(?:\.\d+)?)\s*", text) if isinstance(text, str) else None
    if not found:
        raise QuestionError(f'{name} is {text!r}; write a comparison with a number, such as ">=3" or "<0.5".')
    number = float(found.group(2))
    return SIGNS[found.group(1) or "="], int(number) if number.is_integer() else number


def _is_duration(text: Any) -> bool:
    """Whether it reads as a duration; an event of such a name is written {"event": "14d"}."""
    return isinstance(text, str) and re.fullmatch(r"\s*\d+(\.\d+)?\s*[a-z]+\s*", text) is not None
