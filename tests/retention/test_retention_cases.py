"""Worked cases of other tools, asked as plain data."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from journey.ask import ask
from journey.index import open_index, use_index
from journey.ingest import load_events
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

FOLDER = os.environ.get("JOURNEY_CASES")
CASES = json.loads((Path(FOLDER) / "retention.json").read_text()) if FOLDER else []
LEFT_OUT = {
    "ph-ret-hour": "periods are days, weeks and months; hours are not offered",
    "ch-ret-80-50-60": "conditions on one row per customer, not cohorts by period",
}
STEP = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30.4)}

pytestmark = pytest.mark.skipif(not FOLDER, reason="JOURNEY_CASES is not set")


@pytest.fixture(autouse=True)
def both_ways() -> Iterator[None]:
    """The index is left as it was found, also by a case that fails."""
    yield
    use_index(False)


def loaded(events: list[dict[str, Any]]) -> Warehouse:
    con = empty_warehouse()
    rows = [{"customer": e["user"], "event": e["event"], "ts": datetime.fromisoformat(e["ts"])} for e in events]
    load_events(con, pl.DataFrame(rows))
    return con


def scope_of(case: dict[str, Any]) -> dict[str, Any]:
    """From the first of its periods to just past the moment in the last one."""
    last = datetime.fromisoformat(case["last_period_contains"])
    first = last - STEP[case["period"]] * (case["total_intervals"] - 1)
    return {"start": first.isoformat(), "stop": (last + timedelta(seconds=1)).isoformat(), "timezone": case.get("tz", "UTC")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    if case["id"] in LEFT_OUT:
        pytest.skip(LEFT_OUT[case["id"]])
    question = {
        "ask": "retention",
        "target": case["target"],
        "returning": case["returning"],
        "first": "recurring" if case["type"] == "recurring" else "ever",
        "period": case["period"],
        "periods": case["total_intervals"],
        "mode": "on_or_after" if case.get("cumulative") else "on",
        "week_start": case.get("week_start", "monday"),
        "minimum_occurrences": case.get("minimum_occurrences", 1),
        "scope": scope_of(case),
    }
    con = loaded(case["events"])
    for by_index in (False, True):
        use_index(by_index)
        assert (open_index(con) is not None) == by_index
        check_case(ask(con, question), case)


def check_case(answer: dict[str, Any], case: dict[str, Any]) -> None:
    assert [cohort["returned"] for cohort in answer["cohorts"]] == case["expected"]["matrix"]
    assert [cohort["size"] for cohort in answer["cohorts"]] == [row[0] for row in case["expected"]["matrix"]]
    if starts := case["expected"].get("period_starts"):
        assert [cohort["start"][:10] for cohort in answer["cohorts"]] == starts
