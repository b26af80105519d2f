"""What the log as a whole says about any customer's events: properties, sources, kinds, and what counts as revenue."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.catalogs import catalog_text, read_catalog
from journey.customer.kinds import CATALOG, kind_of, read_kinds
from journey.rules.match import Property
from journey.rules.staged import StageRule, stages_in_force
from journey.warehouse import Warehouse, kept, quote, setting

PROPERTIES = 'select "of", name, "column", type, personal from properties order by "of" desc, name'
LOADS = "select load, files from loads"
NAMES = "select name from event_names order by name"


@dataclass(frozen=True)
class Held:
    """A property as it is stored, and whether its values are kept as keyed hashes."""

    stored: Property
    personal: bool

    @property
    def column(self) -> str:
        return f"{self.stored.of[0]}.{quote(self.stored.column)}"


@dataclass(frozen=True)
class Log:
    """properties: those of events first, by name.  sources: number of a load -> the names of its files.  names: of events."""

    properties: tuple[Held, ...]
    sources: Mapping[int, str]
    names: tuple[str, ...]

    def of(self, kind: str) -> tuple[Held, ...]:
        """The properties of events, or of customers."""
        return tuple(held for held in self.properties if held.stored.of == kind)

    def find(self, name: str) -> Property | None:
        """The event's property of that name."""
        return next((held.stored for held in self.of("event") if held.stored.name == name), None)


def rows(con: Warehouse, text: str, **params: Any) -> list[tuple[Any, ...]]:
    """The few rows of a query about one person, as they come: a frame would cost more than the query."""
    return con.connection.execute(text, params).fetchall() if params else con.connection.execute(text).fetchall()


def log_of(con: Warehouse) -> Log:
    """Read once per dataset version."""
    return kept(con, "log of customers", lambda: _read(con))


def _read(con: Warehouse) -> Log:
    held = tuple(Held(Property(of, name, column, kind), personal) for of, name, column, kind, personal in rows(con, PROPERTIES))
    sources = {load: ", ".join(map(str, json.loads(files))) for load, files in rows(con, LOADS)}
    return Log(held, sources, tuple(name for (name,) in rows(con, NAMES)))


def told(held: Held, value: Any) -> Any:
    """A value as an answer writes it: a time as ISO-8601, a personal one only as being there."""
    if held.personal:
        return "kept as a hash"
    return iso(value) if held.stored.type == "timestamp" else value


def kinds_of(con: Warehouse, log: Log) -> dict[str, str]:
    """Every event name of the log -> its kind, by the catalog in force."""
    return _kinds(con, catalog_text(con, CATALOG), log.names)


def _kinds(con: Warehouse, text: str, names: tuple[str, ...]) -> dict[str, str]:
    held: tuple[Any, dict[str, str]] | None = con.shared.get("kinds of events")
    if held is None or held[0] != (text, names):
        kinds = read_kinds(read_catalog(con, CATALOG))
        held = con.shared["kinds of events"] = ((text, names), {name: kind_of(name, kinds) for name in names})
    return held[1]


def stage_rules(con: Warehouse) -> tuple[StageRule, ...]:
    """The stages in force.  Choosing a starter set counts all events, so what was chosen is kept while data and catalog stay."""
    text = catalog_text(con, "stages")
    held: tuple[str, tuple[StageRule, ...]] = kept(con, "stages of customers", lambda: (text, stages_in_force(con)))
    return held[1] if held[0] == text else stages_in_force(con)


@dataclass(frozen=True)
class Earning:
    """What counts as revenue.  step: the events that earn.  value: the property added up.  refund: the event that takes off."""

    step: Any
    value: Property
    refund: str | None
    currency: str | None


def earning_of(con: Warehouse, log: Log) -> Earning | None:
    """None where no revenue is mapped, or the property that was is no number of events."""
    mapped = setting(con, "revenue")
    if not isinstance(mapped, dict) or not mapped.get("property"):
        return None
    value = log.find(mapped["property"])
    if value is None or value.type not in ("double", "bigint"):
        return None
    return Earning(mapped.get("event"), value, mapped.get("refund"), mapped.get("currency") or setting(con, "currency"))
