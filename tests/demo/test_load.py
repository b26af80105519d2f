"""The shop in a workspace: loaded whole, with its revenue, its people, and its truth beside it."""

import json
from pathlib import Path

from journey.demo import load_shop
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
