"""What came of trying the methods is held, with who is behind it, until something changes that it follows from."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.ingest import load_events
from journey.rules.saved import save_segment
from journey.stages.accuracy import measure as proof
from tests.lent import empty_warehouse

START = datetime(2026, 1, 1, tzinfo=UTC)
RULES: list[dict[str, Any]] = [{"name": "quiet", "rule": {"did_not": {}, "since": "20d"}}, {"name": "lively", "step": 1}]
QUESTION = {"ask": "stage_accuracy", "rules": RULES, "horizon": "20d"}


def test_trying_is_done_once_for_an_answer_and_all_who_are_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    real = proof._measured

    def noted(*asked: Any) -> Any:
        tried.append("anew")
        return real(*asked)

    monkeypatch.setattr(proof, "_measured", noted)
    rng, con = np.random.default_rng(4), empty_warehouse()
    rows = [
        (f"c{who}", "visit", START + timedelta(days=25 * part + float(rng.random()) * 24))
        for who in range(1_050)
        for part in range(6)
        if part == 0 or rng.random() < 0.7
    ]
    load_events(con, pl.DataFrame(rows, schema=["customer", "event", "ts"], orient="row"))
    first = ask(con, QUESTION)
    assert first["enough"] is True and len(tried) == 1
    for cell in first["dates"][-1]["confusion"][:3]:
        mark = {key: cell[key] for key in ("method", "true", "told")}
        again = ask(con, {**QUESTION, "customers": mark})
        assert again.pop("customers")["count"] == cell["customers"] and again == first
    assert len(tried) == 1
    save_segment(con, "visitors", {"did": "visit"})
    assert ask(con, QUESTION) == first and len(tried) == 2, "a segment of another meaning may be meant"
    load_events(con, pl.DataFrame([("new", "visit", START)], schema=["customer", "event", "ts"], orient="row"))
    assert ask(con, {**QUESTION, "as_of": ["2026-01-02"]})["enough"] is not True and len(tried) == 3
    ask(con, QUESTION)
    assert len(tried) == 4, "other data"
