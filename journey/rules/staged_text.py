"""Stages as the text of a catalog, so that what is changed by hand on a page can be kept as a person would write it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from journey.rules.staged import StageRule

HEAD = "# The stages of a customer's journey: rules are tried from the top; the first that holds wins; the last takes everyone else.\n"


def stages_text(stages: Sequence[StageRule]) -> str:
    """TOML that reads back as these stages.  Remarks of the text they came from are not kept."""
    last = len(stages) - 1
    return HEAD + "".join("\n" + _table(stage, place == last) for place, stage in enumerate(stages))


def _table(stage: StageRule, last: bool) -> str:
    lines = ["[[stage]]", f"name = {_value(stage.name)}"]
    lines += [] if stage.step is None else [f"step = {stage.step}"]
    lines += [f"why = {_value(stage.why)}"] if stage.why else []
    lines += [] if last else [f"rule = {_value(stage.rule)}"]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    """One line.  A null has no place in TOML: its key is left out."""
    if isinstance(value, Mapping):
        parts = [f"{json.dumps(key, ensure_ascii=False)} = {_value(part)}" for key, part in value.items() if part is not None]
        return "{ " + ", ".join(parts) + " }" if parts else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    return text.replace("\x7f", "\\u007f")


Place = tuple[str | int, ...]


def event_lists(rule: Any, place: Place = ()) -> list[tuple[Place, tuple[str, ...]]]:
    """Where a rule names events of which one is enough, and which: (keys and places down to it, the names)."""
    if isinstance(rule, list | tuple):
        return [found for at, part in enumerate(rule) for found in event_lists(part, (*place, at))]
    if not isinstance(rule, Mapping):
        return []
    names = rule.get("any_of")
    if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
        return [((*place, "any_of"), tuple(names))]
    return [found for key, part in rule.items() for found in event_lists(part, (*place, key))]


def with_events(stage: StageRule, place: Place, names: Sequence[str]) -> StageRule:
    """The stage with other events in that list of its rule."""
    return replace(stage, rule=_put(stage.rule, place, list(names)))


def _put(rule: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    at, *rest = place
    if isinstance(rule, Mapping):
        return {key: _put(part, tuple(rest), value) if key == at else part for key, part in rule.items()}
    return [_put(part, tuple(rest), value) if k == at else part for k, part in enumerate(rule)]
