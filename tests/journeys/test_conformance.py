"""Who follows a journey and where the others leave it: by hand, against the slow way, and on a real process log."""

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.journeys.oracle import conformance
from tests.journeys.test_journeys import LOGS, loaded
from tests.lent import empty_warehouse

ABC = {"name": "abc", "window": "1d", "milestone": ["a", "b", "c"]}
LOG = """
ann 09:00 a 09:10 x 09:20 b 10:00 c 11:00 a
bob 09:00 a 09:10 c
cid 09:00 a 09:10 b 09:20 a 09:50 b 10:00 c
dee 09:00 a 09:10 a 09:20 b
eve 09:00 a 09:10 b
fay 09:00 b 09:10 a
end +5d 09:00 a 09:01 b 09:02 c
"""


def asked(con: Warehouse, journey: Any = ABC, **more: Any) -> dict[str, Any]:
    return ask(con, {"ask": "conformance", "journey": journey, **more})


def test_runs_by_hand() -> None:
    """ann follows, x passed over and what comes after the end not looked at; fay's b comes before her run; end is open."""
    found = asked(drawn(LOG))
    assert (found["paths"], found["open"], found["completed"]) == (6, 1, 3)
    assert (found["follows"]["count"], found["follows"]["share"]) == (1, pytest.approx(1 / 6))
    told = {(d["after"], d["instead"]): (d["kind"], d["count"], d["completed"]) for d in found["deviations"]}
    assert told == {
        ("a", "c"): ("skipped ahead", 1, 1),
        ("b", "a"): ("went back", 1, 1),
        ("a", "a"): ("repeated", 1, 0),
        ("b", "(end)"): ("ended", 1, 0),
        ("a", "(end)"): ("ended", 1, 0),
    }
    (loop,) = found["loops"]
    assert (loop["from"], loop["to"], loop["count"], loop["customers"], loop["regained"]) == ("b", "a", 1, 1, 1)
    assert loop["median_seconds"] == 40 * 60  # cid: from b at 09:10 to b again at 09:50
    rework = {one["milestone"]: (one["count"], one["customers"], one["median_seconds"]) for one in found["rework"]}
    assert rework == {"a": (2, 2, 15 * 60), "b": (1, 1, 40 * 60)}  # cid's a 20 min apart, dee's 10


def test_repeats_may_be_taken_as_one() -> None:
    found = asked(drawn(LOG), collapse_repeats=True)
    assert {(d["after"], d["instead"]) for d in found["deviations"]} == {("a", "c"), ("b", "a"), ("b", "(end)"), ("a", "(end)")}
    assert found["rework"] == asked(drawn(LOG))["rework"]


def test_the_customers_behind_a_mark_are_as_many_as_it_says() -> None:
    con = drawn(LOG)
    found = asked(con)
    marks: list[tuple[dict[str, Any], int]] = [({"follows": True}, 1), ({"completed": True}, 3), ({"open": True}, 1)]
    marks += [({"after": d["after"], "instead": d["instead"]}, d["count"]) for d in found["deviations"]]
    marks += [({"loop": [one["from"], one["to"]]}, one["customers"]) for one in found["loops"]]
    marks += [({"rework": one["milestone"]}, one["customers"]) for one in found["rework"]]
    for mark, n in marks:
        assert asked(con, customers=mark)["customers"]["count"] == n, mark


def test_the_query_that_is_shown_counts_the_same_runs() -> None:
    con = drawn(LOG)
    found = asked(con)
    rows = con.connection.execute(found["sql"], {k: v for k, v in found["parameters"].items() if f"${k}" in found["sql"]}).fetchall()
    assert sorted(n for *_, n in rows) == sorted([found["follows"]["count"], *(d["count"] for d in found["deviations"])])


