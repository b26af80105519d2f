"""How fast a log becomes a workspace: 10 million events, Parquet and CSV, each loaded by a process of its own.

python -m bench.load [--events 10000000] [--folder /tmp/journey-bench]
Prints rows per second, CPU seconds and the peak resident memory of the loading process.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

NAMES, CUSTOMERS, DAYS = 30, 350_000, 365
CHUNK = 1_000_000


FOLDER = Path("/tmp/journey-bench")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--load", type=Path, help="load this one file and tell what it took: what each process of its own does")
    chosen = parser.parse_args()
    if chosen.load:
        load_one(chosen.load, chosen.folder)
    else:
        report(chosen.events, chosen.folder)


def report(events: int, folder: Path = FOLDER) -> None:
    """A line per format."""
    for kind in ("parquet", "csv"):
        path = generate(folder, kind, events)
        command = [sys.executable, "-m", "bench.load", "--load", str(path), "--folder", str(folder)]
        print(f"load {kind}:", subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip(), flush=True)


def generate(folder: Path, kind: str, events: int) -> Path:
    """A log in the order of time, as a collector writes it; made once."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"events_{events}.{kind}"
    if not path.exists():
        frame = pl.concat(
            [_chunk(np.random.default_rng(start), start, min(CHUNK, events - start), events) for start in range(0, events, CHUNK)]
        )
        frame.write_parquet(path) if kind == "parquet" else frame.write_csv(path)
    return path


def _chunk(rng: np.random.Generator, start: int, rows: int, events: int) -> pl.DataFrame:
    span = DAYS * 86_400_000
    ts = 1_735_689_600_000 + np.sort(rng.integers(span * start // events, span * (start + rows) // events, rows))
    return pl.DataFrame(
        {
            "user_id": "user-" + pl.Series(rng.integers(0, CUSTOMERS, rows)).cast(pl.String).str.zfill(7),
            "event": "event_" + pl.Series(np.minimum(rng.geometric(0.12, rows), NAMES)).cast(pl.String),
            "timestamp": pl.Series(ts).cast(pl.Datetime("ms")),
            "device": pl.Series(np.array(["mobile", "desktop", "tablet"])[rng.integers(0, 3, rows)]),
            "amount": np.round(rng.gamma(2.0, 20.0, rows), 2),
            "quantity": rng.integers(1, 9, rows),
        }
    )


def load_one(path: Path, folder: Path) -> None:
    from journey.ingest import load_events
    from journey.warehouse import open_warehouse

    workspace = folder / f"workspace-{os.getpid()}"
    stages: dict[str, float] = {}
    began = time.perf_counter()

    def progress(stage: str, done: int, total: int | None, seconds: float) -> None:
        stages.setdefault(stage, round(time.perf_counter() - began, 2))

    try:
        con = open_warehouse(workspace)
        cpu = time.process_time()
        receipt = load_events(con, path, progress=progress)
        used = resource.getrusage(resource.RUSAGE_SELF)
        size = sum(file.stat().st_size for file in workspace.rglob("*") if file.is_file())
        print(
            json.dumps(
                {
                    "rows": receipt.received,
                    "seconds": round(receipt.seconds, 2),
                    "rows_per_second": round(receipt.rows_per_second),
                    "cpu_seconds": round(time.process_time() - cpu, 2),
                    "peak_rss_mb": used.ru_maxrss // 1024,
                    "workspace_mb": size >> 20,
                    "stages_begin_at_s": stages,
                }
            )
        )
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


if __name__ == "__main__":
    main()
