"""All that is checked of an experiment, asked as anybody asks: of the log, of a table, of nobody."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.experiments.checks.traits import traits_of
from journey.experiments.read import read_experiment, units_of
from journey.ingest import load_events
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

START = datetime(2026, 3, 2, tzinfo=UTC)
CHECKS = ["cause", "crossed", "small", "outliers", "novelty", "weekdays", "overlap"]
BOUGHT = {"name": "bought", "event": "buy", "role": "primary"}


@pytest.fixture(scope="module")
def shop() -> Warehouse:
    """1,600 customers over three weeks, half on phones, where they buy less and four in ten of the new banner are never logged.

    The device is said by the first event of a visit alone.  Half of the customers see another experiment, too.
    """
    rng = np.random.default_rng(2)
    rows: list[tuple[Any, ...]] = []
    for who in range(1600):
        phone, new = rng.random() < 0.5, rng.random() < 0.5
        at = START + timedelta(minutes=int(rng.integers(0, 21 * 1440)))
        rows.append((who, at, "visit", "phone" if phone else "desk", None, None, None))
        if not (phone and new and rng.random() < 0.4):
            rows.append((who, at + timedelta(minutes=1), "seen", None, "banner", ("control", "new")[int(new)], None))
        if rng.random() < 0.5:
            rows.append((who, at + timedelta(minutes=2), "seen", None, "font", ("control", "serif")[int(rng.random() < 0.5)], None))
        if rng.random() < (0.15 if phone else 0.45):
            rows.append((who, at + timedelta(minutes=9), "buy", None, None, None, float(rng.lognormal(3, 0.5))))
    names = ("customer", "ts", "event", "device", "experiment", "variant", "price")
    frame = pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)
    con = empty_warehouse()
    load_events(con, frame.with_columns(pl.format("c{}", "customer").alias("customer"), pl.col("ts").cast(pl.Datetime("ms", "UTC"))))
    return con


def findings(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {found["check"]: found for found in answer["findings"]}


def test_the_cause_is_found_by_what_the_session_said_before_the_exposure(shop: Warehouse) -> None:
    answer = ask(shop, {"ask": "experiment", "experiment": "banner", "metrics": [BOUGHT], "by": "device", "over_time": True})
    found = findings(answer)
    assert json.loads(json.dumps(answer)) == answer
    assert answer["state"] == "broken" and "device = phone" in answer["verdict"] and "of new are missing" in answer["verdict"]
    assert found["cause"]["state"] == "alarm" and "Without phone the split is" in found["cause"]["sentence"]
    assert set(found) == {*CHECKS, "plan", "groups", "mix"} - {"outliers"}  # there is no mean
    assert found["mix"]["state"] == "look" and "by device" in found["mix"]["sentence"]
    assert "in 'font' as well" in found["overlap"]["sentence"] and found["overlap"]["state"] == "fine"
    assert found["weekdays"]["sentence"].startswith("It has run for 21 days so far, 3 whole weeks")


def test_a_clean_one_is_told_to_be_fine_in_every_way(shop: Warehouse) -> None:
    money = {"name": "money", "event": "buy", "property": "price"}
    found = findings(ask(shop, {"ask": "experiment", "experiment": "font", "metrics": [BOUGHT, money]}))
    assert [check for check in found if check != "plan"] == CHECKS
    assert {check: one["state"] for check, one in found.items() if check != "plan"} == dict.fromkeys(CHECKS, "fine")
    assert "groups by day of exposure, device and hour of exposure were tested" in found["cause"]["sentence"]


def test_the_columns_of_a_table_are_looked_into_where_its_split_is_off(shop: Warehouse) -> None:
    rows = [{"arm": "ab"[n % 2], "bought": int(n % 3 == 0), "zone": ("north", "south")[n % 5 < 2]} for n in range(2000)]
    metrics = [{"name": "bought", "column": "bought", "kind": "share"}, {"name": "money", "column": "bought", "kind": "mean"}]
    question = {"ask": "experiment", "variant": "arm", "control": "a", "metrics": metrics}
    fine = findings(ask(shop, {**question, "table": rows}))
    assert set(fine) == {"cause", "crossed", "small", "outliers"} and "no cause is looked for" in fine["cause"]["sentence"]
    lost = [row for n, row in enumerate(rows) if not (row["arm"] == "b" and row["zone"] == "north" and n % 4 == 1)]
    found = findings(ask(shop, {**question, "table": lost}))["cause"]
    assert found["state"] == "alarm" and "zone = north" in found["sentence"] and "50% of b are missing" in found["sentence"]


def test_nobody_and_an_experiment_of_one_variant_are_answered() -> None:
    con = drawn("ann 09:00 seen{experiment=x,variant=control} 09:05 buy", "bob 09:00 visit")
    for name in ("x", "y"):
        answer = ask(con, {"ask": "experiment", "experiment": name, "metrics": [BOUGHT], "over_time": True, "by": "experiment"})
        assert answer["metrics"] == [] and answer["courses"] == []


def test_a_property_that_customers_get_by_signing_up_divides_nobody_until_asked_for() -> None:
    con = drawn(
        "ann 09:00 visit{device=web,arm=x1} 09:01 seen{experiment=x,variant=control,device=app}",
        "bob 09:00 visit{device=web,arm=x2} 09:01 seen{experiment=x,variant=new}",
    )
    question = read_experiment({"experiment": "x", "metrics": [BOUGHT]})
    told = traits_of(con, question, Scope(), units_of(con, question, Scope()))
    assert told.to_dict(as_series=False) == {"arm": ["x1", "x2"], "device": ["app", "web"]}
