"""python -m bench.roi: how long a sum of what something brings takes, and how far chance moves it from seed to seed.

Timed is one answer through `ask`, plain data in and out: 20,000 futures over 12 months, the month-by-month band, payback,
break-even of every input and the tornado.  Every run has a seed that was never asked before, so nothing of it is at hand.
"""

import argparse
import statistics
import time
from typing import Any

import numpy as np

from journey.ask import ask
from journey.warehouse import Warehouse, open_warehouse

QUESTION: dict[str, Any] = {
    "ask": "roi",
    "lift": {"beta": [8, 72]},
    "churn": {"beta": [50, 950]},
    "revenue_per_month": {"normal": [100, 10]},
    "margin": {"triangular": [0.6, 0.7, 0.8]},
    "adoption": {"triangular": [0.3, 0.6, 0.9]},
    "recall": {"triangular": [0.3, 0.5, 0.7]},
    "cost_per_treated": {"triangular": [3, 5, 8]},
    "customers": 10_000,
    "treated": 0.1,
    "tool_per_month": 500,
    "setup": 20_000,
    "discount": 0.01,
    "draws": 20_000,
    "months": 12,
}
TRUTH = {"p10": -29_351, "p50": -3_108, "p90": 38_214, "p_loss": 0.54801}  # of 4,000,000 independent draws
MODELS: dict[str, dict[str, Any]] = {
    "retention, 7 of 13 inputs unsure": {},
    "the same, three of them correlated": {"correlate": [["lift", "churn", -0.5], ["lift", "recall", 0.3]]},
    "the same, 120 months": {"months": 120},
    "the same, 200,000 draws": {"draws": 200_000},
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.roi", description=__doc__)
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--workspace", help="a workspace whose inputs are asked for, too")
    chosen = parser.parse_args()
    con = open_warehouse(":memory:")
    ask(con, QUESTION)
    for name, changed in MODELS.items():
        print(f"{name:<40}{_timed(con, {**QUESTION, **changed}, chosen.runs)}")
    if chosen.workspace:
        with open_warehouse(chosen.workspace) as held:
            print(f"{'what the log says of every input':<40}{_timed(held, {'ask': 'roi_inputs'}, chosen.runs)}")
    _steady(con, chosen.seeds)


def _timed(con: Warehouse, question: dict[str, Any], runs: int) -> str:
    walls, cpus = [], []
    for run in range(runs):
        asked = question | ({"seed": 1_000_000 + run} if question["ask"] == "roi" else {})
        wall, cpu = time.perf_counter(), time.process_time()
        ask(con, asked)
        walls.append((time.perf_counter() - wall) * 1_000)
        cpus.append((time.process_time() - cpu) * 1_000)
    return f"median of {runs}: {statistics.median(walls):7.1f} ms on the wall, {statistics.median(cpus):7.1f} ms of processor"


def _steady(con: Warehouse, seeds: int) -> None:
    found = [ask(con, QUESTION | {"seed": seed}) for seed in range(seeds)]
    for key, truth in TRUTH.items():
        values = np.array([answer[key] for answer in found])
        print(f"{key:<8}mean {values.mean():12.4f}, standard deviation over {seeds} seeds {values.std():9.4f}, of many draws {truth}")
    errors = np.mean([answer["p_loss_error"] for answer in found])
    held = np.mean([answer["p_loss_interval"][0] <= TRUTH["p_loss"] <= answer["p_loss_interval"][1] for answer in found])
    print(f"P(loss): standard error as told {errors:.4f}; its 95% interval holds the truth in {held:.1%} of the seeds")


if __name__ == "__main__":
    main()
