"""What was tried is found again by what it was about, in any words, with what came of it; and stands on the charts of its time."""

from typing import Any

import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.experiments.plan import keep_plan, lock_plan, plan_from
from journey.experiments.record import decide, notes
from journey.experiments.record.search import asked_for, stem
from journey.scope import to_datetime
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.experiments.record.test_decide import reading
from tests.lent import empty_warehouse

METRIC = {"name": "Bought", "event": "buy"}


def shop() -> Warehouse:
    """Checkout ran on 2 and 3 March and was shipped; Photos runs; Delivery is planned only."""
    con = drawn(
        "ann 09:00 see{experiment=Checkout,variant=control} 09:05 buy +5d 10:00 see{experiment=Photos,variant=large}",
        "bob 2026-03-03 09:00 see{experiment=Checkout,variant=short} 09:05 see{experiment=Checkout,variant=control}",
        "cid 2026-03-07 09:00 see{experiment=Photos,variant=control}",
    )
    for name, hypothesis, about in (
        ("Checkout", "One page lets more people order.", ["paying"]),
        ("Delivery", "Naming the day of delivery brings people back.", ["shipping"]),
    ):
        plan = {"experiment": name, "hypothesis": hypothesis, "about": about, "metrics": [METRIC], "variants": ["control", "short"]}
        keep_plan(con, plan_from(plan | {"effect": 0.02, "units_per_arm": 100}), by="Ann", at=0)
        lock_plan(con, name, by="Ann", at=0)
    decide(con, reading(), "ship", by="Ann", why="It pays.", learned="Forms cost orders.", at=1_773_100_000_000)
    return con


def found(con: Warehouse, **asked: Any) -> list[str]:
    return [one["experiment"] for one in ask(con, {"ask": "experiments", **asked})["experiments"]]


def test_every_experiment_planned_seen_or_decided_is_there_with_its_state() -> None:
    con = shop()
    answer = ask(con, {"ask": "experiments"})
    assert {one["experiment"]: one["state"] for one in answer["experiments"]} == {
        "Photos": "running",
        "Checkout": "decided",
        "Delivery": "planned",
    }
    checkout = next(one for one in answer["experiments"] if one["experiment"] == "Checkout")
    assert (checkout["customers"], checkout["variants"]) == (2, {"control": 2, "short": 1})  # bob saw both
    assert (checkout["start"], checkout["stop"]) == ("2026-03-02T09:00:00Z", "2026-03-03T09:05:00Z")
    assert (checkout["decision"], checkout["who"], checkout["why"], checkout["learned"]) == (
        "ship",
        "Ann",
        "It pays.",
        ["Forms cost orders."],
    )
    assert checkout["compared"][0]["expected"] == 0.02 and checkout["compared"][0]["holds"] is True
    assert checkout["hypothesis"] == "One page lets more people order." and checkout["plan"]["unbroken"]
    assert found(con, state="planned") == ["Delivery"] and found(con, experiment="Photos") == ["Photos"]


def test_words_find_it_wherever_they_stand_and_in_any_form() -> None:
    con = shop()
    told: dict[str, list[str]] = {
        "checkout": ["Checkout"],
        "What did we learn about check out?": ["Checkout"],
        "pay": ["Checkout"],  # about paying
        "ordering pages": ["Checkout"],
        "forms": ["Checkout"],  # what was learned
        "deliveries": ["Delivery"],
        "shipped": ["Delivery"],
        "LARGER photo": ["Photos"],
        "bought": ["Checkout", "Delivery"],
        "people back": ["Delivery", "Checkout"],  # both words before one
        "weather": [],
    }
    assert {words: found(con, about=words) for words in told} == told


def test_a_slip_of_the_pen_finds_what_is_written_nearly_so_and_says_so() -> None:
    answer = ask(shop(), {"ask": "experiments", "about": "chekout"})
    assert [one["experiment"] for one in answer["experiments"]] == ["Checkout"]
    assert answer["warnings"] == ["Nothing is found under 'chekout'; shown is what is found under 'checkout'."]


def test_the_number_on_a_mark_is_its_list() -> None:
    con = shop()
    for mark, ids in (
        ({"experiment": "Checkout"}, ["ann", "bob"]),
        ({"experiment": "Checkout", "arm": "short"}, ["bob"]),
        ({"experiment": "Photos", "arm": "large"}, ["ann"]),
        ({"experiment": "Delivery"}, []),
    ):
        assert ask(con, {"ask": "experiments", "customers": mark})["customers"]["ids"] == ids
    with pytest.raises(QuestionError, match="'Photos', 'Checkout', 'Delivery'"):
        ask(con, {"ask": "experiments", "customers": {"experiment": "Other"}})
    with pytest.raises(QuestionError, match="arm is 'large'; of 'Checkout' it can be 'control', 'short'"):
        ask(con, {"ask": "experiments", "customers": {"experiment": "Checkout", "arm": "large"}})
    saw = {"experiments": {"about": "checkout"}, "experiment": "Checkout"}
    assert ask(con, {"ask": "segment", "where": saw, "customers": {}})["customers"]["ids"] == ["ann", "bob"]


