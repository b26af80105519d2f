"""Features: worked by hand, blind to the future, the same for one customer as for all."""

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.catalogs import default_text, write_catalog
from journey.errors import QuestionError
from journey.features import FAMILIES, known_by_name, read_feature, read_feature_catalog, take_snapshot
from journey.features.snapshot import Snapshot
from journey.ingest import load_customers, load_events
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

DAY = 86_400_000
MONDAY = 1_772_409_600_000  # 2026-03-02, UTC


def row(snapshot: Snapshot, customer: str) -> dict[str, float]:
    place = snapshot.ids.index(customer)
    return {feature.name: float(snapshot.raw[place, column]) for column, feature in enumerate(snapshot.features)}


def close(found: dict[str, float], wanted: dict[str, float]) -> None:
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, nan_ok=True)


def test_features_worked_by_hand() -> None:
    # ann: visits on day 0 (09:00 to 09:10), day 4 (12:00), day 6 (00:00); looked at as of the start of day 10
    con = drawn("ann 09:00 visit 09:10 cart +4d 12:00 visit +2d 00:00 help_page", "bob +1d 00:00 visit")
    seen = take_snapshot(con, MONDAY + 10 * DAY, None)
    assert seen.ids == ("ann", "bob")
    first = 9 / 24
    wanted = {
        "days_since_last": 4,
        "tenure": 10 - first,
        "usual_gap": (6 - first) / 2,
        "overdue": 4 / ((6 - first) / 2),
        "sessions": 3,
        "active_days": 3,
        "events": 4,
        "events_per_session": 4 / 3,
        "session_minutes": 10 / 3,
        "kinds": 3,
        "did visit": 2,
        "did cart": 1,
        "late_sessions": 1 / 3,  # her time is cut on day 5, at 04:30
        "late_events": 1 / 4,
        "tickets": 1,
    }
    close(row(seen, "ann"), wanted)
    nan = math.nan
    close(row(seen, "bob"), {"days_since_last": 9, "tenure": 9, "usual_gap": nan, "overdue": nan, "late_sessions": 0, "tickets": 0})


def test_models_see_finite_numbers_on_the_scale_of_the_catalog() -> None:
    seen = take_snapshot(drawn("ann 00:00 visit +8d cart", "bob +1d 00:00 visit"), MONDAY + 10 * DAY, None)
    assert np.isfinite(seen.values).all()
    bob = {feature.name: value for feature, value in zip(seen.features, seen.values[1], strict=True)}
    assert bob["usual_gap"] == bob["tenure"] == pytest.approx(math.log1p(9))
    assert bob["overdue"] == pytest.approx(math.log1p(1))
    assert bob["kinds"] == 1


def test_events_count_within_the_time_looked_back_over() -> None:
    con = drawn("ann 00:00 visit +8d cart", "bob +1d 00:00 visit")
    seen = take_snapshot(con, MONDAY + 10 * DAY, 3 * DAY)
    close(row(seen, "ann"), {"events": 1, "sessions": 1, "did cart": 1, "tenure": 10, "days_since_last": 2, "late_sessions": 0})
    close(row(seen, "bob"), {"events": 0, "sessions": 0, "tenure": 9, "late_sessions": math.nan, "kinds": 0})
    assert "did visit" not in row(seen, "ann")


def test_customers_are_known_from_their_first_event_on() -> None:
    con = drawn("ann 00:00 visit", "bob 10:00 visit")
    load_customers(con, pl.DataFrame({"customer": ["cid"], "plan": ["free"]}))
    assert take_snapshot(con, MONDAY + DAY, None).ids == ("ann", "bob")
    assert take_snapshot(con, MONDAY + 1, None).ids == ("ann",)
    assert take_snapshot(con, MONDAY, None).ids == ()


def test_revenue_takes_refunds_off() -> None:
    mapping = {"revenue": {"property": "price", "event": "order", "refund": "refund", "currency": "EUR"}}
    lines = ("ann 00:00 order{price=10} +1d order{price=30} +1d refund{price=10} +1d view{price=99}", "bob view{price=5}")
    seen = take_snapshot(drawn(*lines, mapping=mapping), MONDAY + 5 * DAY, None)
    close(row(seen, "ann"), {"revenue": 30, "orders": 2, "order_value": 15, "since_order": 4})
    close(row(seen, "bob"), {"revenue": 0, "orders": 0, "order_value": math.nan, "since_order": math.nan})


