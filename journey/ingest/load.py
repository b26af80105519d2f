"""Events into the workspace: read, convert, tell who is who, put in order, store - whole or not at all."""

import json
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import duckdb
import numpy as np
import polars as pl

from journey.errors import LoadError
from journey.identity import Resolved, coded, moved, replace_rows, resolve, write_people
from journey.index import open_index
from journey.ingest.ahead import ahead
from journey.ingest.convert import Conversion, conversion_sql, encoded, gather
from journey.ingest.guess import guess_mapping, refuse_unguessed
from journey.ingest.keys import settle_keys
from journey.ingest.ledger import LoadReceipt, count_ids, earlier_load, next_load, write_ledger, write_quarantine
from journey.ingest.mapping import Mapping as ColumnMapping
from journey.ingest.mapping import read_mapping, spelled_out
from journey.ingest.parse import BadRow, batches, parser
from journey.ingest.personal import pseudonymise, workspace_key
from journey.ingest.properties import place_properties, write_properties
from journey.ingest.reading import UNNAMED, Opened, SwallowedError, opened
from journey.ingest.times import NO_TIMES, time_form
from journey.timeline import SESSION_GAP, facts_of, in_order, stored_events, write_events
from journey.warehouse import Warehouse, ask_sql, one, registered, setting, write

Progress = Callable[[str, int, int | None, float], None]
SAMPLE_ROWS = 20_000
MOST_NAMES = 65_535
MOST_MENDED = 50
WITHHELD = "(withheld: the file holds personal columns)"
T = TypeVar("T")
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


def load_events(
    con: Warehouse, source: Any, mapping: Mapping[str, Any] | None = None, progress: Progress | None = None, name: str = UNNAMED
) -> LoadReceipt:
    """Load events from a path, a list of paths, a folder, a glob or a polars frame; columns not named are guessed.

    progress: called with (stage, rows done, rows in all or None, seconds of this stage).  name: what a frame is called.

    Raises:
        LoadError: what is wrong with the files or the mapping, and what to do; nothing was stored then.
    """
    clock, plain = Clock(progress), spelled_out(mapping)
    with loading, opened(source, plain, con.folder and con.folder / "tmp", name) as read_from:
        how = _how(con, read_from, read_from.sample(SAMPLE_ROWS), plain)
        content_hash = read_from.hashed_with(how.mapping)
        earlier = earlier_load(con, "events", content_hash) if content_hash else None
        if earlier:
            return earlier
        read = mended(read_from, lambda: _read(con, read_from, how, clock))
        receipt = _store(con, read_from, read, how, content_hash, clock)
        open_index(con)  # now, where it is worth it: the first question does not wait for it
        return receipt


def mended(source: Opened, read: Callable[[], T]) -> T:
    """Read, and read again without the line that took others with it, as often as there are such lines."""
    for _ in range(MOST_MENDED):
        try:
            return read()
        except SwallowedError as swallowed:
            source.blank(swallowed.number, swallowed.line, None)
    last = max(row.line or 0 for rows in source.blanked.values() for row in rows)
    raise LoadError(
        f"More than {MOST_MENDED} lines open a quote and never close it, the last at line {last:,}. "
        "Nothing was loaded. Export the file again with its quotes doubled inside quoted values."
    )


def _how(con: Warehouse, source: Opened, sample: pl.DataFrame, plain: dict[str, Any]) -> Conversion:
    """The mapping, guessed where it was not given, and how the source tells the time."""
    guesses = guess_mapping(con, sample, plain)
    refuse_unguessed(guesses, plain, source.columns)
    mapping = read_mapping({**{guess.role: guess.column for guess in guesses}, **plain}, source.columns)
    column = mapping.roles["ts"]
    form = time_form(con, sample[column], mapping.format)
    if form is None and sample.height and sample[column].null_count() < sample.height and mapping.unit is None:
        shown = ", ".join(repr(value) for value in sample[column].drop_nulls().head(3).cast(pl.String, strict=False))
        raise LoadError(
            f"The column {column!r} does not look like times: {shown}. Name another, on the Data page or with --map ts=COLUMN, "
            "or say how it is written: File options there, or --map format='%d.%m.%Y %H:%M' or unit=ms."
        )
    return Conversion(mapping, tuple(source.columns), tuple(mapping.properties(source.columns)), form or NO_TIMES)


def _read(con: Warehouse, source: Opened, how: Conversion, clock: Clock) -> Read:
    """Every file converted; rows that cannot be stored are put aside with their place in the file."""
    key = workspace_key(con) if how.mapping.personal else None
    parts: list[pl.DataFrame] = []
    bad: dict[int, list[tuple[int, str, str]]] = {}
    seen: dict[int, int] = {}
    clock.tell("Reading", 0, source.rows)
    for number, batch in ahead(_converted(source, how, key)):
        at = seen.get(number, 0)
        wrong = batch["reason"].is_not_null()
        if wrong.any():
            told = zip(wrong.arg_true().to_list(), *batch.filter(wrong).select("reason", "raw").get_columns(), strict=True)
            bad.setdefault(number, []).extend((at + row, reason, raw) for row, reason, raw in told)
            parts.append(encoded(batch.filter(~wrong), how))
        else:
            parts.append(encoded(batch, how))
        parts[-1] = parts[-1].drop("reason", "raw").with_columns(pl.lit(number, dtype=pl.Int32).alias("file"))
        seen[number] = at + batch.height
        clock.tell("Reading", sum(seen.values()), source.rows)
    put_aside = aside(source, seen, bad, withheld=key is not None)
    return Read(gather(parts) if parts else pl.DataFrame(), put_aside, sum(seen.values()) + source.rejected)


