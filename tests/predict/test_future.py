"""What was known only later is no part of a prediction, and where it may be the answer says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.catalogs import write_catalog
from journey.ingest import load_customers, load_events
from journey.predict.measure import STANDS
from journey.rules.listed import KNOWS_LATER, lists_customers
from journey.rules.saved import save_segment
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


# Segments that are lists


BUYERS = {"funnel": {"steps": ["visit", "buy"]}, "reached": 1}
LISTS = [
    {"customers": ["p0001", "p0002"]},
    {"all": [{"did": "visit"}, {"not": {"any": [{"customers": ["p0001"]}, {"did": "buy"}]}}]},
    BUYERS,
    {"any": [{"all": [BUYERS]}, {"did": "visit"}]},
]


@pytest.mark.parametrize("segment", LISTS)
def test_a_prediction_of_customers_who_were_listed_says_that_the_list_may_know(alone: Warehouse, segment: Any) -> None:
    assert KNOWS_LATER in ask(alone, {**BUYS, "scope": {"segment": segment}})["warnings"]


def test_a_prediction_by_a_rule_that_holds_as_of_each_date_says_nothing_of_lists(alone: Warehouse) -> None:
    assert ask(alone, {**BUYS, "scope": {"segment": {"did": "visit"}}})["warnings"] == []


def test_a_list_is_found_by_way_of_what_is_saved_and_of_stages() -> None:
    with empty_warehouse() as con:
        save_segment(con, "these", {"all": [{"customers": ["p0001"]}]})
        save_segment(con, "those", {"any": ["these", "those"]})
        save_segment(con, "round", {"not": "round"})
        assert lists_customers(con, "these") and lists_customers(con, {"not": "those"})
        assert not lists_customers(con, "round") and not lists_customers(con, {"stage": "buyer"}) and not lists_customers(con, None)
        write_catalog(con, "stages", '[[stage]]\nname = "buyer"\nstep = 1\nrule = {customers = ["p0001"]}\n[[stage]]\nname = "else"\n')
        assert lists_customers(con, {"entered": "buyer", "within": "9d"})


def test_a_worklist_of_a_past_day_says_that_its_list_may_know(alone: Warehouse) -> None:
    asked = {"ask": "worklist", "model": "churn", "scope": {"stop": "2026-05-01", "segment": BUYERS}}
    assert KNOWS_LATER in ask(alone, asked)["warnings"]
    assert KNOWS_LATER not in ask(alone, {**asked, "scope": {"segment": BUYERS}})["warnings"]
    assert KNOWS_LATER not in ask(alone, {**asked, "scope": {"stop": "2026-05-01", "segment": {"did": "buy"}}})["warnings"]


@pytest.mark.parametrize("asked", [{"ask": "stage_accuracy", "horizon": "20d"}, {"ask": "next_accuracy", "boosted": False}])
def test_what_is_tried_on_past_dates_says_that_a_list_may_know(alone: Warehouse, asked: dict[str, Any]) -> None:
    assert KNOWS_LATER in ask(alone, {**asked, "scope": {"segment": {"all": [BUYERS]}}})["warnings"]
    assert KNOWS_LATER not in ask(alone, asked)["warnings"]


def test_who_joins_a_segment_after_a_date_is_not_tried_at_it(alone: Warehouse) -> None:
    often = {"did": "visit", "times": ">=2"}
    asked = {"ask": "stage_accuracy", "horizon": "20d", "as_of": ["2026-06-01"], "scope": {"segment": often}}
    then = ask(alone, {"ask": "segment", "where": often, "scope": {"stop": "2026-06-01"}})["customers"]
    late = ask(alone, {"ask": "segment", "where": often})["customers"]
    [tried] = ask(alone, asked)["dates"]
    assert tried["n"] == then < late
