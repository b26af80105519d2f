"""Channels bring what they are said to bring, and the last touch credits another one."""

import numpy as np
import polars as pl
import pytest

from journey.demo import Shop, generate_shop, world


def _days(shop: Shop, events: pl.DataFrame, channels: list[str]) -> pl.DataFrame:
    """One row a person and day with a visit: whether a cart was filled, and which channels touched in the 7 days to it.

    Days within a week of a campaign's decision are left out: its extra orders come without a touch.
    """
    people = events.filter(pl.col("who").str.starts_with("c-"))
    visits = people.filter(pl.col("device").is_not_null())
    days = visits.group_by("who", "day").agg(cart=(pl.col("event") == "Add to cart").any())
    decided = people.filter(pl.col("event") == "Campaign assigned").select("who", decided="day").sort("decided")
    days = days.sort("day").join_asof(decided, left_on="day", right_on="decided", by="who", check_sortedness=False)
    days = days.filter(((pl.col("day") - pl.col("decided")).dt.total_days() > 8).fill_null(True))
    days = days.join(shop.customers.select(who="customer", joined=pl.col("signup").dt.date()), on="who")
    touches = visits.filter(pl.col("touch").is_not_null()).select("who", "touch", touched="day").unique()
    near = days.join(touches, on="who").filter((pl.col("day") - pl.col("touched")).dt.total_days().is_between(0, 6))
    wide = near.group_by("who", "day").agg([(pl.col("touch") == name).any().alias(name) for name in channels])
    return days.with_columns(known=pl.col("joined") < pl.col("day")).join(wide, on=["who", "day"]).sort("who", "day")


def test_causal_effects_are_recovered_by_regression(shop: Shop, events: pl.DataFrame) -> None:
    truth = shop.truth["channels"]["channels"]
    names = [name for name in truth if name not in ("Direct", "Brand search")]
    days = _days(shop, events, names)
    x = np.column_stack([np.ones(days.height), days["known"].to_numpy(), days.select(names).to_numpy()]).astype(float)
    y = days["cart"].to_numpy().astype(float)
    inverse = np.linalg.inv(x.T @ x)
    found = inverse @ x.T @ y
    rest = y - x @ found
    error = np.sqrt(np.diag(inverse @ ((x * rest[:, None]).T @ (x * rest[:, None])) @ inverse))
    for name, effect, se in zip(names, found[2:], error[2:], strict=True):
        assert abs(effect - truth[name]["cart_effect"]) < 3.3 * se, name


def test_brand_search_causes_nothing_and_gets_the_most_credit(shop: Shop, events: pl.DataFrame) -> None:
    told = shop.truth["channels"]
    assert told["channels"]["Brand search"]["orders_caused"] == 0
    credit = events.filter(pl.col("event") == "Purchase").group_by("channel").len().sort("len", descending=True)
    assert credit["channel"][0] == "Brand search" == told["zero_effect_most_credit"]
    share = credit["len"][0] / credit["len"].sum()
    assert share > 0.35
    for channel, orders in credit.iter_rows():
        assert orders == pytest.approx(told["channels"][channel]["orders_last_touch"], abs=15)  # the last hours are cut off


def test_without_their_effects_the_orders_caused_do_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = generate_shop(11).truth["channels"]
    monkeypatch.setattr(world, "CHANNEL_EFFECTS", (0.0,) * len(world.CHANNELS))
    without = generate_shop(11).truth["channels"]["orders"]
    caused = sum(told["orders_caused"] for told in whole["channels"].values())
    assert whole["orders"] - without == pytest.approx(caused, rel=0.2)
