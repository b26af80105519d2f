"""What a rule looks for that the log does not hold.

A rule that looks for what is not there holds for nobody or, where it waits for it in vain, for everybody: neither is
worth acting on.  So what lacks anything is at rest, and says what it lacks.

    {"did": {"any_of": ["buy", "order"]}}      lacks both where the log holds neither; one of them is enough
    {"did_not": "order", "since": "basket"}    lacks what it waits for too: "nobody ordered" would hold for everyone
    {"any": [..]}                              lacks something where each of its parts does
    {"not": ..}                                lacks nothing: what nobody ever did can well be ruled out
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from journey.rules import event_names, known_properties
from journey.rules.saved import saved_segments
from journey.rules.staged import stages_in_force
from journey.warehouse import Warehouse, ask_sql

STEPS = ("did", "did_not", "stall", "until", "time_since", "of", "trend", "since")
PROPERTIES = ("property", "date", "sum", "mean", "distinct")
STAGES = ("stage", "entered", "left", "from", "to")
LONG_AGO = re.compile(r"\s*\d+(\.\d+)?\s*[a-z]+\s*")


@dataclass(frozen=True)
class Held:
    """What rules may name in this workspace: the log's events and properties, stages, kept scores and saved segments."""

    events: frozenset[str]
    properties: frozenset[str]
    stages: frozenset[str]
    scores: frozenset[str]
    segments: Mapping[str, Any]


def held_in(con: Warehouse) -> Held:
    return Held(
        frozenset(event_names(con)),
        frozenset(prop.name for prop in known_properties(con)),
        frozenset(stage.name for stage in stages_in_force(con)),
        frozenset(ask_sql(con, "select distinct name from scores")["name"].to_list()),
        saved_segments(con),
    )


def lacks(rule: Any, held: Held, above: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The first thing a rule lacks, as a person would name it; () where it lacks nothing.  above: segments it stands in."""
    if isinstance(rule, str):
        return () if rule in above else lacks(held.segments[rule], held, (*above, rule)) if rule in held.segments else (f"segment {rule}",)
    if not isinstance(rule, Mapping) or "not" in rule:
        return ()
    if "all" in rule:
        return next((found for part in _parts(rule["all"]) if (found := lacks(part, held, above))), ())
    if "any" in rule:
        missing = [lacks(part, held, above) for part in _parts(rule["any"])]
        return missing[0] if missing and all(missing) else ()
    return _lacks_condition(rule, held)


def held_only(rule: Any, held: Held) -> Any:
    """The rule without what it does not need: names of lists that the log does not hold, parts of `any` that lack something.

    Where none of them is held they stay, so that it can be told what is looked for.
    """
    if isinstance(rule, list | tuple):
        return [held_only(part, held) for part in rule]
    if not isinstance(rule, Mapping):
        return rule
    found = {key: held_only(part, held) for key, part in rule.items()}
    if isinstance(rule.get("any"), list | tuple):
        found["any"] = [part for part in found["any"] if not lacks(part, held)] or found["any"]
    if isinstance(rule.get("any_of"), list | tuple):
        found["any_of"] = [step for step in found["any_of"] if not lacks_step(step, held)] or found["any_of"]
    if isinstance(rule.get("other_than"), list | tuple):
        found["other_than"] = [name for name in found["other_than"] if name in held.events]
    return {key: part for key, part in found.items() if key != "other_than" or part}


def lacks_step(step: Any, held: Held) -> tuple[str, ...]:
    """The names of a step where the log holds none of them; else a property that it is narrowed by and nobody ever had."""
    names = step_names(step)
    if names and not names & held.events:
        return tuple(sorted(names))
    return _unknown("property", _narrowed_by(step), held.properties)


def step_names(step: Any) -> frozenset[str]:
    """The names of events of which a step takes any; none where it takes every event."""
    if isinstance(step, str):
        return frozenset({step})
    if isinstance(step, list | tuple):
        return frozenset().union(*map(step_names, step))
    return step_names(step.get("any_of", step.get("event"))) if isinstance(step, Mapping) else frozenset()


def _lacks_condition(rule: Mapping[str, Any], held: Held) -> tuple[str, ...]:
    steps = [rule[key] for key in STEPS if key in rule and not _is_time(key, rule[key])]
    sequence = rule.get("sequence")
    steps += list(sequence) if isinstance(sequence, list | tuple) else []
    missing = next((found for step in steps if (found := lacks_step(step, held))), ())
    named = [rule[key] for key in PROPERTIES if key in rule and not (key == "distinct" and rule[key] == "session")]
    staged = [rule[key] for key in STAGES if rule.get(key) is not None] if any(key in rule for key in STAGES[:3]) else []
    return (
        missing
        or _unknown("property", [*named, *_keys(rule.get("where"))], held.properties)
        or _unknown("score", [rule["score"]] if "score" in rule else [], held.scores)
        or _unknown("stage", staged, held.stages)
    )


def _unknown(kind: str, names: Iterable[Any], known: frozenset[str]) -> tuple[str, ...]:
    return next(((f"{kind} {name}",) for name in names if isinstance(name, str) and name not in known), ())


def _narrowed_by(step: Any) -> list[str]:
    """The properties that narrow a step wherever one of its alternatives is taken: of several, none has to be known."""
    return _keys(step.get("where")) if isinstance(step, Mapping) else []


def _keys(where: Any) -> list[str]:
    return [str(name) for name in where] if isinstance(where, Mapping) else []


def _parts(parts: Any) -> list[Any]:
    return list(parts) if isinstance(parts, list | tuple) else []


def _is_time(key: str, value: Any) -> bool:
    """`since` may be how long ago instead of an event."""
    return key == "since" and (isinstance(value, int | float) or (isinstance(value, str) and LONG_AGO.fullmatch(value) is not None))
