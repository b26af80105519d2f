"""What was loaded: one row per load that was committed, the receipt a person reads, and the rows put aside."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from journey.errors import LoadError
from journey.ingest.parse import BadRow
from journey.warehouse import Warehouse, ask_sql, registered


@dataclass(frozen=True)
class LoadReceipt:
    """What became of every row.  received = stored + duplicates + quarantined, always.

    ids: ids that were ever seen; people: the persons they are.  seconds: from the first byte to the commit.
    flags: what a person should look at, though it was loaded.
    """

    kind: str
    files: tuple[str, ...]
    received: int
    stored: int
    duplicates: int
    quarantined: int
    ids: int
    people: int
    seconds: float
    mapping: str
    already_loaded: bool = False
    flags: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def reconciles(self) -> bool:
        return self.received == self.stored + self.duplicates + self.quarantined

    @property
    def rows_per_second(self) -> float:
        return self.received / self.seconds if self.seconds > 0 else 0.0

    def sentence(self) -> str:
        """ "Loaded 31,106 rows of ecom.csv in 0.4 s: 31,106 stored, 0 duplicates, 0 in quarantine. 600 ids are 600 people." """
        if self.already_loaded:
            return " ".join(self.warnings)
        what = ", ".join(self.files[:3]) + (f" and {len(self.files) - 3:,} more" if len(self.files) > 3 else "")
        told = (
            f"Loaded {_several(self.received, 'row')} of {what} in {self.seconds:.1f} s ({self.rows_per_second:,.0f} a second): "
            f"{self.stored:,} stored, {_several(self.duplicates, 'duplicate')}, {self.quarantined:,} in quarantine. "
            + ("1 id is 1 person." if self.ids == 1 else f"{self.ids:,} ids are {_several(self.people, 'person', 'people')}.")
        )
        return " ".join([told, *self.flags, *self.warnings])

    def as_plain(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "files": list(self.files),
            "received": self.received,
            "stored": self.stored,
            "duplicates": self.duplicates,
            "quarantined": self.quarantined,
            "ids": self.ids,
            "people": self.people,
            "seconds": self.seconds,
            "rows_per_second": self.rows_per_second,
            "already_loaded": self.already_loaded,
            "flags": list(self.flags),
            "warnings": list(self.warnings),
        }


def earlier_load(con: Warehouse, kind: str, content_hash: str) -> LoadReceipt | None:
    """The receipt of a load of the same files with the same mapping: all of its rows are duplicates now."""
    rows = ask_sql(
        con,
        "select files, received, mapping, load, quarantined from loads where kind = $kind and content_hash = $hash order by load",
        {"kind": kind, "hash": content_hash},
    )
    if rows.is_empty():
        return None
    files, received, mapping, load, quarantined = rows.row(0)
    ids, people = count_ids(con)
    told = f"The same content was loaded before, as load {load}; nothing was added."
    stored_before = received - quarantined
    return LoadReceipt(
        kind, tuple(json.loads(files)), received, 0, stored_before, quarantined, ids, people, 0.0, mapping, True, (), (told,)
    )


def count_ids(con: Warehouse) -> tuple[int, int]:
    """(ids, people) of the whole workspace."""
    row = con.connection.execute("select (select count(*) from customer_ids), (select count(*) from customers)").fetchall()[0]
    return (row[0], row[1]) if row else (0, 0)


def next_load(con: Warehouse) -> int:
    row = con.connection.execute("select coalesce(max(load), 0) + 1 from loads").fetchall()[0]
    return int(row[0]) if row else 1


def write_ledger(con: Warehouse, load: int, receipt: LoadReceipt, content_hash: str, started_at: int) -> None:
    """The row that says the load happened, in the transaction that makes it happen."""
    if not receipt.reconciles:
        raise LoadError(f"The load does not add up: {receipt.as_plain()}. Nothing was stored. Please report this.")
    con.connection.execute(
        "insert into loads values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            load,
            receipt.kind,
            json.dumps(receipt.files, ensure_ascii=False),
            content_hash,
            receipt.mapping,
            receipt.received,
            receipt.stored,
            receipt.duplicates,
            receipt.quarantined,
            started_at,
            receipt.seconds,
        ],
    )
    con.connection.execute("update dataset set version = version + 1")


def write_quarantine(con: Warehouse, load: int, bad: Sequence[tuple[str, BadRow]]) -> None:
    """bad: (file, row)."""
    if not bad:
        return
    rows = pl.DataFrame(
        {
            "load": [load] * len(bad),
            "file": [file for file, _ in bad],
            "line": [row.line for _, row in bad],
            "reason": [row.reason for _, row in bad],
            "raw": [row.raw[:10_000] for _, row in bad],
        },
        schema={"load": pl.Int32, "file": pl.String, "line": pl.Int64, "reason": pl.String, "raw": pl.String},
    )
    with registered(con, "journey_quarantine", rows):
        con.connection.execute("insert into quarantine select * from journey_quarantine")


def _several(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
