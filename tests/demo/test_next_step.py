"""What comes next after a checkout is what was planted, inside the leak and outside it."""

import polars as pl

from journey.ask import ask
from journey.demo import Shop
from journey.ingest import load_events
from journey.warehouse import Warehouse, open_warehouse


def _paid(con: Warehouse, scope: dict[str, str]) -> tuple[float, float]:
    """The 95% interval of the chance of a payment after a checkout."""
    answer = ask(con, {"ask": "next", "after": ["Checkout"], "scope": scope})
    low, high = next(one["interval"] for one in answer["next"] if one["next"] == "Payment")
    return low, high


def test_a_payment_is_as_likely_next_as_was_planted(shop: Shop, events: pl.DataFrame) -> None:
    """Of the leaking device's checkouts and payments alone; what the log lost or doubled shifts a share by a point or two."""
    leak = shop.truth["leak"]
    till = events.filter(pl.col("event").is_in(["Checkout", "Payment"]) & (pl.col("device") == leak["device"]))
    con = open_warehouse(":memory:")
    load_events(con, till.select("event", "ts", customer="who"))
    inside, before = _paid(con, {"start": leak["start"], "stop": leak["stop"]}), _paid(con, {"stop": leak["start"]})
    assert inside[0] - 0.02 < leak["share_inside"] < inside[1] + 0.02
    assert before[0] - 0.02 < leak["share_outside"] < before[1] + 0.02
    assert inside[1] < before[0]
