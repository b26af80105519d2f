"""The shop's experiments, asked for as a person does: one ships, one shows nothing, one is broken, and daily looking fools nobody."""

from collections.abc import Iterator

import polars as pl
import pytest

from bench.experiments_shop import BROKEN, LIFTS, NOTHING, is_called, read
from journey.demo import Shop
from journey.demo.load import MAPPING
from journey.demo.plans import plan_experiments
from journey.experiments.result import READINGS
from journey.ingest import load_events
from journey.warehouse import Warehouse, open_warehouse

ASKED = ["Experiment viewed", "Add to cart", "Checkout", "Purchase"]
COLUMNS = ["customer", "anonymous_id", "event", "ts", "experiment", "variant", "device", "revenue", "order"]


@pytest.fixture(scope="module")
def con(shop: Shop) -> Iterator[Warehouse]:
    """Only the events that the experiments ask for: all others leave the answers as they are."""
    with open_warehouse(":memory:") as con:
        load_events(con, shop.events.filter(pl.col("event").is_in(ASKED)).select(COLUMNS), mapping=MAPPING)
        plan_experiments(con)
        yield con


def test_each_gets_the_verdict_that_was_planted(con: Warehouse) -> None:
    lifts, nothing, broken = (read(con, name, checks=name == BROKEN) for name in (LIFTS, NOTHING, BROKEN))
    assert (lifts["state"], is_called(lifts)) == ("ship", True)
    assert lifts["verdict"].startswith("Ship treatment: Ordered is ")
    assert (nothing["state"], is_called(nothing)) == ("stop", False)
    assert (broken["state"], broken["srm"]["alarm"], broken["until"]) == ("broken", True, None)
    assert broken["verdict"].startswith("Broken, no winner can be named") and "mobile" in broken["verdict"]


def test_every_reading_ships_the_one_that_lifts_and_no_other(con: Warehouse) -> None:
    for reading in READINGS:
        options = {"reading": reading, "checks": False, **({"looks": 14} if reading == "planned" else {})}
        states = [read(con, name, **options)["state"] for name in (LIFTS, NOTHING, BROKEN)]
        assert states == ["ship", "stop", "broken"], reading
