"""Planned looks see each their own state of the data, and whatever was not planned so makes a verdict a hint."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from journey.ask import ask
from journey.experiments.plan import keep_plan, lock_plan, plan_from
from journey.warehouse import Warehouse
from tests.lent import lent_warehouse

START = datetime(2026, 3, 2, tzinfo=UTC)
BUY, CART = {"name": "bought", "event": "buy", "role": "primary"}, {"name": "carts", "event": "cart"}
PLAN: dict[str, Any] = {
    "experiment": "t",
    "hypothesis": "It helps.",
    "metrics": [BUY, CART],
    "variants": {"new": 0.5, "old": 0.5},
    "control": "old",
    "effect": 0.02,
    "reading": "planned",
    "looks": 4,
    "units_per_arm": 240,
    "start": "2026-03-02",
    "stop": "2026-04-02",
}


@pytest.fixture(scope="module")
def log() -> Warehouse:
    """Two customers an hour over ten days, one of each variant, of whom seven and three in ten buy the next day; some cross later."""
    rows: list[tuple[str, timedelta, str, str | None]] = []
    for n in range(480):
        who, at, arm = f"c{n}", timedelta(hours=n // 2), ("old", "new")[n % 2]
        rows.append((who, at, "seen", arm))
        rows += [(who, at + timedelta(days=1), "buy", None)] if n // 2 % 10 < (3, 7)[n % 2] else []
        rows += [(who, at + timedelta(days=4), "seen", ("new", "old")[n % 2])] if n % 23 == 0 else []
    table = [{"customer": who, "ts": START + at, "event": event, "variant": arm} for who, at, event, arm in rows]
    frame = pl.DataFrame(table, infer_schema_length=None)
    return lent_warehouse(frame.with_columns(pl.when(pl.col("event") == "seen").then(pl.lit("t")).alias("experiment")))


def planned(con: Warehouse, **more: Any) -> Warehouse:
    con.connection.execute("delete from experiment_plans")
    at = round(START.timestamp() * 1000) - 1
    keep_plan(con, plan_from({**PLAN, **more}), by="eva", at=at)
    lock_plan(con, "t", by="eva", at=at)
    return con


def read(con: Warehouse, **more: Any) -> dict[str, Any]:
    return ask(con, {"ask": "experiment", "experiment": "t", "checks": False, **more})


def of_day(con: Warehouse, day: float, **more: Any) -> dict[str, Any]:
    return read(con, scope={"stop": (START + timedelta(days=day)).isoformat()}, **more)


@pytest.mark.parametrize("within", [None, "1d"])
def test_whoever_looks_daily_sees_each_planned_look_as_it_stood_when_it_was_due(log: Warehouse, within: str | None) -> None:
    con = planned(log, metrics=[{**BUY, "within": within}, CART])
    seen: dict[int, list[dict[str, Any]]] = {}
    for day in range(1, 12):
        answer = of_day(con, day)
        seen.setdefault(answer["look"], []).append(answer)
    assert list(seen) == [0, 1, 2, 3]  # the fourth waits for the end: who crossed over has left
    for look, answers in seen.items():
        assert look == 0 or all(one["metrics"] == answers[0]["metrics"] and one["srm"] == answers[0]["srm"] for one in answers)
        counted = answers[0]["metrics"][0]["n"] + answers[0]["metrics"][0]["control_n"]
        assert look == 0 or 120 * look <= counted <= 120 * look + 1  # two come at once
    assert "as it stood on" in seen[1][-1]["verdict"] and "waits for the next look" in seen[1][-1]["verdict"]


def test_the_last_look_is_due_at_the_end_and_with_the_time_of_all_that_came(log: Warehouse) -> None:
    """Until 8 March 144 hours have let 288 in; the time of the last of them is over two days later."""
    con = planned(log, stop="2026-03-08", looks=1)
    assert [of_day(con, day)["look"] for day in (5.9, 6, 7)] == [0, 1, 1]
    con = planned(log, stop="2026-03-08", looks=1, metrics=[{**BUY, "within": "2d"}])
    answers = [of_day(con, day) for day in (6, 7.9, 8, 9)]
    assert [one["look"] for one in answers] == [0, 0, 1, 1] and answers[2]["metrics"] == answers[3]["metrics"]
    assert [one["metrics"][0]["open"] for one in answers[2:]] == [0, 0]


def test_behind_a_mark_are_those_of_the_look(log: Warehouse) -> None:
    con = planned(log)
    answer = of_day(con, 7, customers={"arm": "new"})
    assert answer["look"] == 2 and answer["customers"]["count"] == answer["metrics"][0]["n"] < 150
    crossed = of_day(con, 9, customers={"crossed": True})
    assert crossed["look"] == 3 and crossed["customers"]["count"] == crossed["crossed"] > 0


@pytest.mark.parametrize("reading", ["fixed", "bayesian"])
def test_a_reading_of_one_look_is_read_at_that_look_alone(log: Warehouse, reading: str) -> None:
    con = planned(log, reading=reading, looks=None, units_per_arm=150)
    answers = [of_day(con, day) for day in (4, 7, 8, 9, 10)]
    assert [one["state"] for one in answers] == ["keep running", *["ship"] * 4]
    assert all(one["metrics"] == answers[1]["metrics"] and "would be another look" in one["verdict"] for one in answers[1:])
    assert of_day(con, 9, look=1)["metrics"] == answers[1]["metrics"]


def test_a_course_of_planned_looks_has_an_interval_only_where_one_was_due(log: Warehouse) -> None:
    course = of_day(planned(log), 9, over_time=True)["courses"][0]
    assert sum(point["low"] is not None for point in course["points"]) == 3
    assert course["points"][-1]["low"] is not None and course["points"][-1]["naive"] is not None


SHIPS = {"reading": "always_valid", "looks": None, "tuned_at": 400}


@pytest.mark.parametrize(
    ("plan", "asked", "told"),
    [
        ({}, {"tuned_at": 100}, "scale of the always-valid interval is 100 here, 400 in the plan"),
        ({}, {"exposure": {"event": "seen", "variant": "variant", "experiment": "event"}}, ""),
        ({}, {"exposure": {"event": None, "variant": "variant", "experiment": "experiment"}}, "Variants are taken from"),
        ({"exposure": {"event": "seen", "variant": "variant", "experiment": "experiment"}}, {}, None),
        ({}, {"confidence": 0.9}, "confidence is 0.9 here"),
        ({"reading": "planned", "looks": 2}, {"look": 2}, "said to be look 2"),
        ({}, {"tuned_at": 400, "look": 3, "exposure": {"event": "seen", "variant": "variant", "experiment": "experiment"}}, None),
    ],
)
def test_what_is_asked_otherwise_than_planned_makes_a_hint(
    log: Warehouse, plan: dict[str, Any], asked: dict[str, Any], told: str | None
) -> None:
    answer = read(planned(log, **{**SHIPS, **plan}), **asked)
    if told is None:
        assert (answer["state"], answer["hint"]) == ("ship", False) and answer["verdict"].startswith("Ship new")
    elif told:
        assert (answer["state"], answer["hint"]) == ("ship", True)
        assert answer["verdict"].startswith("A hint to ship new") and told in answer["verdict"]
    else:
        assert answer["state"] != "ship"


def test_a_plan_that_was_locked_late_changed_under_way_or_written_over_makes_a_hint(log: Warehouse) -> None:
    con, day = planned(log, **SHIPS), lambda n: round((START + timedelta(days=n)).timestamp() * 1000)
    keep_plan(con, plan_from({**PLAN, **SHIPS, "owner": "max"}), by="max", reason="He has left.", at=day(5))
    assert not read(con)["hint"]
    keep_plan(con, plan_from({**PLAN, **SHIPS, "owner": "max", "confidence": 0.9}), by="max", reason="Faster.", at=day(6))
    assert "The plan was changed while it ran (confidence)." in read(con)["verdict"] and read(con)["hint"]
    con.connection.execute("update experiment_plans set reason = 'none' where version = 2")
    assert "not as they were kept" in read(con)["verdict"]
    con.connection.execute("delete from experiment_plans")
    assert "This is no proof. No plan was locked" in read(con, metrics=[BUY], control="old")["verdict"]
    keep_plan(con, plan_from({**PLAN, **SHIPS}), by="eva", at=day(5))
    lock_plan(con, "t", by="eva", at=day(5))
    assert "When the plan was locked, 240 units had been exposed." in read(con)["verdict"]


def test_letting_nobody_in_before_the_end_makes_a_hint_of_a_reading_that_has_one(log: Warehouse) -> None:
    """After the eleventh nobody new came; the log goes on to the fifteenth."""
    one_look = {"reading": "fixed", "looks": None, "units_per_arm": None}
    assert not read(planned(log, **one_look, stop="2026-03-12T12:00"))["hint"]
    early = read(planned(log, **one_look, stop="2026-03-14"))
    assert early["hint"] and "Nobody was let in after 11 March 2026, before the planned end" in early["verdict"]
    assert not read(planned(log, **{**one_look, "reading": "always_valid"}, stop="2026-03-14"))["hint"]
    waiting = read(planned(log, **{**one_look, "units_per_arm": 1_000}))
    assert waiting["state"] == "keep running" and "Nobody new is exposed any more" in waiting["verdict"]


def test_looks_without_a_number_of_units_are_at_equal_parts_of_the_time(log: Warehouse) -> None:
    con = planned(log, reading="fixed", looks=None, units_per_arm=None, stop="2026-03-10")
    assert [of_day(con, day, reading="planned", looks=4)["look"] for day in (1, 2, 3.9, 4, 7.9, 8, 12)] == [0, 1, 1, 2, 3, 4, 4]
