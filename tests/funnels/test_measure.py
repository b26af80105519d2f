"""What a funnel answers, on logs small enough to check in the head."""

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from journey.answers import People
from journey.errors import QuestionError
from journey.funnels import Funnel, funnel_customers, measure_funnel, read_funnel
from journey.ingest import load_events
from journey.scope import Scope, read_scope
from journey.warehouse import Warehouse, ask_sql
from tests.drawn import drawn
from tests.lent import empty_warehouse

DATA = Path(os.environ.get("JOURNEY_DATA", "/nowhere")) / "retentioneering_app_onboarding" / "train.csv.gz"
ONBOARDING = ["onboarding_welcome_screen", "onboarding__chooseLoginType", "onboarding_privacy_policyAccepted", "passed"]


def measure(con: Warehouse, scope: Scope | None = None, **plain: Any) -> Funnel:
    return measure_funnel(con, read_funnel(plain), scope or Scope())


def counts(funnel: Funnel) -> list[int]:
    return [step.count for step in funnel.steps]


def behind(con: Warehouse, mark: dict[str, Any], **plain: Any) -> People:
    return funnel_customers(con, read_funnel(plain), Scope(), mark)


def test_the_window_closes_after_its_last_moment() -> None:
    con = drawn("ann 09:00 a 10:00 b", "bob 09:00 a 10:00:00.001 b")
    assert counts(measure(con, steps=["a", "b"], window="1h")) == [2, 1]


def test_the_attempt_that_completes_first_is_timed_from_its_latest_start() -> None:
    con = drawn("ann 09:00 a 09:10 a 09:15 b 12:00 a 12:01 b")
    step = measure(con, steps=["a", "b"], window="1h").steps[1]
    assert step.time is not None and step.time.median == 300


def test_an_expired_start_does_not_hide_a_later_one() -> None:
    con = drawn("ann 09:00 a 11:00 a 11:30 b")
    assert counts(measure(con, steps=["a", "b"], window="1h")) == [1, 1]


def test_ties_convert_in_step_order_or_as_loaded() -> None:
    con = drawn("ann 09:00 b a")
    assert counts(measure(con, steps=["a", "b"])) == [1, 1]
    assert counts(measure(con, steps=["a", "b"], ties="load_order")) == [1, 0]


def test_one_event_serves_one_step_at_a_single_moment() -> None:
    con = drawn("ann 09:00 a b", "bob 09:00 a b a")
    assert counts(measure(con, steps=["a", "b", "a"])) == [2, 2, 1]
    assert counts(measure(con, steps=["a", "a"])) == [2, 1]
    assert counts(measure(con, steps=[None, "a"])) == [2, 2]


def test_breakdown_is_at_the_first_the_last_or_a_named_step() -> None:
    con = drawn("ann 09:00 a{d=x} 09:01 b{d=y}", "bob 09:00 a{d=y} 09:01 b", "cat 09:00 a")
    plain = {"steps": ["a", "b"]}
    shares = {at: _groups(measure(con, **plain, breakdown={"property": "d", "attribution": at})) for at in ("first_touch", "last_touch")}
    assert shares["first_touch"] == {"x": [1, 1], "y": [1, 1], "": [1, 0]}
    assert shares["last_touch"] == {"y": [2, 2], "": [1, 0]}
    assert _groups(measure(con, **plain, breakdown={"property": "d", "attribution": "step:1"})) == {"y": [1, 1], "": [1, 1]}
    assert _groups(measure(con, **plain, breakdown={"property": "d", "attribution": "all_events"})) == {
        "x": [1, 0],
        "y": [1, 0],
        "": [1, 0],
    }


def _groups(funnel: Funnel) -> dict[str, list[int]]:
    return {name: [step.count for step in steps] for name, steps in funnel.groups.items()}


