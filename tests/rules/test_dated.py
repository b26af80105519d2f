"""The date at which a rule first held is the first event after which it holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest import load_events
from journey.rules import Binder
from journey.rules.dated import can_be_dated, first_held
from journey.rules.segment import measure_segment
from journey.scope import Scope
from journey.warehouse import ask_sql
from tests.lent import empty_warehouse

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = 3_600_000
RULES: list[Any] = [
    {"did": "view"},
    {"did": "view", "times": ">=3", "within": "2d"},
    {"did": {"any_of": ["view", "buy"]}, "times": ">1"},
    {"distinct": "session", "value": 2},
    {"distinct": "session", "of": "view", "value": 2, "within": "3d"},
    {"any": [{"did": "buy"}, {"did": "view", "times": ">=2"}]},
    {"all": [{"did": "buy"}, {"did": "view"}]},
    {"sequence": ["view", "buy"], "in": "customer"},
    {"did": {}, "other_than": ["view"]},
    {"time_since": "buy", "op": "lt", "value": "2d"},
]
EVENTS = st.lists(
    st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 120), st.sampled_from(["visit", "view", "buy"])), min_size=1, max_size=12
)


@settings(max_examples=4, deadline=None)
@given(EVENTS)
def test_a_rule_holds_from_its_date_on_and_never_before(rows: Any) -> None:
    table = [{"customer": who, "event": name, "ts": START + timedelta(hours=at)} for who, at, name in rows]
    start = int(START.timestamp() * 1000)
    with empty_warehouse() as con:
        load_events(con, pl.DataFrame(table))
        rules = [rule if "did" not in rule or rule["did"] else {**rule, "did": None} for rule in RULES]
        found = first_held(Binder(con), rules, start + 200 * HOUR, Scope())
        ids = dict(ask_sql(con, "select customer, id from customers").iter_rows())
        times = sorted({start + at * HOUR for _, at, _ in rows})
        for place, rule in enumerate(rules):
            held = [(moment, set(measure_segment(con, rule, Scope(stop=moment + 1)).people.ids)) for moment in times]
            first = {who: next((moment for moment, ids_ in held if who in ids_), None) for who in ids.values()}
            assert {ids[row["customer"]]: row[f"held_{place}"] for row in found.iter_rows(named=True)} == first, rule


@pytest.mark.parametrize(
    "rule",
    [
        {"did": "a", "times": 2},
        {"did": "a", "times": "<3"},
        {"did_not": "a"},
        {"not": {"did": "a"}},
        {"distinct": "page", "value": 2},
        {"all": [{"did": "a", "within": "3d"}, {"did": "b"}]},
        {"any": [{"did": "a"}, {"did_not": "b"}]},
        "nobody",
        {"property": "x", "value": 1},
        {"stall": "a", "for": "1d"},
        {"time_since": "a", "op": "ge", "value": "1d"},
        {"all": [{"time_since": "a", "op": "le", "value": "1d"}, {"did": "b"}]},
    ],
)
def test_what_more_events_can_undo_is_not_dated(rule: Any) -> None:
    assert not can_be_dated(rule, {})


def test_the_shipped_rules_can_be_dated() -> None:
    assert all(can_be_dated(rule, {}) for rule in RULES)