def test_events_left_out_make_no_feature() -> None:
    con = drawn("ann 00:00 visit +1d order", "bob visit +1d error")
    seen = take_snapshot(con, MONDAY + 5 * DAY, None, without=["order", "error"])
    names = {feature.name for feature in seen.features}
    assert "did visit" in names and not names & {"did order", "did error", "failures"}
    close(row(seen, "ann"), {"events": 2, "kinds": 1})


def test_a_segment_narrows_as_of_the_moment() -> None:
    con = drawn("ann 00:00 visit +1d cart", "bob 00:00 visit +5d cart")
    seen = take_snapshot(con, MONDAY + 3 * DAY, None, Scope(segment={"did": "cart"}))
    assert seen.ids == ("ann",)


def test_one_customer_has_the_features_they_have_among_all() -> None:
    con = drawn("ann 00:00 visit +1d cart", "bob 00:00 visit +5d cart", "cid 00:00 visit")
    every = take_snapshot(con, MONDAY + 9 * DAY, None)
    one = take_snapshot(con, MONDAY + 9 * DAY, None, customers=["bob", "nobody"], like=every.features)
    assert (one.ids, one.values.tolist()) == (("bob",), every.values[1:2].tolist())
    assert take_snapshot(con, MONDAY + 9 * DAY, None, customers=[]).people == 0


def test_features_are_computed_again_from_what_a_model_keeps() -> None:
    con = drawn("ann 00:00 visit +1d cart{price=3}", "bob 00:00 visit +5d error", mapping={"revenue": {"property": "price"}})
    load_customers(con, pl.DataFrame({"customer": ["ann", "bob"], "plan": ["free", "plus"], "age_of_car": [1, 5]}))
    seen = take_snapshot(con, MONDAY + 9 * DAY, None)
    kept = [read_feature(feature.as_plain()) for feature in seen.features]
    assert take_snapshot(con, MONDAY + 9 * DAY, None, like=kept).values.tolist() == seen.values.tolist()
    with pytest.raises(QuestionError, match="Train"):
        read_feature({"name": "x"})


def test_an_empty_log_has_nobody() -> None:
    seen = take_snapshot(empty_warehouse(), MONDAY, None)
    assert seen.people == 0 and seen.values.shape == (0, len(seen.features))


# Customer properties


def shop_with(table: dict[str, list[str]]) -> Warehouse:
    """ann and bob since day 0, cid since day 12; `since` says from when a row of the table holds."""
    con = drawn("ann 00:00 visit +9d visit", "bob 00:00 visit", "cid +12d 00:00 visit")
    frame = pl.DataFrame(table)
    dates = [pl.col(name).str.to_date() for name in ("since", "born") if name in frame.columns]
    load_customers(con, frame.with_columns(dates), {"customer": "customer"} | ({"valid_from": "since"} if "since" in table else {}))
    return con


def traits(con: Warehouse, as_of: int, first: int | None = None) -> set[str]:
    return {feature.name for feature in take_snapshot(con, as_of, None, first=first).features if feature.family == "customer"}


WHO = {"customer": ["ann", "bob", "cid"], "plan": ["plus", "free", "plus"], "gender": ["f", "m", "f"]}
PLANS = {'customer ["plan", "plus"]', 'customer ["plan", "free"]'}


def test_traits_are_told_where_every_row_held_by_the_first_moment() -> None:
    con = shop_with(WHO | {"since": ["2026-03-05", "2026-03-01", "2026-03-10"]})  # cid came on the 14th, after his row
    assert traits(con, MONDAY + 20 * DAY) == PLANS  # and never since when a row holds, nor gender
    assert traits(con, MONDAY + 20 * DAY, MONDAY + 4 * DAY) == PLANS
    # Between the first moment and the last ann's row came: that it was not there yet told that it would.
    assert traits(con, MONDAY + 20 * DAY, MONDAY + 3 * DAY) == set()
    assert traits(con, MONDAY + DAY) == set()
    seen = take_snapshot(con, MONDAY + 20 * DAY, None)
    close(row(seen, "ann"), {'customer ["plan", "plus"]': 1, 'customer ["plan", "free"]': 0})


