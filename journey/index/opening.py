"""Opening the index of the present dataset: from memory, from the disk, or built from the stored events.

The index is worth its compilers only where it has work to do: for a large log, or once the kernels are compiled, which
the app does in the background at its start.  Until then the definitions in SQL answer.
"""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import numpy as np

from journey.warehouse import Warehouse, ask_sql, dataset_version, one, one_moment

if TYPE_CHECKING:
    from journey.index.arrays import Index

LARGE = 1_000_000  # events from which on even a cold start pays
WARM = threading.Event()
OPENING = threading.Lock()
COLUMNS = "select customer, ts, event, session from events"


def open_index(con: Warehouse, always: bool = False) -> Index | None:
    """The index of what is stored now, or None where SQL is to answer.

    None: no events; a small log before the kernels are warm, unless `always`; times and customers that do not fit into a key;
    a reader of a moment before the index's own, whose answer SQL gives rather than have the index built backwards.
    """
    version = dataset_version(con)
    held = con.shared.get("index")
    if held is not None and held[0] >= version:
        return held[1] if held[0] == version else None
    if not always and not _worth_it(con):
        return None
    with OPENING:
        held = con.shared.get("index")
        if held is None or held[0] < version:
            held = con.shared["index"] = (version, _opened(con, version))
    return held[1] if held[0] == version else None


def _worth_it(con: Warehouse) -> bool:
    events = int(one(con, "select count(*) from events"))
    return events >= LARGE or (WARM.is_set() and events > 0)


def _opened(con: Warehouse, version: int) -> Index | None:
    from journey.index.build import load_index, save_index

    folder = None if con.folder is None else con.folder / "index"
    found = None if folder is None else load_index(folder, version)
    if found is not None:
        return found
    built = index_of(con)
    if built is not None and folder is not None and built.version == version:
        save_index(built, folder)
        return load_index(folder, version)
    return built


def index_of(con: Warehouse) -> Index | None:
    """An index built from the stored events, of one moment of the workspace."""
    from journey.index.build import build_index

    with one_moment(con):
        version = dataset_version(con)
        names = ask_sql(con, "select name from event_names order by event")["name"].to_list()
        people = int(one(con, "select count(*) from customers"))
        rows = ask_sql(con, COLUMNS)
    if rows.is_empty():
        return None
    customer, ts, event, session = (np.ascontiguousarray(rows[name].to_numpy()) for name in ("customer", "ts", "event", "session"))
    return build_index(version, tuple(names), people, customer, ts, event, session)


def forget_index(con: Warehouse) -> None:
    """Let the index go, with all that was made of it and what lies on the disk."""
    con.shared.pop("index", None)
    if con.folder is not None:
        shutil.rmtree(con.folder / "index", ignore_errors=True)


def use_index(worth: bool = True) -> None:
    """Say that the kernels are compiled: from now on small logs are answered by the index, too."""
    WARM.set() if worth else WARM.clear()
