"""Whom the mails of Hillstrom help, and what one mail to all would bring: in full, over seeds, beside the published figures.

The file is public (MineThatData, 2008): 64,000 customers, a third of whom got the men's mail, a third the women's, a third none.
It is found by JOURNEY_DATA.
"""

import os
import time
from collections import Counter
from pathlib import Path

import numpy as np

from journey.actions.off_policy import measure_policy_value, read_policy_value
from journey.actions.uplift import Uplift, measure_uplift, read_uplift
from journey.scope import Scope
from journey.warehouse import Warehouse, open_warehouse

FEATURES = ["recency", "history", "mens", "womens", "newbie", "history_segment", "zip_code", "channel"]
ARMS = ("Mens E-Mail", "Womens E-Mail")
SEEDS = 10


def prove() -> None:
    """Print the average effects, the verdict at the usual seed and over others, and the value of the men's mail to all."""
    folder = os.environ.get("JOURNEY_DATA")
    if folder is None:
        raise SystemExit("JOURNEY_DATA names no folder with public data.")
    with open_warehouse(":memory:") as con:
        path = str(Path(folder) / "hillstrom" / "hillstrom.csv.gz")
        for arm in ARMS:
            _prove_average(con, path, arm)
            _prove_verdict(con, path, arm)
        _prove_value(con, path)
        _prove_thompson(con, Path(folder) / "open_bandit")


def _asked(con: Warehouse, path: str, arm: str, **more: object) -> Uplift:
    plain = {"table": path, "treatment": "segment", "treated": arm, "control": "No E-Mail", "outcome": "visit", "features": FEATURES}
    return measure_uplift(con, read_uplift({**plain, **more}), Scope())


def _prove_average(con: Warehouse, path: str, arm: str) -> None:
    for outcome in ("visit", "conversion", "spend"):
        found = _asked(con, path, arm, outcome=outcome, learner="t", split="halves", draws=20).average
        low, high = found.interval or (float("nan"), float("nan"))
        print(f"{arm}, {outcome}: {found.difference:+.5f} [{low:.5f}, {high:.5f}]")


def _prove_verdict(con: Warehouse, path: str, arm: str) -> None:
    begun = time.process_time()
    usual = _asked(con, path, arm)
    took = time.process_time() - begun
    if usual.qini is not None:
        low, high = usual.qini.band
        print(f"{arm}: Qini {usual.qini.coefficient:.4f}, null band [{low:.4f}, {high:.4f}]: {usual.verdict} ({took:.1f} s of one core)")
    for split in ("folds", "halves"):
        found = [_asked(con, path, arm, split=split, seed=seed, draws=60) for seed in range(SEEDS)]
        coefficients = np.array([one.qini.coefficient for one in found if one.qini is not None])
        told = ", ".join(f"{verdict} {times}" for verdict, times in Counter(one.verdict for one in found).items())
        print(
            f"  {split}, {SEEDS} seeds: Qini {coefficients.mean():.4f}, sd {coefficients.std(ddof=1):.4f}, "
            f"{coefficients.min():.4f} to {coefficients.max():.4f}; {told}"
        )


def _prove_value(con: Warehouse, path: str) -> None:
    plain = {"log": path, "action": "segment", "reward": "visit", "propensity": 1 / 3, "policy": ARMS[0], "features": FEATURES}
    found = measure_policy_value(con, read_policy_value(plain), Scope())
    if found.estimates is not None:
        for name in ("ips", "snips", "dm", "dr", "today"):
            one = getattr(found.estimates, name)
            print(f"{ARMS[0]} to all, visits by {name}: {one.value:.5f} +- {one.standard_error:.5f}")


def _prove_thompson(con: Warehouse, folder: Path) -> None:
    """Thompson's policy: the shares in which its own log shows each item at each position."""
    like = {"like": str(folder / "bts_all.parquet"), "by": ["position"]}
    plain = {"log": str(folder / "random_all.parquet"), "action": "item_id", "reward": "click", "propensity": "propensity_score"}
    found = measure_policy_value(con, read_policy_value({**plain, "policy": like}), Scope())
    if found.estimates is not None and found.overlap is not None:
        for name in ("ips", "snips", "dr", "today"):
            one = getattr(found.estimates, name)
            low, high = one.interval
            print(f"Thompson on the random log, clicks by {name}: {one.value:.5f} +- {one.standard_error:.5f} [{low:.5f}, {high:.5f}]")
        print(f"  {found.overlap.n:,} decisions, effective {found.overlap.effective_size:,.0f}. {' '.join(found.evidence.warnings)}")
