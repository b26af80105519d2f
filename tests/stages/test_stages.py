"""Everyone has one stage, told by what was done before the moment; every mark has its people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.rules.staged import catalog_in_force
from journey.scope import Scope, read_scope
from journey.stages import Stage, Stages, StagesQuestion, grown_up, measure_stages, read_stages, stage_customers, who_would_move
from journey.stages.moments import DAY, back_from, over_period
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

START = datetime(2026, 3, 2, tzinfo=UTC)
RULES = [
    {"name": "gone", "rule": {"did_not": {}, "since": "10d"}},
    {"name": "buyer", "step": 3, "rule": {"did": "buy"}},
    {"name": "looker", "step": 2, "rule": {"did": "view"}},
    {"name": "new", "step": 1},
]
EVENTS = st.lists(
    st.tuples(st.sampled_from(["ann", "bob", "cyd", "dan"]), st.integers(0, 60), st.sampled_from(["visit", "view", "buy"])),
    min_size=1,
    max_size=30,
)
QUICK = settings(max_examples=5, deadline=None)


def loaded(rows: list[tuple[str, int, str]]) -> Warehouse:
    con = empty_warehouse()
    table = [{"customer": who, "event": name, "ts": START + timedelta(hours=12 * halves)} for who, halves, name in rows]
    load_events(con, pl.DataFrame(table, schema={"customer": pl.String, "event": pl.String, "ts": pl.Datetime("ms", "UTC")}))
    return con


def counts(con: Warehouse, question: StagesQuestion, scope: Scope) -> dict[str, int]:
    return {stage.name: stage.customers for stage in measure_stages(con, question, scope).stages}


def told(found: Stages) -> list[Stage]:
    """What is said of the customers; whether a log ever holds an event is said of the log."""
    return [replace(stage, found=(), lacking=()) for stage in found.stages]


def test_the_first_rule_that_holds_wins() -> None:
    con = drawn(
        "ann 09:00 visit 09:05 view 09:10 buy", "bob 09:00 visit 09:05 view", "cyd 09:00 visit", "dan 09:00 buy", "eve +20d 09:00 visit"
    )
    con_stages = measure_stages(con, read_stages({"rules": RULES, "as_of": "2026-03-04"}), Scope())
    assert {stage.name: (stage.customers, stage.reached, stage.lost) for stage in con_stages.stages} == {
        "new": (1, 4, 0),
        "looker": (1, 3, 0),
        "buyer": (2, 2, 0),
        "gone": (0, None, None),
    }
    later = measure_stages(con, read_stages({"rules": RULES}), Scope())
    assert {stage.name: (stage.customers, stage.reached, stage.lost) for stage in later.stages} == {
        "new": (1, 5, 1),
        "looker": (0, 3, 1),
        "buyer": (0, 2, 2),
        "gone": (4, None, None),
    }


def test_moves_tell_who_stayed_who_moved_and_who_is_new() -> None:
    con = drawn("ann 09:00 visit +4d 09:00 buy", "bob 09:00 view +4d 09:00 view", "cyd +3d 09:00 visit")
    found = measure_stages(con, read_stages({"rules": RULES}), read_scope({"start": "2026-03-04"}))
    assert [(move.source, move.target, move.customers, move.of) for move in found.moves] == [
        (None, "new", 1, 1),
        ("new", "buyer", 1, 1),
        ("looker", "looker", 1, 1),
    ]


def test_time_in_a_stage_runs_from_the_entry() -> None:
    con = drawn("ann 09:00 visit +8d 09:00 buy", "bob +16d 09:00 visit")
    found = measure_stages(con, read_stages({"rules": RULES}), Scope())
    buyer = found.stage("buyer")
    assert buyer is not None and buyer.days == pytest.approx(8, rel=0.2)


@QUICK
@given(EVENTS, st.integers(1, 61))
def test_everyone_has_exactly_one_stage_at_every_look(rows: Any, halves: int) -> None:
    with loaded(rows) as con:
        stop = int(START.timestamp() * 1000) + halves * DAY // 2
        found = measure_stages(con, read_stages({"rules": RULES}), Scope(stop=stop))
        known = len({who for who, at, _ in rows if at < halves})
        assert sum(stage.customers for stage in found.stages) == known == found.stages[0].known
        assert all(a.reached >= b.reached for a, b in zip(found.journey, found.journey[1:], strict=False))
        assert found.journey[0].reached == known
        now = {look.stage: look.customers for look in found.over_time if look.moment == stop}
        assert now == {stage.name: stage.customers for stage in found.stages}


@QUICK
@given(EVENTS, EVENTS, st.integers(1, 40))
def test_later_events_change_nothing(rows: Any, more: Any, halves: int) -> None:
    earlier = [row for row in rows if row[1] < halves]
    if not earlier:
        return
    stop = int(START.timestamp() * 1000) + halves * DAY // 2
    with loaded(earlier) as alone, loaded(earlier + [(who, halves + at, name) for who, at, name in more]) as both:
        one, two = (measure_stages(con, read_stages({"rules": RULES}), Scope(stop=stop)) for con in (alone, both))
        assert (told(one), one.moves, one.over_time) == (told(two), two.moves, two.over_time)


@QUICK
@given(EVENTS, st.integers(0, 30))
def test_every_mark_has_its_people(rows: Any, halves: int) -> None:
    with loaded(rows) as con:
        scope, question = Scope(start=int(START.timestamp() * 1000) + halves * DAY // 2), read_stages({"rules": RULES})
        found = measure_stages(con, question, scope)
        for stage in found.stages:
            assert stage_customers(con, question, scope, {"stage": stage.name}).count == stage.customers
        for stage in found.journey:
            assert stage_customers(con, question, scope, {"reached": stage.name}).count == stage.reached
            assert stage_customers(con, question, scope, {"lost": stage.name}).count == stage.lost
        for move in found.moves:
            assert stage_customers(con, question, scope, {"from": move.source, "to": move.target}).count == move.customers


def test_the_shown_query_answers_the_shown_numbers() -> None:
    from journey.warehouse import ask_sql

    con = drawn("ann 09:00 visit 09:05 view 09:10 buy", "bob 09:00 visit 09:05 view", "cyd 09:00 visit +20d 09:00 visit")
    found = measure_stages(con, read_stages({"rules": RULES}), Scope(segment={"not": {"customers": ["bob"]}}))
    shown = dict(ask_sql(con, found.evidence.sql, found.evidence.params).iter_rows())
    assert shown == {stage.name: stage.customers for stage in found.stages if stage.customers} == {"new": 1, "gone": 1}


def test_the_shipped_stages_tell_a_shop_by_its_own_spelling() -> None:
    con = drawn(
        "ann 09:00 Home 09:05 Sign-up 09:10 Product-page 09:15 Add-to-cart",
        "bob 09:00 Home 09:01 product_page 09:02 Product_Page 09:03 search",
        "cyd 09:00 Home",
    )
    assert catalog_in_force(con) == "stages"
    found = counts(con, StagesQuestion(), Scope())
    assert {name: n for name, n in found.items() if n} == {"decision": 1, "consideration": 1, "awareness": 1}
    assert list(found) == ["awareness", "onboarding", "consideration", "decision", "retention", "advocacy", "at risk", "lapsed"]


def test_a_log_of_other_events_is_told_by_how_often_people_came() -> None:
    con = drawn("ann 09:00 x +1d 09:00 x +1d 09:00 y", "bob 09:00 x +1d 09:00 x", "cyd +2d 09:00 y")
    found = measure_stages(con, StagesQuestion(), Scope())
    assert {stage.name: stage.customers for stage in found.stages if stage.customers} == {"regular": 1, "returning": 1, "new": 1}
    assert any("how often" in warning for warning in found.evidence.warnings)


def test_an_edited_catalog_is_in_force() -> None:
    con = drawn("ann 09:00 x", "bob 09:00 y")
    write_catalog(con, "stages", '[[stage]]\nname = "does y"\nrule = { did = "y" }\n[[stage]]\nname = "rest"\n')
    assert counts(con, StagesQuestion(), Scope()) == {"rest": 1, "does y": 1}


def test_an_empty_workspace_has_nobody_in_any_stage() -> None:
    found = measure_stages(empty_warehouse(), StagesQuestion(), Scope())
    assert (found.known, found.worst, found.moves) == (0, None, ())
    assert all(stage.share is None and stage.interval is None and stage.days is None for stage in found.stages)


def test_one_moment_is_enough() -> None:
    found = measure_stages(drawn("ann 09:00 view"), StagesQuestion(), Scope())
    assert sum(stage.customers for stage in found.stages) == 1


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"when": 1}, "as_of, rules"),
        ({"as_of": "soon"}, "ISO-8601"),
        ({"rules": []}, "1 to 30"),
        ({"rules": [{"name": "a"}, {"name": "b"}]}, "no rule"),
        ({"rules": [{"name": "a", "rule": {"did": "x"}}, {"name": "a"}]}, "named 'a'"),
        ({"rules": [{"name": "a", "rule": {"did": "x"}}, {"name": "b", "rule": {"did": "y"}}]}, "takes everyone"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(plain: dict[str, Any], said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        read_stages(plain)


def test_looks_end_at_the_moment_and_start_with_the_period() -> None:
    start, stop = 0, 90 * DAY + 5
    looks = over_period(start, stop, "UTC")
    assert looks[0] == start and looks[-1] == stop and len(looks) <= 15
    assert back_from(stop, 0)[0] == 0 and back_from(stop, stop) == []


def test_a_few_events_of_a_shop_do_not_make_the_log_a_shop() -> None:
    shop = "ann 09:00 signup 09:01 view 09:02 view 09:03 view 09:04 cart 09:05 purchase"
    assert catalog_in_force(drawn(shop)) == "stages"
    others = [f"c{i} " + " ".join(f"{h:02}:{m:02} fine" for h in range(20) for m in range(0, 60, 6)) for i in range(6)]
    assert catalog_in_force(drawn(shop, *others)) == "stages_any_log"


def test_a_log_is_compared_once_it_is_twice_as_old_as_what_makes_quiet() -> None:
    con, question = drawn("ann 09:00 view +40d 09:00 view"), read_stages({"rules": RULES})
    first = int(START.timestamp() * 1000) + 9 * 3_600_000
    assert [grown_up(con, question, first + days * DAY) for days in (0, 19, 20)] == [False, False, True]
    assert grown_up(con, read_stages({"rules": RULES[1:]}), first)


@QUICK
@given(EVENTS)
def test_who_would_move_by_other_rules_is_counted_by_name(rows: Any) -> None:
    with loaded(rows) as con:
        kept, other = read_stages({"rules": RULES}), read_stages({"rules": RULES[1:]})
        assert who_would_move(con, kept, kept, Scope()) == ()
        gone = measure_stages(con, kept, Scope()).stage("gone")
        moves = who_would_move(con, kept, other, Scope())
        assert gone and sum(move.customers for move in moves) == gone.customers
        assert all(move.source == "gone" for move in moves)
