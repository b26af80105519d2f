"""Peak memory and time of a large log, twice: the index alone, from columns as they are drawn, and loading file by file.

Each runs in a process of its own, so that its peak is its own.  The index is built from the four columns that it is made
of, in order, as they lie in memory (22 bytes an event); loading goes through `load_events`, one file of ten million events
after the other, as a folder that grows.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.load import load_apart, peak_mb
from bench.logs import drawn, write_log


def report(events: int, types: int) -> None:
    command = [sys.executable, "-m", "bench.memory", str(events), str(types)]
    index = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
    print(f"{events:,} events, {types} types\nindex alone: {index}", flush=True)
    with tempfile.TemporaryDirectory(prefix="journey-bench-") as folder:
        log = write_log(Path(folder) / "log", events, types)
        try:
            print(f"load_events, {len(log.named)} files: {json.dumps(load_apart(Path(folder) / 'workspace', log.named))}")
        except subprocess.CalledProcessError as fault:
            print(f"load_events, {len(log.named)} files: the loading process ended with {fault.returncode}")


def index_alone(events: int, types: int) -> dict[str, Any]:
    """peak_rss_mb is of the process: the columns, the index and what building takes, all at once."""
    from journey.index import build_index, load_index, save_index

    columns = _columns(events, types)
    people, names = int(columns[0][-1]) + 1, tuple(f"e{code}" for code in range(types))
    before = peak_mb()
    build_index(1, names, people, *(column[:1000] for column in columns))  # the compiler's time is not the index's
    cpu, began = time.process_time(), time.perf_counter()
    index = build_index(1, names, people, *columns)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert index is not None
    told = {
        "columns_peak_rss_mb": before,
        "peak_rss_mb": peak_mb(),
        "build_s": round(seconds, 2),
        "build_cpu_s": round(cpu, 2),
        "bytes_per_event": round(index.stored_bytes / index.events, 2),
    }
    with tempfile.TemporaryDirectory(prefix="journey-bench-") as folder:
        began = time.perf_counter()
        save_index(index, Path(folder))
        told["save_s"] = round(time.perf_counter() - began, 2)
        began = time.perf_counter()
        load_index(Path(folder), 1)
        told["open_ms"] = round(1000 * (time.perf_counter() - began), 2)
    return told


def _columns(events: int, types: int) -> tuple[np.ndarray, ...]:
    """customer i32, ts i64, event u16, session i32, filled frame by frame so that no column is held twice."""
    columns = tuple(np.empty(events, kind) for kind in (np.int32, np.int64, np.uint16, np.int32))
    at = 0
    for frame in drawn(events, types):
        for column, name in zip(columns, ("u", "ts", "e", "session"), strict=True):
            column[at : at + frame.height] = frame[name].to_numpy()
        at += frame.height
    return tuple(column[:at] for column in columns)


if __name__ == "__main__":
    print(json.dumps(index_alone(int(sys.argv[1]), int(sys.argv[2]))))
