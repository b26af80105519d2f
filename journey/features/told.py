"""What a customers table tells, and since when: of each customer only the latest row is kept, so the past is known where none came since.

valid from      ann 1 March  bob 1 March       as of 5 March both rows were there: what they tell was known
                ann 1 March  bob 9 March       as of 5 March bob's is not known, and that alone tells that his changed later
"""

import json

from journey.rules import Property, known_properties
from journey.warehouse import Warehouse, ask_sql, kept, one, quote

TOLD = ("number", "date", "is", "known")  # measures of what a customers table tells
MAPPINGS = "select mapping from loads where kind = 'customers' order by load"

LATE = """-- Customers who were there, at a moment from the first on, before this was so.
select count(*)
from customers k
where k.{column} >= $first and k.first_ts < k.{column}"""


def valid_from(con: Warehouse) -> tuple[Property, ...]:
    """The properties that say since when a row of a customers table holds, in the order of their names."""
    named = {name for name in _named(con) if name is not None}
    return tuple(prop for prop in known_properties(con) if prop.of == "customer" and prop.name in named)


def dates_back(con: Warehouse) -> bool:
    """Whether every customers table said since when its rows hold; else what they tell is taken as it stands today."""
    known, said = {prop.name for prop in valid_from(con) if prop.type == "timestamp"}, _named(con)
    return bool(said) and all(name in known for name in said)


def holds_since(con: Warehouse, first: int) -> bool:
    """Whether at each moment from the first on, ms, the rows of all customers known at it held already; true without `valid_from`."""
    return not any(changes_after(con, prop, first) for prop in valid_from(con))


def changes_after(con: Warehouse, prop: Property, first: int) -> bool:
    """Whether a date came, at the first moment or later, for somebody who was known before it: whether it had come tells the future."""
    if prop.type != "timestamp":
        return False
    return bool(one(con, LATE.format(column=quote(prop.column)), {"first": first}))


def _named(con: Warehouse) -> tuple[str | None, ...]:
    """Of each customers table the name of the property that says since when its rows hold; None where none does."""
    rows = kept(con, "mappings of customers", lambda: ask_sql(con, MAPPINGS)["mapping"].to_list())
    return tuple(_name(json.loads(row)) for row in rows)


def _name(mapping: dict[str, dict[str, str]]) -> str | None:
    column = mapping.get("roles", {}).get("valid_from")
    return None if column is None else mapping.get("rename", {}).get(column, column)
