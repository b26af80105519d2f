"""Who leaves, and why, can be read from the events before each Monday."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from journey.demo import Shop
from journey.demo.leaving import DRIVERS

CSAT_LOW = (pl.col("event") == "Ticket closed") & (pl.col("csat") <= 2)
LATE = (pl.col("event") == "Delivered") & (pl.col("delay_days") > 0)


def _within(rows: pl.DataFrame, monday: date, what: pl.Expr) -> pl.Series:
    return rows.filter(what & (pl.col("day") < monday) & (pl.col("day") >= monday - timedelta(days=28)))["customer"].unique()


def _week(rows: pl.DataFrame, monday: date, signup: pl.DataFrame, left: dict[str, date]) -> pl.DataFrame:
    """One row a customer who could decide on this Monday, with the drivers as the events before it tell."""
    before = rows.filter(pl.col("day") < monday)
    here = signup.filter(pl.col("signup").dt.date() <= monday - timedelta(days=7)).filter(
        ~pl.col("customer").is_in([name for name, day in left.items() if day < monday])
    )
    visit = before.filter(pl.col("touch").is_not_null()).group_by(customer="who").agg(seen=pl.col("day").max())
    orders = (
        before.filter(pl.col("event") == "Purchase").group_by("customer").agg(n=pl.len(), coupon=pl.col("coupon").first().is_not_null())
    )
    plus = (
        before.filter(pl.col("event").is_in(["Plus started", "Plus renewed", "Plus cancelled"]))
        .group_by("customer")
        .agg(pl.col("event").last())
    )
    away = ((pl.lit(monday) - pl.col("seen")).dt.total_days() / 7).fill_null(4).clip(0, 4)
    table = here.join(visit, on="customer", how="left").join(orders, on="customer", how="left").join(plus, on="customer", how="left")
    marks = {
        "low_csat_28d": CSAT_LOW,
        "refund_refused_28d": pl.col("event") == "Refund refused",
        "late_delivery_28d": LATE,
        "called_back_28d": pl.col("event") == "Call back",
    }
    return table.select(
        "customer",
        weeks_since_visit=away,
        first_order_with_coupon=pl.col("coupon").fill_null(False),
        plus=(pl.col("event") != "Plus cancelled").fill_null(False),
        orders_up_to_4=pl.col("n").fill_null(0).clip(0, 4),
        left=pl.col("customer").is_in([name for name, day in left.items() if day == monday]),
        **{name: pl.col("customer").is_in(_within(before, monday, what).to_list()) for name, what in marks.items()},
    )


def _logistic(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x * (p * (1 - p))[:, None]).T @ x
        beta += np.linalg.solve(hessian, x.T @ (y - p))
    return beta, np.sqrt(np.diag(np.linalg.inv(hessian)))


def test_the_drivers_of_leaving_are_recovered(shop: Shop, events: pl.DataFrame) -> None:
    truth = shop.truth["leaving"]
    left = {name: date.fromisoformat(day) for name, day in truth["left"].items()}
    rows = events.filter(pl.col("who").str.starts_with("c-"))
    signup = shop.customers.select("customer", "signup")
    mondays = [date(2026, 6, 8) + timedelta(weeks=week) for week in range(21)]
    panel = pl.concat(_week(rows, monday, signup, left) for monday in mondays)
    x = np.column_stack([np.ones(panel.height), *(panel[name].to_numpy() for name in DRIVERS)]).astype(float)
    found, error = _logistic(x, panel["left"].to_numpy().astype(float))
    for name, coefficient, se in zip(("base", *DRIVERS), found, error, strict=True):
        # UTC days stand for local ones, and a few visits were never tied to their person
        assert abs(coefficient - truth["log_odds"][name]) < 3.3 * se + 0.05, name


def test_leavers_fade_and_never_come_again(shop: Shop) -> None:
    truth = shop.truth["leaving"]
    left = pl.DataFrame({"customer": list(truth["left"]), "left": [datetime.fromisoformat(day) for day in truth["left"].values()]})
    visits = shop.events.filter(pl.col("touch").is_not_null()).join(left, on="customer")
    after = (visits["ts"].dt.replace_time_zone(None) - visits["left"]).dt.total_days()
    assert int(after.max() or 0) <= truth["fade_days"]
    assert after.filter((after >= 0) & (after < 14)).len() < 0.75 * after.filter((after >= -14) & (after < 0)).len()


def test_low_satisfaction_goes_before_leaving(shop: Shop) -> None:
    left = pl.DataFrame({"customer": list(shop.truth["leaving"]["left"]), "left": list(shop.truth["leaving"]["left"].values())})
    scored = shop.events.filter((pl.col("event") == "Ticket closed") & pl.col("csat").is_not_null()).join(left, on="customer", how="left")
    soon = (pl.col("left").str.to_date() - pl.col("ts").dt.date()).dt.total_days().is_between(0, 28).fill_null(False)
    shares = scored.group_by(low=pl.col("csat") <= 2).agg(soon.mean().alias("share")).sort("low")["share"]
    assert shares[1] > 2 * shares[0]


def test_the_best_possible_score_leaves_something_to_learn_and_something_unknown(shop: Shop) -> None:
    assert 0.70 < shop.truth["leaving"]["best_possible_auc"] < 0.80
