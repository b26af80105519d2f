"""retentioneering in a process and an environment of its own: answers on standard output what it is asked on standard input.

python retentioneering_process.py ROWS.parquet, then one question a line:
    {"ask": "transitions"} | {"ask": "columns", "steps": 5} | {"ask": "funnel", "steps": [1, 3]}
Each line that comes back: {"answer", "wall_ms", "cpu_ms"}; the first of all says how the log was taken in.
Imports nothing of the bench: this environment does not have what the bench runs on.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

os.environ["RETENTIONEERING_NO_TRACK"] = "1"

import pandas as pd
from retentioneering import Eventstream

ENDS = {"path_start": -1, "path_end": -2}


def timed(run: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    return found, {"wall_ms": 1000 * (time.perf_counter() - wall), "cpu_ms": 1000 * (time.process_time() - cpu)}


def opened(path: str) -> Any:
    frame = pd.read_parquet(path, columns=["u", "ts", "e"])
    frame["timestamp"] = pd.to_datetime(frame.pop("ts"), unit="ms")
    frame["event"] = "e" + frame.pop("e").astype(str)
    return Eventstream(frame, schema={"path_cols": ["u"], "event_col": "event", "timestamp_col": "timestamp"})


def asked(stream: Any, question: Mapping[str, Any]) -> tuple[Any, dict[str, float]]:
    """The plain answer; turning it into plain data is not timed."""
    if question["ask"] == "transitions":
        table, took = timed(lambda: stream.transition_graph_data(edge_weight="count"))
        told = [[code(a), code(b), int(n)] for a, row in table.iterrows() for b, n in row.items() if n]
        return told, took
    if question["ask"] == "columns":
        table, took = timed(lambda: stream.step_matrix_data(max_steps=question["steps"]))
        return [[int(step), code(event), float(share)] for event, row in table.iterrows() for step, share in row.items() if share], took
    steps = [f"e{step}" for step in question["steps"]]
    table, took = timed(lambda: stream.funnel_data(steps=steps))
    return [step["unique_paths"] for step in table["steps"]], took


def code(name: str) -> int:
    return ENDS[name] if name in ENDS else int(name[1:])


def main() -> None:
    stream, took = timed(lambda: opened(sys.argv[1]))
    print(json.dumps({"answer": None, **took}), flush=True)
    for line in sys.stdin:
        answer, took = asked(stream, json.loads(line))
        print(json.dumps({"answer": answer, **took}), flush=True)


if __name__ == "__main__":
    main()