def _converted(source: Opened, how: Conversion, key: bytes | None) -> Generator[tuple[int, pl.DataFrame], None, None]:
    """(file number, converted rows).  Files are read and converted by one query; personal columns are hashed in between."""
    if key is None:
        for number in range(len(source.names)):
            with source.cursor(number) as (db, relation):
                types = db.sql(f"select * from {relation} limit 0").pl().schema if source.frame is None else source.frame.schema
                for batch in batches(db.sql(conversion_sql(relation, types, how))):
                    yield number, batch
                source.keep_rejects(db, number)
        return
    for number, batch in source.batches():
        hashed = pseudonymise(batch, how.mapping.personal, key)
        db = parser()
        db.register("journey_batch", hashed)
        yield number, db.sql(conversion_sql("journey_batch", hashed.schema, how)).pl()
        db.close()


def aside(
    source: Opened, seen: Mapping[int, int], bad: Mapping[int, Sequence[tuple[int, str, str]]], withheld: bool
) -> list[tuple[str, BadRow]]:
    """Bad rows with their lines, once every row is accounted for.

    With personal columns the text is that of the hashed row, or withheld where it has no columns.
    """
    places = source.settle(seen, {number: [row for row, _, _ in rows] for number, rows in bad.items()})
    put_aside: list[tuple[str, BadRow]] = []
    for number, name in enumerate(source.names):
        found = []
        for row, reason, raw in bad.get(number, ()):
            line, text = places.get(number, {}).get(row, (None, raw))
            found.append(BadRow(line, reason, raw if withheld else text))
        rejects = source.rejects.get(number, [])
        found += [BadRow(row.line, row.reason, WITHHELD) for row in rejects] if withheld else rejects
        put_aside += [(name, row) for row in sorted(found, key=lambda row: row.line or 0)]
    return put_aside


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
            write_quarantine(con, load, read.bad)
            _write_settings(db, how.mapping)
            write_ledger(con, load, receipt, content_hash, clock.started_at)
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
    renumber_consent(con, resolved)
    write_people(con, resolved, facts_of(resolved.people, ordered))
    clock.tell("Writing", ordered.height, ordered.height)


def renumber_consent(con: Warehouse, resolved: Resolved) -> None:
    """Consent follows its customer to the new number."""
    if not one(con, "select count(*) from consent"):
        return
    held = ask_sql(con, "select * from consent").rename({"customer": "was"})
    followed = held.join(moved(con, resolved), on="was", maintain_order="left").select("customer", "purpose", "given", "ts")
    replace_rows(con, "consent", followed)


def _next_numbers(con: Warehouse) -> tuple[int, int]:
    """(load, seq) that come next."""
    return next_load(con), int(one(con, "select coalesce(max(seq), -1) + 1 from events"))


def _event_codes(con: Warehouse, names: pl.Series) -> pl.Series:
    """Codes of the names; new names get the next codes, in order of name."""
    codes, values = coded(names)
    known = ask_sql(con, "select event, name from event_names order by event")
    new = values.filter(~values.is_in(known["name"].to_list())) if known.height else values
    if known.height + len(new) > MOST_NAMES:
        raise LoadError(
            f"The log has {known.height + len(new):,} event names; at most {MOST_NAMES:,} can be kept. "
            "Is the column of events one of texts? Name another, on the Data page or with --map event=COLUMN."
        )
    if len(new):
        rows = pl.DataFrame({"event": np.arange(known.height, known.height + len(new), dtype=np.uint16), "name": new})
        with registered(con, "journey_names", rows):
            con.connection.execute("insert into event_names select event, name from journey_names")
    every = {name: code for code, name in enumerate([*known["name"], *new])}
    return pl.Series("event", np.array([every[name] for name in values], dtype=np.uint16)[codes])


def _flags(rows: pl.DataFrame, now: int) -> tuple[str, ...]:
    """What is stored and yet unlikely to be right."""
    ts = rows["ts"]
    future, past = int((ts > now + FUTURE_SLACK).sum()), int((ts < DISTANT_PAST).sum())
    flags = []
    if future:
        flags.append(f"{future:,} {'event lies' if future == 1 else 'events lie'} in the future.")
    if past:
        flags.append(
            f"{past:,} {'event lies' if past == 1 else 'events lie'} before 1980. "
            "The unit of time may be wrong: File options, or --map unit=s, ms, us or ns."
        )
    return tuple(flags)


def _write_settings(db: duckdb.DuckDBPyConnection, mapping: ColumnMapping) -> None:
    """What later questions and loads need of the mapping."""
    said: dict[str, Any] = {"session_gap": mapping.gap}
    if mapping.revenue:
        said |= {"revenue": mapping.revenue, "currency": mapping.revenue.get("currency")}
    for name, value in said.items():
        if value is not None:
            db.execute("insert or replace into settings values (?, ?)", [name, json.dumps(value)])
