"""The SQL and the enumeration of all attempts agree on small logs full of ties."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.funnels import funnel_customers, measure_funnel, read_funnel
from journey.ingest import load_events
from journey.scope import Scope, to_ms
from journey.warehouse import ask_sql
from tests.funnels.oracle import Attempt, Event, count_units
from tests.lent import empty_warehouse

START = datetime(2026, 3, 2, tzinfo=UTC)
ROWS = st.tuples(st.sampled_from("xy"), st.sampled_from("abc"), st.integers(0, 5), st.sampled_from(["p", "q", None]))
LOGS = st.lists(ROWS, min_size=1, max_size=9)
PLAIN = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)
SHARED = st.lists(
    st.sampled_from(["a", "b", None, {"event": "a", "where": {"k": "p"}}, {"any_of": ["a", "b"]}, {"any_of": ["b", "c"]}]),
    min_size=1,
    max_size=4,
)
WINDOWS = st.sampled_from([None, 0, 1, 2, 4])
TIES = st.sampled_from(["step_order", "load_order"])
CALM = settings(max_examples=7, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_log(rows: list[tuple[str, str, int, Any]]) -> list[Event]:
    return [
        Event(customer, name, to_ms(START) + second * 1000, seq, () if value is None else (("k", value),))
        for seq, (customer, name, second, value) in enumerate(rows)
    ]


def agree(rows: list[tuple[str, str, int, Any]], plain: dict[str, Any], start: int = 0) -> None:
    """Counts, times, people and the SQL that is shown, against the enumeration."""
    con = empty_warehouse()
    times = [START + timedelta(seconds=second) for _, _, second, _ in rows]
    columns = {"customer": [row[0] for row in rows], "event": [row[1] for row in rows], "ts": times}
    frame = pl.DataFrame({**columns, "k": pl.Series([row[3] for row in rows], dtype=pl.String)})
    load_events(con, frame, mapping={"customer": "customer", "event": "event", "ts": "ts"})
    question, scope = read_funnel(plain), Scope(start=to_ms(START) + start * 1000 if start else None)
    wanted = count_units(read_log(rows), plain, question.window, scope.start or 0)
    funnel = measure_funnel(con, question, scope)
    for step, found in enumerate(funnel.steps):
        reached = {unit for unit, attempt in wanted.items() if attempt.times[step] is not None}
        assert found.count == len(reached)
        assert funnel_customers(con, question, scope, {"reached": step}).ids == tuple(sorted(reached))
        assert (found.time and round(found.time.average * 1000 * len(spans(wanted, step)))) == (
            sum(spans(wanted, step)) if spans(wanted, step) else None
        )
    for step in range(len(funnel.steps) - 1):
        left = tuple(sorted(unit for unit, attempt in wanted.items() if attempt.deepest == step))
        assert funnel_customers(con, question, scope, {"dropped_after": step}).ids == left
    shown = ask_sql(con, funnel.evidence.sql, funnel.evidence.params)
    assert list(shown.row(0)) == [step.count for step in funnel.steps]
    con.close()


def spans(wanted: dict[Any, Attempt], step: int) -> list[int]:
    """Times from the step done before, in ms."""
    done = [attempt.times for attempt in wanted.values() if step and attempt.times[step] is not None]
    return [times[step] - next(time for time in reversed(times[:step]) if time is not None) for times in done]


@CALM
@given(LOGS, PLAIN, WINDOWS, TIES, st.integers(0, 3))
def test_ordered_steps_agree(rows: Any, steps: Any, window: Any, ties: str, start: int) -> None:
    agree(rows, {"steps": steps, "window": window, "ties": ties}, start)


@CALM
@given(LOGS, SHARED, WINDOWS, TIES)
def test_steps_that_share_events_agree(rows: Any, steps: Any, window: Any, ties: str) -> None:
    agree(rows, {"steps": steps, "window": window, "ties": ties})


@CALM
@given(st.lists(ROWS, min_size=1, max_size=6), SHARED, WINDOWS, TIES, st.booleans())
def test_strict_steps_agree(rows: Any, steps: Any, window: Any, ties: str, hold: bool) -> None:
    agree(rows, {"steps": steps, "window": window, "ties": ties, "order": "strict", "hold": ["k"] if hold else []})


@CALM
@given(LOGS, SHARED, WINDOWS, st.booleans(), st.booleans(), st.integers(0, 3))
def test_unordered_steps_agree(rows: Any, steps: Any, window: Any, hold: bool, exclude: bool, start: int) -> None:
    plain = {"steps": steps, "window": window, "order": "unordered", "hold": ["k"] if hold else []}
    if exclude and len(steps) > 1:
        plain["exclusions"] = [{"event": "c", "from_step": 0, "to_step": 1}]
    agree(rows, plain, start)


@CALM
@given(LOGS, st.lists(st.sampled_from("ab"), min_size=2, max_size=4), WINDOWS, TIES, st.data())
def test_exclusions_agree(rows: Any, steps: Any, window: Any, ties: str, data: Any) -> None:
    start = data.draw(st.integers(0, len(steps) - 2))
    stop = data.draw(st.integers(start + 1, len(steps) - 1))
    exclusions = [{"event": "c", "from_step": start, "to_step": stop}]
    agree(rows, {"steps": steps, "window": window, "ties": ties, "exclusions": exclusions})


@CALM
@given(LOGS, st.lists(st.sampled_from("abc"), min_size=2, max_size=4), WINDOWS, TIES, st.booleans(), st.data())
def test_optional_steps_agree(rows: Any, steps: Any, window: Any, ties: str, hold: bool, data: Any) -> None:
    optional = sorted(data.draw(st.sets(st.integers(1, len(steps) - 1), max_size=2)))
    agree(rows, {"steps": steps, "window": window, "ties": ties, "optional": optional, "hold": ["k"] if hold else []})


@CALM
@given(LOGS, PLAIN, WINDOWS)
def test_a_property_can_be_the_unit(rows: Any, steps: Any, window: Any) -> None:
    agree(rows, {"steps": steps, "window": window, "count_by": "property:k"})
