"""From columns in order to an index, onto the disk and back.

A version is written aside and renamed when it is whole, so that a reader never sees half of one.
"""

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from journey.index.arrays import Array, Index
from journey.index.kernel import count_codes, find_customers, find_sessions, pack_keys, place_rows
from journey.index.pool import CORES, run

ARRAYS = ("keys", "codes", "rows", "starts", "customers", "sessions")
KEY_BITS = 62  # of 64: one for the sign, one so that END lies above every key


def build_index(
    version: int, names: tuple[str, ...], people: int, customer: Array, ts: Array, event: Array, session: Array
) -> Index | None:
    """The index of events in the order (customer, ts, seq).

    customer, session: (events,) i32; ts: (events,) i64 ms; event: (events,) u16 codes.  people: customers there are.
    None where customer and time do not fit into one key: 10 million customers may span 8 years, 350 thousand 278 years.
    """
    origin = int(ts.min()) if len(ts) else 0
    bits = KEY_BITS - (people + 1).bit_length()
    if len(ts) and (int(ts.max()) - origin).bit_length() >= bits:
        return None
    shares = _shares(len(ts))
    keys = np.empty(len(ts), np.int64)
    run(lambda share: pack_keys(customer, ts, bits, origin, keys, *share), shares)
    codes = event.astype(np.uint8 if len(names) <= 256 else np.uint16)
    starts, rows = _sorted_rows(codes, len(names), shares)
    customers = np.empty(people + 1, np.int64)
    find_customers(customer, customers)
    return Index(version, bits, origin, names, keys, codes, rows, starts, customers, _sessions(customer, session))


def _shares(events: int) -> list[tuple[int, int]]:
    cuts = [events * part // CORES for part in range(CORES + 1)]
    return list(pairwise(cuts))


def _sorted_rows(codes: Array, names: int, shares: list[tuple[int, int]]) -> tuple[Array, Array]:
    counts = np.zeros((len(shares), names), np.int64)
    run(lambda part: count_codes(codes, shares[part][0], shares[part][1], counts[part]), range(len(shares)))
    starts = np.concatenate([[0], np.cumsum(counts.sum(axis=0))]).astype(np.int64)
    cursors = starts[:-1] + np.concatenate([np.zeros((1, names), np.int64), np.cumsum(counts, axis=0)[:-1]])
    rows = np.empty(len(codes), np.uint32)
    run(lambda part: place_rows(codes, shares[part][0], shares[part][1], cursors[part], rows), range(len(shares)))
    return starts, rows


def _sessions(customer: Array, session: Array) -> Array | None:
    first = np.empty(len(customer) + 1, np.uint32)
    count = find_sessions(customer, session, first)
    return None if count < 0 else first[: count + 1].copy()


def save_index(index: Index, folder: Path) -> None:
    """Write the index as folder/<version>, and take away the versions before it."""
    aside = folder / f".{index.version}.writing"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for name in ARRAYS:
        if (array := getattr(index, name)) is not None:
            np.save(aside / f"{name}.npy", array)
    (aside / "index.json").write_text(json.dumps({"bits": index.bits, "origin": index.origin, "names": index.names}))
    shutil.rmtree(folder / str(index.version), ignore_errors=True)
    aside.rename(folder / str(index.version))
    for other in folder.iterdir():
        if other.name != str(index.version):
            shutil.rmtree(other, ignore_errors=True)


def load_index(folder: Path, version: int) -> Index | None:
    """The index of this version as it lies on the disk, mapped and not read; None where there is none."""
    place = folder / str(version)
    if not (place / "index.json").exists():
        return None
    told: dict[str, Any] = json.loads((place / "index.json").read_text())
    # Mapped copy-on-write: nothing is ever written, but kernels see the same type as for arrays in memory.
    arrays = {name: _mapped(place / f"{name}.npy") for name in ARRAYS}
    return Index(version, told["bits"], told["origin"], tuple(told["names"]), **arrays)


def _mapped(path: Path) -> Any:
    return np.asarray(np.load(path, mmap_mode="c")) if path.exists() else None
