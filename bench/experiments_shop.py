"""Experiments whose truth is known, asked for as anybody asks: the tests of the simulated shop, and a public campaign."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from journey.ask import ask
from journey.demo import load_shop
from journey.warehouse import Warehouse, open_warehouse

LIFTS, NOTHING, BROKEN = "Short checkout", "Larger photos", "Free delivery banner"
CAMPAIGN: dict[str, Any] = {
    "ask": "experiment",
    "variant": "segment",
    "control": "No E-Mail",
    "metrics": [
        {"name": "visit", "column": "visit", "kind": "share", "role": "primary"},
        {"name": "conversion", "column": "conversion", "kind": "share"},
        {"name": "spend", "column": "spend", "kind": "mean"},
    ],
}
"""The mails of Hillstrom: two thirds got one, at random."""


def campaign() -> list[str]:
    folder = os.environ.get("JOURNEY_DATA")
    if folder is None:
        return ["Hillstrom's mails: left out, JOURNEY_DATA names no folder"]
    with open_warehouse(":memory:") as con:
        found = ask(con, CAMPAIGN | {"table": str(Path(folder) / "hillstrom" / "hillstrom.csv.gz")})
    told = [f"Hillstrom's mails: {found['verdict']}"]
    for one in found["metrics"]:
        low, high = one["fixed_interval"]
        told.append(
            f"  {one['name']}, {one['arm']}: {one['estimate']:.6f} against {one['control_estimate']:.6f}, "
            f"{one['difference']:+.5f} [{low:+.5f}, {high:+.5f}] at one look"
        )
    return told


def shops(seeds: Iterable[int], customers: int = 20_000) -> list[str]:
    """What is said of the three tests of the shop, seed by seed."""
    names = (LIFTS, NOTHING, BROKEN)
    states: dict[str, Counter[str]] = {name: Counter() for name in names}
    told_apart: dict[str, int] = dict.fromkeys(names, 0)
    blamed = 0
    for seed in seeds:
        with open_warehouse(":memory:") as con:
            load_shop(con, seed=seed, customers=customers)
            for name in names:
                found = read(con, name)
                states[name][found["state"]] += 1
                told_apart[name] += is_called(found)
            blamed += "mobile" in found["verdict"]
    runs = sum(states[LIFTS].values())
    return [
        f"The tests of the shop of {customers:,} customers, {runs} seeds, as they are read by their plans:",
        f"  {LIFTS} (lifts): {dict(states[LIFTS])}, the difference told in {told_apart[LIFTS]} of {runs}",
        f"  {NOTHING} (does nothing): {dict(states[NOTHING])}, a difference told in {told_apart[NOTHING]} of {runs}",
        f"  {BROKEN} (exposures lost on phones): {dict(states[BROKEN])}, mobile named as the cause in {blamed} of {runs}",
    ]


def read(con: Warehouse, name: str, **options: Any) -> dict[str, Any]:
    return ask(con, {"ask": "experiment", "experiment": name, **options})


def is_called(found: dict[str, Any]) -> bool:
    """Whether any primary metric is told to differ, or a guardrail to be broken."""
    primary = [one["interval"] for one in found["metrics"] if one["role"] == "primary" and one["interval"]]
    return any(low > 0 or high < 0 for low, high in primary) or any(one["guardrail"] == "broken" for one in found["metrics"])