def test_a_scope_keeps_those_under_way_then_and_no_segment() -> None:
    con = shop()
    assert found(con, scope={"start": "2026-03-05", "stop": "2026-03-20"}) == ["Photos", "Delivery"]
    with pytest.raises(QuestionError, match="Take the segment out"):
        ask(con, {"ask": "experiments", "scope": {"segment": {"did": "buy"}}})
    with pytest.raises(QuestionError, match="'planned', 'running'"):
        ask(con, {"ask": "experiments", "state": "dead"})
    assert ask(empty_warehouse(), {"ask": "experiments"})["experiments"] == []


def test_notes_stand_at_the_start_the_end_and_the_decision() -> None:
    con = shop()
    told = [(note.experiment, note.kind, to_datetime(note.at).strftime("%d %H:%M"), note.label) for note in notes(con)]
    assert told == [
        ("Checkout", "started", "02 09:00", "Checkout starts"),
        ("Checkout", "ended", "03 09:05", "Checkout ends"),
        ("Photos", "started", "07 09:00", "Photos starts"),
        ("Checkout", "decided", "09 23:46", "Checkout: ship"),
    ]
    second, third = (1_772_409_600_000 + day * 86_400_000 for day in (1, 2))
    assert [note.kind for note in notes(con, second, third)] == ["ended"]
    assert notes(empty_warehouse()) == ()


def test_words_are_stemmed_simply_and_those_of_the_question_are_passed_over() -> None:
    assert {stem(word) for word in ("ship", "ships", "shipped", "shipping")} == {"ship"}
    assert stem("deliveries") == stem("delivery") and stem("page") == stem("pages") and stem("less") == "less"
    assert asked_for("What did we learn about the Échecs and pricing?") == ["echec", "pric"]
    assert asked_for("all experiments we tested") == ["all"]


def test_what_is_over_and_undecided_is_read_as_it_was_planned_and_what_runs_is_not() -> None:
    """Of 40 in each variant 10 bought in control and 30 in the other, where half of that was hoped for; then days without exposures."""
    arms = {"control": 10, "short": 30}
    lines = [
        f"{arm}{n} {9 + n % 8:02d}:{n:02d} see{{experiment=Checkout,variant={arm}}}" + (" 23:00 buy" if n < did else "")
        for arm, did in arms.items()
        for n in range(40)
    ]
    con = drawn(*lines, "eve +20d 09:00 see{experiment=Photos,variant=large} 09:01 visit")
    plan = {"experiment": "Checkout", "hypothesis": "h", "metrics": [METRIC], "variants": list(arms), "effect": 0.25, "units_per_arm": 40}
    keep_plan(con, plan_from(plan), by="Ann", at=0)
    lock_plan(con, "Checkout", by="Ann", at=0)
    answer = ask(con, {"ask": "experiments"})
    told = {one["experiment"]: one for one in answer["experiments"]}
    assert told["Photos"]["state"] == "running" and told["Photos"]["verdict"] is None and answer["warnings"] == []
    (compared,) = told["Checkout"]["compared"]
    assert told["Checkout"]["verdict"] and (compared["expected"], compared["seen"], compared["holds"]) == (0.25, 0.5, True)
    quiet = ask(con, {"ask": "experiments", "readings": False, "about": "checkout"})["experiments"][0]
    assert quiet["verdict"] is None and quiet["compared"] == []


def test_a_plan_whose_experiment_never_came_names_the_one_that_did() -> None:
    con = shop()
    plan = {"experiment": "chekout", "start": "2026-03-02", "metrics": [METRIC], "variants": ["control", "short"]}
    keep_plan(con, plan_from(plan), by="Ann")
    told = ask(con, {"ask": "experiments", "state": "planned"})["warnings"]
    assert told == ["'chekout' was to start on 2026-03-02, and the log shows nobody exposed to it. The nearest known is 'Checkout'."]


def test_a_plan_that_was_put_in_place_of_the_one_decided_on_is_told() -> None:
    """A whole new chain holds; but the hash that was kept with the decision is not in it."""
    con = shop()
    assert ask(con, {"ask": "experiments"})["warnings"] == []
    con.connection.execute("delete from experiment_plans where experiment = 'Checkout'")
    plan = {"experiment": "Checkout", "hypothesis": "It was always meant so.", "metrics": [METRIC], "variants": ["control", "short"]}
    kept = keep_plan(con, plan_from(plan | {"effect": 0.03, "units_per_arm": 100}), by="Eve", at=0)
    assert kept.unbroken
    answer = ask(con, {"ask": "experiments", "experiment": "Checkout"})
    assert answer["warnings"] == ["The plan of 'Checkout' is not the one that was decided on: its record was written anew since."]


def test_of_very_many_that_are_over_the_first_are_read_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journey.experiments.record.measure.MOST_READ", 1)
    con = drawn(
        "ann 09:00 see{experiment=Checkout,variant=control} 10:00 see{experiment=Photos,variant=control}",
        "bob 09:00 see{experiment=Checkout,variant=short} 10:00 see{experiment=Photos,variant=short} +20d 09:00 buy",
    )
    answer = ask(con, {"ask": "experiments"})
    assert [(one["experiment"], one["verdict"] is None) for one in answer["experiments"]] == [("Photos", False), ("Checkout", True)]
    assert answer["warnings"] == ["Of 2 experiments that are over and undecided, the first 1 are read. Search for others."]
