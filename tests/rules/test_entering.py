"""Stages entered and left: the two ends of a window are compared, by what was known at each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.rules.segment import measure_segment
from journey.rules.words import tell_rule
from journey.scope import Scope
from journey.stages import measure_stages, read_stages
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

STAGES = """
[[stage]]
name = "quiet"
rule = { did_not = {}, since = "10d" }
[[stage]]
name = "buyer"
rule = { did = "buy" }
[[stage]]
name = "new"
"""
START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = 86_400_000
NAMES = ["quiet", "buyer", "new"]


def staged(con: Warehouse) -> Warehouse:
    write_catalog(con, "stages", STAGES)
    return con


def who(con: Warehouse, rule: Any, day: int) -> set[str]:
    return set(measure_segment(con, rule, Scope(stop=int(START.timestamp() * 1000) + day * DAY)).people.ids)


def shop() -> Warehouse:
    # Looked at on day 20; the window of 15 days opens on day 5.
    return staged(
        drawn(
            "ann 09:00 visit +18d 09:00 buy",  # new on day 5, a buyer on day 20
            "bob 09:00 buy",  # a buyer, then quiet
            "cyd +12d 09:00 buy",  # not known on day 5
            "dee 09:00 visit +14d 09:00 visit",  # new at both ends
        )
    )


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"entered": "buyer", "within": "15d"}, {"ann", "cyd"}),
        ({"entered": "buyer", "from": "new", "within": "15d"}, {"ann"}),
        ({"entered": "quiet", "within": "15d"}, {"bob"}),
        ({"entered": "new", "within": "15d"}, set()),
        ({"entered": "new"}, {"dee"}),  # 30 days before, nobody was known
        ({"left": "buyer", "within": "15d"}, {"bob"}),
        ({"left": "new", "to": "buyer", "within": "15d"}, {"ann"}),
        ({"left": "new", "to": "quiet", "within": "15d"}, set()),
        ({"all": [{"entered": "buyer", "within": "15d"}, {"did": "visit"}]}, {"ann"}),
    ],
)
def test_the_two_ends_of_the_window_are_compared(rule: Any, names: set[str]) -> None:
    assert who(shop(), rule, 20) == names


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"entered": "buyr", "within": "15d"}, "nearest known is 'buyer'"),
        ({"entered": "buyer", "to": "new"}, "Known are: entered, from, within"),
        ({"left": "buyer", "from": "new"}, "Known are: left, to, within"),
        ({"entered": "buyer", "within": None}, "two ends of a window"),
        ({"entered": "buyer", "from": "buyer"}, "both sides"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(rule: Any, said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        who(shop(), rule, 20)


def test_a_stage_cannot_be_told_by_its_own_entries() -> None:
    con = drawn("ann 09:00 visit")
    write_catalog(con, "stages", '[[stage]]\nname = "a"\nrule = { entered = "b" }\n[[stage]]\nname = "b"\n')
    with pytest.raises(QuestionError, match="to itself"):
        who(con, {"entered": "a"}, 20)


def test_it_is_told_in_words() -> None:
    assert tell_rule({"entered": "buyer", "from": "new", "within": "15d"}) == "entered the stage buyer coming from new within 15 days"
    assert tell_rule({"left": "buyer"}) == "left the stage buyer within 30 days"


EVENTS = st.lists(
    st.tuples(st.sampled_from(["ann", "bob", "cyd"]), st.integers(0, 30), st.sampled_from(["visit", "buy"])), min_size=1, max_size=14
)


@settings(max_examples=4, deadline=None)
@given(EVENTS, st.integers(3, 32), st.integers(1, 20))
def test_entering_is_being_there_now_and_not_before(rows: Any, day: int, within: int) -> None:
    table = [{"customer": who_, "event": name, "ts": START + timedelta(days=at)} for who_, at, name in rows]
    with staged(empty_warehouse()) as con:
        load_events(con, pl.DataFrame(table))
        now, then = ({name: who(con, {"stage": name}, at) for name in NAMES} for at in (day, day - within))
        for name in NAMES:
            assert who(con, {"entered": name, "within": f"{within}d"}, day) == now[name] - then[name]
            assert who(con, {"left": name, "within": f"{within}d"}, day) == then[name] - now[name]
            came = [who(con, {"entered": name, "from": other, "within": f"{within}d"}, day) for other in NAMES if other != name]
            assert set().union(*came) == {one for one in now[name] - then[name] if any(one in then[other] for other in NAMES)}


def test_at_several_looks_it_is_told_as_at_each_alone() -> None:
    con = shop()
    rules = [{"name": "fresh", "rule": {"entered": "buyer", "within": "5d"}}, {"name": "rest"}]
    found = measure_stages(con, read_stages({"rules": rules}), Scope())
    for look in found.over_time:
        if look.stage == "fresh":
            alone = measure_segment(con, {"entered": "buyer", "within": "5d"}, Scope(stop=look.moment)).people.count
            assert look.customers == alone