@pytest.mark.parametrize("attribution", ["first_touch", "last_touch", "all_events", "step:1"])
def test_a_groups_people_are_its_counts(attribution: str) -> None:
    con = drawn("ann 09:00 a{d=x} 09:01 b{d=y}", "bob 09:00 a{d=y} a{d=x} 09:01 b", "cat 09:00 a 10:00 a{d=x} b{d=x}")
    plain: dict[str, Any] = {"steps": ["a", "b"], "breakdown": {"property": "d", "attribution": attribution}}
    for name, steps in measure(con, **plain).groups.items():
        for at, step in enumerate(steps):
            assert behind(con, {"reached": at, "group": name}, **plain).count == step.count
        assert behind(con, {"dropped_after": 0, "group": name}, **plain).count == steps[0].count - steps[1].count


def test_value_is_summed_over_the_events_that_served() -> None:
    con = drawn("ann 09:00 a{p=1} 09:01 b{p=5} b{p=50}", "bob 09:00 a{p=2} a{p=3}")
    assert [step.value for step in measure(con, steps=["a", "b"], value="p").steps] == [4.0, 5.0]
    assert [step.value for step in measure(con, steps=["a", "a"], value="p").steps] == [3.0, 3.0]


def test_value_wants_numbers() -> None:
    with pytest.raises(QuestionError, match="numbers"):
        measure(drawn("ann 09:00 a{p=x}"), steps=["a"], value="p")


def test_sessions_and_properties_can_be_counted() -> None:
    con = drawn("ann 09:00 a{team=red} 12:00 a{team=red} 12:01 b", "bob 12:02 b{team=red} 12:03 c")
    assert counts(measure(con, steps=["a", "b"], count_by="session")) == [2, 1]
    assert behind(con, {"reached": 1}, steps=["a", "b"], count_by="session").ids == ("ann, session 2",)
    assert behind(con, {"reached": 1}, steps=["a", "b"], count_by="property:team").ids == ("red",)


def test_an_exclusion_takes_the_customer_out_unless_as_deep_an_attempt_is_clean() -> None:
    con = drawn("ann 09:00 a 09:01 x 09:02 b", "bob 09:00 a 09:01 x 09:02 b 10:00 a 10:01 b", "cat 09:00 a 09:01 x 10:00 a 10:20 y")
    exclusions = [{"event": "x", "from_step": 0, "to_step": 1}]
    assert counts(measure(con, steps=["a", "b"], window="10m", exclusions=exclusions)) == [2, 1]


def test_an_optional_step_may_be_skipped() -> None:
    con = drawn("ann 09:00 a 09:01 b 09:02 c", "bob 09:00 a 09:02 c", "cat 09:00 a 09:01 b")
    funnel = measure(con, steps=["a", "b", "c"], optional=[1])
    assert counts(funnel) == [3, 2, 2]
    assert funnel.steps[2].share_of_previous == pytest.approx(2 / 3)
    assert [step.left for step in funnel.steps] == [0, 1, 0]


def test_held_properties_stay_the_same() -> None:
    con = drawn("ann 09:00 a{item=1} 09:01 b{item=2}", "bob 09:00 a{item=1} 09:01 a{item=2} 09:02 b{item=1}", "cat 09:00 a 09:01 b")
    assert counts(measure(con, steps=["a", "b"], hold=["item"])) == [2, 1]


def test_scope_chooses_entries_and_later_steps_may_follow() -> None:
    con = drawn("ann 2026-03-02 09:00 a +1d 09:00 b", "bob 2026-03-03 09:00 a 10:00 b")
    scope = read_scope({"start": "2026-03-02", "stop": "2026-03-03"})
    assert counts(measure(con, scope, steps=["a", "b"], window="2d")) == [1, 1]


def test_still_open_are_entrants_who_can_go_on() -> None:
    con = drawn("ann 09:00 a", "bob 11:30 a", "cat 11:30 a 11:40 b", "dan 12:00 z")
    assert measure(con, steps=["a", "b"], window="1h").still_open == 1
    assert measure(con, steps=["a", "b"]).still_open == 2


def test_trend_is_by_entry_date_and_marks_open_periods() -> None:
    con = drawn("ann 09:00 a 09:10 b", "bob 2026-03-04 09:00 a", "cat 2026-03-05 00:00 z")
    told = [(day.entered, day.converted, day.complete) for day in measure(con, steps=["a", "b"], window="1h", trend="day").trend]
    assert told == [(1, 1, True), (0, 0, True), (1, 0, False)]


