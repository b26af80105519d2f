"""Units and their numbers by another way: plain Python over the rows of random logs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.experiments.read import changes_of, read_experiment, units_of
from journey.scope import read_scope
from tests.lent import lent_warehouse

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Row = tuple[str, int, str, str, int]
ROWS = st.lists(
    st.tuples(
        st.sampled_from("pqrstu"),
        st.integers(0, 12),
        st.sampled_from(["seen", "seen", "buy", "cart"]),
        st.sampled_from(["control", "control", "new"]),
        st.integers(-2, 9),
    ),
    min_size=1,
    max_size=40,
)
BOUND = st.sampled_from([None, 0, 2, 5])


def by_hand(rows: list[Row], stop: float, within: int | None, before: int | None, of: str) -> dict[str, tuple[Any, ...]]:
    """customer -> (variant, number, the number before); minutes."""
    found: dict[str, tuple[Any, ...]] = {}
    for who in sorted({row[0] for row in rows}):
        shown = [(at, arm) for one, at, event, arm, _ in rows if one == who and event == "seen" and at < stop]
        if not shown or len({arm for _, arm in shown}) > 1:
            continue
        first = min(at for at, _ in shown)
        bought = [(at - first, price) for one, at, event, _, price in rows if one == who and event == "buy" and at < stop]
        after = [price for since, price in bought if since >= 0 and (within is None or since <= within)]
        earlier = [price for since, price in bought if before is not None and -before <= since < 0]
        number = {
            "did": lambda prices: float(bool(prices)),
            "count": lambda prices: float(len(prices)),
            "sum": lambda prices: float(sum(prices)),
        }[of]
        known = within is None or first + within < stop
        found[who] = (shown[0][1], number(after) if known else None, number(earlier))
    return found


@settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROWS, BOUND, BOUND, st.sampled_from([None, 6, 20]), st.sampled_from(["did", "count", "sum"]), st.sampled_from([None, 0.8]))
def test_units_are_those_of_a_second_way_and_changes_add_up_to_them(
    rows: list[Row], within: int | None, before: int | None, stop: int | None, of: str, cut: float | None
) -> None:
    table = [
        {"customer": who, "event": event, "ts": START + at * MINUTE, "variant": arm if event == "seen" else None, "price": float(price)}
        for who, at, event, arm, price in rows
    ]
    con = lent_warehouse(pl.DataFrame(table, schema_overrides={"variant": pl.String}))
    metric: dict[str, Any] = {"name": "m", "event": "buy", "of": of, "property": "price" if of == "sum" else None}
    metric |= {key: f"{value}m" for key, value in (("within", within), ("before", before)) if value}
    metric |= {"winsorise": cut} if cut and of != "did" else {}
    asked = {"experiment": "seen", "exposure": {"event": "seen", "variant": "variant"}, "control": "control", "metrics": [metric]}
    question = read_experiment({**asked, "split": {"control": 0.5, "new": 0.5}})
    scope = read_scope({} if stop is None else {"stop": (START + stop * MINUTE).isoformat()})
    last = max(row[1] for row in rows)
    ends = min(last + 1 / 60_000, last + 1 if stop is None else stop)  # the data end a millisecond after the last event
    expected = by_hand(rows, ends, within or None, before or None, of)
    ids = dict(con.connection.execute("select customer, id from customers").fetchall())
    frame = units_of(con, question, scope).frame
    assert {ids[unit]: arm for unit, arm in frame.select("unit", "arm").iter_rows()} == {who: one[0] for who, one in expected.items()}
    numbers = np.array([one[1] for one in expected.values() if one[1] is not None])
    cap = max(float(np.quantile(numbers, cut)), 0.0) if cut and of != "did" and len(numbers) else np.inf
    told = {ids[unit]: y for unit, y in frame.select("unit", "y0").iter_rows()}
    assert told == {who: None if one[1] is None else pytest.approx(min(one[1], cap)) for who, one in expected.items()}
    if before and "winsorise" not in metric:
        assert frame["c0"].to_list() == [expected[ids[unit]][2] for unit in frame["unit"]]
    changes = changes_of(con, question, scope, 0).group_by("unit").agg(pl.sum("dy"))
    whole = {ids[unit]: 0.0 for unit, y in frame.select("unit", "y0").iter_rows() if y is not None}
    assert whole | {ids[unit]: dy for unit, dy in changes.iter_rows()} == {
        who: pytest.approx(y) for who, y in told.items() if y is not None
    }
