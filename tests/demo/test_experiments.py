"""One test lifts, one does nothing, one has a broken split: each is seen in the events."""

import numpy as np
import polars as pl
import pytest

from journey.demo import Shop


def _arms(shop: Shop, events: pl.DataFrame, name: str) -> dict[str, tuple[int, int]]:
    """variant -> customers exposed, and of them those who bought after it while the test ran."""
    stop = pl.lit(shop.truth["experiments"][name]["stop"]).str.to_date()
    seen = events.filter(pl.col("experiment") == name).group_by("who").agg(pl.col("variant").first(), exposed=pl.col("ts").min())
    bought = events.filter((pl.col("event") == "Purchase") & (pl.col("day") < stop)).select("who", "ts").join(seen, on="who")
    buyers = bought.filter(pl.col("ts") >= pl.col("exposed")).select("who").unique().with_columns(buys=pl.lit(1))
    told = seen.join(buyers, on="who", how="left").group_by("variant").agg(pl.len(), pl.col("buys").sum())
    return {variant: (people, buyers) for variant, people, buyers in told.iter_rows()}


def _z_of_split(arms: dict[str, tuple[int, int]]) -> float:
    (control, _), (treatment, _) = arms["control"], arms["treatment"]
    return float((control - treatment) / np.sqrt(control + treatment))


def _lift(arms: dict[str, tuple[int, int]]) -> tuple[float, float]:
    (n, k), (m, j) = arms["treatment"], arms["control"]
    p, q = k / n, j / m
    return p - q, float(np.sqrt(p * (1 - p) / n + q * (1 - q) / m))


def test_the_short_checkout_lifts(shop: Shop, events: pl.DataFrame) -> None:
    arms = _arms(shop, events, "Short checkout")
    lift, error = _lift(arms)
    assert lift > 3.3 * error
    told = shop.truth["experiments"]["Short checkout"]["people"]
    realised = told["treatment"]["bought"] / told["treatment"]["exposed"] - told["control"]["bought"] / told["control"]["exposed"]
    assert abs(lift - realised) < error
    assert abs(_z_of_split(arms)) < 2.6


def _difference(treated: tuple[float, int], control: tuple[float, int]) -> tuple[float, float]:
    (p, n), (q, m) = treated, control
    return p - q, float(np.sqrt(p * (1 - p) / n + q * (1 - q) / m))


def test_the_effect_on_checkout_itself_is_recovered(shop: Shop, events: pl.DataFrame) -> None:
    test = shop.truth["experiments"]["Short checkout"]
    start, stop = (pl.lit(test[key]).str.to_date() for key in ("start", "stop"))
    variant = events.filter(pl.col("experiment") == "Short checkout").group_by("who").agg(pl.col("variant").first().alias("arm"))
    running = events.filter((pl.col("day") >= start) & (pl.col("day") < stop) & pl.col("device").is_not_null()).join(variant, on="who")
    days = running.group_by("who", "day", "arm").agg(
        cart=(pl.col("event") == "Add to cart").any(), till=pl.col("event").is_in(["Checkout", "Payment"]).any()
    )
    found = {arm: (share, n) for arm, share, n in days.filter("cart").group_by("arm").agg(pl.col("till").mean(), pl.len()).iter_rows()}
    told = test["carts_to_checkout"]
    realised, _ = _difference(*((told[arm]["share"], told[arm]["carts"]) for arm in ("treatment", "control")))
    difference, error = _difference(found["treatment"], found["control"])
    assert abs(difference - realised) < 1.5 * error
    planted, error = _difference(
        *((told[arm]["share_of_registered"], told[arm]["carts_of_registered"]) for arm in ("treatment", "control"))
    )
    assert abs(planted - test["effect_on_checkout"]) < 3 * error


@pytest.mark.parametrize("name", ["Larger photos", "Free delivery banner"])
def test_what_does_nothing_shows_nothing(shop: Shop, events: pl.DataFrame, name: str) -> None:
    lift, error = _lift(_arms(shop, events, name))
    assert abs(lift) < 2.6 * error


def test_only_the_broken_split_is_broken_and_only_on_phones(shop: Shop, events: pl.DataFrame) -> None:
    assert abs(_z_of_split(_arms(shop, events, "Larger photos"))) < 2.6
    assert _z_of_split(_arms(shop, events, "Free delivery banner")) > 3.3
    assert shop.truth["experiments"]["Free delivery banner"]["kind"] == "broken split"
    by_device = {
        device: _z_of_split(
            _arms(shop, events.filter(pl.col("experiment").is_null() | (pl.col("device") == device)), "Free delivery banner")
        )
        for device in ("mobile", "desktop")
    }
    assert by_device["mobile"] > 5 > abs(by_device["desktop"]) + 2
