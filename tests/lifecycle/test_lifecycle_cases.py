"""Worked cases of other tools, asked as plain data."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from journey.ask import ask
from journey.index import open_index, use_index
from journey.ingest import load_events
from tests.lent import empty_warehouse

FOLDER = os.environ.get("JOURNEY_CASES")
CASES = json.loads((Path(FOLDER) / "lifecycle.json").read_text()) if FOLDER else []

pytestmark = pytest.mark.skipif(not FOLDER, reason="JOURNEY_CASES is not set")


@pytest.fixture(autouse=True)
def both_ways() -> Iterator[None]:
    """The index is left as it was found, also by a case that fails."""
    yield
    use_index(False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    con = empty_warehouse()
    rows = [{"customer": e["user"], "event": e["event"], "ts": datetime.fromisoformat(e["ts"])} for e in case["events"]]
    load_events(con, pl.DataFrame(rows))
    zone = case.get("tz", "UTC")
    last = datetime.fromisoformat(case["to"])
    last = last if last.tzinfo else last.replace(tzinfo=ZoneInfo(zone))
    scope = {"start": case["from"], "stop": (last + timedelta(seconds=1)).isoformat(), "timezone": zone}
    question = {"event": case["event"], "period": case["period"], "week_start": case.get("week_start", "monday"), "scope": scope}
    for by_index in (False, True):
        use_index(by_index)
        assert (open_index(con) is not None) == by_index
        check_case(ask(con, {"ask": "lifecycle", **question}), case)


def check_case(answer: dict[str, Any], case: dict[str, Any]) -> None:
    answer["resurrecting"], answer["periods"] = answer["resurrected"], [start[:10] for start in answer["periods"]]
    answer["totals"] = {state: sum(answer[state]) for state in ("new", "returning", "resurrecting", "dormant")}
    assert {key: answer[key] for key in case["expected"]} == case["expected"]
