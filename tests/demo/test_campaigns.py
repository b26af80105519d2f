"""Actions were assigned at random, and what they brought can be read from the log."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.demo import Shop, world


@pytest.fixture(scope="module")
def decisions(events: pl.DataFrame) -> pl.DataFrame:
    """One row a decision: the orders of its customer on the 7 days after its day."""
    made = events.filter(pl.col("event") == "Campaign assigned").select(
        "customer", "day", "campaign", "action", "segment", "propensity", "cost"
    )
    orders = events.filter(pl.col("event") == "Purchase").select("customer", ordered="day")
    near = made.join(orders, on="customer").filter((pl.col("ordered") - pl.col("day")).dt.total_days().is_between(1, 7))
    counted = near.group_by("customer", "day").agg(orders=pl.len())
    return made.join(counted, on=["customer", "day"], how="left").with_columns(pl.col("orders").fill_null(0))


def _mean(rows: pl.DataFrame) -> tuple[float, float]:
    values = rows["orders"].to_numpy().astype(float)
    return float(values.mean()), float(values.var(ddof=1) / len(values))


def test_each_effect_in_each_segment_is_recovered(shop: Shop, decisions: pl.DataFrame) -> None:
    for segment, truth in shop.truth["campaign"]["by_segment"].items():
        here = decisions.filter((pl.col("segment") == segment) & (pl.col("campaign") == world.CAMPAIGN))
        nothing, spread = _mean(here.filter(pl.col("action") == "nothing"))
        for action in world.ACTIONS[1:]:
            mean, own = _mean(here.filter(pl.col("action") == action))
            assert abs(mean - nothing - truth["effect"][action]) < 3.3 * np.sqrt(own + spread), (segment, action)


def test_weighting_by_propensity_recovers_the_average_effect(shop: Shop, decisions: pl.DataFrame) -> None:
    open_ = decisions.filter(pl.col("campaign") == world.CAMPAIGN)
    weighted = open_.with_columns(weight=1 / pl.col("propensity"))
    for action in world.ACTIONS[1:]:
        terms = weighted.select(
            pl.when(pl.col("action") == action).then(pl.col("orders") * pl.col("weight")).otherwise(0)
            - pl.when(pl.col("action") == "nothing").then(pl.col("orders") * pl.col("weight")).otherwise(0)
        ).to_series()
        error = float(terms.std() or 0) / np.sqrt(len(terms))
        assert abs(float(terms.mean() or 0) - shop.truth["campaign"]["average_effect"][action]) < 3 * error, action  # type: ignore[arg-type]


def test_propensities_are_those_that_were_drawn_with(decisions: pl.DataFrame) -> None:
    open_ = decisions.filter(pl.col("campaign") == world.CAMPAIGN)
    for (segment,), rows in open_.group_by("segment"):
        shares = dict(rows["action"].value_counts(normalize=True).iter_rows())
        for action, chance in zip(world.ACTIONS, world.PROPENSITIES[str(segment)], strict=True):
            assert abs(shares[action] - chance) < 3.5 * np.sqrt(chance * (1 - chance) / rows.height)


def test_the_holdout_is_a_tenth_and_never_treated(shop: Shop, decisions: pl.DataFrame) -> None:
    held = shop.customers.select("customer", "holdout")
    joined = decisions.join(held, on="customer")
    assert joined.filter("holdout")["action"].unique().to_list() == ["nothing"]
    assert joined.filter("holdout").height == shop.truth["campaign"]["holdout_decisions"]
    assert float(held["holdout"].mean() or 0) == pytest.approx(0.10, abs=0.01)  # type: ignore[arg-type]


def test_the_best_action_differs_by_segment(shop: Shop) -> None:
    best: dict[str, Any] = shop.truth["campaign"]["best_action"]
    assert len(set(best.values())) == 4
    assert best["trouble"] == "call back"


def test_nobody_is_written_to_without_consent(shop: Shop) -> None:
    asked = shop.consent.filter(pl.col("purpose") == "marketing").sort("ts")
    sent = (
        shop.events.filter(pl.col("event").is_in(["Email sent", "Campaign assigned", "Call back"]))
        .select("customer", "ts", "event")
        .sort("ts")
    )
    stood = sent.join_asof(asked, on="ts", by="customer", check_sortedness=False)
    given = stood["given"]
    assert given.null_count() == 0
    assert given.all()


def test_minors_and_the_vulnerable_are_left_alone(shop: Shop) -> None:
    spared = shop.customers.filter(pl.col("minor") | pl.col("vulnerable"))
    assert spared.height > 300
    assert shop.events.filter(pl.col("event") == "Campaign assigned").join(spared, on="customer").height == 0