def test_a_row_that_came_later_tells_nothing_of_whose_it_was() -> None:
    con = shop_with(WHO | {"since": ["2026-03-01", "2026-03-01", "2026-03-01"]})
    assert traits(con, MONDAY + 5 * DAY) == PLANS
    changed = pl.DataFrame({"customer": ["ann"], "plan": ["plus"], "since": ["2026-03-20"]}).with_columns(pl.col("since").str.to_date())
    load_customers(con, changed, {"customer": "customer", "valid_from": "since"})
    after = take_snapshot(con, MONDAY + 5 * DAY, None)
    assert traits(con, MONDAY + 5 * DAY) == set()
    assert after.people == 2 and not any(part == "since" for feature in after.features for part in feature.of)


def test_of_a_table_without_times_its_facts_are_told_and_no_date_that_came_later() -> None:
    assert traits(shop_with(WHO), MONDAY + DAY) == PLANS
    con = shop_with(WHO | {"born": ["1990-01-01", "1980-01-01", "1970-01-01"], "points": ["1", "2", "3"]})
    assert traits(con, MONDAY + DAY) >= PLANS | {"customer born"}
    assert not any("(known)" in name for name in traits(con, MONDAY + DAY))
    con = shop_with(WHO | {"born": ["1990-01-01", "2026-03-09", "1970-01-01"]})  # bob's came when he was known already
    assert traits(con, MONDAY + DAY) == PLANS
    assert traits(con, MONDAY + 8 * DAY) == PLANS | {"customer born"}


def test_who_somebody_turned_out_to_be_later_is_not_known() -> None:
    # The tablet was looked at on day 0 and joined ann on day 5; dev was nobody until he signed in on day 6.
    rows = [("ann", "phone", 0), (None, "tablet", 0), ("ann", "tablet", 5), (None, "laptop", 1), ("dev", "laptop", 6)]
    events = pl.DataFrame(
        {
            "customer": [who for who, _, _ in rows],
            "device": [device for _, device, _ in rows],
            "event": ["visit"] * len(rows),
            "ts": [MONDAY + day * DAY for _, _, day in rows],
        }
    )
    con = empty_warehouse()
    load_events(con, events, {"customer": "customer", "anonymous": "device", "event": "event", "ts": "ts", "unit": "ms"})
    load_customers(con, pl.DataFrame({"customer": ["ann", "dev"], "plan": ["plus", "plus"]}))
    now = take_snapshot(con, MONDAY + 10 * DAY, None)
    close(row(now, "ann"), {"events": 3, 'customer ["plan", "plus"]': 1})
    then = take_snapshot(con, MONDAY + 3 * DAY, None, like=now.features)
    named = known_by_name(con, MONDAY + 3 * DAY)
    assert named is not None and named.tolist() == [now.ids.index("ann")]
    assert known_by_name(con, MONDAY + 10 * DAY) is None
    close(row(then, "ann"), {"events": 1, 'customer ["plan", "plus"]': 1})
    close(row(then, "dev"), {"events": 1, 'customer ["plan", "plus"]': 0})


# Blind to the future

EVENTS = st.tuples(st.sampled_from(["ann", "bob", "cid", "dov"]), st.sampled_from(["visit", "cart", "order", "error"]), st.integers(0, 500))


def loaded(rows: list[tuple[str, str, int]]) -> Warehouse:
    con = empty_warehouse()
    frame = pl.DataFrame(rows, schema={"customer": pl.String, "event": pl.String, "hour": pl.Int64}, orient="row")
    frame = frame.select("customer", "event", ts=MONDAY + pl.col("hour") * 3_600_000, price=pl.col("hour") % 7)
    load_events(con, frame, {"customer": "customer", "event": "event", "ts": "ts", "unit": "ms", "revenue": {"property": "price"}})
    return con


def told(snapshot: Snapshot) -> dict[str, Any]:
    return {"features": snapshot.features, "rows": dict(zip(snapshot.ids, snapshot.values.tolist(), strict=True))}


