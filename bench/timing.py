"""Alternating runs of several ways to one answer: first that the answers are equal, then what each way took.

CPU is the time of all threads of this process (ClickHouse, DuckDB and Polars run inside it), so that a way which keeps
both cores busy is not taken for a quick one.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.questions import Asked

RUNS = 9
SLOW_S, SLOW_RUNS = 2.0, 3


@dataclass(frozen=True)
class Took:
    """Medians in ms.  first_ms: wall time of the first call, in which whatever is made on first use is made."""

    wall_ms: float
    cpu_ms: float
    first_ms: float

    def as_plain(self) -> dict[str, float]:
        return {"wall_ms": self.wall_ms, "cpu_ms": self.cpu_ms, "first_ms": self.first_ms}


def compare(ways: Mapping[str, Asked], runs: int = RUNS) -> dict[str, Took]:
    """Raises: AssertionError: a way answers otherwise than the first."""
    firsts, expected, reference = {}, None, ""
    for way, asked in ways.items():
        wall, _, result = timed(asked.run)
        firsts[way], answer = wall, asked.read(result)
        if answer is None:
            continue
        if expected is None:
            expected, reference = answer, way
        assert answer == expected, f"{way} answers\n{str(answer)[:1500]}\n{reference} answers\n{str(expected)[:1500]}"
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for run in range(runs):
        for way, asked in ways.items():
            if run < (SLOW_RUNS if firsts[way] > SLOW_S * 1000 else runs):
                times[way].append(timed(asked.run)[:2])
    return {
        way: Took(statistics.median(w for w, _ in found), statistics.median(c for _, c in found), firsts[way])
        for way, found in times.items()
    }


def timed(run: Callable[[], Any]) -> tuple[float, float, Any]:
    """(wall ms, CPU ms of all threads, result)"""
    wall, cpu = time.perf_counter(), time.process_time()
    result = run()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu), result
