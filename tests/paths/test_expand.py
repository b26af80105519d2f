"""An event told with the value of a property is as good as an event of that name."""

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.errors import QuestionError
from journey.ingest import load_events
from journey.paths import (
    Paths,
    measure_paths,
    measure_transitions,
    paths_customers,
    read_paths,
    read_transitions,
    transitions_customers,
)
from journey.paths import expand as expanding
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

SHOP = (
    "ann 09:00 home 09:01 view{of=shoes} 09:02 view{of=hats} 09:03 buy",
    "bob 09:00 home 09:01 view{of=shoes} 09:02 view{of=shoes} 09:03 buy",
    "cat 09:00 home 09:01 view 09:02 buy",
)


def asked(*lines: str, **q: Any) -> Paths:
    return measure_paths(drawn(*lines), read_paths(q), Scope())


def ways(answer: Paths) -> set[tuple[str, ...]]:
    return {path.events for path in answer.top_paths}


def test_each_value_is_an_event_and_a_missing_one_is_none() -> None:
    assert ways(asked(*SHOP, expand={"view": "of"})) == {
        ("home", "view: shoes", "view: hats", "buy"),
        ("home", "view: shoes", "buy"),
        ("home", "view: (none)", "buy"),
    }


def test_repeats_of_an_expanded_event_are_those_of_one_value() -> None:
    told = asked(*SHOP, expand={"view": "of"}, collapse_repeats=["view"])
    assert ("home", "view: shoes", "buy") in ways(told) and ("home", "view: shoes", "view: hats", "buy") in ways(told)


def test_an_anchor_is_the_expanded_event_as_a_whole_or_one_value() -> None:
    whole = asked(*SHOP, expand={"view": "of"}, start="view")
    assert whole.count == 3 and {node.event for node in whole.nodes if node.step == 1} == {"view: shoes", "view: (none)"}
    assert ways(asked(*SHOP, expand={"view": "of"}, start="view: hats")) == {("view: hats", "buy")}
    assert ways(asked(*SHOP, expand={"view": "of"}, end="view")) == {("home", "view: shoes"), ("home", "view: (none)")}


def test_hiding_takes_the_event_or_one_value() -> None:
    assert ways(asked(*SHOP, expand={"view": "of"}, hide=["view"])) == {("home", "buy")}
    hidden = asked(*SHOP, expand={"view": "of"}, hide=["view: shoes"])
    assert ways(hidden) == {("home", "view: hats", "buy"), ("home", "buy"), ("home", "view: (none)", "buy")}
    assert hidden.evidence.warnings == ()


def test_a_group_is_expanded_by_its_label_or_by_an_event_in_it() -> None:
    log = "ann 09:00 help/1{of=money} help/2{of=post} buy"
    for name in ("Help", "help/2"):
        assert ways(asked(log, group={"help/*": "Help"}, expand={name: "of"})) == {("Help: money", "Help: post", "buy")}


def test_a_value_named_like_ours_stays_apart() -> None:
    told = asked("ann 09:00 view view{of=(none)} view{of=x}", expand={"view": "of"})
    assert ("view: (none)", "view: (none) (value)", "view: x") in ways(told)


def test_numbers_and_a_customers_own_properties_expand() -> None:
    assert ways(asked("ann 09:00 pay{sum=5} pay{sum=7}", expand={"pay": "sum"})) == {("pay: 5", "pay: 7")}


def test_past_the_commonest_values_there_is_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "MOST_VALUES", 1)
    assert ways(asked(*SHOP, expand={"view": "of"})) == {
        ("home", "view: shoes", "view: (other values)", "buy"),
        ("home", "view: shoes", "buy"),
        ("home", "view: (none)", "buy"),
    }


def test_what_is_unknown_warns_and_is_told_as_it_was() -> None:
    for expand in ({"vew": "of"}, {"view": "off"}):
        told = asked(*SHOP, expand=expand)
        assert ("home", "view", "buy") in ways(told) and "The nearest known is" in told.evidence.warnings[0]


@pytest.mark.parametrize("expand", [["view"], {"view": 3}, {"": "of"}, "view"])
def test_an_expansion_that_is_none_is_refused(expand: Any) -> None:
    with pytest.raises(QuestionError, match="property it is told with"):
        read_paths({"expand": expand})


def test_transitions_expand_too() -> None:
    con, question = drawn(*SHOP), read_transitions({"expand": {"view": "of"}})
    found = {(edge.source, edge.target): edge.count for edge in measure_transitions(con, question, Scope()).edges}
    assert found["home", "view: shoes"] == 2 and found["view: shoes", "view: shoes"] == 1
    mark = {"from": "view: shoes", "to": "view: hats"}
    assert transitions_customers(con, question, Scope(), mark).ids == ("ann",)


rows = st.lists(
    st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 12), st.sampled_from("abc"), st.sampled_from(["x", "y", None])),
    min_size=1,
    max_size=20,
)
questions = st.fixed_dictionaries(
    {
        "start": st.sampled_from([None, "b", "a: x"]),
        "end": st.sampled_from([None, "b", "a: y"]),
        "rows": st.integers(1, 3),
        "unit": st.sampled_from(["session", "customer", "history"]),
        "collapse_repeats": st.booleans(),
        "hide": st.sampled_from([[], ["c"], ["a: (none)"]]),
        "min_count": st.integers(0, 2),
    }
)


def loaded(log: list[tuple[str, int, str, str | None]], renamed: bool) -> Warehouse:
    con = empty_warehouse()
    start = pl.datetime(2026, 3, 2, time_unit="ms", time_zone="UTC")
    table = pl.DataFrame(log, schema={"customer": pl.String, "tick": pl.Int64, "event": pl.String, "of": pl.String}, orient="row")
    if renamed:
        with_value = pl.concat_str(pl.col("event"), pl.lit(": "), pl.col("of").fill_null("(none)"))
        table = table.with_columns(event=pl.when(pl.col("event") == "a").then(with_value).otherwise(pl.col("event")))
    load_events(con, table.with_columns(ts=start + pl.duration(minutes=10 * pl.col("tick"), time_unit="ms")).drop("tick"))
    return con


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows, questions)
def test_to_expand_is_to_rename(log: list[tuple[str, int, str, str | None]], q: dict[str, Any]) -> None:
    con, renamed = loaded([*log, ("zoe", 0, "a", "x")], renamed=False), loaded([*log, ("zoe", 0, "a", "x")], renamed=True)
    question = read_paths(q | {"expand": {"a": "of"}})
    one, other = measure_paths(con, question, Scope()), measure_paths(renamed, read_paths(q), Scope())
    assert (one.nodes, one.links, one.top_paths, one.ways) == (other.nodes, other.links, other.top_paths, other.ways)
    for node in one.nodes:
        assert paths_customers(con, question, Scope(), {"step": node.step, "node": node.event}).count == node.customers
