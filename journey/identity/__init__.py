"""Which ids are one person.  The policy is merge_protected.

An anonymous id joins the person it first identifies as, with all its history; later logins on the same device are other
people and start anew.  Two identified people are never merged.  Writes `customer_ids` and `customers`.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.errors import LoadError
from journey.warehouse import SCHEMA, Warehouse, ask_sql, literal, one, quote, registered

KNOWN = """
    select i.id, i.kind, i.number, i.linked_at, case when i.linked_at is not null then c.id end as owner
    from customer_ids i
    join customers c on c.customer = i.customer
"""
LARGE = 20_000
NOBODY = pl.DataFrame(schema={"id": pl.String, "kind": pl.String, "number": pl.Int32, "linked_at": pl.Int64, "owner": pl.String})


@dataclass(frozen=True)
class Resolved:
    """came_as: (rows,) the number of the id each row came with.  person_of: (ids,) the customer of each id number.

    customers: customer, id.  ids: rows of table customer_ids.
    """

    came_as: np.ndarray
    person_of: np.ndarray
    customers: pl.DataFrame
    ids: pl.DataFrame

    @property
    def people(self) -> int:
        return self.customers.height


def resolve(con: Warehouse, rows: pl.DataFrame) -> Resolved:
    """Number the ids of new rows, and tell who is who over everything that was ever loaded.

    rows: customer, anonymous (text, one may be null) and ts, in order of loading.
    """
    known = ask_sql(con, KNOWN) if one(con, "select count(*) from customer_ids") else NOBODY
    customer_code, customer_ids = coded(rows["customer"])
    anonymous_code, anonymous_ids = coded(rows["anonymous"])
    ids = _numbered(known, customer_ids, anonymous_ids)
    links = _links(known, rows)
    named = ids.filter(pl.col("kind") == "customer")["id"]
    links = links.join(named.to_frame(), on="id", how="anti")  # an id that people log in with is nobody's anonymous past
    links = links.with_columns(kind=pl.lit("anonymous"))
    ids = ids.join(links, on=["id", "kind"], how="left")
    ids = ids.with_columns(person=pl.coalesce("owner", "id"))
    customers = ids.select(id="person").unique().sort("id").with_row_index("customer").with_columns(pl.col("customer").cast(pl.Int32))
    ids = ids.join(customers.rename({"id": "person"}), on="person", how="left").sort("number")
    came_as = _came_as(ids, customer_code, customer_ids, anonymous_code, anonymous_ids)
    return Resolved(came_as, ids["customer"].to_numpy(), customers, ids.select("id", "kind", "customer", "linked_at", "number"))


def coded(texts: pl.Series) -> tuple[np.ndarray, pl.Series]:
    """(codes, values): each text as its place among the sorted distinct ones; -1 where missing."""
    if texts.dtype == pl.String:
        texts = texts.cast(pl.Categorical(pl.Categories.random()))
    distinct = texts.unique().drop_nulls()
    values = distinct.cast(pl.String)
    if values.is_empty():
        return np.full(len(texts), -1, dtype=np.int32), values
    order = values.arg_sort().to_numpy()
    places = distinct.to_physical().to_numpy()[order]
    lookup = np.full(int(places.max()) + 2, -1, dtype=np.int32)
    lookup[places] = np.arange(len(places), dtype=np.int32)
    return lookup[texts.to_physical().fill_null(len(lookup) - 1).to_numpy()], values[order]


def _numbered(known: pl.DataFrame, customer_ids: pl.Series, anonymous_ids: pl.Series) -> pl.DataFrame:
    """id, kind, number: the known ids keep their numbers, new ones follow."""
    seen = pl.concat(
        [
            pl.DataFrame({"id": customer_ids.cast(pl.String), "kind": "customer"}, schema={"id": pl.String, "kind": pl.String}),
            pl.DataFrame({"id": anonymous_ids.cast(pl.String), "kind": "anonymous"}, schema={"id": pl.String, "kind": pl.String}),
        ]
    )
    old = known.select("id", "kind", "number")
    new = seen.join(old, on=["id", "kind"], how="anti", maintain_order="left") if old.height else seen
    if old.height + new.height > 2**31 - 1:
        raise LoadError("A workspace holds at most 2,147,483,647 ids.")
    return pl.concat([old, new.with_row_index("number", offset=old.height).select("id", "kind", pl.col("number").cast(pl.Int32))])


def _links(known: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """id, owner, linked_at: whom each anonymous id identified as first; of two at one moment, the one loaded first."""
    earlier = known.filter(pl.col("owner").is_not_null()).select("id", "owner", "linked_at")
    if rows["anonymous"].null_count() == rows.height:
        return earlier
    both = rows.select(id="anonymous", owner="customer", linked_at="ts")
    both = both.filter(pl.col("id").is_not_null() & pl.col("owner").is_not_null()).with_columns(pl.col("id", "owner").cast(pl.String))
    return pl.concat([earlier, both]).sort("linked_at", maintain_order=True).unique("id", keep="first", maintain_order=True)


def _came_as(
    ids: pl.DataFrame, customer_code: np.ndarray, customer_ids: pl.Series, anonymous_code: np.ndarray, anonymous_ids: pl.Series
) -> np.ndarray:
    """A row comes as its customer id; without one as its anonymous id."""

    def numbers(kind: str, values: pl.Series) -> np.ndarray:
        found = pl.DataFrame({"id": values.cast(pl.String)}).join(
            ids.filter(pl.col("kind") == kind).select("id", "number"), on="id", how="left", maintain_order="left"
        )
        return np.append(found["number"].to_numpy().astype(np.int32), np.int32(-1))

    came_as = numbers("customer", customer_ids)[customer_code]
    if len(anonymous_ids):
        came_as = np.where(customer_code >= 0, came_as, numbers("anonymous", anonymous_ids)[anonymous_code])
    return came_as


def moved(con: Warehouse, resolved: Resolved) -> pl.DataFrame:
    """was, customer: where each customer stored now goes, told by the id that is shown; an identified id before an anonymous one."""
    known = ask_sql(
        con,
        "select c.customer as was, min_by(i.number, (i.kind <> 'customer')::integer) as number"
        " from customers c join customer_ids i on i.id = c.id group by c.customer",
    )
    return known.select("was", pl.Series("customer", resolved.person_of[known["number"].to_numpy()], dtype=pl.Int32))


def write_people(con: Warehouse, resolved: Resolved, facts: pl.DataFrame) -> None:
    """Replace customer_ids and customers.  facts: (people) events, first_ts, last_ts, in order of customer.

    Properties from a customers table stay with their person; where two rows become one person, those of the id that is shown win.
    """
    people = pl.concat([resolved.customers, facts], how="horizontal").select("customer", "id", "events", "first_ts", "last_ts")
    people = _with_properties(con, resolved, people)
    replace_rows(con, "customers", people.sort("customer"))
    replace_rows(con, "customer_ids", resolved.ids)


def replace_rows(con: Warehouse, table: str, rows: pl.DataFrame) -> None:
    """All rows of a table at once, columns by name.

    A large one is dropped and made anew: taking 350,000 keys out of an index and putting them back costs seconds.
    """
    db = con.connection
    names = ", ".join(quote(name) for name in rows.columns)
    with registered(con, "journey_rows", rows):
        if rows.height > LARGE and one(con, f"select count(*) from {quote(table)}"):
            held = [row[1:3] for row in db.execute(f"pragma table_info({literal(table)})").fetchall()]
            db.execute(f"drop table {quote(table)}")
            db.execute(SCHEMA.read_text())
            for name, kind in held:
                db.execute(f"alter table {quote(table)} add column if not exists {quote(name)} {kind}")
        else:
            db.execute(f"delete from {quote(table)}")
        db.execute(f"insert into {quote(table)} ({names}) select {names} from journey_rows")


def _with_properties(con: Warehouse, resolved: Resolved, people: pl.DataFrame) -> pl.DataFrame:
    columns = [row[1] for row in con.connection.execute("pragma table_info('customers')").fetchall()]
    kept = [name for name in columns if name.startswith("c_")]
    if not kept:
        return people
    old = ask_sql(con, "select * from customers")
    shown = resolved.customers.rename({"id": "shown"})
    held = old.rename({"customer": "was"}).join(moved(con, resolved), on="was").join(shown, on="customer")
    held = held.sort(pl.col("id") != pl.col("shown"), pl.col("id"))
    values = held.group_by("customer", maintain_order=True).agg(pl.col(name).drop_nulls().first() for name in kept)
    return people.join(values, on="customer", how="left")
