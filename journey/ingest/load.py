"""Events into the workspace: read, convert, tell who is who, put in order, store - whole or not at all."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl

from journey.errors import LoadError
from journey.identity import Resolved, moved, replace_rows, resolve, write_people
from journey.ingest.convert import Conversion, convert, gather
from journey.ingest.guess import guess_mapping, refuse_unguessed
from journey.ingest.keys import settle_keys
from journey.ingest.ledger import LoadReceipt, count_ids, earlier_load, next_load, write_ledger, write_quarantine
from journey.ingest.mapping import Mapping as ColumnMapping
from journey.ingest.mapping import read_mapping
from journey.ingest.parse import BadRow
from journey.ingest.personal import pseudonymise, workspace_key
from journey.ingest.properties import place_properties, write_properties
from journey.ingest.reading import Opened, opened
from journey.ingest.times import NO_TIMES, time_form
from journey.timeline import SESSION_GAP, facts_of, in_order, stored_events, write_events
from journey.warehouse import Warehouse, ask_sql, one, setting, write

Progress = Callable[[str, int, int | None, float], None]
SAMPLE_ROWS = 20_000
MOST_NAMES = 65_535
FUTURE_SLACK = 86_400_000  # ms; clocks differ
DISTANT_PAST = 315_532_800_000  # 1980, ms
loading = threading.Lock()  # loads of one process run one after another, so that each sees what the last one stored


@dataclass
class Read:
    """What reading brought: rows that can be stored, rows that cannot, and how many there were."""

    rows: pl.DataFrame
    bad: list[tuple[str, BadRow]]
    received: int


@dataclass
class Clock:
    """Tells the progress of one load, a stage at a time."""

    progress: Progress | None
    started: float = field(default_factory=time.perf_counter)
    started_at: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    stage_at: float = field(default_factory=time.perf_counter)
    stage: str = ""

    def tell(self, stage: str, done: int, total: int | None) -> None:
        if stage != self.stage:
            self.stage, self.stage_at = stage, time.perf_counter()
        if self.progress:
            self.progress(stage, done, total, time.perf_counter() - self.stage_at)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started


def load_events(con: Warehouse, source: Any, mapping: Mapping[str, Any] | None = None, progress: Progress | None = None) -> LoadReceipt:
    """Load events from a path, a list of paths, a folder, a glob or a polars frame; columns not named are guessed.

    progress: called with (stage, rows done, rows in all or None, seconds of this stage).

    Raises:
        LoadError: what is wrong with the files or the mapping, and what to do; nothing was stored then.
    """
    clock, plain = Clock(progress), dict(mapping or {})
    with loading, opened(source, plain, con.folder and con.folder / "tmp") as source_open:
        batches = source_open.batches()
        first = next(batches, None)
        sample = first[1].head(SAMPLE_ROWS) if first else no_rows(source_open)
        how = _how(con, source_open, sample, plain)
        content_hash = source_open.hashed_with(how.mapping)
        earlier = earlier_load(con, "events", content_hash) if content_hash else None
        if earlier:
            return earlier
        read = _read(con, source_open, first, batches, how, clock)
        return _store(con, source_open, read, how, content_hash, clock)


def no_rows(source: Opened) -> pl.DataFrame:
    return source.frame if source.frame is not None else pl.DataFrame(schema=dict.fromkeys(source.columns, pl.String))


def _how(con: Warehouse, source: Opened, sample: pl.DataFrame, plain: dict[str, Any]) -> Conversion:
    """The mapping, guessed where it was not given, and how the source tells the time."""
    guesses = guess_mapping(con, sample, plain)
    refuse_unguessed(guesses, plain, source.columns)
    mapping = read_mapping({**{guess.role: guess.column for guess in guesses}, **plain}, source.columns)
    column = mapping.roles["ts"]
    form = time_form(con, sample[column], mapping.format) if column in sample.columns else None
    if form is None and sample.height and sample[column].null_count() < sample.height and mapping.unit is None:
        shown = ", ".join(repr(value) for value in sample[column].drop_nulls().head(3).cast(pl.String, strict=False))
        raise LoadError(
            f"The column {column!r} does not look like times: {shown}. Name another with --map ts=COLUMN, "
            "or say how it is written with --map format='%d.%m.%Y %H:%M' or unit=ms."
        )
    return Conversion(mapping, tuple(source.columns), tuple(mapping.properties(source.columns)), form or NO_TIMES)


def _read(con: Warehouse, source: Opened, first: Any, batches: Any, how: Conversion, clock: Clock) -> Read:
    """Every batch converted; rows that cannot be stored are put aside with their place in the file."""
    personal = how.mapping.personal
    key = workspace_key(con) if personal else b""
    parts: list[pl.DataFrame] = []
    bad: dict[int, list[tuple[int, str, str]]] = {}
    seen: dict[int, int] = {}
    done = 0
    for number, batch in _chain(first, batches):
        batch = with_columns(batch, how.columns)
        batch = pseudonymise(batch, personal, key) if personal else batch
        converted = convert(con, batch, how)
        at = seen.get(number, 0)
        bad.setdefault(number, []).extend((at + row, reason, raw) for row, reason, raw in converted.bad)
        seen[number] = at + batch.height
        parts.append(converted.rows.with_columns(pl.lit(number, dtype=pl.Int32).alias("file")))
        done += batch.height
        clock.tell("Reading", done, source.rows)
    put_aside = aside(source, bad, withheld=bool(personal))
    source.reconcile(seen)
    return Read(gather(parts) if parts else pl.DataFrame(), put_aside, done + source.rejected)


def _chain(first: Any, rest: Any) -> Any:
    if first is not None:
        yield first
    yield from rest


def with_columns(batch: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """A file of several may lack a column that another has: it is missing there."""
    lacking = [name for name in columns if name not in batch.columns]
    return batch.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in lacking) if lacking else batch


def aside(source: Opened, bad: dict[int, list[tuple[int, str, str]]], withheld: bool) -> list[tuple[str, BadRow]]:
    """Bad rows with their lines.  With personal columns the text is that of the hashed row, or withheld where it has no columns."""
    found_all: list[tuple[str, BadRow]] = []
    for number, name in enumerate(source.names):
        rows = bad.get(number, [])
        places = source.places(number, [row for row, _, _ in rows]) if rows else []
        found = [
            BadRow(line, reason, raw if withheld or text is None else text)
            for (_, reason, raw), (line, text) in zip(rows, places, strict=True)
        ]
        rejects = source.rejects[number].rows if number in source.rejects else []
        found += [BadRow(row.line, row.reason, "(withheld: the file holds personal columns)") for row in rejects] if withheld else rejects
        found_all += [(name, row) for row in sorted(found, key=lambda row: row.line or 0)]
    return found_all


def _store(con: Warehouse, source: Opened, read: Read, how: Conversion, content_hash: str, clock: Clock) -> LoadReceipt:
    """Everything in one transaction with its row in the ledger."""
    try:
        with write(con) as db:
            rows, duplicates = settle_keys(con, read.rows) if read.rows.height else (read.rows, 0)
            if rows.height:
                _arrange(con, rows, how, clock)
            ids, people = count_ids(con)
            flags = _flags(rows, clock.started_at) if rows.height else ()
            receipt = LoadReceipt(
                "events", tuple(source.names), read.received, rows.height, duplicates, len(read.bad), ids, people,
                clock.seconds, how.mapping.as_json(), False, flags, source.warnings(),
            )  # fmt: skip
            load = next_load(con)
            write_quarantine(db, load, read.bad)
            _write_settings(db, how.mapping)
            write_ledger(db, load, receipt, content_hash, clock.started_at)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as fault:
        raise LoadError(_no_room(con, str(fault))) from fault
    clock.tell("done", read.received, read.received)
    return receipt


def _no_room(con: Warehouse, fault: str) -> str:
    return (
        f"The load stopped: {fault.splitlines()[0]} Nothing of it was stored, and what was stored before is whole. "
        f"Make room where the workspace is ({con.folder or 'memory'}) and load again."
    )


def _arrange(con: Warehouse, rows: pl.DataFrame, how: Conversion, clock: Clock) -> None:
    """New rows among the stored ones: numbered, merged into the order, cut into sessions, written."""
    clock.tell("Telling who is who", 0, rows.height)
    resolved = resolve(con, rows)
    load, first_seq = _next_numbers(con)
    rows = rows.drop("customer", "anonymous").with_columns(
        _event_codes(con, rows["event"]),
        pl.Series("came_as", resolved.came_as),
        pl.int_range(first_seq, first_seq + rows.height, dtype=pl.Int64, eager=True).alias("seq"),
        pl.lit(load, dtype=pl.Int32).alias("load"),
    )
    placed = place_properties(con, rows, how.mapping, stored_events(con))
    write_properties(con, placed.known, "event")
    gap = how.mapping.gap or setting(con, "session_gap", SESSION_GAP)
    rewrite(con, resolved, placed.rows, placed.types, gap, clock)


def rewrite(con: Warehouse, resolved: Resolved, rows: pl.DataFrame, types: Mapping[str, str], gap: int, clock: Clock) -> None:
    """Everything that is numbered by customer, written anew in the order of the customers there are now."""
    clock.tell("Putting in order", 0, rows.height)
    ordered = in_order(rows, resolved.person_of, gap)
    clock.tell("Writing", 0, ordered.height)
    write_events(con, ordered, types)
    renumber_consent(con, moved(con, resolved))
    write_people(con, resolved, facts_of(resolved.people, ordered))
    clock.tell("Writing", ordered.height, ordered.height)


def renumber_consent(con: Warehouse, moves: pl.DataFrame) -> None:
    """Consent follows its customer to the new number."""
    if not one(con, "select count(*) from consent"):
        return
    held = ask_sql(con, "select * from consent").rename({"customer": "was"})
    followed = held.join(moves, on="was", maintain_order="left").select("customer", "purpose", "given", "ts")
    replace_rows(con, "consent", followed)


def _next_numbers(con: Warehouse) -> tuple[int, int]:
    """(load, seq) that come next."""
    seq = con.connection.execute("select coalesce(max(seq), -1) + 1 from events").fetchall()[0]
    return next_load(con), int(seq[0]) if seq else 0


def _event_codes(con: Warehouse, names: pl.Series) -> pl.Series:
    """Codes of the names; new names get the next codes, in order of name."""
    known = ask_sql(con, "select event, name from event_names order by event")
    new = names.unique().filter(~names.unique().is_in(known["name"].to_list())).sort()
    if known.height + len(new) > MOST_NAMES:
        raise LoadError(
            f"The log has {known.height + len(new):,} event names; at most {MOST_NAMES:,} can be kept. "
            "Is the column of events one of texts? Name another with --map event=COLUMN."
        )
    rows = pl.DataFrame({"event": pl.int_range(known.height, known.height + len(new), eager=True).cast(pl.UInt16), "name": new})
    if rows.height:
        con.connection.register("journey_names", rows)
        con.connection.execute("insert into event_names select event, name from journey_names")
        con.connection.unregister("journey_names")
    every = pl.concat([known["name"], new])
    return names.cast(pl.Enum(every)).to_physical().cast(pl.UInt16).alias("event")


def _flags(rows: pl.DataFrame, now: int) -> tuple[str, ...]:
    """What is stored and yet unlikely to be right."""
    ts = rows["ts"]
    future, past = int((ts > now + FUTURE_SLACK).sum()), int((ts < DISTANT_PAST).sum())
    flags = []
    if future:
        flags.append(f"{future:,} events lie in the future.")
    if past:
        flags.append(f"{past:,} events lie before 1980. A unit of time may be wrong: --map unit=s, ms, us or ns.")
    return tuple(flags)


def _write_settings(db: duckdb.DuckDBPyConnection, mapping: ColumnMapping) -> None:
    """What later questions and loads need of the mapping."""
    said: dict[str, Any] = {"session_gap": mapping.gap}
    if mapping.revenue:
        said |= {"revenue": mapping.revenue, "currency": mapping.revenue.get("currency")}
    for name, value in said.items():
        if value is not None:
            db.execute("insert or replace into settings values (?, ?)", [name, json.dumps(value)])
