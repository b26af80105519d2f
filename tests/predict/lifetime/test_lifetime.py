"""The question of lifetime value on drawn and simulated logs: what is read, what is missing, who is behind a mark."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.predict.lifetime import LifetimeQuestion, expected_values
from journey.predict.lifetime.bound import bind, days_of
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

MAPPING = {"customer": "customer", "event": "event", "ts": "ts", "revenue": {"event": "buy", "property": "price", "refund": "back"}}
LOG = """
ann 09:00 buy{price=10} 12:00 buy{price=5} +2d buy{price=20} +1d back{price=4} +2d buy{price=1}
bob +1d look +1d buy{price=3}
cid +6d buy{price=9}
"""
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def asked(con: Warehouse, **question: Any) -> dict[str, Any]:
    return ask(con, {"ask": "lifetime_value", **question})


def bound(con: Warehouse, cut: int, **question: Any) -> list[dict[str, Any]]:
    bounds = days_of(con, Scope())
    assert bounds is not None
    return bind(con, LifetimeQuestion(**question), Scope(), bounds, cut).rows.to_dicts()


def test_histories_by_hand_one_order_a_day_and_age_to_the_last_day_before_the_end() -> None:
    ann, bob = bound(drawn(LOG, mapping=MAPPING), 5, horizon=9)
    assert (ann["x"], ann["seen"], ann["age"], ann["valued"], ann["worth"], ann["held"], ann["held_worth"]) == (1, 2, 4, 1, 20, 1, 1)
    assert (bob["first_day"], bob["x"], bob["seen"], bob["age"], bob["held"]) == (2, 0, 0, 2, 0)


def test_refunds_are_a_share_of_what_was_taken_before_the_end() -> None:
    con = drawn(LOG, mapping=MAPPING)
    bounds = days_of(con, Scope())
    assert bounds is not None
    assert bind(con, LifetimeQuestion(), Scope(), bounds, 5).kept == (pytest.approx(1 - 4 / 38), 0.0)
    assert bind(con, LifetimeQuestion(), Scope(), bounds, 3).kept == (1.0, 4.0)


def test_days_are_those_of_the_zone() -> None:
    con = drawn("ann 22:30 buy{price=1} 23:30 buy{price=1}", "end +9d look")
    for zone, x in (("UTC", 0), ("Europe/Paris", 1)):
        bounds = days_of(con, Scope(timezone=zone))
        assert bounds is not None
        assert bind(con, LifetimeQuestion("buy"), Scope(timezone=zone), bounds, 8).rows["x"].to_list() == [x]


def test_too_little_history_says_what_is_missing() -> None:
    answer = asked(drawn(LOG, mapping=MAPPING))
    assert "3 of 1,000 customers" in answer["enough"] and "7 of 90 days" in answer["enough"] and "1 of 100" in answer["enough"]
    assert answer["customers"] == [] and answer["total"] is None and answer["parameters"] == {}
    assert asked(drawn(LOG, mapping=MAPPING), customers={"tenth": 1})["customers"]["count"] == 0
    assert "1,000" in str(expected_values(drawn(LOG, mapping=MAPPING), None, 30))
    assert asked(empty_warehouse())["enough"] == "No events are loaded."


def test_what_cannot_be_asked_is_refused_with_what_to_do() -> None:
    con = drawn(LOG, mapping=MAPPING)
    for question in (
        {"horizon": "12h"},
        {"horizon": None},
        {"model": "best"},
        {"value": 3},
        {"calibration_end": "2031-01-01"},
        {"calibration_end": 7},
        {"customers": {"tenth": 11}},
        {"customers": {}},
        {"contract": 3},
        {"contract": {"survivors": [10, 12, 3]}},
        {"contract": {"start": "buy"}},
        {"contract": {"survivors": [10, 9, 8]}, "customers": {"survived": 1}},
    ):
        with pytest.raises(QuestionError):
            asked(con, **question)
    with pytest.raises(QuestionError, match="Name the event"):
        asked(drawn("ann look"))
    assert "Name the event" in str(expected_values(drawn("ann look"), None, 30))


@cache
def shop() -> Warehouse:
    """1,400 customers of a known BG/NBD over 200 days, spending 20 each on average, and one who never bought."""
    rng, rows = np.random.default_rng(8), [("looker", "look", 0.5, None)]
    for k in range(1_400):
        day, rate, leave, own = rng.uniform(0, 120), rng.gamma(0.8, 1 / 25), rng.beta(0.8, 2.5), rng.gamma(5, 4)
        while day < 200:
            rows.append((f"c{k:04d}", "buy", day, float(rng.gamma(5, own / 5)) + 0.01))
            if rng.random() < leave:
                break
            day += rng.exponential(1 / rate)
    table = [{"customer": who, "event": name, "ts": FIRST + timedelta(days=day), "price": price} for who, name, day, price in rows]
    con = empty_warehouse()
    load_events(con, pl.DataFrame(table, infer_schema_length=None), mapping=MAPPING | {"revenue": {"event": "buy", "property": "price"}})
    return con


def test_customers_add_up_to_the_total_and_tenths_to_the_customers() -> None:
    answer = asked(shop(), horizon="60d")
    total, tenths, customers = answer["total"], answer["tenths"], answer["customers"]
    assert answer["enough"] is True and len(customers) == 1_400 == sum(tenth["customers"] for tenth in tenths)
    for name, key in (("orders", "expected_orders"), ("value", "value")):
        assert sum(one[key] for one in customers) == pytest.approx(total[name]["expected"])
        assert sum(tenth[name] for tenth in tenths) == pytest.approx(total[name]["expected"])
        assert total[name]["interval"][0] < total[name]["expected"] < total[name]["interval"][1]
    values = [one["value"] for one in customers]
    assert values == sorted(values, reverse=True) and sum(tenth["share"] for tenth in tenths) == pytest.approx(1)
    assert all(one["interval"][0] <= one["value"] <= one["interval"][1] for one in customers)
    for tenth in (tenths[0], tenths[9]):
        behind = asked(shop(), horizon="60d", customers={"tenth": tenth["tenth"]})["customers"]
        assert behind["count"] == tenth["customers"] == len(set(behind["ids"]))
    assert asked(shop(), horizon="60d", customers={"top": 7})["customers"]["ids"] == sorted(one["customer"] for one in customers[:7])


def test_without_an_end_the_last_days_are_the_check_and_with_one_what_follows_it() -> None:
    open_ended, ended = asked(shop(), horizon="60d"), asked(shop(), horizon="60d", calibration_end="2026-05-20")
    assert open_ended["from"] == "2026-07-20T00:00:00Z" and open_ended["holdout"]["start"] == "2026-05-21T00:00:00Z"
    assert ended["from"] == ended["holdout"]["start"] == "2026-05-20T00:00:00Z" and ended["holdout"]["days"] == 60
    held = ended["holdout"]
    assert held["expected_orders"] == pytest.approx(ended["total"]["orders"]["expected"])
    assert held["interval"][0] < held["orders"] < held["interval"][1] and held["within"] is True
    assert held["rmse"] < min(guess["rmse"] for guess in ended["baselines"].values())


def test_nothing_after_the_end_is_learnt_from() -> None:
    """The same parameters whether the log goes on or stops there."""
    rows = pl.DataFrame([{"customer": "late", "event": "buy", "ts": FIRST + timedelta(days=150 + k), "price": 999.0} for k in range(9)])
    con = empty_warehouse()
    whole = shop().connection.sql(
        "select k.id as customer, n.name as event, make_timestamptz(e.ts * 1000) as ts, e.p_price as price "
        "from events e join customers k using (customer) join event_names n using (event)"
    )
    load_events(
        con, pl.concat([whole.pl().cast({"ts": pl.Datetime("us", "UTC")}), rows.cast({"ts": pl.Datetime("us", "UTC")})]), mapping=MAPPING
    )
    question = {"event": "buy", "value": "price", "calibration_end": "2026-05-20", "horizon": "30d"}
    assert asked(con, **question)["parameters"] == pytest.approx(asked(shop(), **question)["parameters"])


def test_without_a_value_orders_alone_are_foretold_and_why_is_said() -> None:
    con = empty_warehouse()
    rows = shop().connection.sql(
        "select k.id as customer, 'buy' as event, make_timestamp(e.ts * 1000) as ts from events e join customers k using (customer)"
    )
    load_events(con, rows.pl())
    answer = asked(con, event="buy", horizon="30d")
    assert answer["total"]["value"] is None and "no revenue is mapped" in answer["unvalued"] and answer["customers"][0]["value"] is None
    assert answer["customers"][0]["expected_orders"] == max(one["expected_orders"] for one in answer["customers"])
    assert "Name the event" in str(expected_values(con, None, 30))


def test_values_at_stake_are_those_of_the_answer() -> None:
    frame, answer = expected_values(shop(), None, 60), asked(shop(), horizon="60d")
    assert isinstance(frame, pl.DataFrame) and frame.columns == ["id", "value", "lower", "upper"] and "looker" not in frame["id"]
    told = {one["customer"]: one["value"] for one in answer["customers"]}
    assert dict(zip(frame["id"], frame["value"], strict=True)) == pytest.approx(told)
    assert frame.filter((pl.col("lower") > pl.col("value")) | (pl.col("upper") < pl.col("value"))).is_empty()


def test_contracts_of_the_log_count_who_is_still_there_as_there_until_now() -> None:
    """120 began a year ago, a tenth of those left ends each month; the last to begin has half a month behind them."""
    lines = [f"s{k:03d} 2025-03-02 start" + (f" +{30 * (1 + k // 12)}d end" if k // 12 < 5 else "") for k in range(119)]
    answer = asked(drawn(*lines, "new 2026-02-15 start", "now 2026-03-02 look"), contract={"start": "start", "end": "end", "value": 5})
    assert (answer["begun"], answer["ended"], answer["survival"][0]["at_risk"]) == (120, 60, 119)
    con = drawn(*lines, "new 2026-02-15 start", "now 2026-03-02 look")
    question = {"contract": {"start": "start", "end": "end"}}
    for period in answer["survival"][:6]:
        assert asked(con, **question, customers={"lost_in": period["period"]})["customers"]["count"] == period["lost"]
    assert asked(con, **question, customers={"survived": 0})["customers"]["ids"] == ["new"]
    assert answer["customers"][0]["value"] == pytest.approx(5 * answer["customers"][0]["expected_periods"])
    assert "of 100 customers" in asked(drawn("ann start +40d end"), **question)["enough"]
