"""Worked cases of other tools, asked as plain data: each runs with the option that gives its convention, or says why not."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
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
pytestmark = pytest.mark.skipif(not FOLDER, reason="JOURNEY_CASES does not name the folder of worked cases")
CASES = {case["id"]: case for case in json.loads(Path(FOLDER, "paths.json").read_text())} if FOLDER else {}
LEFT_OUT = {
    "um-journeys-end-anchor": "cuts a visit at three events before it looks for the end; a path here ends where the end is",
    "sp-transform-keep_last2": "a path in attribution, without events and times",
    "sp-transform-identity": "a path in attribution, without events and times",
}
KINDS = {
    "edge_share_out": "share_out",
    "edge_share_in": "share_in",
    "edge_share_total": "share_total",
    "edge_unique_paths": "units",
    "edge_median_seconds": "median_seconds",
}


def loaded(case: dict[str, Any]) -> Warehouse:
    """One session per customer, or as the case says: these paths are not cut by a pause."""
    normalise = case["options"].get("normalise", {})
    rows = [
        {
            "customer": str(event["user"]),
            "event": normalise.get(event["event"], event["event"]),
            "ts": datetime.fromisoformat(event["ts"]),
            "session": (event.get("props") or {}).get("session", "1") if case["count_by"] == "session" else "1",
        }
        for event in case["events"]
    ]
    con = empty_warehouse()
    load_events(con, pl.DataFrame(rows).with_columns(pl.col("ts").dt.cast_time_unit("ms")), {name: name for name in rows[0]})
    return con


@pytest.fixture(autouse=True)
def both_ways() -> Iterator[None]:
    """The index is left as it was found, also by a case that fails."""
    yield
    use_index(False)


@pytest.mark.parametrize("name", CASES)
def test_the_case_is_answered(name: str) -> None:
    if name in LEFT_OUT:
        pytest.skip(LEFT_OUT[name])
    case = CASES[name]
    con, expected = loaded(case), case["expected"]
    for by_index in (False, True):  # by the definition, and by the index
        use_index(by_index)
        assert (open_index(con) is not None) == by_index
        for kind, wanted in expected.items():
            {"links": links, "sequences": sequences, "step_matrix": step_matrix}.get(kind, edges)(con, case, kind, wanted)


def edges(con: Warehouse, case: dict[str, Any], kind: str, wanted: dict[str, float]) -> None:
    unit = {"user": "customer", "session": "session"}[case["count_by"]]
    answer = ask(con, {"ask": "transitions", "unit": unit, "ends": any("path_" in edge for edge in wanted)})
    ends = {"(start)": "path_start", "(end)": "path_end"}
    found = {f"{ends.get(e['from'], e['from'])}>{ends.get(e['to'], e['to'])}": e[KINDS[kind]] for e in answer["edges"]}
    assert {edge: found[edge] for edge in wanted} == pytest.approx(wanted)


def links(con: Warehouse, case: dict[str, Any], kind: str, wanted: list[list[Any]]) -> None:
    options = case["options"]
    question = {"ask": "paths", "steps": options["max_steps"], "collapse_repeats": options["collapse_repeats"], "rows": 100}
    answer = ask(con, {**question, "start": options.get("start")})
    found = [
        [f"{link['step']}_{link['source']}", f"{link['step'] + 1}_{link['target']}", link["count"], link["average_seconds"]]
        for link in answer["links"]
        if link["target"] != "Drop-off"
    ]
    assert sorted(row[: len(wanted[0])] for row in found) == sorted(wanted)


def sequences(con: Warehouse, case: dict[str, Any], kind: str, wanted: dict[str, list[str]]) -> None:
    question = {"ask": "paths", "steps": 20, "collapse_repeats": False, **case["options"]}
    answer = ask(con, question)
    assert sorted(path["events"] for path in answer["top_paths"]) == sorted(wanted.values())
    for customer, events in wanted.items():
        assert ask(con, {**question, "customers": {"path": events}})["customers"]["ids"] == [customer]


def step_matrix(con: Warehouse, case: dict[str, Any], kind: str, wanted: dict[str, list[float]]) -> None:
    """The share of paths at an event in each column; those that have left are counted on."""
    steps = case["options"]["matrix_steps"]
    answer = ask(con, {"ask": "paths", "steps": steps, "collapse_repeats": False, "rows": 100})
    left = 0.0
    for step in range(1, steps + 1):
        nodes = {node["event"]: node["count"] / answer["paths"] for node in answer["nodes"] if node["step"] == step}
        left += nodes.pop("Drop-off", 0)
        column = {event: shares[step] for event, shares in wanted.items() if shares[step] and event != "path_end"}
        assert nodes == pytest.approx(column) and left == pytest.approx(wanted["path_end"][step])
