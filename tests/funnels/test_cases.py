"""Worked cases of other tools, asked with the options that give their conventions."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from journey.funnels import funnel_customers, measure_funnel, read_funnel
from journey.index import open_index, use_index
from journey.ingest import load_events
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

CASES = Path(os.environ.get("JOURNEY_CASES", "/nowhere")) / "funnels.json"
LEFT_OUT = {
    "ph-breakdown-two-properties": "a breakdown is by one property",
    "ch-overlapping-conditions": "there one event serves several steps; here one event serves one step",
    "ch-one-event-three-steps": "there one event serves several steps; here one event serves one step",
    "ch-same-ts-strict-increase": "each step strictly later in time is no option here",
    "ch-reentry-4-strict-order": "there a foreign event ends the attempt for good, and in some versions passes; here it may start again",
    "ch-ecommerce-reentry": "there step 0 may come again between strict steps; here the very next event must serve the next step",
    "um-window-per-hop": "there the window starts anew at every step; here it runs from the first",
    "um-same-event-twice": "there one event serves several steps; here one event serves one step",
}
CASE_LIST = json.loads(CASES.read_text()) if CASES.exists() else []


def load_case(case: dict[str, Any]) -> Warehouse:
    con = empty_warehouse()
    names = list(dict.fromkeys(name for event in case["events"] for name in event.get("props", {})))
    frame = pl.DataFrame(
        {
            "customer": [event["user"] for event in case["events"]],
            "event": [event["event"] for event in case["events"]],
            "ts": [datetime.fromisoformat(event["ts"]) for event in case["events"]],
            **{name: [_text(event.get("props", {}).get(name)) for event in case["events"]] for name in names},
        }
    )
    load_events(con, frame, mapping={"customer": "customer", "event": "event", "ts": "ts"})
    return con


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def ask_case(case: dict[str, Any]) -> dict[str, Any]:
    plain = {"steps": [_step(step) for step in case["steps"]], "window": case["window"], "order": _order(case)}
    plain["count_by"] = {"user": "customer"}.get(case["count_by"], case["count_by"].replace("prop:", "property:"))
    plain["ties"] = "load_order" if case["semantics"].get("ties") == "input_order" else "step_order"
    if case.get("exclusions"):
        plain["exclusions"] = [{**{k: v for k, v in item.items() if k != "match"}, "event": _excluded(item)} for item in case["exclusions"]]
    if case.get("breakdown"):
        plain["breakdown"] = case["breakdown"]
    return plain


def _order(case: dict[str, Any]) -> str:
    return "strict" if "strict_order" in case["semantics"].get("modes", ()) else str(case["mode"])


def _excluded(item: dict[str, Any]) -> Any:
    return _step(item["match"]) if "match" in item else item["event"]


def _step(step: Any) -> Any:
    if not isinstance(step, dict):
        return step
    if "any_of" in step:
        return {"any_of": [_step(part) for part in step["any_of"]]}
    return {"event": step.get("event"), "where": step.get("filter", {})}


@pytest.fixture(autouse=True)
def both_ways() -> Iterator[None]:
    """The index is left as it was found, also by a case that fails."""
    yield
    use_index(False)


@pytest.mark.skipif(not CASE_LIST, reason="$JOURNEY_CASES names no folder of cases")
@pytest.mark.parametrize("case", CASE_LIST, ids=[case["id"] for case in CASE_LIST])
def test_other_tools_cases_are_answered(case: dict[str, Any]) -> None:
    if case["id"] in LEFT_OUT:
        pytest.skip(LEFT_OUT[case["id"]])
    con, question = load_case(case), read_funnel(ask_case(case))
    for by_index in (False, True):  # by the definition, and by the index
        use_index(by_index)
        assert (open_index(con) is not None) == by_index
        check_case(con, question, case)


def check_case(con: Warehouse, question: Any, case: dict[str, Any]) -> None:
    funnel = measure_funnel(con, question, Scope())
    expected = case["expected"]
    check_steps(funnel.as_plain(), expected)
    for group, wanted in expected.get("breakdown", {}).items():
        check_steps(funnel.as_plain()["breakdown"][group], wanted)
    assert set(funnel.groups) == set(expected.get("breakdown", funnel.groups))
    for step, users in enumerate(expected.get("users_at_step", [])):
        if users not in ("*", ["*"]):
            assert funnel_customers(con, question, Scope(), {"reached": step}).ids == tuple(sorted(users))
    if "levels" in expected:
        check_levels(con, question, expected["levels"])
    if "time_to_convert" in expected:
        check_times(funnel.as_plain(), expected["time_to_convert"])


def check_steps(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    steps = answer["steps"]
    if "counts" in expected:
        assert [step["count"] for step in steps] == filled(expected["counts"], [step["count"] for step in steps])
    for key in ("average_seconds", "median_seconds", "share_of_previous"):
        wanted = expected.get(key, "*")
        if key == "share_of_previous" and wanted != "*":
            wanted = [None, *wanted[1:]]  # there step 0 is a share of everybody
        if wanted != "*":
            assert [step[key] for step in steps] == pytest.approx(filled(wanted, [step[key] for step in steps]))


def filled(wanted: list[Any], found: list[Any]) -> list[Any]:
    """What the source asserts; where it asserts nothing ("*"), what was found."""
    return [found[at] if value == "*" else value for at, value in enumerate(wanted)]


def check_levels(con: Warehouse, question: Any, levels: dict[str, int]) -> None:
    """level n: the user reached step n - 1 and no further."""
    for step in range(len(question.steps)):
        reached = funnel_customers(con, question, Scope(), {"reached": step}).ids
        assert reached == tuple(sorted(user for user, level in levels.items() if level > step))


def check_times(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    step = expected["to_step"]
    assert answer["steps"][step]["average_seconds"] == pytest.approx(expected["average"], abs=1)
    bins = [(item["from_s"], item["count"]) for item in answer["histogram"] if item["step"] == step]
    assert bins == [tuple(pair) for pair in expected["histogram_auto"]]
