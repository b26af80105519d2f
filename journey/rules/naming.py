"""What a rule speaks of: the events and properties it looks at, and the saved segments it refers to."""

import re
from collections.abc import Callable, Mapping
from typing import Any

STEPS = ("did", "did_not", "stall", "until", "time_since", "of", "trend", "since", "event", "start", "end", "target", "returning", "source")
LISTS = ("any_of", "sequence", "steps")
PROPERTIES = ("property", "date", "sum", "mean", "distinct", "breakdown")
COMBINED = ("all", "any", "not")
LONG_AGO = re.compile(r"\s*\d+(\.\d+)?\s*[a-z]+\s*")


def named_in(rule: Any, saved: Mapping[str, Any], above: tuple[str, ...] = ()) -> frozenset[str]:
    """The names of events and properties by which a rule is defined, saved segments followed."""
    if isinstance(rule, str):
        return frozenset() if rule in above else named_in(saved.get(rule), saved, (*above, rule))
    if isinstance(rule, list | tuple):
        return frozenset().union(*(named_in(part, saved, above) for part in rule))
    if not isinstance(rule, Mapping):
        return frozenset()
    names = {value for key in (*STEPS, *PROPERTIES) if isinstance(value := rule.get(key), str) and not _is_time(key, value)}
    names |= {name for key in LISTS for name in _texts(rule.get(key))} | set(_keys(rule.get("where")))
    inner = [value for key, value in rule.items() if key in COMBINED or isinstance(value, Mapping)]
    inner += [[part for part in rule[key] if isinstance(part, Mapping)] for key in LISTS if isinstance(rule.get(key), list)]
    return frozenset(names).union(*(named_in(part, saved, above) for part in inner))


def _is_time(key: str, value: str) -> bool:
    """`since` may be a duration instead of an event."""
    return key == "since" and LONG_AGO.fullmatch(value) is not None


def _texts(steps: Any) -> set[str]:
    if isinstance(steps, str):
        return {steps}
    return set().union(*map(_texts, steps)) if isinstance(steps, list | tuple) else set()


def _keys(where: Any) -> list[str]:
    return [str(name) for name in where] if isinstance(where, Mapping) else []


def refers_to(rule: Any, name: str) -> bool:
    """Whether a rule uses the saved segment of that name: as a part of it, or as the scope of a question in it."""
    return renamed(rule, name, name + "\0") != rule


def referring(segments: Mapping[str, Any], name: str) -> list[str]:
    """The saved segments whose own rule uses the one of that name."""
    return [other for other, rule in segments.items() if other != name and refers_to(rule, name)]


def renamed(rule: Any, old: str, new: str) -> Any:
    """The rule with each reference to a saved segment `old` as one to `new`; names of events are left alone."""
    return put_for(rule, lambda name: new if name == old else name)


def put_for(rule: Any, put: Callable[[str], Any]) -> Any:
    """The rule with what `put` says in the place of each reference to a saved segment."""
    if isinstance(rule, str):
        return put(rule)
    if isinstance(rule, list | tuple):
        return [put_for(part, put) for part in rule]
    if not isinstance(rule, Mapping):
        return rule
    return {key: _put_at(key, value, put) for key, value in rule.items()}


def _put_at(key: str, value: Any, put: Callable[[str], Any]) -> Any:
    """Rules stand under all, any and not; a question inside a rule has one in its scope, and where it compares."""
    if key in (*COMBINED, "segment", "compare"):
        return put_for(value, put)
    return _put_in_question(value, put) if isinstance(value, Mapping) else value


def _put_in_question(question: Mapping[str, Any], put: Callable[[str], Any]) -> dict[str, Any]:
    return {
        key: _put_at(key, value, put) if key in ("scope", "segment", "compare") or isinstance(value, Mapping) else value
        for key, value in question.items()
    }
