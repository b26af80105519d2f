"""What drives the way from checkout to payment, as it was planted: phones lose more there, and far more in the leak."""

import json
from pathlib import Path
from typing import Any

import pytest

from journey.demo import load_shop, world
from journey.funnels import Driver, measure_drivers, read_drivers
from journey.scope import read_scope
from journey.warehouse import Warehouse, open_warehouse

PLANTED = dict(zip(world.DEVICES, world.TO_PAYMENT, strict=True))


@pytest.fixture(scope="module")
def shop_log(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with open_warehouse(tmp_path_factory.mktemp("shop")) as con:
        load_shop(con, seed=3, customers=8_000)
        yield con


def devices(con: Warehouse, scope: dict[str, str]) -> dict[str, Driver]:
    """The drivers by device, of first checkouts in the scope."""
    question = read_drivers({"of": {"steps": ["Checkout", "Payment"], "window": "1h"}, "minimum": 10, "most": 1_000})
    found = measure_drivers(con, question, read_scope(scope))
    return {str(driver.value): driver for driver in found.drivers if driver.name == "device"}


def leak(con: Warehouse) -> dict[str, Any]:
    assert isinstance(con.folder, Path)
    told: dict[str, Any] = json.loads((con.folder / "demo_truth.json").read_text())["leak"]
    return told


def difference(found: dict[str, Driver], share: float) -> float:
    """What is planted: the share on phones, less that of all other devices as often as they were used."""
    others = {name: driver.n_with for name, driver in found.items() if name != "mobile"}
    return share - sum(PLANTED[name] * n for name, n in others.items()) / sum(others.values())


def test_the_device_that_loses_most_is_found_and_its_interval_holds_the_planted_difference(shop_log: Warehouse) -> None:
    found = devices(shop_log, {"stop": leak(shop_log)["start"]})
    mobile = found["mobile"]
    assert mobile.told_apart
    assert mobile.interval[0] < difference(found, PLANTED["mobile"]) < mobile.interval[1]


def test_in_the_leak_the_difference_is_as_much_wider_as_was_planted(shop_log: Warehouse) -> None:
    truth = leak(shop_log)
    found = devices(shop_log, {"start": truth["start"], "stop": truth["stop"]})
    assert found["mobile"].told_apart
    assert found["mobile"].interval[0] < difference(found, PLANTED["mobile"] * truth["factor"]) < found["mobile"].interval[1]
