"""How long until: drawn logs by hand, marks, the trap of leaving out who still waits, and real subscribers."""

import csv
import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

DATA = os.environ.get("JOURNEY_DATA")
DAY = 86_400
LOG = """
ann view{device=phone} +2d buy
bob view{device=phone} +4d view
cid buy +1d view{device=desk} +1d buy
dee view +9d look
"""


def asked(con: Warehouse, **question: Any) -> dict[str, Any]:
    return ask(con, {"ask": "time_to", "event": "buy", **question})


def told(answer: dict[str, Any]) -> list[tuple[float, float]]:
    return [(point["seconds"] / DAY, point["share"]) for point in answer["curve"]]


def test_who_has_not_done_it_counts_until_the_end_of_the_data() -> None:
    answer = asked(drawn(LOG), **{"from": "view", "at": ["1d", "8d", "20d"]})
    assert (answer["started"], answer["done"], answer["waiting"]) == (4, 2, 2)
    assert told(answer) == [(1, 0.25), (2, 0.5)]  # of four, then of three: bob and dee are seen to the ninth day
    assert [row["share"] for row in answer["at"]] == [0.25, 0.5, None]
    assert answer["median_seconds"] == 2 * DAY and answer["naive_median_seconds"] == 1.5 * DAY


def test_from_the_first_event_ever_that_may_be_what_is_waited_for() -> None:
    assert told(asked(drawn(LOG))) == [(0, 0.25), (2, 0.5)]


def test_one_event_is_not_both_ends_of_a_wait() -> None:
    assert told(asked(drawn("ann buy +3d buy", "bob buy +5d look"), **{"from": "buy"})) == [(3, 0.5)]


def test_at_the_same_moment_counts_in_either_order() -> None:
    for line in ("ann 09:00 view 09:00 buy", "ann 09:00 buy 09:00 view"):
        assert told(asked(drawn(line), **{"from": "view"})) == [(0, 1.0)]


def test_the_scope_selects_starts_and_what_is_waited_for_may_follow_it() -> None:
    scope = {"start": "2026-03-02", "stop": "2026-03-03"}
    answer = asked(drawn(LOG), **{"from": "view", "scope": scope, "at": ["3d"]})
    assert (answer["started"], answer["done"]) == (3, 1) and answer["at"][0]["share"] == pytest.approx(1 / 3)


def test_groups_are_those_where_the_wait_begins_and_a_missing_value_is_one() -> None:
    answer = asked(drawn(LOG), **{"from": "view", "breakdown": "device"})
    assert {name: (group["started"], group["done"]) for name, group in answer["breakdown"].items()} == {
        "phone": (2, 1),
        "": (1, 0),
        "desk": (1, 1),
    }
    assert answer["test"]["degrees_of_freedom"] == 2 and len(answer["against_rest"]) == 3


def test_what_is_never_done_is_zero_and_warns() -> None:
    answer = asked(drawn(LOG), event="buyy")
    assert (answer["done"], answer["curve"], answer["median_seconds"]) == (0, [], None)
    assert any("'buy'" in warning for warning in answer["warnings"])


def test_what_cannot_be_asked_is_refused_with_what_to_do() -> None:
    con = drawn(LOG)
    for question in ({"event": None}, {"at": [None]}, {"at": []}, {"breakdown": 3}, {"customers": {"done": 1}}, {"customers": {}}):
        with pytest.raises(QuestionError):
            asked(con, **question)
    with pytest.raises(QuestionError, match="breakdown"):
        asked(con, customers={"done": True, "group": "phone"})


LOGS = st.dictionaries(
    st.sampled_from(["p", "q", "r", "s"]),
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abc")), min_size=1, max_size=5),
    min_size=1,
)


@settings(max_examples=5, deadline=None)
@given(LOGS, st.sampled_from([None, "b"]))
def test_every_number_is_as_long_as_its_list_and_moving_all_times_changes_nothing(log: dict[str, Any], start: str | None) -> None:
    def load(shift: int) -> Warehouse:
        lines = [f"{who} " + " ".join(f"2026-03-{2 + day + shift:02d} {name}" for day, name in rows) for who, rows in log.items()]
        return drawn(*lines)

    question = {"event": "a", "from": start, "at": ["2d"], "breakdown": None}
    with load(0) as con, load(11) as moved:
        answer, later = asked(con, **question), asked(moved, **question)
        for key in ("started", "done", "curve", "at", "quartiles", "naive_median_seconds"):
            assert answer[key] == later[key]
        marks = [({"done": True}, answer["done"]), ({"done": False}, answer["waiting"])]
        marks += [({"done": True, "within": row["seconds"]}, row["done"]) for row in answer["at"]]
        for mark, n in marks:
            people = asked(con, **question, customers=mark)["customers"]
            assert people["count"] == n == len(set(people["ids"]))


def loaded(rows: list[tuple[str, str, float]]) -> Warehouse:
    """(customer, event, days)"""
    con, first = empty_warehouse(), datetime(2020, 1, 1, tzinfo=UTC)
    table = [{"customer": who, "event": name, "ts": first + timedelta(days=day)} for who, name, day in rows]
    load_events(con, pl.DataFrame(table))
    return con


def test_leaving_out_who_still_waits_tells_too_little() -> None:
    """Half ever buy, in 30 days on average; they came over 90 days: .316 bought within 30, .274 of all are seen to."""
    rng, n = np.random.default_rng(2), 20_000
    came, wait, ever = rng.uniform(0, 90, n), rng.exponential(30, n), rng.random(n) < 0.5
    rows = [(f"c{k}", "view", came[k]) for k in range(n)]
    rows += [(f"c{k}", "buy", came[k] + wait[k]) for k in range(n) if ever[k] and came[k] + wait[k] <= 90]
    with loaded(rows) as con:
        answer = asked(con, **{"from": "view", "at": ["30d"]})
    month = answer["at"][0]
    assert month["share"] == pytest.approx(0.3161, abs=0.01) and month["interval"][0] < 0.3161 < month["interval"][1]
    assert month["naive_share"] == pytest.approx(0.2743, abs=0.01)
    assert answer["naive_median_seconds"] / DAY == pytest.approx(13.71, abs=0.7)  # of buyers in truth 20.8


@pytest.mark.skipif(DATA is None, reason="JOURNEY_DATA names no folder of real data")
def test_real_subscribers_stay_as_long_as_published() -> None:
    """IBM Telco: still there after 12, 24 and 72 months .843, .789, .593."""
    rows = []
    with gzip.open(Path(str(DATA)) / "telco_churn" / "Telco-Customer-Churn.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            months = int(row["tenure"])
            rows.append((row["customerID"], "start", 100.0 - months))
            if row["Churn"] == "Yes":
                rows.append((row["customerID"], "leave", 100.0))
    rows.append(("end", "other", 100.0))
    with loaded(rows) as con:
        answer = ask(con, {"ask": "time_to", "event": "leave", "from": "start", "at": ["12d", "24d", "72d"]})
    assert (answer["started"], answer["done"]) == (7043, 1869)
    assert [1 - row["share"] for row in answer["at"]] == pytest.approx([0.843, 0.789, 0.593], abs=5e-4)
