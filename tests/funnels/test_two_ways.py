"""Both ways to a funnel's units, the definition in SQL and the journey index, agree on random logs, ties and all."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.funnels import funnel_customers, measure_funnel
from journey.funnels.by_index import counted_by_index
from journey.funnels.counted import Counted
from journey.funnels.measure import counted_by_sql
from journey.funnels.question import FunnelQuestion, read_funnel
from journey.index import index_of, open_index, use_index
from journey.ingest import load_customers, load_events
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

CITIES = ["v", "v", "w"]  # of the customers
START = 1_772_000_000_000
CALM = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROWS = st.tuples(st.integers(0, 2), st.sampled_from("aabbcd"), st.integers(0, 9), st.sampled_from(["x", "y", None]), st.integers(0, 3))
LOGS = st.lists(ROWS, min_size=1, max_size=24)
PLAIN: Any = st.lists(
    st.sampled_from(["a", "b", "c", "d", "none", None])
    | st.just({"event": "a", "where": {"k": "x"}})
    | st.sampled_from([{"any_of": ["a", "b"]}, {"any_of": ["b", "c"]}, {"any_of": ["c", "d"]}]),
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
    people = sorted({row[0] for row in rows})
    load_customers(con, pl.DataFrame({"customer": [f"c{one}" for one in people], "city": [CITIES[one % 3] for one in people]}))
    return con


def told(counted: Counted) -> dict[Any, Any]:
    """Everything about each unit, by unit (and group)."""
    labels = [None] * counted.n if counted.groups is None else [counted.labels[g] if g >= 0 else None for g in counted.groups]
    return {
        (unit, label): (
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
        if found is None:
            assert left_to_sql(con, question, scope, within), (plain, scope)
            continue
        defined = counted_by_sql(con, question, scope, Binder(con), within)
        if not len(found.times):
            defined = replace(defined, times=defined.times[:0])
        assert told(found) == told(defined), (plain, scope)


def left_to_sql(con: Warehouse, question: FunnelQuestion, scope: Scope, within: bool) -> bool:
    """The few that the index does not answer, and what names a property that no event has."""
    known = {prop.name for prop in Binder(con).properties()}
    unit = question.count_by.partition("property:")[2]
    needed = {*question.hold, *([unit] if unit else []), *([question.breakdown.name] if within and question.breakdown else [])}
    narrowed = bool(question.hold) or (question.order == "unordered" and scope.segment is not None)
    return not needed <= known or (within and question.order == "strict") or (unit != "" and narrowed)


@st.composite
def questions(draw: Any) -> dict[str, Any]:
    steps = draw(PLAIN)
    plain: dict[str, Any] = {"steps": steps, "window": draw(WINDOWS), "ties": draw(st.sampled_from(["step_order", "load_order"]))}
    if draw(st.integers(0, 3)) == 0:  # the cascade's own questions
        plain["steps"] = steps = draw(st.lists(st.sampled_from(DIFFERENT), min_size=1, max_size=4, unique_by=repr))
        plain["ties"] = "step_order"
    else:
        plain["order"] = draw(st.sampled_from(["ordered", "ordered", "strict", "unordered", "unordered"]))
        plain["count_by"] = draw(st.sampled_from(["customer", "customer", "session", "property:k", "property:price", "property:city"]))
        if not plain["count_by"].startswith("property:"):
            plain["hold"] = draw(st.sampled_from([[], [], ["k"], ["k", "price"], ["city", "k"]]))
    unordered = plain.get("order") == "unordered"
    if len(steps) > 1 and "order" in plain:
        plain["optional"] = [] if unordered else sorted(draw(st.sets(st.integers(1, len(steps) - 1), max_size=2)))
        if draw(st.booleans()):
            begin = draw(st.integers(0, len(steps) - 2))
            plain["exclusions"] = [
                {"event": draw(st.sampled_from("cd")), "from_step": begin, "to_step": draw(st.integers(begin + 1, len(steps) - 1))}
            ]
    ways = ["first_touch", "all_events", "step:0", *(() if unordered else ("last_touch", *(f"step:{k}" for k in range(1, len(steps)))))]
    if draw(st.booleans()):
        named = draw(st.sampled_from(["k", "price", "city", "unknown"]))
        plain["breakdown"] = {"property": named, "attribution": draw(st.sampled_from(ways))}
    if not unordered and draw(st.booleans()):
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
        {"steps": ["a", "b", "a"], "order": "unordered", "window": 9_000, "exclusions": ["h"], "breakdown": "k"},
        {"steps": ["a", "b", "c"], "hold": ["price", "k"], "exclusions": ["h"], "value": "price"},
        {"steps": ["a", {"any_of": ["a", "b"]}, "b"], "window": 60, "breakdown": {"property": "k", "attribution": "last_touch"}},
        {"steps": ["a", "b"], "count_by": "property:price", "window": 5, "breakdown": "k"},
    ):
        agree(con, plain, Scope())
        agree(con, plain, Scope(START + 10_000_000, START + 70_000_000, segment={"did": "e", "times": ">=5"}))
    con.close()


MARKED: list[dict[str, Any]] = [
    {"order": "unordered", "count_by": "session", "exclusions": ["d"]},
    {"hold": ["k"], "count_by": "session", "exclusions": ["d"]},
    {"count_by": "property:price", "window": 9},
    {"steps": ["a", {"any_of": ["a", "b"]}, {"any_of": ["b", "c"]}], "window": 9},
]


def test_the_customers_behind_a_mark_are_the_same_both_ways() -> None:
    rng = np.random.default_rng(8)
    columns = (rng.integers(0, 40, 300), rng.choice(list("abcd"), 300), rng.integers(0, 25, 300), rng.choice(["x", "y"], 300))
    con = loaded([(*row, price) for *row, price in zip(*(c.tolist() for c in columns), rng.integers(0, 9, 300).tolist(), strict=True)])
    asked = [read_funnel({"steps": ["a", "b", "c"], "window": 9, "breakdown": "k", **own}) for own in MARKED]
    marks: list[dict[str, Any]] = [{"reached": 0}, {"reached": 2, "group": "x"}, {"dropped_after": 0, "group": "y"}]
    lists = []
    for by_index in (False, True):
        use_index(by_index)
        assert (open_index(con) is not None) == by_index
        lists.append([funnel_customers(con, question, Scope(), mark).ids for question in asked for mark in marks])
    assert lists[0] == lists[1] and sum(map(bool, lists[0])) >= 10
    counts = [measure_funnel(con, question, Scope()).groups["x"][2].count for question in asked]
    assert counts == [len(ids) for ids in lists[1][1::3]]
    con.close()


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    use_index(False)
