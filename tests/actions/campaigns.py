"""Campaigns drawn at random whose effect is known, as a log: everybody visits, is assigned on a Wednesday, and buys or not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from journey.catalogs import write_catalog
from journey.warehouse import Warehouse
from tests.lent import lent_warehouse

START = datetime(2026, 3, 2, tzinfo=UTC)
CATALOG = """
[guardrails]
margin = 0.5
holdout = 0.1

[[action]]
name = "Mail"
channel = "email"
purpose = ""
cost = 0.5
effort = 1
wanted = { did = "buy", within = "7d" }
logged = { event = "assigned", property = "action", is = "mail", nothing = "nothing", propensity = "chance" }

[[action]]
name = "Call"
channel = "phone"
purpose = ""
cost = 3.0
effort = 4
wanted = { did = "buy", within = "7d" }
assumed = { likely = 0.04, low = 0.0, high = 0.08, source = "The team's guess of May." }

[[action]]
name = "Note"
channel = "email"
purpose = ""
wanted = { did = "buy", within = "7d" }

[[action]]
name = "Parcel"
channel = "post"
purpose = ""
wanted = { did = "unheard", within = "7d" }
"""
MAIL_ALONE = CATALOG.split('\n[[action]]\nname = "Call"')[0]
MAPPING: dict[str, Any] = {
    "customer": "customer",
    "event": "event",
    "ts": "ts",
    "revenue": {"event": "buy", "property": "revenue", "currency": "EUR"},
}


def person(
    name: str, action: str | None, buys: bool, chance: float = 0.5, revenue: float = 20.0, hours: float = 24.0
) -> list[dict[str, Any]]:
    """Visits on Monday, is assigned on Wednesday at noon, buys `hours` later."""
    noon = START + timedelta(days=2, hours=12)
    rows: list[dict[str, Any]] = [{"customer": name, "event": "visit", "ts": START + timedelta(hours=9)}]
    if action is not None:
        rows.append({"customer": name, "event": "assigned", "ts": noon, "action": action, "chance": chance})
    if buys:
        rows.append({"customer": name, "event": "buy", "ts": noon + timedelta(hours=hours), "revenue": revenue})
    return rows


def logged(*people: list[dict[str, Any]], days: int = 40, catalog: str = CATALOG) -> Warehouse:
    """The log of these people, which ends `days` after the first Monday."""
    last = [{"customer": "zoe", "event": "visit", "ts": START + timedelta(days=days)}]
    whole = [row for rows in (*people, last) for row in rows]
    columns = {"action": pl.String, "chance": pl.Float64, "revenue": pl.Float64}
    frame = pl.DataFrame(whole, infer_schema_length=None)
    for name, kind in columns.items():
        frame = frame.with_columns((pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name))
    con = lent_warehouse(frame, MAPPING)
    write_catalog(con, "actions", catalog)
    return con


def half(name: str, action: str | None, n: int, buyers: int, **more: Any) -> list[list[dict[str, Any]]]:
    """n people with an action, the first `buyers` of whom buy."""
    return [person(f"{name} {place:03}", action, place < buyers, **more) for place in range(n)]
