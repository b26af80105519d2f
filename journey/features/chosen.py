"""Which features a log has on a day: those of the catalog whose events and properties it held by then.

Known limit: the commonest events and values are told from a sample of 20,000 customers, drawn by their ids.
"""

import json
from collections.abc import Collection
from typing import Any

from journey.features.catalog import EARNED, NAMED, Entry, read_limits
from journey.features.earned import read_earned
from journey.features.feature import Feature
from journey.features.told import changes_after, holds_since, valid_from
from journey.rules import Property
from journey.rules.match import NUMBERS
from journey.warehouse import Warehouse, ask_sql, kept, one, quote

SAMPLE = 20_000
MOST_DISTINCT = 200  # values of a property of texts; more than these are names, not groups

KNOWN_THEN = "select count(*) from customers k where k.first_ts < $as_of"

SAMPLED = """sampled as (
    -- every n-th of those known then, told by the id, which no later load changes
    select k.*
    from customers k
    where k.first_ts < $as_of and hash(k.id) % $every = 0
)"""

COMMONEST = f"""
with {SAMPLED}
select n.name, count(distinct e.customer) / (select count(*) from sampled) as share
from events e
join sampled s on s.customer = e.customer
join event_names n on n.event = e.event
where e.ts < $as_of and e.ts >= $since
group by n.name
order by share desc, n.name"""

HELD = """
select n.name
from event_names n
where exists (select 1 from events e where e.event = n.event and e.ts < $as_of)
order by n.name"""


def choose_features(con: Warehouse, as_of: int, since: int, without: Collection[str] = (), first: int | None = None) -> tuple[Feature, ...]:
    """The features that this log has as of a moment; later events, names and customers change nothing of it.

    What a customers table tells is among them where it held at each moment from the first on: a row that came later takes
    it from everybody at once, as only the latest row of a customer is kept.

    since: ms, from when on events are looked at.  without: event names whose features are left out.
    first: ms, the earliest moment that they are to be computed as of; None for as_of.
    Raises: QuestionError: a catalog that cannot be read.
    """
    catalog = read_limits(con)
    known = int(one(con, KNOWN_THEN, {"as_of": as_of}))
    values = {"as_of": as_of, "since": since, "every": max(1, -(-known // SAMPLE))}
    held = [name for name in ask_sql(con, HELD, values)["name"].to_list() if name not in without]
    found: list[Feature] = []
    for entry in catalog.entries:
        if entry.measure == "each event":
            shares = ask_sql(con, COMMONEST, values).iter_rows()
            common = [name for name, share in shares if name not in without and share >= catalog.least_share]
            found += [_of_event(entry, name) for name in common[: catalog.most_events]]
        elif entry.measure == "each property":
            for prop in _usable(con, catalog.leave_out, as_of if first is None else first):
                found += _of_property(con, entry, prop, values, catalog.most_values, catalog.least_share)
        elif _answered(con, entry, held):
            found.append(_of_entry(entry))
    return tuple({feature.name: feature for feature in reversed(found)}.values())[::-1]  # of two of one name the first


def _answered(con: Warehouse, entry: Entry, held: Collection[str]) -> bool:
    if entry.measure in NAMED:
        return any(part in name.casefold() for part in entry.events for name in held)
    return entry.measure not in EARNED or read_earned(con) is not None


def _of_entry(entry: Entry) -> Feature:
    return Feature(entry.name, entry.family, entry.label, entry.unit, entry.actionable, entry.measure, entry.events, entry.scale)


def _of_event(entry: Entry, event: str) -> Feature:
    label = entry.label.replace("{event}", event)
    return Feature(f"{entry.name} {event}", entry.family, label, entry.unit, entry.actionable, "event", (event,), entry.scale)


def _usable(con: Warehouse, leave_out: Collection[str], first: int) -> list[Property]:
    """Properties of customers that may be a reason: none that is personal or left out, or came to be so after the first moment."""
    if not holds_since(con, first):
        return []
    rows, since = kept(con, "usable traits", lambda: ask_sql(con, USABLE)), valid_from(con)
    found = [Property("customer", *row) for row in rows.iter_rows() if row[0].casefold() not in leave_out]
    return [prop for prop in found if prop not in since and not changes_after(con, prop, first)]


USABLE = """select name, "column", type from properties where "of" = 'customer' and not personal order by name"""


def _of_property(con: Warehouse, entry: Entry, prop: Property, values: dict[str, Any], most: int, least: float) -> list[Feature]:
    """A number is one feature, a date the days since; of texts each of the commonest values is one."""
    label = entry.label.replace("{property}", prop.name)
    name, of = f"{entry.name} {prop.name}", (prop.name,)
    if prop.type in NUMBERS:
        return [Feature(name, entry.family, label, entry.unit, entry.actionable, "number", of, entry.scale)]
    if prop.type == "timestamp":
        return [Feature(name, entry.family, f"Days since “{label}”", "days", entry.actionable, "date", of, "log")]
    found = _common_values(con, prop, values)
    if len(found) > MOST_DISTINCT:
        return []
    chosen = [value for value, share in found if share >= least][:most]
    return [
        Feature(f"{entry.name} {json.dumps([prop.name, value], ensure_ascii=False)}", entry.family, f"{label}: {value}", "yes or no",
                entry.actionable, "is", (prop.name, value))
        for value in chosen
    ]  # fmt: skip


def _common_values(con: Warehouse, prop: Property, values: dict[str, Any]) -> list[tuple[str, float]]:
    text = prop.as_text(f"s.{quote(prop.column)}")
    sql = (
        f"with {SAMPLED}\nselect {text} as value, count(*) / (select count(*) from sampled) as share\nfrom sampled s\n"
        f"where {text} is not null\ngroup by value\norder by share desc, value\nlimit {MOST_DISTINCT + 1}"
    )
    return [(str(value), float(share)) for value, share in ask_sql(con, sql, values).iter_rows()]
