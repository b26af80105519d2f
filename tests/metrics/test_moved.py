"""What moved a metric: parts that sum to the change, and intervals that hold it."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest import load_events
from journey.metrics import MetricQuestion, Moved, explain_change, measure_metric, read_metric
from journey.metrics.question import Shape, Side
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

VALUE = Shape("ratio", Side("order", "sum", "price"), Side("visit", "customers"))
SECOND = Scope(1772496000000, 1772582400000)  # 2026-03-03


def explain(con: Warehouse, by: str | None = None, shape: Shape = VALUE, most: int = 7) -> Moved | None:
    return explain_change(con, MetricQuestion(shape, "day", by, "previous", edges="cut"), SECOND, most)


def test_parts_by_factor_worked_by_hand() -> None:
    """Day 1: 2 visitors, 1 buyer, 1 order, 10: value 5.  Day 2: 2 visitors, 2 buyers, 2 orders, 20: value 10.

    Only conversion doubled: ln(2) x (10 - 5) / ln(10 / 5) = 5.
    """
    con = drawn(
        "ann 09:00 visit 09:01 order{price=10} +1d 09:00 visit 09:01 order{price=10} +1d 09:00 visit",
        "bob 09:00 visit +1d 09:00 visit 09:01 order{price=10}",
    )
    moved = explain(con)
    assert moved is not None
    assert (moved.before, moved.value) == (5, 10)
    assert [(part.factor, part.change) for part in moved.parts] == [(0, pytest.approx(5))]


def test_only_the_mix_moves_where_groups_keep_their_value() -> None:
    """Buyers are worth 10 and others 0; from 1 of 2 to 2 of 3: the change of 5/3 is mix."""
    con = drawn(
        "ann 09:00 visit{device=app} 09:01 order{price=10} +1d 09:00 visit{device=app} 09:01 order{price=10} +1d 09:00 visit",
        "bob 09:00 visit{device=web} +1d 09:00 visit{device=web}",
        "cat +1d 09:00 visit{device=app} 09:01 order{price=10}",
    )
    moved = explain(con, "device")
    assert moved is not None
    assert [(part.kind, part.change) for part in moved.parts] == [("mix", pytest.approx(5 / 3))]


def test_nothing_to_explain_without_a_span_before() -> None:
    con = drawn("ann +1d 09:00 visit 09:01 order{price=10}")
    assert explain(con) is None


def test_a_plain_count_has_no_factors() -> None:
    con = drawn("ann 09:00 visit +1d 09:00 visit +1d 09:00 visit")
    assert explain(con, shape=Shape("customers", Side("visit", "customers"))) is None


event = st.tuples(
    st.integers(0, 5),
    st.integers(0, 47),
    st.sampled_from(["visit", "order"]),
    st.sampled_from(["app", "web", None]),
    st.integers(1, 40),
)


@settings(max_examples=6, deadline=None)
@given(st.lists(event, min_size=4, max_size=30), st.integers(1, 9), st.sampled_from([None, "device"]))
def test_the_parts_sum_to_the_change(rows: list[tuple], most: int, by: str | None) -> None:
    frame = pl.DataFrame(
        {
            "customer": [f"c{row[0]}" for row in rows] + ["z", "z", "z"],
            "event": [row[2] for row in rows] + ["visit", "visit", "visit"],
            "ts": pl.Series([1772409600000 + row[1] * 3_600_000 for row in rows] + [1772409600000, 1772496000000, 1772582400000]).cast(
                pl.Datetime("ms", "UTC")
            ),
            "device": pl.Series([row[3] for row in rows] + ["app", "app", "app"], dtype=pl.String),
            "price": [float(row[4]) if row[2] == "order" else None for row in rows] + [None, None, None],
        },
        schema_overrides={"price": pl.Float64},
    )
    con = empty_warehouse()
    load_events(con, frame)
    moved = explain(con, by, most=most)
    metric = measure_metric(con, MetricQuestion(VALUE, "day", None, "previous", edges="cut"), SECOND)
    assert moved is not None and metric.now.total is not None and metric.change is not None
    assert moved.value == pytest.approx(metric.now.total.value)
    assert sum(part.change for part in moved.parts) == pytest.approx(metric.change.difference, abs=1e-9)
    assert len(moved.parts) <= most


def test_the_parts_of_one_factor_carry_the_interval_of_the_change() -> None:
    """A share has one factor: its part is the change, and both ways to its interval agree."""
    rng = np.random.default_rng(5)
    rows = [(f"c{n}", day, rng.random() < 0.3 + 0.1 * day) for n in range(300) for day in range(2) if rng.random() < 0.8]
    events = [(c, day, "visit") for c, day, _ in rows] + [(c, day, "order") for c, day, bought in rows if bought] + [("c0", 2, "end")]
    frame = pl.DataFrame(
        {
            "customer": [row[0] for row in events],
            "event": [row[2] for row in events],
            "ts": pl.Series([1772409600000 + row[1] * 86_400_000 for row in events]).cast(pl.Datetime("ms", "UTC")),
        }
    )
    con = empty_warehouse()
    load_events(con, frame)
    share = Shape("ratio", Side("order", "customers"), Side("visit", "customers"))
    moved = explain(con, shape=share)
    metric = measure_metric(con, MetricQuestion(share, "day", None, "previous", edges="cut"), SECOND)
    assert moved is not None and metric.change is not None and metric.change.interval is not None
    assert moved.parts[0].change == pytest.approx(metric.change.difference)
    assert moved.parts[0].interval == pytest.approx(metric.change.interval, rel=1e-3)


def test_a_plain_question_is_explained_too() -> None:
    con = drawn("ann 09:00 visit 09:01 visit +1d 09:00 visit +1d 09:00 visit")
    plain = {"metric": {"event": "visit", "of": "ratio", "numerator": "count", "denominator": {"of": "customers"}}}
    question = read_metric({**plain, "compare": "previous", "edges": "cut"})
    moved = explain_change(con, question, SECOND)
    assert moved is not None
    assert [(part.factor, part.change) for part in moved.parts] == [(1, pytest.approx(-1))]
