"""What the head row offers: everyone, the saved segments, and the plain groups that the data itself hold."""

import json
from typing import Any

from journey.rules.saved import saved_segments

from journey.warehouse import Warehouse, ask_sql, one, quote

EVERYONE = "All customers"
MOST_VALUES = 6
MOST_GROUPS = 12


def segment_choices(con: Warehouse) -> dict[str, Any]:
    """Name -> rule; None is everyone.  Saved segments come before groups by a customer property with few values."""
    return {EVERYONE: None, **{name: name for name in saved_segments(con)}, **_groups(con)}


def _groups(con: Warehouse) -> dict[str, Any]:
    groups: dict[str, Any] = {}
    for name, column in ask_sql(
        con, """select name, "column" from properties where "of" = 'customer' and type = 'varchar' and not personal order by name"""
    ).iter_rows():
        values = ask_sql(
            con,
            f"select {quote(column)} as value from customers where {quote(column)} is not null group by 1 order by count(*) desc limit {MOST_VALUES + 1}",
        )
        if 1 < values.height <= MOST_VALUES and len(groups) + values.height <= MOST_GROUPS:
            groups |= {f"{name}: {value}": {"property": name, "op": "eq", "value": value} for value in values["value"]}
    return groups


def time_zone(con: Warehouse) -> str:
    """The workspace's zone for bucketing; UTC where none is set."""
    kept = one(con, "select value from settings where name = 'timezone'")
    return json.loads(kept) if kept else "UTC"


def currency(con: Warehouse) -> str | None:
    """The workspace's currency code; None where none is set, and then no sign is shown."""
    kept = one(con, "select value from settings where name = 'currency'")
    return json.loads(kept) if kept else None
