"""The segments that the data offer without anybody's work: a customer property with a few values."""

from typing import Any

from journey.rules.match import Property
from journey.warehouse import Warehouse, ask_sql, kept, quote

MOST_VALUES = 6
MOST_GROUPS = 16
MOST_COMMON = 30
MOST_TOLD = 8

TEXTS = """
select
    name,
    "column",
from properties
where
    "of" = 'customer'
    and type = 'varchar'
    and not personal
order by name
"""


def plain_groups(con: Warehouse) -> dict[str, dict[str, Any]]:
    """ "plan: free" -> the rule that holds for it; properties with more than a few values are left out."""
    groups: dict[str, dict[str, Any]] = {}
    for name, column in ask_sql(con, TEXTS).iter_rows():
        values = _values(con, column)
        if 1 < len(values) <= MOST_VALUES and len(groups) + len(values) <= MOST_GROUPS:
            groups |= {f"{name}: {value}": {"property": name, "op": "eq", "value": value} for value in values}
    return groups


def _values(con: Warehouse, column: str) -> list[str]:
    """The values, the commonest first; one more than are wanted where there are many."""
    name = quote(column)
    query = f"select {name} as value from customers where {name} is not null group by 1 order by count(*) desc, 1 limit {MOST_VALUES + 1}"
    return ask_sql(con, query)["value"].to_list()


def common_values(con: Warehouse, prop: Property) -> list[str]:
    """The commonest values of a property as text, at most 30; none of one that is personal."""
    personal = 'select personal from properties where "of" = $kind and name = $name'
    if ask_sql(con, personal, {"kind": prop.of, "name": prop.name})["personal"].to_list() != [False]:
        return []
    source = "events" if prop.of == "event" else "customers"
    value = prop.as_text(f"e.{quote(prop.column)}")
    text = f"select {value} as value from {source} e where {value} is not null group by 1 order by count(*) desc, 1 limit {MOST_COMMON}"
    return ask_sql(con, text)["value"].to_list()


def telling_properties(con: Warehouse) -> list[str]:
    """Properties whose few values tell customers apart: text or yes and no, of two to eight values, none that is personal.

    Those of customers come first, the one that is known of most before the others, and each name once.
    """
    return list(kept(con, "telling properties", lambda: _telling(con)))


def _telling(con: Warehouse) -> list[str]:
    kinds = 'select "of", name, "column" from properties where type in (\'varchar\', \'boolean\') and not personal order by "of", name'
    rows = ask_sql(con, kinds).rows()
    found: list[str] = []
    for of in ("customer", "event"):
        columns = {name: column for kind, name, column in rows if kind == of}
        if columns:
            asked = [part for column in columns.values() for part in (f"approx_count_distinct({quote(column)})", f"count({quote(column)})")]
            named = ", ".join(f"{part} as n{k}" for k, part in enumerate(asked))
            counts = ask_sql(con, f"select {named} from {'customers' if of == 'customer' else 'events'}").row(0)
            told = zip(columns, counts[::2], counts[1::2], strict=True)
            few = [(-known, name) for name, values, known in told if 2 <= values <= MOST_TOLD and name not in found]
            found += [name for _, name in sorted(few)]
    return found
