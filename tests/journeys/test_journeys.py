"""How many complete a journey, in which time, where they leave it: by hand, against the slow way, and what is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.funnels import measure_funnel, read_funnel
from journey.journeys import JourneysQuestion, measure_journeys
from journey.scope import Scope, to_ms
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.journeys.oracle import Event, reached
from tests.lent import empty_warehouse

DAY = 86_400_000
MONDAY = to_ms(datetime(2026, 3, 2, tzinfo=UTC))
BUYING = {"name": "buying", "window": "1d", "milestone": ["view", "cart", "buy"]}
LOG = """
ann 09:00 view 09:10 cart 09:30 buy
bob 09:00 view 09:20 look 09:30 cart +1d 10:00 buy
cid 10:00 cart 10:30 view 10:40 buy
dee 11:00 view view
eve +3d 09:00 view 09:30 cart 09:40 buy
zoe 08:00 look +3d 12:00 look
"""


def told(con: Warehouse, *journeys: dict[str, Any], **scope: str) -> list[dict[str, Any]]:
    return list(ask(con, {"ask": "journeys", "journeys": list(journeys), "scope": scope})["journeys"])


def test_a_journey_by_hand() -> None:
    """eve's day is not over when the log ends; bob's purchase comes too late; cid's cart came before the view."""
    (buying,) = told(drawn(LOG), BUYING)
    assert (buying["began"], buying["completed"], buying["open"]) == (4, 1, 1)
    assert [(m["name"], m["count"], m["left"]) for m in buying["milestones"]] == [("view", 4, 2), ("cart", 2, 1), ("buy", 1, 0)]
    assert buying["completion_rate"] == 0.25 and buying["median_seconds"] == 1800
    assert buying["milestones"][1]["time"]["median_seconds"] == 1200  # ann 10 min, bob 30 min
    leak = buying["largest_leak"]
    assert (leak["after"], leak["before"], leak["count"], leak["share"]) == ("view", "cart", 2, 0.5)


def test_the_customers_behind_a_mark_are_as_many_as_it_says() -> None:
    con, question = drawn(LOG), {"ask": "journeys", "journeys": [BUYING]}
    for mark, ids in (
        ({"reached": 1}, ["ann", "bob"]),
        ({"dropped_after": 0}, ["cid", "dee"]),
        ({"dropped_after": 1}, ["bob"]),
        ({"open": True}, ["eve"]),
    ):
        answer = ask(con, question | {"customers": {"journey": "buying", **mark}})
        assert answer["customers"] == {"count": len(ids), "ids": ids}


def test_a_mark_is_a_segment_of_any_question() -> None:
    con = drawn(LOG)
    where = {"journeys": {"journeys": [BUYING], "compare": None}, "journey": "buying", "dropped_after": 0}
    assert ask(con, {"ask": "segment", "where": where})["customers"] == 2
    where = {"conformance": {"journey": BUYING}, "after": "view", "instead": "buy"}
    assert ask(con, {"ask": "segment", "where": where})["customers"] == 1  # cid
    assert ask(con, {"ask": "segment", "where": {"adoption": {"features": ["cart"]}, "feature": "cart"}})["customers"] == 4


def test_the_quick_of_those_still_open_are_not_counted_either() -> None:
    """eve bought within ten minutes, but her window is open: to count her and leave the slow out would flatter the rate."""
    (buying,) = told(drawn(LOG), BUYING, start="2026-03-05")
    assert (buying["began"], buying["open"], buying["completed"]) == (0, 1, 0)
    assert buying["completion_rate"] is None and buying["interval"] is None and buying["largest_leak"] is None


def test_the_scope_selects_beginnings_and_later_milestones_may_follow_it() -> None:
    con = drawn("ann 23:00 view +1d 00:10 cart 00:20 buy", "bob +1d 09:00 view 09:01 cart", "end +9d x")
    (buying,) = told(con, BUYING, start="2026-03-02", stop="2026-03-03")
    assert (buying["began"], buying["completed"]) == (1, 1)


def test_one_event_serves_one_milestone() -> None:
    con = drawn("ann 09:00 buy", "bob 09:00 buy 10:00 buy", "eve 09:00 buy buy", "end +9d x")
    milestones = [{"name": "first", "event": "buy"}, {"name": "second", "event": "buy"}]
    (twice,) = told(con, {"name": "twice", "window": "1d", "milestone": milestones})
    assert (twice["began"], twice["completed"]) == (3, 2)