@settings(max_examples=5, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=25), st.lists(EVENTS, max_size=15), st.sampled_from([None, 5 * DAY]))
def test_nothing_at_or_after_the_moment_changes_a_feature(
    before: list[tuple[str, str, int]], after: list[tuple[str, str, int]], lookback: int | None
) -> None:
    past = [("ann", "visit", 0), *before]
    as_of = MONDAY + 501 * 3_600_000
    # whatever came later: other hours, other names, other people, one of them at the very moment
    future = [(who + name[:1], name + "2", 501 + hour) for who, name, hour in after] + [
        (who, name, 501 + hour) for who, name, hour in after
    ]
    alone, followed = loaded(past), loaded([*future, *past])
    assert told(take_snapshot(alone, as_of, lookback)) == told(take_snapshot(followed, as_of, lookback))


def by_hand(rows: list[tuple[str, str, int]], as_of: int, lookback: int | None) -> dict[str, dict[str, float]]:
    """The same features of events at whole hours, worked out one customer at a time."""
    found = {}
    for who in {who for who, _, _ in rows}:
        mine = sorted((MONDAY + hour * 3_600_000, name, hour % 7) for customer, name, hour in rows if customer == who)
        mine = [event for event in mine if event[0] < as_of]
        if not mine:
            continue
        since = max(mine[0][0], -math.inf if lookback is None else as_of - lookback)
        seen = [event for event in mine if event[0] >= since]
        starts = sorted({ts for ts, _, _ in seen})  # an hour apart at least: each hour is a visit of its own
        late = [ts for ts, _, _ in seen if ts >= (since + as_of) // 2]
        orders = [(ts, price) for ts, _, price in seen if price > 0]
        gap = (starts[-1] - starts[0]) / DAY / (len(starts) - 1) if len(starts) > 1 else math.nan
        silence = (as_of - mine[-1][0]) / DAY
        found[who] = {
            "days_since_last": silence,
            "tenure": (as_of - mine[0][0]) / DAY,
            "usual_gap": gap,
            "overdue": silence / gap,
            "sessions": len(starts),
            "active_days": len({ts // DAY for ts in starts}),
            "events": len(seen),
            "events_per_session": len(seen) / len(starts) if starts else math.nan,
            "kinds": len({name for _, name, _ in seen}),
            "late_events": len(late) / len(seen) if seen else math.nan,
            "failures": sum(name == "error" for _, name, _ in seen),
            "revenue": sum(price for _, price in orders),
            "orders": len(orders),
            "since_order": (as_of - max(ts for ts, _ in orders)) / DAY if orders else math.nan,
        }
    return found


@settings(max_examples=5, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=30), st.integers(1, 520), st.sampled_from([None, 5 * DAY]))
def test_features_agree_with_those_worked_out_one_customer_at_a_time(
    rows: list[tuple[str, str, int]], hour: int, lookback: int | None
) -> None:
    rows, as_of = list(dict.fromkeys([("ann", "error", 0), *rows])), MONDAY + hour * 3_600_000
    seen, wanted = take_snapshot(loaded(rows), as_of, lookback), by_hand(rows, as_of, lookback)
    assert set(seen.ids) == set(wanted)
    for who, numbers in wanted.items():
        held = row(seen, who)
        close(held, {name: number for name, number in numbers.items() if name in held})


# The catalog


def test_the_shipped_catalog_has_every_family() -> None:
    with empty_warehouse() as con:
        entries = read_feature_catalog(con)
        assert {entry.family for entry in entries} == set(FAMILIES)
        assert {entry.actionable for entry in entries} == {True, False}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('measure = "tenure"', 'measure = "age"', "'tenure' of features.toml.*'age'"),
        ('name = "tenure"', 'name = "days_since_last"', "twice"),
        ("least_share = 0.01", "least_share = 2", "from 0 to 1"),
        ('events = ["ticket", "support", "complain"]', "", "parts of event names"),
    ],
)
def test_a_catalog_that_cannot_be_read_says_why(old: str, new: str, said: str) -> None:
    with empty_warehouse() as con:
        write_catalog(con, "features", default_text("features").replace(old, new, 1))
        with pytest.raises(QuestionError, match=said):
            read_feature_catalog(con)
