"""What changed from one text of the catalog to the next, entry by entry, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from journey.actions.catalog.action import ActionCatalog
from journey.actions.catalog.edit import GUARDRAILS, same
from journey.actions.catalog.force import written_actions
from journey.errors import JourneyError
from journey.rules.words import tell_length, tell_rule, tell_step

LENGTHS = ("cooldown", "valid", "within")
LONGEST = 160


@dataclass(frozen=True)
class Change:
    """kind: action | trigger | guardrails; name: of the entry, "" for the guardrails; told: what changed, without its name."""

    kind: str
    name: str
    told: str

    @property
    def sentence(self) -> str:
        of = "Guardrails" if self.kind == GUARDRAILS else f"{self.kind.capitalize()} “{self.name}”"
        return f"{of}: {self.told}."

    def as_plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "name": self.name, "told": self.told}


def changes(before: str, after: str) -> tuple[Change, ...]:
    """In the order of the later text; what was taken away comes last.  None where a text cannot be read any more."""
    try:
        old, new = written_actions(before), written_actions(after)
    except JourneyError:
        return ()
    return tuple(_entries(old, new))


def _entries(old: ActionCatalog, new: ActionCatalog) -> Iterator[Change]:
    if told := _told(old.guardrails.as_plain(), new.guardrails.as_plain()):
        yield Change(GUARDRAILS, "", told)
    for kind, before, after in (("action", old.actions, new.actions), ("trigger", old.triggers, new.triggers)):
        known = {one.name: one.as_plain() for one in before}
        for one in after:
            if one.name not in known:
                yield Change(kind, one.name, "added")
            elif told := _told(known[one.name], one.as_plain()):
                yield Change(kind, one.name, told)
        names = [one.name for one in after]
        yield from (Change(kind, name, "taken away") for name in known if name not in names)


def _told(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    keys = [key for key in {**after, **before} if not same(before.get(key), after.get(key))]
    return "; ".join(_one(key, before.get(key), after.get(key)) for key in keys)


def _one(key: str, before: Any, after: Any) -> str:
    if key == "on":
        return "switched on" if after else "switched off"
    if key == "variant":
        return _variants(before or [], after or [])
    label = {"when": "rule", "cooldown": "cooldown", "most_at_once": "most at once"}.get(key, key.replace("_", " "))
    return f"{label} {_value(key, before)} → {_value(key, after)}"


def _variants(before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]) -> str:
    old, new = ({one["name"]: one for one in found} for found in (before, after))
    told = [f"variant {name} added" for name in new if name not in old] + [f"variant {name} taken away" for name in old if name not in new]
    told += [f"variant {name}: {said}" for name in new if name in old and (said := _told(old[name], new[name]))]
    return ", ".join(told) or "variants in another order"


def _value(key: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    if key == "when":
        return f"“{tell_rule(value)}”"
    if key == "wanted":
        return f"“{tell_step(value.get('did'))} within {tell_length(value.get('within'))}”"
    if key in LENGTHS:
        return tell_length(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "caps":
        return _listed(
            [f"{cap['times']} in {tell_length(cap['within'])}" + (f" by {cap['channel']}" if "channel" in cap else "") for cap in value]
        )
    if isinstance(value, Mapping):
        return _listed([f"{name} {_value(name, part)}" for name, part in value.items()])
    text = (
        _listed([_value("", part) for part in value])
        if isinstance(value, list | tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _listed(parts: list[str]) -> str:
    return ", ".join(parts)
