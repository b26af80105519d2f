"""What was known only later is no part of a prediction, and where it may be the answer says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.ingest import load_customers, load_events
from journey.predict.measure import STANDS
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

START = datetime(2026, 1, 1, tzinfo=UTC)
BUYS = {"ask": "predict", "outcome": {"did": "buy", "within": "30d"}, "as_of": "2026-07-01"}
CAME = {"customer": "customer", "valid_from": "changed"}


def at(day: float) -> datetime:
    return START + timedelta(days=day)


def by_chance(people: int = 1200, days: int = 215) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Visits at random, one purchase at pure chance; and a table whose latest row of a buyer is of the purchase."""
    rng = np.random.default_rng(3)
    events: list[tuple[str, str, datetime]] = []
    rows: list[tuple[str, str, datetime]] = []
    for person in range(people):
        who, bought = f"p{person:04d}", float(rng.uniform(0, 2 * days))
        events += [(who, "visit", at(float(day))) for day in rng.uniform(0, days, 6)]
        events += [(who, "buy", at(bought))] if bought < days else []
        rows.append((who, "gold", at(bought)) if bought < days else (who, "basic", START))
    return (
        pl.DataFrame(events, schema={"customer": pl.String, "event": pl.String, "ts": pl.Datetime("ms", "UTC")}, orient="row"),
        pl.DataFrame(rows, schema={"customer": pl.String, "tier": pl.String, "changed": pl.Datetime("ms", "UTC")}, orient="row"),
    )


def shop(mapping: dict[str, str] | None, *columns: str) -> Warehouse:
    events, table = by_chance()
    con = empty_warehouse()
    load_events(con, events)
    if mapping is not None:
        load_customers(con, table.select("customer", *columns), mapping)
    return con


@pytest.fixture(scope="module")
def alone() -> Warehouse:
    return shop(None)


@pytest.fixture(scope="module")
def blind(alone: Warehouse) -> dict[str, Any]:
    return ask(alone, BUYS)


def test_rows_of_customers_that_came_later_add_nothing(blind: dict[str, Any]) -> None:
    told = ask(shop(CAME, "tier", "changed"), BUYS)
    assert told["enough"] is True
    assert told["metrics"] == blind["metrics"] and told["customers"] == blind["customers"]
    assert blind["warnings"] == []
    assert [one for one in told["warnings"] if one.startswith("Not learned from: what the customers table tells")]


def test_a_table_that_stands_as_of_today_is_warned_of() -> None:
    con = shop({"customer": "customer"}, "tier")
    told = ask(con, BUYS)
    assert told["metrics"]["auc"] > 0.9  # what changed with the outcome tells it, so the warning is needed
    assert STANDS in told["warnings"]
