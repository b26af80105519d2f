"""One log after another: loaded, indexed, every question asked of every tool, and the peers' times as multiples of ours."""

import json
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench import retentioneering_peer
from bench.load import load_apart
from bench.logs import Log, write_log
from bench.questions import TIMELINE, Asked, questions
from bench.timing import RUNS, Took, compare, timed

RESULTS = Path(__file__).parent / "results"
OURS = "Journey"


@contextmanager
def workspace_of(events: int, types: int) -> Iterator[tuple[Log, Path, dict[str, Any]]]:
    """A log drawn, loaded into a workspace folder by a process of its own; both are removed after."""
    with tempfile.TemporaryDirectory(prefix="journey-bench-") as folder:
        log = write_log(Path(folder) / "log", events, types)
        workspace = Path(folder) / "workspace"
        yield log, workspace, load_apart(workspace, log.named, log.folder / "countries.parquet")


def report(events: int, types: Sequence[int], runs: int = RUNS, only: str = "") -> None:
    """Prints the tables, and keeps them as JSON under bench/results."""
    print(machine())
    told: dict[str, Any] = {"machine": machine(), "logs": []}
    told["retentioneering"] = _beside_retentioneering(min(events, retentioneering_peer.MOST), runs)
    for number in types:
        with workspace_of(events, number) as (log, workspace, loaded):
            share = _share_of_steps(log)
            print(f"\n{events:,} events, {number} types; the four steps are {share:.1%} of the events", flush=True)
            print(f"load: {json.dumps(loaded)}", flush=True)
            told["logs"].append({"events": events, "types": number, "load": loaded, **_one_log(log, workspace, runs, only)})
    keep("answers", told)


def _one_log(log: Log, workspace: Path, runs: int, only: str) -> dict[str, Any]:
    from bench.clickhouse import ask_clickhouse
    from bench.duck import ask_duckdb
    from bench.journey_peer import ask_journey, timeline
    from bench.polars_streaming import ask_polars
    from journey.index import use_index
    from journey.warehouse import open_warehouse

    use_index()  # small logs, too, are answered by the index, as in the app once it is warm
    with open_warehouse(workspace) as con:
        index = index_facts(con, runs)
        print(f"index: {json.dumps(index)}", flush=True)
        peers = ask_clickhouse(log, log.folder / "clickhouse") | {"DuckDB": ask_duckdb(log), "Polars streaming": ask_polars(log)}
        ours: dict[str, Callable[[], dict[str, Asked]]] = {
            question.name: partial(ask_journey, con, question) for question in questions(log)
        }
        ours[TIMELINE] = lambda: {OURS: timeline(con)}
        answers = {}
        print(f"medians of {runs} alternating runs; equal answers asserted; wall / CPU ms, and CPU as a multiple of {OURS}'s")
        for name in filter(lambda name: only in name, ours):
            took = compare(ours[name]() | {tool: ways[name] for tool, ways in peers.items() if name in ways}, runs)
            print(line(name, took), flush=True)
            answers[name] = {tool: found.as_plain() for tool, found in took.items()}
    shutil.rmtree(log.folder / "clickhouse", ignore_errors=True)
    return {"index": index, "answers": answers}


def _beside_retentioneering(events: int, runs: int) -> dict[str, Any]:
    from journey.index import use_index
    from journey.warehouse import open_warehouse

    use_index()
    with workspace_of(events, 30) as (log, workspace, _), open_warehouse(workspace) as con:
        return retentioneering_peer.report(con, log, runs)


def index_facts(con: Any, runs: int = 3) -> dict[str, Any]:
    """Size and build time of the journey index from columns that are loaded; what opening a workspace's costs."""
    from journey.index import build_index, open_index
    from journey.index.opening import COLUMNS
    from journey.warehouse import ask_sql, dataset_version, one

    read_ms, read_cpu, rows = timed(lambda: ask_sql(con, COLUMNS))
    columns = [rows[name].to_numpy() for name in ("customer", "ts", "event", "session")]
    names = tuple(ask_sql(con, "select name from event_names order by event")["name"].to_list())
    people, version = int(one(con, "select count(*) from customers")), dataset_version(con)
    made = [timed(lambda: build_index(version, names, people, *columns)) for _ in range(runs + 1)]
    first_open_ms = timed(lambda: open_index(con))[0]
    opened = []
    for _ in range(5):
        con.shared.pop("index", None)
        opened.append(timed(lambda: open_index(con))[0])
    index = made[-1][2]
    return {
        "bytes_per_event": round(index.stored_bytes / index.events, 2),
        "read_columns_ms": [round(read_ms), round(read_cpu)],
        "build_first_ms": round(made[0][0]),
        "build_ms": [round(statistics.median(part[at] for part in made[1:])) for at in (0, 1)],
        "first_open_ms": round(first_open_ms, 1),
        "open_ms": round(statistics.median(opened), 2),
    }


def line(name: str, took: Mapping[str, Took]) -> str:
    ours = took.get(OURS)
    parts = []
    for tool, found in took.items():
        times = f"{found.wall_ms:,.1f} / {found.cpu_ms:,.1f}"
        ratio = f" (x{found.cpu_ms / ours.cpu_ms:,.1f})" if ours and tool != OURS and ours.cpu_ms else ""
        first = f" first {found.first_ms:,.0f}" if tool == OURS else ""
        parts.append(f"    {tool:24} {times}{ratio}{first}")
    return "\n".join([f"  {name}", *parts])


def machine() -> str:
    """Processor, cores, Python and the day, as they belong beside every number."""
    cpu = next((row.split(":")[1].strip() for row in _cpuinfo() if row.startswith("model name")), platform.processor())
    load = os.getloadavg()[0]
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}, load average {load:.1f}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def _share_of_steps(log: Log) -> float:
    import polars as pl

    return float(pl.scan_parquet(log.rows).select(pl.col("e").is_in(log.steps).mean()).collect().item())


def keep(name: str, told: Mapping[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps(told, indent=1))
    print(f"\nkept as {path}")
