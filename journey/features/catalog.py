"""The features of features.toml: what each measures, and what is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.catalogs import read_catalog
from journey.errors import QuestionError
from journey.features.feature import FAMILIES, SCALES
from journey.scope import choose, refuse_unknown
from journey.warehouse import Warehouse

GENERAL = (
    "since last", "tenure", "gap", "overdue", "events", "sessions", "days", "events per session", "minutes",
    "late sessions", "late events", "kinds",
)  # fmt: skip
NAMED = ("named", "since named")
EARNED = ("revenue", "orders", "order value", "since order")
MEASURES = (*GENERAL, "each event", *NAMED, *EARNED, "each property")
KEYS = ("name", "family", "label", "unit", "measure", "events", "scale", "actionable")
LIMITS = {"most_events": 15, "most_values": 8, "least_share": 0.01}
MOST_OF_A_KIND = 200


@dataclass(frozen=True)
class Entry:
    """One [[feature]] of the catalog; "each event" and "each property" make several features of a log.

    events: parts of event names, lowercase, for the measures of named events.
    """

    name: str
    family: str
    label: str
    unit: str
    measure: str
    events: tuple[str, ...]
    scale: str
    actionable: bool


@dataclass(frozen=True)
class FeatureCatalog:
    """entries: in the order of the file.  most_events, most_values: how many events, values of a property get a feature.

    least_share: of the customers, who have to have done it.  leave_out: properties that are never a feature, lowercase.
    """

    entries: tuple[Entry, ...]
    most_events: int
    most_values: int
    least_share: float
    leave_out: frozenset[str]


def read_feature_catalog(con: Warehouse) -> tuple[Entry, ...]:
    """The features of the catalog in force, in the order of the file."""
    return read_limits(con).entries


def read_limits(con: Warehouse) -> FeatureCatalog:
    """The catalog in force with its limits.

    Raises: QuestionError: an entry that is no feature, a name twice, a limit out of range; the sentence names it.
    """
    plain = read_catalog(con, "features")
    refuse_unknown(plain, ("feature", "leave_out", *LIMITS), "features.toml")
    listed = plain.get("feature", [])
    if not isinstance(listed, list):
        raise QuestionError("features.toml lists its features as tables [[feature]].")
    entries = tuple(_read(entry) for entry in listed)
    if twice := [entry.name for place, entry in enumerate(entries) if entry.name in [other.name for other in entries[:place]]]:
        raise QuestionError(f"features.toml names {twice[0]!r} twice. Give each feature a name of its own.")
    return FeatureCatalog(
        entries,
        int(_limit(plain, "most_events", 0, MOST_OF_A_KIND)),
        int(_limit(plain, "most_values", 0, MOST_OF_A_KIND)),
        _limit(plain, "least_share", 0, 1),
        frozenset(name.casefold() for name in _texts(plain.get("leave_out", []), "leave_out")),
    )


def _limit(plain: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = plain.get(name, LIMITS[name])
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise QuestionError(f"{name} of features.toml is {value!r}; it is a number from {low} to {high}.")
    return float(value)


def _texts(value: Any, name: str) -> Sequence[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) and text for text in value):
        raise QuestionError(f"{name} of features.toml lists texts; it was given {value!r}.")
    return value


def _read(entry: Any) -> Entry:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    if not isinstance(name, str) or not name.strip():
        raise QuestionError("A feature of features.toml has no name.")
    try:
        refuse_unknown(entry, KEYS, f"feature {name!r}")
        measure, actionable = choose(entry, "measure", MEASURES), entry.get("actionable", False)
        events = tuple(text.casefold() for text in _texts(entry.get("events", []), "events"))
        if (measure in NAMED) != bool(events):
            raise QuestionError(f'"events" names parts of event names for the measures {" and ".join(NAMED)}, and for no other.')
        if not isinstance(actionable, bool):
            raise QuestionError(f"actionable is {actionable!r}; it can be true or false.")
        label, unit = str(entry.get("label", name)), str(entry.get("unit", ""))
        return Entry(name, choose(entry, "family", FAMILIES), label, unit, measure, events, choose(entry, "scale", SCALES), actionable)
    except QuestionError as fault:
        raise QuestionError(f"Feature {name!r} of features.toml: {fault}") from fault
