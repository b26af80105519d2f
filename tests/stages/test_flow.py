"""Moves by their kind, times to go on by the event that brought them there, and groups against the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.errors import QuestionError
from journey.ingest import load_events
from journey.rules.staged import read_stage_rules
from journey.scope import Scope, read_scope
from journey.stages import StagesQuestion, measure_stages, read_stages, stage_customers
from journey.stages.flow import KINDS, kinds_of
from journey.warehouse import open_warehouse
from tests.drawn import drawn

START = datetime(2026, 3, 2, tzinfo=UTC)
RULES = [
    {"name": "gone", "rule": {"did_not": {}, "since": "8d"}},
    {"name": "buyer", "step": 3, "rule": {"did": "buy", "within": "20d"}},
    {"name": "looker", "step": 2, "rule": {"did": "view"}},
    {"name": "new", "step": 1},
]


def question(**more: Any) -> StagesQuestion:
    return read_stages({"rules": RULES, **more})


def test_every_pair_of_stages_is_one_kind_of_move() -> None:
    kinds = kinds_of(read_stage_rules(RULES))
    assert len(kinds) == 12 and set(kinds.values()) <= set(KINDS)
    named = {(RULES[a]["name"], RULES[b]["name"]): kind for (a, b), kind in kinds.items()}
    assert named["new", "looker"] == "forward" and named["new", "buyer"] == "skip" and named["buyer", "looker"] == "back"
    assert named["looker", "gone"] == "exit" and named["gone", "looker"] == "return"


def test_loops_skips_exits_and_returns_are_told_apart() -> None:
    # 48 days, a look every four: what is done at 09:00 is seen from the next look on.
    con = drawn(
        "ann 09:00 visit +5d 09:00 view +6d 09:00 buy +6d 09:00 x +6d 09:00 x +6d 09:00 x +6d 09:00 x +6d 09:00 x",
        "bob 09:00 visit +5d 09:00 buy",
        "cyd 09:00 visit +20d 09:00 visit",
        "zoe +47d 09:00 visit",
    )
    flow = measure_stages(con, question(), Scope()).flow
    # ann: new, looker, buyer, and back to looker once the purchase is 20 days old.  bob: skips looking, then is gone.
    # cyd: gone, comes back, is gone again.
    assert {kind.kind: (kind.moves, kind.customers) for kind in flow.kinds} == {
        "forward": (2, 1),
        "skip": (1, 1),
        "back": (1, 1),
        "exit": (3, 2),
        "return": (1, 1),
        "quiet": (0, 0),
    }
    assert flow.kind("exit").of == 3 and flow.kind("exit").share == pytest.approx(2 / 3)
    ends = {(shift.kind, shift.source, shift.target): shift.moves for shift in flow.shifts}
    assert ends["back", "buyer", "looker"] == 1 and ends["exit", "new", "gone"] == 2 and ends["exit", "buyer", "gone"] == 1


def test_the_time_to_go_on_runs_from_event_to_event() -> None:
    con = drawn(
        "ann 09:00 visit +2d 09:00 view +3d 09:00 buy",
        "bob 09:00 visit +4d 09:00 view",
        "cyd 09:00 visit +6d 09:00 buy",  # passes the lookers over
        "dee 09:00 view",  # never stood at new
        "zoe +20d 09:00 visit",  # too late to be followed
    )
    pace = measure_stages(con, question(), Scope()).pace
    assert pace.window == pytest.approx(10 * 86_400_000, rel=1e-3)
    new, looker = pace.of("new"), pace.of("looker")
    assert new and new.on and (new.on.entered, new.on.went_on, new.on.median) == (3, 3, 4.0)
    assert looker and looker.on and (looker.on.entered, looker.on.went_on, looker.on.median) == (3, 1, 3.0)
    assert looker.on.mean == pytest.approx((3 + 2 * 10) / 3, rel=1e-3)
    assert (looker.came, looker.skipped) == (4, 1)
    assert looker.there and looker.there.median == 3.0  # 0, 2, 4 and 6 days after their first event
    assert pace.of("buyer").on is None and pace.why_not  # type: ignore[union-attr]


def test_customers_who_go_on_sooner_than_before_are_called_faster() -> None:
    rows = []
    for half, wait in ((0, 8), (1, 2)):
        for i in range(40):
            came = START + timedelta(days=40 * half + i % 15, minutes=i)
            rows += [(f"c{half}_{i}", "visit", came), (f"c{half}_{i}", "view", came + timedelta(days=wait, hours=i % 7))]
    con = open_warehouse(":memory:")
    early = ("eve", "visit", START - timedelta(days=30))
    table = pl.DataFrame([early, *rows, ("zoe", "visit", START + timedelta(days=80))], schema=["customer", "event", "ts"], orient="row")
    load_events(con, table)
    scope = read_scope({"start": "2026-04-11", "stop": "2026-05-21"})
    pace = measure_stages(con, question(), scope).pace.of("new")
    assert pace and pace.word == "faster" and pace.on and pace.before
    assert pace.difference is not None and pace.difference[0] == pytest.approx(-6, abs=0.1)
    assert (pace.on.entered, pace.before.entered) == (40, 40)
    close = measure_stages(con, question(), read_scope({"start": "2026-03-22", "stop": "2026-05-01"})).pace
    assert close.why_not and {one.word for one in close.stages} == {"not compared"}
    same = measure_stages(con, question(), read_scope({"start": "2026-04-11", "stop": "2026-05-21", "segment": {"did": "nothing"}}))
    assert {one.word for one in same.pace.stages} == {"not compared"}


def test_noise_is_not_called_a_change() -> None:
    """Two halves of one process: of 60 tries at 5%, BH calls a change in few."""
    import numpy as np

    from journey.inference.differences import adjusted
    from journey.stages.pace import Pace, Spell

    rng, called = np.random.default_rng(3), 0
    for _ in range(60):
        waits = rng.exponential(9, (2, 3, 60))
        spells = [[Spell(60, tuple(one[one < 15]), 15.0) for one in half] for half in waits]
        paces = [Pace("s", now, None, 60, 0, then) for now, then in zip(*spells, strict=True)]
        qs = adjusted([pace.difference[3] for pace in paces if pace.difference])
        called += any(q is not None and q < 0.05 for q in qs)
    assert called <= 8


def test_a_group_that_goes_on_less_than_the_rest_is_told() -> None:
    lines = [f"m{i} 09:00 visit{{device=mobile}}" + (" 09:05 view{device=mobile}" if i < 6 else "") for i in range(40)]
    lines += [f"d{i} 09:00 visit{{device=desktop}}" + (" 09:05 view{device=desktop}" if i < 30 else "") for i in range(40)]
    con = drawn(*lines, "eve 09:00 visit")
    found = measure_stages(con, question(breakdown="device"), Scope())
    groups = {group.value: group for group in found.groups or ()}
    assert {value: group.known for value, group in groups.items()} == {"mobile": 40, "desktop": 40, "": 1}
    new = groups["mobile"].part("new")
    assert new and (new.reached, new.goes_on) == (40, pytest.approx(6 / 40)) and new.differs
    assert new.rest == pytest.approx(30 / 40)
    assert groups[""].part("new").q is None  # type: ignore[union-attr]
    mark = {"reached": "looker", "group": "mobile"}
    assert stage_customers(con, question(breakdown="device"), Scope(), mark).ids == tuple(f"m{i}" for i in range(6))
    with pytest.raises(QuestionError, match="nearest known is 'device'"):
        measure_stages(con, question(breakdown="devise"), Scope())
    with pytest.raises(QuestionError, match="breakdown"):
        stage_customers(con, question(), Scope(), mark)


EVENTS = st.lists(
    st.tuples(st.sampled_from(["ann", "bob", "cyd", "dan"]), st.integers(0, 60), st.sampled_from(["visit", "view", "buy"])),
    min_size=1,
    max_size=25,
)


@settings(max_examples=4, deadline=None)
@given(EVENTS, st.integers(0, 25))
def test_every_kind_and_every_pace_has_its_people(rows: Any, halves: int) -> None:
    table = [{"customer": who, "event": name, "ts": START + timedelta(hours=12 * at)} for who, at, name in rows]
    with open_warehouse(":memory:") as con:
        load_events(con, pl.DataFrame(table))
        scope = Scope(start=int(START.timestamp() * 1000) + halves * 43_200_000)
        found = measure_stages(con, question(), scope)
        for shift in [*found.flow.kinds, *found.flow.shifts]:
            mark = {"kind": shift.kind} | ({} if shift.source is None else {"from": shift.source, "to": shift.target})
            assert stage_customers(con, question(), scope, mark).count == shift.customers
        for pace in found.pace.stages:
            sizes = {"skipped": pace.skipped, "entered": pace.on.entered if pace.on else 0, "went_on": pace.on.went_on if pace.on else 0}
            for kind, n in sizes.items():
                assert stage_customers(con, question(), scope, {"pace": kind, "stage": pace.stage}).count == n