def test_an_event_of_two_milestones_cannot_be_told() -> None:
    twice = {"name": "j", "window": "1d", "milestone": ["a", {"name": "other", "any_of": ["a", "b"]}]}
    with pytest.raises(QuestionError, match="serves two milestones"):
        asked(drawn(LOG), twice)


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ({}, "one of"),
        ({"after": "q", "instead": "a"}, "no milestone 'q'"),
        ({"loop": "a"}, "two milestones"),
        ({"rework": 3}, "no milestone 3"),
    ],
)
def test_marks_that_are_none_are_refused(mark: dict[str, Any], sentence: str) -> None:
    with pytest.raises(QuestionError, match=sentence):
        asked(drawn(LOG), customers=mark)


def test_a_journey_that_is_not_there_is_refused_and_none_at_all_answers_nothing() -> None:
    with pytest.raises(QuestionError, match="Known are"):
        asked(drawn(LOG), "selling")
    nothing = asked(empty_warehouse(), None)
    assert nothing["journey"] is None and nothing["paths"] == 0 and nothing["follows"]["share"] is None


@settings(max_examples=6, deadline=None)
@given(LOGS, st.integers(1, 30), st.booleans())
def test_runs_agree_with_the_slow_way(customers: list[list[tuple[int, str]]], minutes: int, collapse: bool) -> None:
    con, log = loaded(customers)
    until = max(ts for events in log.values() for ts, _, _ in events)
    slow = conformance(log, "abc", minutes * 60_000, until, collapse)
    found = asked(con, ABC | {"window": minutes * 60}, collapse_repeats=collapse)
    place = {"a": 0, "b": 1, "c": 2, "(end)": -1}
    assert found["paths"] == slow["paths"] and found["completed"] == slow["completed"]
    assert found["follows"]["count"] == slow["follows"]
    assert {(place[d["after"]], place[d["instead"]]): d["count"] for d in found["deviations"]} == slow["first"]
    assert {(place[one["from"]], place[one["to"]]): one["count"] for one in found["loops"]} == slow["loops"]
    assert {place[one["milestone"]]: one["count"] for one in found["rework"]} == slow["rework"]
    assert found["follows"]["count"] + sum(d["count"] for d in found["deviations"]) == found["paths"]


FINES = Path(os.environ.get("JOURNEY_DATA", "")) / "traffic_fines" / "traffic_fines.parquet"
FLOW = ["Create Fine", "Send Fine", "Insert Fine Notification", "Add penalty", "Payment"]


@pytest.mark.skipif(not FINES.is_file(), reason="JOURNEY_DATA names no folder with traffic_fines")
def test_fines_that_follow_the_procedure_are_those_counted_independently() -> None:
    """Counted in polars from the file: the sequence of these five activities per fine, by day and then by their order."""
    con = empty_warehouse()
    load_events(con, FINES)
    found = asked(con, {"name": "fine", "window": "800d", "milestone": FLOW})
    sequences = _sequences()
    first = sequences.group_by("sequence").len()
    counts = {tuple(sequence): n for sequence, n in first.iter_rows()}
    assert found["paths"] == 10_000 == sum(counts.values())
    assert found["follows"]["count"] == counts[0, 1, 2, 3, 4]
    at_once = sum(n for sequence, n in counts.items() if sequence[:2] == (0, 4))
    never = counts[0, 1, 2, 3]
    told = {(d["after"], d["instead"]): d["count"] for d in found["deviations"]}
    assert told["Create Fine", "Payment"] == at_once and told["Add penalty", "(end)"] == never


def _sequences() -> pl.DataFrame:
    """One row per fine: the places of its activities in order, within 800 days of its creation and up to the first payment."""
    names = pl.DataFrame({"activity": FLOW, "place": range(5)})
    frame = pl.read_parquet(FINES)
    events = frame.select("activity", case="case_id", ts="timestamp").join(names, on="activity")
    starts = events.filter(pl.col("place") == 0).group_by("case").agg(start=pl.col("ts").min())
    inside = events.join(starts, on="case").filter(pl.col("ts") >= pl.col("start"), pl.col("ts") <= pl.col("start") + pl.duration(days=800))
    inside = inside.sort("case", "ts", "place")
    paid = (pl.col("place") == 4).cum_sum().shift(1, fill_value=0).over("case") == 0
    return inside.filter(paid).group_by("case", maintain_order=True).agg(sequence=pl.col("place"))