def test_the_period_before_is_as_long_and_changes_have_intervals() -> None:
    quick = [f"q{n:02d} +14d 09:00 view 09:05 cart 09:{10 + n % 20} buy" for n in range(60)]
    slow = [f"s{n:02d} +7d 09:00 view 11:00 cart 12:{10 + n % 20} buy" for n in range(40)]
    lost = [f"l{n:02d} +7d 09:00 view" for n in range(40)]
    con = drawn(*quick, *slow, *lost, "old 09:00 x", "end +30d x")
    (buying,) = told(con, BUYING, start="2026-03-16", stop="2026-03-23")
    assert buying["velocity"]["word"] == "faster"
    assert buying["velocity"]["difference_seconds"] == pytest.approx(-3 * 3600, abs=300)
    assert buying["change"]["difference"] == 0.5 and buying["change"]["interval"][0] > 0.3
    later = told(con, BUYING, start="2026-03-30", stop="2026-04-01")[0]
    assert later["velocity"]["word"] == "not compared" and "10 are needed" in later["velocity"]["why"]


def test_no_comparison_says_why() -> None:
    con = drawn(LOG)
    assert "whole log" in ask(con, {"ask": "journeys", "journeys": [BUYING]})["not_compared"]
    scope = {"start": "2026-03-03"}
    assert "do not hold" in ask(con, {"ask": "journeys", "journeys": [BUYING], "scope": scope})["not_compared"]
    assert "was chosen" in ask(con, {"ask": "journeys", "journeys": [BUYING], "compare": None, "scope": scope})["not_compared"]


def test_an_empty_log_has_no_journeys() -> None:
    answer = ask(empty_warehouse(), {"ask": "journeys"})
    assert answer["journeys"] == [] and answer["population"] == 0


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"customers": {"reached": 7}}, "from 0 to 2"),
        ({"customers": {"dropped_after": 2}}, "from 0 to 1"),
        ({"customers": {"reached": 0, "open": True}}, "one of"),
        ({"customers": {"journey": "selling", "reached": 0}}, "Known are: 'buying'"),
        ({"compare": {"start": "2026-03-02"}}, "later"),
        ({"compare": "weekly"}, "previous"),
    ],
)
def test_what_cannot_be_asked_is_refused(question: dict[str, Any], sentence: str) -> None:
    with pytest.raises(QuestionError, match=sentence):
        ask(drawn(LOG), {"ask": "journeys", "journeys": [BUYING], **question})


LOGS = st.lists(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abcx")), min_size=1, max_size=9), min_size=1, max_size=5)


def loaded(customers: list[list[tuple[int, str]]]) -> tuple[Warehouse, dict[str, list[Event]]]:
    """The drawn log in a warehouse and as plain lists: minutes since the first Monday, ties in order of loading."""
    lines = [f"c{k} " + " ".join(f"00:{minute:02d} {name}" for minute, name in events) for k, events in enumerate(customers)]
    log, seq = {}, 0
    for k, events in enumerate(customers):
        log[f"c{k}"] = [(MONDAY + minute * 60_000, seq + place, name) for place, (minute, name) in enumerate(events)]
        seq += len(events)
    return drawn(*lines), log


@settings(max_examples=6, deadline=None)
@given(LOGS, st.sampled_from(["abc", "ab", "aba", "aa"]), st.integers(0, 12))
def test_milestones_agree_with_the_slow_way(customers: list[list[tuple[int, str]]], steps: str, minutes: int) -> None:
    con, log = loaded(customers)
    window = max(1, minutes) * 60_000
    milestones = [{"name": f"m{k}", "event": name} for k, name in enumerate(steps)]
    journey = {"name": "j", "window": window / 1000, "milestone": milestones}
    (answer,) = told(con, journey)
    until = max(ts for events in log.values() for ts, _, _ in events)
    runs = [run for events in log.values() if (run := reached(events, steps, window)) is not None and run[0] is not None]
    closed = [run for run in runs if (run[0] or 0) + window <= until]
    assert answer["open"] == len(runs) - len(closed)
    assert [m["count"] for m in answer["milestones"]] == [sum(run[k] is not None for run in closed) for k in range(len(steps))]


@settings(max_examples=6, deadline=None)
@given(LOGS)
def test_a_journey_never_reaches_more_than_the_funnel_of_its_milestones(customers: list[list[tuple[int, str]]]) -> None:
    """A funnel takes the best of all attempts, a journey the first: without a window they agree."""
    con, _ = loaded(customers)
    journey = measure_journeys(con, JourneysQuestion((_read("abc", 10_000),)), Scope()).journeys
    funnel = measure_funnel(con, read_funnel({"steps": list("abc")}), Scope())
    for milestone, step in zip(journey[0].milestones if journey else (), funnel.steps, strict=False):
        assert milestone.count <= step.count


def _read(steps: str, seconds: int) -> Any:
    from journey.journeys.catalog import read_journey

    return read_journey({"name": "j", "window": seconds, "milestone": list(steps)})