def test_unknown_names_count_nobody_and_are_said() -> None:
    funnel = measure(drawn("ann 09:00 cart"), steps=["cart", "kart"])
    assert counts(funnel) == [1, 0]
    assert any("'cart'" in warning for warning in funnel.evidence.warnings)


def test_an_empty_log_answers_zeros() -> None:
    funnel = measure(empty_warehouse(), steps=["a", "b"], window="1d", trend="week", breakdown="d")
    assert counts(funnel) == [0, 0]
    assert funnel.as_plain()["steps"][1]["interval"] is None
    assert (funnel.groups, funnel.trend, funnel.curve, funnel.worst) == ({}, (), None, None)


def test_the_shown_query_answers_the_counts() -> None:
    con = drawn("ann 09:00 a{d=x} 09:01 b", "bob 09:00 a")
    funnel = measure(con, steps=["a", "b"], breakdown="d", window="1h")
    assert ask_sql(con, funnel.evidence.sql, funnel.evidence.params).rows() == [("", 1, 0), ("x", 1, 1)]


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ({}, "steps"),
        ({"steps": []}, "steps"),
        ({"steps": "ab"}, "steps"),
        ({"steps": ["a"], "windw": 3}, "windw"),
        ({"steps": ["a"], "order": "any"}, "unordered"),
        ({"steps": ["a"], "window": "soon"}, "duration"),
        ({"steps": ["a"], "count_by": "device"}, "property:<name>"),
        ({"steps": ["a", "b"], "exclusions": [{"event": "x", "from_step": 1, "to_step": 1}]}, "later"),
        ({"steps": ["a", "b"], "exclusions": [{"event": "x", "to_step": 7}]}, "to 1"),
        ({"steps": ["a"], "breakdown": {"property": "d", "attribution": "mid"}}, "first_touch"),
        ({"steps": ["a"], "breakdown": {"property": "d", "attribution": "step:3"}}, "to 0"),
        ({"steps": ["a", "b"], "optional": [0]}, "starts"),
        ({"steps": ["a", "b"], "optional": [1], "order": "unordered"}, "optional"),
        ({"steps": ["a", "b"], "value": "p", "order": "unordered"}, "unordered"),
        ({"steps": ["a"], "times": "yes"}, "True"),
        ({"steps": [7]}, "step"),
        ({"steps": ["a"], "exclusions": "x"}, "list"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(plain: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        measure(drawn("ann 09:00 a"), **plain)


@pytest.mark.parametrize(
    "mark", [{}, {"reached": 2}, {"dropped_after": 1}, {"reached": 0, "dropped_after": 0}, {"reached": 0, "group": "x"}]
)
def test_marks_that_are_not_there_are_refused(mark: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        behind(drawn("ann 09:00 a"), mark, steps=["a", "b"])


@pytest.mark.skipif(not DATA.exists(), reason="$JOURNEY_DATA names no folder of data")
def test_the_onboarding_log_is_counted_as_known() -> None:
    con = empty_warehouse()
    load_events(con, DATA)
    funnel = measure(con, steps=ONBOARDING, window=None)
    assert counts(funnel) == [4120, 2160, 2038, 1488]
    assert all(first >= second for first, second in pairwise(counts(funnel)))
    assert behind(con, {"dropped_after": 1}, steps=ONBOARDING).count == 2160 - 2038


def test_many_steps_that_share_events_are_refused_unless_events_keep_their_order() -> None:
    con = drawn(*(f"c{n} 09:00 a{{p={n}}} 09:01 a{{p={n + 1}}}" for n in range(3)))
    steps = [{"event": "a", "where": {"p": n}} for n in range(7)]
    with pytest.raises(QuestionError, match="served by the same event"):
        measure(con, steps=steps)
    assert counts(measure(con, steps=steps, ties="load_order"))[:3] == [1, 1, 0]
