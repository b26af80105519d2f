"""The shop feels like one: its size, its rhythm, its noise, and the same to the bit for a seed."""

import json
from pathlib import Path

import polars as pl
import pytest

import journey.demo
from journey.demo import Shop, generate_shop, write_shop
from journey.errors import QuestionError


def test_a_seed_gives_the_same_shop_to_the_bit() -> None:
    one, same, other = (generate_shop(seed, customers=400, days=90) for seed in (3, 3, 4))
    assert one.events.equals(same.events)
    assert one.customers.equals(same.customers)
    assert one.consent.equals(same.consent)
    assert one.truth == same.truth
    assert not one.events.equals(other.events)


def test_the_shop_has_about_600_000_events_in_180_fixed_days(shop: Shop) -> None:
    assert 550_000 < shop.events.height < 650_000
    assert str(shop.events["ts"].min())[:10] == "2026-05-05"
    assert str(shop.events["ts"].max())[:10] == "2026-10-31"


def test_every_event_is_told_of_in_the_module(shop: Shop) -> None:
    told = journey.demo.__doc__ or ""
    assert [name for name in shop.events["event"].unique().to_list() if name not in told] == []
    assert [name for name in shop.events.columns if f"{name}" not in told] == []
    assert 25 <= shop.events["event"].n_unique() <= 40


def test_truth_is_plain_data(shop: Shop) -> None:
    assert json.loads(json.dumps(shop.truth)) == shop.truth


def test_evenings_and_sundays_are_busy_and_nights_are_quiet(shop: Shop) -> None:
    berlin = shop.customers.filter(pl.col("timezone") == "Europe/Berlin").select("customer")
    local = shop.events.filter(pl.col("device").is_not_null()).join(berlin, on="customer")["ts"].dt.convert_time_zone("Europe/Berlin")
    hours = local.dt.hour().value_counts().sort("ts")["count"]
    assert hours[20] > 3 * hours[10] / 2 > 9 * hours[4]
    weekdays = local.dt.weekday().value_counts().sort("ts")["count"]
    assert weekdays.arg_max() == 6


def test_visits_grow(events: pl.DataFrame) -> None:
    months = events.filter(pl.col("touch").is_not_null()).group_by(pl.col("day").dt.month()).agg(pl.len()).sort("day")["len"]
    assert months[5] > 1.2 * months[1]


def test_people_stay_away_for_weeks_and_come_back(events: pl.DataFrame) -> None:
    gaps = events.filter(pl.col("touch").is_not_null()).select(gap=pl.col("day").diff().over("who").dt.total_days())
    assert gaps.filter(pl.col("gap") > 42).height > 500


def test_paths_loop_repeat_and_skip(events: pl.DataFrame) -> None:
    pairs = events.filter(pl.col("device").is_not_null()).select("event", after=pl.col("event").shift(-1).over("who"))
    counts = {row[:2]: row[2] for row in pairs.group_by("event", "after").len().iter_rows()}
    assert counts["Search", "Product page"] > 10_000
    assert counts["Product page", "Search"] > 10_000
    assert counts["Product page", "Product page"] > 10_000
    assert counts["Add to cart", "Payment"] > 30


def test_the_file_is_not_quite_in_order(shop: Shop) -> None:
    back = int((shop.events["ts"].diff().dt.total_milliseconds() < 0).sum())
    assert back == shop.truth["noise"]["steps_back_in_file"]
    assert 1_000 < back < 60_000


def test_bots_are_inhumanly_regular_and_nobody_else_is(shop: Shop) -> None:
    active = shop.events.drop_nulls("device").group_by("anonymous_id").agg(pl.len(), gaps=pl.col("ts").sort().diff().n_unique())
    bots = active.filter((pl.col("len") > 1_000) & (pl.col("gaps") <= 2))["anonymous_id"].sort().to_list()
    assert bots == shop.truth["noise"]["bots"]


def test_order_values_are_log_normal_and_refunds_take_back_what_was_paid(shop: Shop) -> None:
    paid = shop.events.filter(pl.col("event") == "Purchase")
    logs = paid["revenue"].log()
    assert float(logs.mean() or 0) == pytest.approx(3.6, abs=0.05)
    assert float(logs.skew() or 0) == pytest.approx(0, abs=0.15)
    refunds = shop.events.filter(pl.col("event") == "Refund").join(paid.select("order", paid="revenue"), on="order")
    assert (refunds["revenue"] + refunds["paid"]).abs().max() == 0
    assert float(shop.events["revenue"].sum()) == pytest.approx(shop.truth["revenue"]["net"], abs=0.01)


def test_a_shop_is_written_as_files(tmp_path: Path) -> None:
    small = generate_shop(5, customers=200, days=60)
    write_shop(small, tmp_path / "shop")
    assert pl.read_parquet(tmp_path / "shop" / "events.parquet").equals(small.events)
    assert json.loads((tmp_path / "shop" / "truth.json").read_text()) == small.truth


@pytest.mark.parametrize(("customers", "days"), [(10, 180), (200, 10), (200, 1_000)])
def test_a_shop_too_small_to_hold_its_truth_is_refused(customers: int, days: int) -> None:
    with pytest.raises(QuestionError, match="at least 50 customers"):
        generate_shop(7, customers, days)
