"""From a campaign in the log to the card: the best action of each stage is found where effects are measured well."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.actions.choose import Wanted, proposing_for
from journey.ask import ask
from journey.catalogs import write_catalog
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.actions.campaigns import MAPPING, START
from tests.lent import empty_warehouse, lent_warehouse

STAGES = """
[[stage]]
name = "trouble"
why = "Something went wrong."
step = 2
rule = { did = "late" }

[[stage]]
name = "well"
why = "All is well."
step = 1
"""
CATALOG = """
[guardrails]
margin = 0.5
holdout = 0.0
explore = false

[[action]]
name = "Mail"
channel = "email"
purpose = ""
cost = 0.5
wanted = { did = "buy", within = "7d" }
logged = { event = "assigned", property = "action", is = "mail", nothing = "nothing", propensity = "chance" }

[[action]]
name = "Call"
channel = "phone"
purpose = ""
cost = 3.0
wanted = { did = "buy", within = "7d" }
logged = { event = "assigned", property = "action", is = "call", nothing = "nothing", propensity = "chance" }
"""
CHANCE = {"trouble": {"nothing": 0.1, "mail": 0.12, "call": 0.6}, "well": {"nothing": 0.1, "mail": 0.35, "call": 0.37}}
BRINGS = 20.0  # half of an order of 40 is kept: in trouble a call brings 7, a mail nothing; else a mail 4.5, a call 2.4
EACH = 120


@pytest.fixture(scope="module")
def shop() -> Iterator[Warehouse]:
    """120 customers of each stage for each of the three, of whom exactly as many buy as the chance says."""
    noon, rows = START + timedelta(days=2, hours=12), list[dict[str, Any]]()
    for stage, chances in CHANCE.items():
        for drawn_, chance in chances.items():
            for number in range(EACH):
                who = {"customer": f"{stage}-{drawn_}-{number:03}"}
                first = "late" if stage == "trouble" else "visit"
                rows.append({**who, "event": first, "ts": START})
                rows.append({**who, "event": "assigned", "ts": noon, "action": drawn_, "chance": 1 / 3})
                if number < round(EACH * chance):
                    rows.append({**who, "event": "buy", "ts": noon + timedelta(days=1), "revenue": 40.0})
    rows.append({"customer": "zoe", "event": "visit", "ts": noon + timedelta(days=40)})
    con = lent_warehouse(pl.DataFrame(rows, infer_schema_length=None), MAPPING)
    write_catalog(con, "stages", STAGES)
    write_catalog(con, "actions", CATALOG)
    yield con
    con.close()


@pytest.mark.parametrize(("stage", "best", "worth"), [("trouble", "Call", 7.0), ("well", "Mail", 4.5)])
def test_the_best_action_of_each_stage_is_on_the_card(shop: Warehouse, stage: str, best: str, worth: float) -> None:
    card = ask(shop, {"ask": "next_best_action", "customer": f"{stage}-mail-001"})
    assert (card["stage"], card["action"]) == (stage, best)
    low, high = card["interval"]
    assert low < worth < high and card["confidence"] > 0.9
    assert card["reasons"][1]["text"].startswith("By experiment") and f"worth €{BRINGS:.2f}" in card["reasons"][1]["text"]
    assert sum(reason["contribution"] or 0 for reason in card["reasons"]) == pytest.approx(card["expected_value"])


def test_a_launch_gives_each_stage_its_best(shop: Warehouse) -> None:
    found = proposing_for(shop, Scope(), Wanted(by_value=True), run="test", rng=np.random.default_rng(1)).proposals
    assert {(one.stage, one.action) for one in found} == {("trouble", "Call"), ("well", "Mail")}
    assert len(found) == 6 * EACH + 1


def test_an_empty_workspace_proposes_nothing() -> None:
    assert proposing_for(empty_warehouse(), Scope(), Wanted(), run="test", rng=np.random.default_rng(1)).proposals == ()
