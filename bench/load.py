"""How a log becomes a workspace, in a process of its own: rows per second, CPU seconds, peak resident memory, size on disk.

python -m bench.load --workspace FOLDER --events FILE ... [--customers FILE]   prints one line of JSON
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def load_apart(workspace: Path, events: Sequence[Path], customers: Path | None = None) -> dict[str, Any]:
    """What the loading process told; its memory is given back before anything else is measured."""
    command = [sys.executable, "-m", "bench.load", "--workspace", str(workspace), "--events", *map(str, events)]
    command += ["--customers", str(customers)] if customers else []
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(json.loads(told.splitlines()[-1]))


def load(workspace: Path, events: Sequence[Path], customers: Path | None) -> dict[str, Any]:
    from journey.ingest import load_customers, load_events
    from journey.warehouse import open_warehouse

    stages: dict[str, float] = {}

    def progress(stage: str, done: int, total: int | None, seconds: float) -> None:
        stages.setdefault(stage, round(time.perf_counter() - began, 2))

    with open_warehouse(workspace) as con:
        began, cpu = time.perf_counter(), time.process_time()
        receipts = [load_events(con, path, progress=progress) for path in events]
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        if customers:
            load_customers(con, customers)
    rows = sum(receipt.received for receipt in receipts)
    return {
        "rows": rows,
        "stored": sum(receipt.stored for receipt in receipts),
        "seconds": round(seconds, 2),
        "rows_per_second": round(rows / seconds),
        "cpu_seconds": round(cpu, 2),
        "peak_rss_mb": peak_mb(),
        "workspace_mb": sum(file.stat().st_size for file in workspace.rglob("*") if file.is_file()) >> 20,
        "stages_begin_at_s": stages,
    }


def peak_mb() -> int:
    """Of this process, since it began."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--events", type=Path, nargs="+", required=True)
    parser.add_argument("--customers", type=Path)
    chosen = parser.parse_args()
    print(json.dumps(load(chosen.workspace, chosen.events, chosen.customers)))


if __name__ == "__main__":
    main()
