"""The logs that are measured: bursts of events with long gaps, a few properties, drawn from a seed.

Customers join over the first four fifths of the span and stay for two months on average; one in six events opens a new
session; the shares of event types fall by rank, and three in ten events are the one that "comes next" in the catalogue.
Within a customer no two events share a millisecond: tools differ on such ties, and here their answers must be equal.
Codes are kept beside names: other tools get whole numbers, which is to their advantage.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

DAY = 86_400_000
FIRST = 1_767_571_200_000  # 2026-01-05, a Monday
SPAN = 182 * DAY
PER_CUSTOMER = 200 / 7  # 10 million events are of 350,000 customers
CHUNK = 10_000_000
SESSION_GAP = 30 * 60_000
DEVICES = np.array([0.40, 0.25, 0.15, 0.10, 0.06, 0.04])  # codes from 1: 0 is free for totals
COUNTRIES = np.array([0.30, 0.20, 0.15, 0.10, 0.10, 0.06, 0.05, 0.04])
TENTH = 4  # the country of a tenth of the customers


@dataclass(frozen=True)
class Log:
    """A log on disk.

    rows: codes u, ts (ms), e, device, session, sorted by (u, ts).  named: the same with names, in order of time, as a
    collector writes it: customer, event, ts, device; one file per ten million events.  people: u, customer, country.
    """

    events: int
    types: int
    folder: Path

    @property
    def rows(self) -> Path:
        return self.folder / "rows.parquet"

    @property
    def named(self) -> list[Path]:
        return sorted(self.folder.glob("named_*.parquet"))

    @property
    def people(self) -> Path:
        return self.folder / "people.parquet"

    @property
    def steps(self) -> tuple[int, int, int, int]:
        """A quarter of the log of 30 types, a few percent of the log of 500."""
        return (10, 20, 30, 40) if self.types >= 100 else (1, 3, 5, 8)


def write_log(folder: Path, events: int, types: int) -> Log:
    """Draw a log and write it."""
    folder.mkdir(parents=True)
    log = Log(events, types, folder)
    frames = []
    for number, frame in enumerate(drawn(events, types)):
        in_time = frame.select(
            customer=_customer("u"),
            event="e" + pl.col("e").cast(pl.String),
            ts=pl.col("ts").cast(pl.Datetime("ms", "UTC")),
            device="d" + pl.col("device").cast(pl.String),
        ).sort("ts", maintain_order=True)
        in_time.write_parquet(folder / f"named_{number:03}.parquet")
        frames.append(frame)
    pl.concat(frames).write_parquet(log.rows)
    _write_people(log)
    return log


def drawn(events: int, types: int, seed: int = 1) -> Iterator[pl.DataFrame]:
    """Up to ten million rows at a time, u rising from one frame to the next."""
    first = sessions = 0
    for start in range(0, events, CHUNK):
        rows = min(CHUNK, events - start)
        customers = max(1, round(rows / PER_CUSTOMER))
        frame = _chunk(np.random.default_rng([seed, types, start]), first, customers, rows, types)
        yield frame.with_columns(pl.col("session") + sessions)
        first, sessions = first + customers, sessions + int(frame["session"][-1])


def _chunk(rng: np.random.Generator, first: int, customers: int, rows: int, types: int) -> pl.DataFrame:
    activity = rng.lognormal(0, 1, customers)
    counts = 1 + rng.multinomial(max(0, rows - customers), activity / activity.sum())
    u = np.repeat(np.arange(customers), counts)
    opens = rng.random(len(u)) < 1 / 6
    opens[np.concatenate([[0], np.cumsum(counts)[:-1]])] = True
    visit = np.cumsum(opens) - 1
    key = _keys(rng, u, opens, visit, customers)
    order = pl.Series(key).arg_sort().to_numpy()
    key = _distinct(key[order])
    u, ts = key >> 42, key & ((1 << 42) - 1)
    device = 1 + rng.choice(len(DEVICES), int(visit[-1]) + 1, p=DEVICES).astype(np.uint8)
    return pl.DataFrame(
        {
            "u": (u + first).astype(np.uint32),
            "ts": ts + FIRST,
            "e": _codes(rng, opens, types)[order],
            "device": device[visit[order]],
            "session": _sessions(u, ts),
        }
    )


def _keys(rng: np.random.Generator, u: np.ndarray, opens: np.ndarray, visit: np.ndarray, customers: int) -> np.ndarray:
    """customer << 42 | ms since FIRST: visits anywhere in the customer's stay, events within them seconds apart."""
    joined = rng.random(customers) * 0.8 * SPAN
    stay = np.minimum(rng.exponential(60 * DAY, customers), SPAN - DAY - joined)
    of = u[opens]
    begins = joined[of] + rng.random(len(of)) * stay[of]
    waits = np.minimum(rng.lognormal(np.log(25_000), 1.2, len(u)), 25 * 60_000)
    waits[opens] = 0
    running = np.cumsum(waits)
    return (u << 42) | (begins[visit] + running - running[opens][visit]).astype(np.int64)


def _distinct(key: np.ndarray) -> np.ndarray:
    """Sorted keys, each at least one more than the one before."""
    at = np.arange(len(key))
    return np.maximum.accumulate(key - at) + at


def _codes(rng: np.random.Generator, opens: np.ndarray, types: int) -> np.ndarray:
    share = 1 / np.arange(1, types + 1)
    code = np.searchsorted(np.cumsum(share / share.sum())[:-1], rng.random(len(opens)))
    follows = (rng.random(len(opens)) < 0.3) & ~opens
    at = np.arange(len(opens))
    led_by = np.maximum.accumulate(np.where(follows, 0, at))
    return ((code[led_by] + at - led_by) % types).astype(np.uint16)


def _sessions(u: np.ndarray, ts: np.ndarray) -> np.ndarray:
    """Numbered over the whole chunk, from 1."""
    cut = np.ones(len(u), dtype=bool)
    cut[1:] = (u[1:] != u[:-1]) | (ts[1:] - ts[:-1] > SESSION_GAP)
    return np.cumsum(cut).astype(np.uint32)


def _customer(column: str) -> pl.Expr:
    return "c" + pl.col(column).cast(pl.String).str.zfill(8)


def _write_people(log: Log) -> None:
    people = pl.scan_parquet(log.rows).select(pl.col("u").unique().sort()).collect()
    country = 1 + np.random.default_rng(2).choice(len(COUNTRIES), people.height, p=COUNTRIES).astype(np.uint8)
    told = people.with_columns(customer=_customer("u"), country=pl.Series(country))
    told.write_parquet(log.people)
    named = told.select("customer", country="c" + pl.col("country").cast(pl.String))
    named.write_parquet(log.folder / "countries.parquet")
