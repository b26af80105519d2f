"""What events and customers carry: every property, its type, and how many rows have it."""

from dataclasses import dataclass

from journey.warehouse import Warehouse, ask_sql, quote

TABLES = {"event": "events", "customer": "customers"}


@dataclass(frozen=True)
class Property:
    """of: event | customer.  filled: rows that have a value; rows: all rows of that table.  distinct: values, about (1 to 2%)."""

    of: str
    name: str
    type: str
    personal: bool
    filled: int
    rows: int
    distinct: int

    @property
    def share_filled(self) -> float | None:
        return self.filled / self.rows if self.rows else None


def measure_properties(con: Warehouse) -> tuple[Property, ...]:
    """Every property, those of events first, in order of name; one scan of each table."""
    known = ask_sql(con, 'select "of", name, "column", type, personal from properties order by "of" desc, lower(name), name').rows()
    found: list[Property] = []
    for of, table in TABLES.items():
        mine = [row for row in known if row[0] == of]
        if mine:
            sums = ask_sql(con, _scan(table, [row[2] for row in mine])).row(0)
            found += [
                Property(of, name, kind, personal, sums[1 + 2 * at], sums[0], sums[2 + 2 * at])
                for at, (_, name, _, kind, personal) in enumerate(mine)
            ]
    return tuple(found)


def _scan(table: str, columns: list[str]) -> str:
    counts = [f"    count({quote(column)}),\n    approx_count_distinct({quote(column)})," for column in columns]
    return "select\n    count(*),\n" + "\n".join(counts) + f"\nfrom {quote(table)}"
