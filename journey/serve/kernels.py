"""Compiling the index's kernels before anyone waits for them: every kind of question, asked once of a log of four people.

The machine code is kept on disk: the first start of an installation takes most of a minute for it, in the background and
at the mercy of what else runs.  Meanwhile the definitions in SQL answer.  Later starts find a note that all is compiled for
these sources and this machine, and use the index at once.
"""

import hashlib
import logging
import os
import platform
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from journey.ask import ask
from journey.errors import JourneyError
from journey.index import open_index, use_index
from journey.ingest import load_events
from journey.paths import measure_matrix, read_transitions
from journey.scope import Scope
from journey.serve import keep_for_good
from journey.warehouse import Warehouse, open_warehouse

log = logging.getLogger("journey")
NOTES = Path(__file__).parent / "__pycache__"

SEGMENT = {"scope": {"segment": {"did": "a"}, "start": "2026-03-01", "stop": "2026-03-09"}}
WHERE = {"event": "b", "where": {"kind": "x"}}
QUESTIONS: list[dict[str, Any]] = [
    {"ask": "funnel", "steps": ["a", "b", "c"], "window": "7d", "breakdown": "kind", "trend": "day"},
    {"ask": "funnel", "steps": ["a", WHERE], "window": "7d", **SEGMENT},
    {"ask": "funnel", "steps": ["a", "b"], "exclusions": [{"event": "c", "from_step": 0, "to_step": 1}], "value": "price"},
    {"ask": "funnel", "steps": ["a", "b"], "count_by": "session", "order": "strict"},
    {"ask": "funnel", "steps": ["a", WHERE, "a"], "order": "unordered", "count_by": "session", "exclusions": ["c"], "hold": ["kind"]},
    {"ask": "funnel", "steps": ["a", {"any_of": ["a", "b"]}], "count_by": "property:kind", "breakdown": "price", **SEGMENT},
    {"ask": "funnel", "steps": ["a", None], "order": "unordered", "breakdown": "kind"},
    {"ask": "paths", "customers": {"step": 1, "node": "a"}},
    {"ask": "paths", "steps": 20, "customers": {"step": 1, "node": "a"}},
    {"ask": "paths", "steps": 20, "start": "a"},
    {"ask": "paths", "expand": {"a": "kind"}},
    {"ask": "paths", "start": "a", "customers": {"step": 1, "node": "a"}},
    {"ask": "paths", "end": "b", "unit": "customer", **SEGMENT},
    {"ask": "paths", "unit": "history", "collapse_repeats": False},
    {"ask": "transitions"},
    {"ask": "transitions", "unit": "session", "ends": True, "collapse_repeats": True, **SEGMENT},
    {"ask": "transitions", "customers": {"from": "a", "to": "b"}},
    {"ask": "loops", "customers": {"loop": ["a", "a"]}},
    {"ask": "loops", "unit": "session", **SEGMENT},
    {"ask": "conformance", "journey": {"name": "j", "window": "1d", "milestone": ["a", "b"]}},
    {"ask": "retention", "period": "week"},
    {"ask": "retention", "period": "day", "target": "a", "returning": WHERE, "mode": "on", "breakdown": "kind"},
    {"ask": "retention", "first": "recurring", "period": "week", "mode": "brackets", "brackets": [[1, 2]], **SEGMENT},
    {"ask": "retention", "clock": "rolling", "minimum_occurrences": 2},
    {"ask": "lifecycle"},
    {"ask": "lifecycle", "event": "a", "period": "week", **SEGMENT},
    {"ask": "stickiness"},
    {"ask": "stickiness", "event": WHERE},
    {"ask": "next", "after": ["a"]},
    {"ask": "next", "after": ["a", "b"], "unit": "customer", "collapse_repeats": True, **SEGMENT},
]


def warm_kernels(warehouse: Callable[[], Warehouse], notes: Path = NOTES) -> threading.Thread:
    """Compile in the background where that was not done before, and then open the index of the workspace."""
    note = notes / f"compiled-{_fingerprint()}"
    if note.exists():
        use_index()
    thread = threading.Thread(target=_warm, args=(warehouse, note), name="journey-kernels", daemon=True)
    thread.start()
    return thread


def _warm(warehouse: Callable[[], Warehouse], note: Path) -> None:
    if hasattr(os, "setpriority"):  # on Linux a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
    if not note.exists():
        compile_kernels()
        use_index()
        _write(note)
    try:
        with warehouse().cursor() as con:
            open_index(con)
    except JourneyError as fault:  # each page says why, in a sentence
        log.warning("%s", fault)
    keep_for_good()


def _write(note: Path) -> None:
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.touch()
    except OSError:  # an installation that is not ours to write in: the next start compiles anew, or finds numba's own copy
        log.info("no note could be left at %s", note)


def _fingerprint() -> str:
    """Of all that machine code depends on: the kernels' sources, the compiler, and what the processor can do."""
    sources = sorted((Path(__file__).parent.parent).rglob("*kernel.py"))
    processor = Path("/proc/cpuinfo")
    lines = processor.read_text().splitlines() if processor.exists() else [platform.processor()]
    told = [platform.machine(), *sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))})]
    told += [version("numba"), version("llvmlite"), platform.python_version(), repr(QUESTIONS)]
    made = hashlib.sha256("\n".join(told).encode())
    for source in sources:
        made.update(source.read_bytes())
    return made.hexdigest()[:16]


def compile_kernels() -> None:
    """Ask everything once of a tiny log, by the index."""
    with open_warehouse(":memory:") as con:
        load_events(con, _tiny_log())
        open_index(con, always=True)
        for question in QUESTIONS:
            ask(con, question)
        measure_matrix(con, read_transitions({"ends": True, "rows": 2}), Scope())


def _tiny_log() -> pl.DataFrame:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    rows = [
        {
            "customer": f"customer {number % 4}",
            "event": "abc"[number % 3],
            "ts": start + timedelta(hours=7 * number),
            "kind": "xy"[number % 2],
            "price": float(number),
        }
        for number in range(40)
    ]
    return pl.DataFrame(rows)
