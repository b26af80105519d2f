"""Journey beside retentioneering, which takes up to a million events here and lives in an environment of its own.

Its funnel knows no window, its step matrix tells the whole history and keeps repeats, its graph counts the ends: Journey
is asked the same.
"""

import json
import statistics
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.logs import Log
from bench.questions import code
from bench.timing import timed
from journey.ask import ask
from journey.warehouse import Warehouse

PYTHON = Path(__file__).parent.parent / ".venv-bench" / "bin" / "python"
MOST = 1_000_000
ENDS = {"(start)": -1, "(end)": -2}
Ask = Callable[[Mapping[str, Any]], dict[str, Any]]


def report(con: Warehouse, log: Log, runs: int) -> dict[str, Any]:
    """{question: {tool: median wall and CPU ms}}; empty, with a sentence, where it is not installed."""
    if not PYTHON.exists():
        print(f"retentioneering is left out: {PYTHON} is missing, which `make bench` sets up.")
        return {}
    steps = [f"e{step}" for step in log.steps]
    pairs: dict[str, tuple[Any, Any, Any, Any]] = {
        "transitions, with ends": ({"ask": "transitions", "ends": True}, {"ask": "transitions"}, _edges, _their_edges),
        "first five columns": (
            {"ask": "paths", "unit": "history", "steps": 5, "rows": 1000, "collapse_repeats": False},
            {"ask": "columns", "steps": 5},
            _columns,
            _their_columns,
        ),
        "funnel without a window": (
            {"ask": "funnel", "steps": steps, "window": None, "times": False},
            {"ask": "funnel", "steps": list(log.steps)},
            lambda answer: [step["count"] for step in answer["steps"]],
            lambda told, _: told["answer"],
        ),
    }
    print(f"retentioneering beside Journey's ask, {log.events:,} events, medians of {runs} alternating runs, wall / CPU ms")
    with _process(log.rows) as (theirs, took_in):
        print(f"    its taking the log in from a data frame: {took_in['wall_ms']:,.0f} / {took_in['cpu_ms']:,.0f}")
        return {name: _beside(con, name, *pair, theirs, runs) for name, pair in pairs.items()}


def _beside(
    con: Warehouse, name: str, plain: Mapping[str, Any], question: Mapping[str, Any], read: Any, read_theirs: Any, theirs: Ask, runs: int
) -> dict[str, Any]:
    answer = ask(con, plain)
    ours, other = read(answer), read_theirs(theirs(question), answer)
    assert ours == other, f"{name}: Journey answers\n{str(ours)[:800]}\nretentioneering answers\n{str(other)[:800]}"
    rounds = [(timed(lambda: ask(con, plain))[:2], theirs(question)) for _ in range(runs)]
    journey = [statistics.median(mine[at] for mine, _ in rounds) for at in (0, 1)]
    peer = [statistics.median(told[key] for _, told in rounds) for key in ("wall_ms", "cpu_ms")]
    print(f"  {name}\n    {'Journey, ask':24} {journey[0]:,.1f} / {journey[1]:,.1f}")
    print(f"    {'retentioneering':24} {peer[0]:,.1f} / {peer[1]:,.1f} (x{peer[1] / journey[1]:,.1f})", flush=True)
    return {tool: {"wall_ms": took[0], "cpu_ms": took[1]} for tool, took in (("Journey, ask", journey), ("retentioneering", peer))}


@contextmanager
def _process(rows: Path) -> Iterator[tuple[Ask, dict[str, Any]]]:
    command = [str(PYTHON), str(Path(__file__).with_name("retentioneering_process.py")), str(rows)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        talk, listen = process.stdin, process.stdout

        def theirs(question: Mapping[str, Any]) -> dict[str, Any]:
            talk.write(json.dumps(question) + "\n")
            talk.flush()
            return dict(json.loads(listen.readline()))

        took_in = dict(json.loads(listen.readline()))
        yield theirs, took_in
        talk.close()


def _edges(answer: Mapping[str, Any]) -> dict[tuple[int, int], int]:
    return {(_code(edge["from"]), _code(edge["to"])): edge["count"] for edge in answer["edges"]}


def _their_edges(told: Mapping[str, Any], _: Mapping[str, Any]) -> dict[tuple[int, int], int]:
    return {(a, b): n for a, b, n in told["answer"]}


def _columns(answer: Mapping[str, Any]) -> dict[tuple[int, int], int]:
    """(column, event) -> customers; leaving is told otherwise there."""
    return {(node["step"], code(node["event"])): node["count"] for node in answer["nodes"] if node["event"] != "Drop-off"}


def _their_columns(told: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[tuple[int, int], int]:
    """Shares of the paths, as counts."""
    paths = answer["paths"]
    return {(step, event): round(share * paths) for step, event, share in told["answer"] if event >= 0 and 1 <= step <= 5}


def _code(label: str) -> int:
    return ENDS[label] if label in ENDS else code(label)
