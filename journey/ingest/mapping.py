"""What each column of a source means: as a person wrote it, or as it was guessed."""

import json
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from journey.errors import LoadError, QuestionError
from journey.scope import read_duration, read_zone

ROLES = ("customer", "event", "ts", "event_id", "session", "anonymous")
TIME_UNITS = ("s", "ms", "us", "ns")
OPTIONS = ("revenue", "personal", "skip", "timezone", "gap", "rename", "unit", "format", "constant")
FILE_OPTIONS = ("delimiter", "header", "columns", "encoding")
TABLE_ROLES = {
    "events": ROLES,
    "customers": ("customer", "valid_from"),
    "consent": ("customer", "purpose", "given", "ts"),
}


@dataclass(frozen=True)
class Mapping:
    """Where each thing is found.  roles: role -> column, for the roles that the source has.

    constant: role -> value, where every row is the same (a file of orders has one event).
    personal: columns kept as keyed hashes.  skip: columns left out.  rename: column -> property name.
    timezone: the zone of times that name none.  unit: of epoch numbers, or None to tell by size.
    format: strptime pattern of the times, or None to tell by looking.  gap: ms that end a session, or None for the usual.
    revenue: {"event", "property", "currency"}, or None.
    """

    roles: AnyMapping[str, str]
    constant: AnyMapping[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    rename: AnyMapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    unit: str | None = None
    format: str | None = None
    gap: int | None = None
    revenue: AnyMapping[str, Any] | None = None

    def properties(self, columns: Sequence[str]) -> list[str]:
        """The columns that become properties: those without a role that are not left out."""
        taken = set(self.roles.values()) | set(self.skip)
        return [column for column in columns if column not in taken]

    def property_name(self, column: str) -> str:
        return self.rename.get(column, column)

    def as_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


def spelled_out(plain: AnyMapping[str, Any] | None, kind: str = "events") -> dict[str, Any]:
    """A mapping as plain data, with the short forms of a command line written out.

    revenue=amount, columns=id,day,units, rename=old=new, constant=event=order and header=no are understood.

    Raises:
        LoadError: an unknown key.
    """
    told = {key: value for key, value in (plain or {}).items() if value is not None}
    known = (*TABLE_ROLES[kind], *OPTIONS, *FILE_OPTIONS)
    unknown = [key for key in told if key not in known]
    if unknown:
        raise LoadError(f"Unknown in the mapping: {', '.join(map(repr, unknown))}. Known are: {', '.join(known)}.")
    if isinstance(told.get("revenue"), str):
        told["revenue"] = {"property": told["revenue"]}
    if isinstance(told.get("columns"), str):
        told["columns"] = [name.strip() for name in told["columns"].split(",")]
    if isinstance(told.get("header"), str):
        told["header"] = told["header"].lower() in ("yes", "true", "1")
    for key in ("rename", "constant"):
        if key in told and not isinstance(told[key], AnyMapping):
            told[key] = dict(_pair(key, part) for part in _names(told, key))
    return told


def _pair(key: str, part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals or not name or not value:
        raise LoadError(f"{key} is {part!r}; write it as {key}=NAME=VALUE.")
    return name, value


def read_mapping(plain: AnyMapping[str, Any], columns: Sequence[str], kind: str = "events") -> Mapping:
    """A mapping from plain data, as `spelled_out` writes it, checked against the columns that the source has.

    Raises:
        LoadError: a column that is not there, two roles for one column.
    """
    roles = {role: str(plain[role]) for role in TABLE_ROLES[kind] if plain.get(role) is not None}
    personal, skip = _names(plain, "personal"), _names(plain, "skip")
    rename = {str(column): str(name) for column, name in (plain.get("rename") or {}).items()}
    for column in (*roles.values(), *personal, *skip, *rename):
        refuse_missing(column, columns)
    _refuse_twice(roles)
    return Mapping(
        roles=roles,
        constant={str(role): str(value) for role, value in (plain.get("constant") or {}).items()},
        personal=personal,
        skip=skip,
        rename=rename,
        timezone=_zone(plain.get("timezone")),
        unit=_unit(plain.get("unit")),
        format=plain.get("format"),
        gap=_gap(plain.get("gap")),
        revenue=_revenue(plain.get("revenue")),
    )


def _names(plain: AnyMapping[str, Any], key: str) -> tuple[str, ...]:
    value = plain.get(key) or ()
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)


def refuse_missing(column: str, columns: Sequence[str]) -> None:
    """Raises LoadError where the source has no such column, naming those it has."""
    if column not in columns:
        held = ", ".join(repr(name) for name in columns[:30])
        raise LoadError(f"The mapping names the column {column!r}, which the source does not have. Its columns are: {held}.")


def _refuse_twice(roles: AnyMapping[str, str]) -> None:
    for role, column in roles.items():
        other = next((name for name, taken in roles.items() if taken == column and name != role), None)
        if other:
            raise LoadError(f"The mapping names the column {column!r} twice, as {role} and as {other}. Give each a column of its own.")


def _zone(name: Any) -> str:
    try:
        return read_zone(name or "UTC").key
    except QuestionError as fault:
        raise LoadError(str(fault)) from fault


def _unit(unit: Any) -> str | None:
    if unit is not None and unit not in TIME_UNITS:
        raise LoadError(f"The unit of time is {unit!r}; it can be {', '.join(TIME_UNITS)}, or left out to tell it by size.")
    return unit


def _gap(gap: Any) -> int | None:
    try:
        return read_duration(gap, "gap")
    except QuestionError as fault:
        raise LoadError(str(fault)) from fault


def _revenue(revenue: Any) -> AnyMapping[str, Any] | None:
    if revenue is None:
        return None
    known = ("event", "property", "currency", "refund")
    if not isinstance(revenue, AnyMapping) or not revenue.get("property") or any(key not in known for key in revenue):
        raise LoadError(
            'revenue is written as {"event": "order", "property": "amount", "currency": "EUR"}; event, currency and refund may be left out.'
        )
    return dict(revenue)
