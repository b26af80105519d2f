"""The named metrics of metrics.toml: what each means, and which of them this log can answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from journey.catalogs import read_catalog
from journey.errors import QuestionError
from journey.metrics.question import SHAPE, Named, Shape, Side, read_shape
from journey.rules import event_names, known_properties, nearest
from journey.rules.match import NUMBERS
from journey.scope import choose, refuse_unknown
from journey.warehouse import Warehouse, setting

ROLES = ("driver", "north star", "leading", "guardrail")
TEXTS = ("name", "definition", "owner", "role", "good", "unit", "target", "by", "scale", "factors")
UNITS = ("number", "share", "money", "score")


def read_metrics(con: Warehouse) -> tuple[Named, ...]:
    """Every named metric, in the order of the file.

    Raises: QuestionError: an entry that is not a metric; the sentence names it.
    """
    entries = read_catalog(con, "metrics").get("metric", [])
    named = tuple(_read(entry) for entry in entries)
    twice = [metric.name for metric in named if sum(other.name == metric.name for other in named) > 1]
    if twice:
        raise QuestionError(f"metrics.toml names {twice[0]!r} twice. Give each metric a name of its own.")
    return named


def _read(entry: Mapping[str, Any]) -> Named:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise QuestionError("A metric of metrics.toml has no name.")
    try:
        refuse_unknown(entry, (*TEXTS, *SHAPE), f"metric {name!r}")
        return Named(
            name=name,
            definition=str(entry.get("definition", "")),
            owner=str(entry.get("owner", "")),
            role=choose(entry, "role", ROLES),
            good=choose(entry, "good", ("up", "down")),
            unit=choose(entry, "unit", UNITS),
            shape=read_shape({key: value for key, value in entry.items() if key in SHAPE}),
            target=entry.get("target"),
            by=entry.get("by"),
            scale=entry.get("scale"),
            factors=tuple(str(name) for name in entry.get("factors", ())),
        )
    except QuestionError as fault:
        raise QuestionError(f"Metric {name!r} of metrics.toml: {fault}") from fault


def shape_of(con: Warehouse, metric: str | Named | Shape) -> tuple[Named | None, Shape]:
    """The metric of that name with the events this log holds, or the shape as it was asked.

    Raises: QuestionError: no such name; the known ones are named.
    """
    if isinstance(metric, Shape):
        return None, metric
    if isinstance(metric, Named):
        return metric, _held(metric.shape, set(event_names(con)))
    known = read_metrics(con)
    found = next((named for named in known if named.name.lower() == metric.lower()), None)
    if found is None:
        names = [named.name for named in known]
        raise QuestionError(f"No metric is named {metric!r}.{nearest(metric, names)} Known are: {', '.join(names)}.")
    return found, _held(found.shape, set(event_names(con)))


def revenue_of(con: Warehouse) -> Mapping[str, Any] | None:
    """{"event", "property", "currency"} as mapped, or None."""
    revenue = setting(con, "revenue")
    return revenue if isinstance(revenue, Mapping) and revenue.get("property") else None


@dataclass(frozen=True)
class Held:
    """What a log holds that metrics may need.  properties: name -> type."""

    events: frozenset[str]
    properties: Mapping[str, str]
    revenue: bool


def held_by(con: Warehouse) -> Held:
    properties = {prop.name: prop.type for prop in known_properties(con)}
    return Held(frozenset(event_names(con)), properties, revenue_of(con) is not None)


def lacking(shape: Shape, held: Held) -> str | None:
    """What the log does not hold for this metric, as words; None where it holds all."""
    if shape.revenue and not held.revenue:
        return "no revenue is mapped"
    for side in (shape.side, shape.over):
        missing = None if side is None else _missing(side, held.events, held.properties)
        if missing:
            return missing
    return None


def _missing(side: Side, names: frozenset[str], properties: Mapping[str, str]) -> str | None:
    if side.step is not None:
        events = _events(side.step)
        if events and not events & names:
            return f"no event {' or '.join(map(repr, sorted(events)))}"
    for name in _conditions(side.step):
        if name not in properties:
            return f"no property {name!r}"
    if side.property and properties.get(side.property) not in NUMBERS:
        return f"no property {side.property!r} with numbers"
    return None


def _events(step: Any) -> set[str]:
    """The event names of a step; empty for any event."""
    if isinstance(step, str):
        return {step}
    if isinstance(step, Mapping) and "any_of" in step:
        return {name for part in step["any_of"] for name in _events(part)}
    return _events(step.get("event")) if isinstance(step, Mapping) else set()


def _conditions(step: Any) -> set[str]:
    return set(step.get("where") or {}) if isinstance(step, Mapping) else set()


def _held(shape: Shape, names: set[str]) -> Shape:
    """The shape with only those of several events that the log holds: the rest are other shops' words for the same."""
    over = shape.over and replace(shape.over, step=_pruned(shape.over.step, names))
    return replace(shape, side=replace(shape.side, step=_pruned(shape.side.step, names)), over=over)


def _pruned(step: Any, names: set[str]) -> Any:
    if not isinstance(step, Mapping) or "any_of" not in step:
        return step
    held = [part for part in step["any_of"] if not _events(part) or _events(part) & names]
    return step if not held else held[0] if len(held) == 1 else {"any_of": held}
