"""The simulated shop as files, or in a workspace."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from journey.demo.plans import plan_experiments
from journey.demo.shop import Shop, generate_shop
from journey.ingest import load_consent, load_customers, load_events
from journey.warehouse import Warehouse, write

Progress = Callable[[str, int, int | None, float], None]  # stage, done, of how many, seconds
DAYS = 180
MAPPING = {
    "customer": "customer",
    "anonymous": "anonymous_id",
    "event": "event",
    "ts": "ts",
    "revenue": {"property": "revenue", "currency": "EUR"},
}
PERSONAL = {"customer": "customer", "personal": ["email"]}
CONSENT = {"customer": "customer", "purpose": "purpose", "given": "given", "ts": "ts"}


def write_shop(shop: Shop, folder: str | Path) -> None:
    """events.parquet, customers.parquet, consent.parquet and truth.json in a folder, made where there is none."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    shop.events.write_parquet(place / "events.parquet")
    shop.customers.write_parquet(place / "customers.parquet")
    shop.consent.write_parquet(place / "consent.parquet")
    (place / "truth.json").write_text(json.dumps(shop.truth, indent=1), encoding="utf-8")


def load_shop(con: Warehouse, progress: Progress | None = None, seed: int = 7, customers: int = 20_000) -> list[Any]:
    """Draw the shop of the seed and load it, with the plans of its experiments; the receipts of events, customers and consent.

    Its truth is kept as demo_truth.json in the workspace folder, or as the setting demo_truth where that is in memory.
    """
    shop = _draw(progress, seed, customers)
    receipts = [
        load_events(con, shop.events, mapping=MAPPING, progress=progress, name="the simulated shop"),
        load_customers(con, shop.customers, mapping=PERSONAL, progress=progress, name="its customers"),
        load_consent(con, shop.consent, mapping=CONSENT, progress=progress, name="their consent"),
    ]
    _keep(con, shop, seed)
    plan_experiments(con)
    return receipts


def _draw(progress: Progress | None, seed: int, customers: int) -> Shop:
    """The shop, told of by the days that have passed."""
    started = time.monotonic()
    if progress is None:
        return generate_shop(seed, customers)
    tell = progress
    return generate_shop(seed, customers, DAYS, lambda day: tell("Simulating days", day + 1, DAYS, time.monotonic() - started))


def _keep(con: Warehouse, shop: Shop, seed: int) -> None:
    """What the workspace should know: its currency, that it is simulated, and the truth."""
    known = {"currency": "EUR", "demo": {"seed": seed}}
    if con.folder is not None:
        (con.folder / "demo_truth.json").write_text(json.dumps(shop.truth), encoding="utf-8")
    else:
        known["demo_truth"] = shop.truth
    with write(con) as db:
        for name, value in known.items():
            db.execute("insert or replace into settings values (?, ?)", [name, json.dumps(value)])
