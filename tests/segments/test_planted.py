"""The simulated shop's planted leak: in its fortnight customers on mobile go on from checkout to payment less."""

import json
from pathlib import Path

from journey.ask import ask
from journey.demo import load_shop
from journey.warehouse import open_warehouse


def test_the_planted_leak_is_found_between_devices(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "shop") as con:
        load_shop(con, seed=5, customers=2500)
        leak = json.loads((tmp_path / "shop" / "demo_truth.json").read_text())["leak"]
        question = {
            "ask": "compare",
            "a": {"did": leak["from_event"], "where": {"device": leak["device"]}},
            "b": {"did": leak["from_event"], "where": {"device": "desktop"}},
            "outcomes": [{"name": "pays", "did": leak["to_event"], "of": leak["from_event"]}],
            "defined_by": [],
            "scope": {"start": leak["start"], "stop": leak["stop"]},
        }
        pays = next(one for one in ask(con, question)["differences"] if one["kind"] == "outcome")
    assert pays["interval"][1] < 0 and pays["q"] < 0.05
