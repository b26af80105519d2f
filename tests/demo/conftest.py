"""One shop for all tests of this folder, and its events with every row given to a person."""

import polars as pl
import pytest

from journey.demo import Shop, generate_shop


@pytest.fixture(scope="session")
def shop() -> Shop:
    return generate_shop()


@pytest.fixture(scope="session")
def events(shop: Shop) -> pl.DataFrame:
    """`who`: the customer, or the first that logged in on the device, or the device.  Ordered by who and ts.  `day`: UTC."""
    links = shop.events.drop_nulls(["customer", "anonymous_id"]).sort("ts").unique("anonymous_id", keep="first", maintain_order=True)
    owner = links.select("anonymous_id", owner="customer")
    known = shop.events.join(owner, on="anonymous_id", how="left", maintain_order="left")
    who = pl.coalesce("customer", "owner", "anonymous_id").alias("who")
    return known.with_columns(who, day=pl.col("ts").dt.date()).sort("who", "ts", maintain_order=True)
