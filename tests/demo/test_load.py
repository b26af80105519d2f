"""The shop in a workspace: loaded whole, with its revenue, its people, and its truth beside it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from journey.demo import load_shop
from journey.experiments.plan import plan_of, plans
from journey.experiments.record import decisions
from journey.scope import to_ms
from journey.warehouse import ask_sql, one, open_warehouse, setting


def test_the_shop_fills_a_workspace(tmp_path: Path) -> None:
    told: list[str] = []
    with open_warehouse(tmp_path / "shop") as con:
        receipts = load_shop(con, lambda stage, *_: told.append(stage), seed=5, customers=600)
        truth = json.loads((tmp_path / "shop" / "demo_truth.json").read_text())
        assert [receipt.quarantined + receipt.duplicates for receipt in receipts] == [0, 0, 0]
        assert told
        assert one(con, "select count(*) from customers where events > 0") == truth["identity"]["customers_after_merging"]
        assert round(one(con, "select sum(p_revenue) from events"), 2) == truth["revenue"]["net"]
        assert setting(con, "currency", None) == "EUR"
        assert setting(con, "demo", None)
        assert ask_sql(con, "select 1 from properties where name = 'email' and personal").height == 1
        assert one(con, "select count(*) from consent") > 0
        assert one(con, "select count(*) from event_names") > 25
        planned = {name: plan_of(con, name) for name in plans(con)}
        assert list(planned) == sorted(truth["experiments"])
        for name, found in planned.items():  # locked before the first exposure, from what the log said until then; people decide
            assert found is not None and found.unbroken and found.locked_by == "The simulated shop"
            assert (found.locked, found.exposed_at_lock, found.looks_at_lock) == (True, 0, 0)
            begins = datetime.fromisoformat(truth["experiments"][name]["start"]).replace(tzinfo=UTC)
            assert found.plan.start == to_ms(begins - timedelta(days=1))  # in the east the day has begun by then
            assert found.plan.units_per_arm and found.plan.baseline and "simulated" in found.plan.hypothesis
        assert decisions(con) == ()
