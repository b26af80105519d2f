"""Both ways to a funnel's units, the definition in SQL and the journey index, agree on random logs, ties and all."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.funnels.by_index import counted_by_index
from journey.funnels.counted import Counted
from journey.funnels.measure import counted_by_sql
from journey.funnels.question import read_funnel
from journey.index import index_of
from journey.ingest import load_events
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

START = 1_772_000_000_000
CALM = settings(max_examples=27, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROWS = st.tuples(st.integers(0, 2), st.sampled_from("aabbcd"), st.integers(0, 9), st.sampled_from(["x", "y", None]), st.integers(0, 3))
LOGS = st.lists(ROWS, min_size=1, max_size=24)
PLAIN: Any = st.lists(
    st.sampled_from(["a", "b", "c", "d", "none"]) | st.just({"event": "a", "where": {"k": "x"}}) | st.just({"any_of": ["c", "d"]}),
    min_size=1,
    max_size=4,
)
DIFFERENT: Any = ["b", "c", "d", "none", {"event": "a", "where": {"k": "x"}}]
WINDOWS = st.sampled_from([None, 0, 1, 2, 5])


def loaded(rows: list[tuple[Any, ...]]) -> Warehouse:
    """customer, event, second, k, price.  Sessions end after 3 seconds of silence."""
    con = empty_warehouse()
    frame = pl.DataFrame(
        {
            "customer": [f"c{row[0]}" for row in rows],
            "event": [row[1] for row in rows],
            "ts": pl.Series([START + 1000 * row[2] for row in rows]).cast(pl.Datetime("ms", "UTC")),
            "k": pl.Series([row[3] for row in rows], dtype=pl.String),
            "price": [float(row[4]) for row in rows],
        }
    )
    load_events(con, frame, mapping={"customer": "customer", "event": "event", "ts": "ts", "gap": "3s"})
    return con


def told(counted: Counted) -> dict[Any, Any]:
    """Everything about each unit, by unit (and group)."""
    labels = [None] * counted.n if counted.groups is None else [counted.labels[g] if g >= 0 else None for g in counted.groups]
    return {
        (int(unit), label): (
            int(counted.deepest[at]),
            int(counted.last_start[at]),
            counted.times[:, at].tolist() if len(counted.times) else counted.done[:, at].tolist(),
            None if counted.values is None else counted.values[:, at].tolist(),
        )
        for at, (unit, label) in enumerate(zip(counted.units, labels, strict=True))
    }


def agree(con: Warehouse, plain: dict[str, Any], scope: Scope) -> None:
    question = read_funnel(plain)
    index = index_of(con)
    assert index is not None
    for within in (False, True) if question.breakdown and question.breakdown.attribution == "all_events" else (False,):
        found = counted_by_index(con, index, question, scope, Binder(con), within)
        if found is not None:
            defined = counted_by_sql(con, question, scope, Binder(con), within)
            if not len(found.times):
                defined = replace(defined, times=defined.times[:0])
            assert told(found) == told(defined), (plain, scope)


@st.composite
def questions(draw: Any) -> dict[str, Any]:
    steps = draw(PLAIN)
    plain: dict[str, Any] = {"steps": steps, "window": draw(WINDOWS), "ties": draw(st.sampled_from(["step_order", "load_order"]))}
    if draw(st.booleans()):  # the cascade's own questions
        plain["steps"] = steps = draw(st.lists(st.sampled_from(DIFFERENT), min_size=1, max_size=4, unique_by=repr))
        plain["ties"] = "step_order"
    else:
        plain["order"] = draw(st.sampled_from(["ordered", "ordered", "strict"]))
        plain["count_by"] = draw(st.sampled_from(["customer", "customer", "session"]))
    if len(steps) > 1 and "order" in plain:
        plain["optional"] = sorted(draw(st.sets(st.integers(1, len(steps) - 1), max_size=2)))
        if draw(st.booleans()):
            begin = draw(st.integers(0, len(steps) - 2))
            plain["exclusions"] = [
                {"event": draw(st.sampled_from("cd")), "from_step": begin, "to_step": draw(st.integers(begin + 1, len(steps) - 1))}
            ]
    ways = ["first_touch", "last_touch", "all_events", *(f"step:{k}" for k in range(len(steps)))]
    if draw(st.booleans()):
        plain["breakdown"] = {"property": draw(st.sampled_from(["k", "price", "unknown"])), "attribution": draw(st.sampled_from(ways))}
    if draw(st.booleans()):
        plain["value"] = "price"
    plain["times"] = draw(st.booleans())
    return plain


SCOPES = st.builds(
    lambda start, stop, segment: Scope(START + 1000 * start if start else None, stop and START + 1000 * stop, segment=segment),
    st.integers(0, 4),
    st.sampled_from([None, 7]),
    st.sampled_from([None, {"did": "c"}]),
)


@CALM
@given(LOGS, st.lists(st.tuples(questions(), SCOPES), min_size=3, max_size=3))
def test_both_ways_agree(rows: Any, asked: list[tuple[dict[str, Any], Scope]]) -> None:
    with loaded(rows) as con:
        for plain, scope in asked:
            agree(con, plain, scope)


def test_both_ways_agree_over_many_customers_and_row_groups() -> None:
    rng = np.random.default_rng(5)
    n = 60_000
    columns = (rng.integers(0, 2_000, n), rng.choice(list("abcdefgh"), n), rng.integers(0, 100_000, n), rng.choice(["x", "y"], n))
    con = loaded([(*row, price) for *row, price in zip(*(c.tolist() for c in columns), rng.integers(0, 9, n).tolist(), strict=True)])
    for plain in (
        {"steps": ["a", "b", "c", "d"], "window": 20_000, "breakdown": "k", "value": "price"},
        {"steps": ["a", "b", "a"], "window": 30_000, "breakdown": {"property": "k", "attribution": "all_events"}},
        {"steps": ["a", "b", "c"], "optional": [1], "exclusions": [{"event": "h", "from_step": 0, "to_step": 2}]},
    ):
        agree(con, plain, Scope())
        agree(con, plain, Scope(START + 10_000_000, START + 70_000_000, segment={"did": "e", "times": ">=5"}))
    con.close()
