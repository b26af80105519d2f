"""The leak on one device in one fortnight is there in the events, and nowhere else."""

from datetime import datetime

import numpy as np
import polars as pl

from journey.demo import Shop


def _checkouts(events: pl.DataFrame) -> pl.DataFrame:
    """One row a checkout: its device and time, and whether a payment came within half an hour on that device."""
    till = events.filter(pl.col("event").is_in(["Checkout", "Payment"])).sort("anonymous_id", "ts", maintain_order=True)
    after = pl.col("event").shift(-1).over("anonymous_id"), pl.col("ts").shift(-1).over("anonymous_id")
    paid = ((after[0] == "Payment") & (after[1] - pl.col("ts") <= pl.duration(minutes=30))).fill_null(False)
    return till.with_columns(paid=paid).filter(pl.col("event") == "Checkout")


def test_the_factor_of_the_leak_is_recovered(shop: Shop, events: pl.DataFrame) -> None:
    leak = shop.truth["leak"]
    start, stop = (datetime.fromisoformat(leak[key]) for key in ("start", "stop"))
    inside = pl.col("ts").dt.replace_time_zone(None).is_between(start, stop, closed="left")
    checkouts = _checkouts(events).with_columns(inside=inside, leaky=pl.col("device") == leak["device"])
    rates = {row[:2]: row[2:] for row in checkouts.group_by("inside", "leaky").agg(pl.col("paid").mean(), pl.len()).iter_rows()}
    (p, n), (usual, m) = rates[True, True], rates[False, True]
    error = np.sqrt((1 - p) / (p * n) + (1 - usual) / (usual * m))
    assert abs(np.log(p / usual) - np.log(leak["factor"])) < 2.6 * error
    (p, n), (usual, m) = rates[True, False], rates[False, False]
    assert abs(p - usual) < 2.6 * np.sqrt(p * (1 - p) / n + usual * (1 - usual) / m)


def test_the_realised_shares_stand_beside_the_parameters(shop: Shop) -> None:
    leak = shop.truth["leak"]
    assert leak["share_inside"] / leak["share_outside"] < 0.7
    assert abs(leak["share_outside"] - leak["usual_share"]) < 0.03
