"""The purchases of CDNOW's sample as a warehouse: read once for all tests that use it."""

import gzip
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import polars as pl

from journey.ingest import load_events
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

FILE = Path(os.environ.get("JOURNEY_DATA", "/nowhere")) / "cdnow" / "CDNOW_sample.txt.gz"
MAPPING = {
    "customer": "customer",
    "event": "event",
    "ts": "ts",
    "revenue": {"event": "order", "property": "price", "currency": "USD"},
}


@cache
def cdnow() -> Warehouse:
    con = empty_warehouse()
    with gzip.open(FILE, "rt") as file:
        rows = [line.split() for line in file]
    table = [
        {"customer": who, "event": "order", "ts": datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC), "price": float(dollars)}
        for who, _, day, _, dollars in rows
    ]
    load_events(con, pl.DataFrame(table), mapping=MAPPING)
    return con
