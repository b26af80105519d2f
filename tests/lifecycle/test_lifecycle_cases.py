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
from journey.index import use_index
from journey.ingest import load_events
from journey.warehouse import open_warehouse

FOLDER = os.environ.get("JOURNEY_CASES")
CASES = json.loads((Path(FOLDER) / "lifecycle.json").read_text()) if FOLDER else []

pytestmark = pytest.mark.skipif(not FOLDER, reason="JOURNEY_CASES is not set")


@pytest.fixture(params=["by SQL", "by index"], autouse=True)
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    use_index(request.param == "by index")
    yield
    use_index(False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    con = open_warehouse(":memory:")
    rows = [{"customer": e["user"], "event": e["event"], "ts": datetime.fromisoformat(e["ts"])} for e in case["events"]]
    load_events(con, pl.DataFrame(rows))
    zone = case.get("tz", "UTC")
    last = datetime.fromisoformat(case["to"])
    last = last if last.tzinfo else last.replace(tzinfo=ZoneInfo(zone))
    scope = {"start": case["from"], "stop": (last + timedelta(seconds=1)).isoformat(), "timezone": zone}
    question = {"event": case["event"], "period": case["period"], "week_start": case.get("week_start", "monday"), "scope": scope}
    answer = ask(con, {"ask": "lifecycle", **question})
    answer["resurrecting"], answer["periods"] = answer["resurrected"], [start[:10] for start in answer["periods"]]
    answer["totals"] = {state: sum(answer[state]) for state in ("new", "returning", "resurrecting", "dormant")}
    assert {key: answer[key] for key in case["expected"]} == case["expected"]
