"""Faults and bad input: nothing is dropped silently, nothing is half-loaded."""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from journey.errors import LoadError, WorkspaceError
from journey.ingest import LoadReceipt, load_events, preview_file
from journey.ingest.quality import measure_quality
from journey.warehouse import Warehouse, ask_sql, dataset_version, one, open_warehouse

HEAD = "user_id,event,timestamp,price,note\n"
DIRTY = (
    HEAD
    + """u1,view,2024-01-01T10:00:00Z,5,plain
u1,view,2024-01-01T10:00:00Z,5,plain
,view,2024-01-01T10:00:00Z,5,no customer
u2,,2024-01-01T10:00:00Z,5,no event
u2,view,,5,no time
u2,view,not a time,5,bad time
u2,view,1704103200,5,seconds
u2,view,1704103200000,5,milliseconds
u2,view,1704103200000000,5,microseconds
u2,view,2024-01-01 12:00:00+02:00,5,zone
u3,"two
lines",2024-01-01 10:00,6.5,"a note
of two"
u3,short,2024-01-01
u3,long,2024-01-01 10:00,1,x,y,z
u4,"a""; drop table ev; --",2024-01-01 10:00,1,hostile

u4,"closed"wrong,2024-01-01 10:00,1,x
u5,future,2099-01-01 10:00,1,x
u5,past,1970-01-01 00:00:01,1,x
u5,"swallow,2024-01-01 10:00,1,x
u6,after,2024-01-01 10:00,abc,a price of text
u6,infinite,infinity,1,x
u7,last,2024-01-01 10:00,1,x"""
)
BAD_LINES = [4, 5, 6, 7, 15, 16, 19, 22, 24]


def loaded(text: str | bytes, tmp_path: Path, name: str = "log.csv", **mapping: object) -> tuple[Warehouse, LoadReceipt]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    con = open_warehouse(":memory:")
    return con, load_events(con, path, mapping or None)


def quarantine(con: Warehouse) -> list[tuple[int, str, str]]:
    return ask_sql(con, "select line, reason, raw from quarantine order by line").rows()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_log_dirty_in_every_way_reconciles_line_by_line(tmp_path: Path, encoding: str, ends: str) -> None:
    con, receipt = loaded(DIRTY.replace("\n", ends).encode(encoding), tmp_path)
    assert (receipt.received, receipt.stored, receipt.duplicates, receipt.quarantined) == (21, 12, 0, 9)
    assert [line for line, _, _ in quarantine(con)] == BAD_LINES
    lines = DIRTY.splitlines()
    assert all(raw == lines[line - 1] for line, _, raw in quarantine(con))
    assert "1 event lies in the future." in receipt.flags


def test_the_names_of_hostile_events_and_properties_are_kept_as_they_are(tmp_path: Path) -> None:
    names = ['a"; drop table ev; --', "=cmd()", "[x](javascript:1)", ":red[x]", "$x^2$", "<script>"]
    frame = pl.DataFrame({"customer": "ann", "event": names, "ts": "2024-01-01", 'p"; drop table events; --': names, "$x": names})
    con = open_warehouse(":memory:")
    load_events(con, frame)
    assert ask_sql(con, "select name from event_names")["name"].sort().to_list() == sorted(names)
    assert set(ask_sql(con, "select name from properties")["name"]) == {'p"; drop table events; --', "$x"}


def test_an_extra_column_in_row_fifty_costs_that_row_only(tmp_path: Path) -> None:
    rows = [f"u{row},view,2024-01-01 10:00:{row % 60:02d},1,x" for row in range(200)]
    rows[49] += ",surplus"
    con, receipt = loaded(HEAD + "\n".join(rows) + "\n", tmp_path)
    assert (receipt.stored, receipt.quarantined) == (199, 1)
    assert quarantine(con) == [(51, "The row has more values than the header.", rows[49])]


@pytest.mark.parametrize("header", ["user_id,event,timestamp,price,price", "user_id,event,timestamp,Price,price"])
def test_duplicate_headers_are_refused_by_name(tmp_path: Path, header: str) -> None:
    with pytest.raises(LoadError, match=r"two columns named '[Pp]rice' and 'price'"):
        loaded(header + "\nu,a,2024-01-01,1,2\n", tmp_path)


def test_latin_1_is_asked_for_and_then_read(tmp_path: Path) -> None:
    text = (HEAD + "u1,café,2024-01-01,1,x\n").encode("latin-1")
    with pytest.raises(LoadError, match=r"not UTF-8.*encoding=latin-1"):
        loaded(text, tmp_path)
    con, receipt = loaded(text, tmp_path, encoding="latin-1")
    assert ask_sql(con, "select name from event_names")["name"].to_list() == ["café"]
    assert "latin-1" in " ".join(receipt.warnings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_looking(tmp_path: Path, delimiter: str) -> None:
    con, receipt = loaded((HEAD + "u1,view,2024-01-01,1,x\nu2,buy,2024-01-02,2,y\n").replace(",", delimiter), tmp_path)
    assert receipt.stored == 2 and {"price", "note"} == set(ask_sql(con, "select name from properties")["name"])


def test_bad_json_lines_wait_in_quarantine_with_their_text(tmp_path: Path) -> None:
    lines = [
        '{"user_id":"u1","event":"a","ts":"2024-01-01","properties":{"price":5}}',
        "{bad",
        "",
        "[1]",
        '{"event":"a","ts":"2024-01-01"}',
        '{"a":' * 200 + "1" + "}" * 200,
        '{"user_id":"u1","event":"b","ts":"2024-01-02"}',
    ]
    con, receipt = loaded("\n".join(lines), tmp_path, "log.jsonl")
    assert (receipt.received, receipt.stored, receipt.quarantined) == (6, 2, 4)
    assert [(line, raw) for line, _, raw in quarantine(con)] == [(at, lines[at - 1]) for at in (2, 4, 5, 6)]


def test_damaged_parquet_is_a_sentence_and_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    pl.DataFrame({"customer": ["a"] * 9999, "event": "x", "ts": range(1_700_000_000, 1_700_009_999)}).write_parquet(path)
    whole = path.read_bytes()
    for damaged in (whole[:-20], whole[: len(whole) // 2], b"PAR1" + os.urandom(200), whole[:100] + os.urandom(400) + whole[500:]):
        path.write_bytes(damaged)
        con = open_warehouse(":memory:")
        with pytest.raises(LoadError, match=r"log\.parquet"):
            load_events(con, path)
        assert one(con, "select count(*) from loads") == 0


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    with gzip.open(path, "wb") as file:
        for _ in range(100):
            file.write(b"u1,view,2024-01-01,1,x\n" * 50_000)
    with pytest.raises(LoadError, match="packs that well"):
        load_events(open_warehouse(":memory:"), path)


def test_nul_bytes_and_endless_fields_do_not_crash(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="NUL"):
        loaded(HEAD + "u1,vi\0ew,2024-01-01,1,x\n", tmp_path)
    _con, receipt = loaded(HEAD + f"u1,view,2024-01-01,1,{'x' * (40 << 20)}\nu2,view,2024-01-01,1,x\n", tmp_path)
    assert receipt.reconciles and receipt.quarantined == 1 and receipt.stored == 1


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_file_is_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(LoadError, match="empty"):
        loaded(text, tmp_path)


def test_a_header_alone_is_a_load_of_nothing(tmp_path: Path) -> None:
    con, receipt = loaded(HEAD, tmp_path)
    assert (receipt.received, receipt.stored, receipt.people) == (0, 0, 0)
    assert measure_quality(con).findings == ()


def test_one_customer_one_event_one_moment(tmp_path: Path) -> None:
    con, receipt = loaded(HEAD + "u1,view,2024-01-01,1,x\n", tmp_path)
    assert receipt.stored == 1 and receipt.people == 1
    con, _ = loaded(HEAD + "u1,view,2024-01-01 10:00,1,x\nu2,view,2024-01-01 10:00,1,y\n", tmp_path)
    assert "one_moment" in [finding.kind for finding in measure_quality(con).findings]


def test_zones_and_clock_changes_are_read_row_by_row(tmp_path: Path) -> None:
    times = ["2024-03-31 01:30", "2024-03-31 02:30", "2024-10-27 02:30", "2024-03-31T02:30:00Z", "2024-03-31 02:30:00-05:00"]
    text = HEAD + "".join(f"u{row},view,{ts},1,x\n" for row, ts in enumerate(times))
    con, _ = loaded(text, tmp_path, timezone="Europe/Paris")
    read = pl.from_epoch(ask_sql(con, "select ts from events order by seq")["ts"], "ms").dt.to_string("%m-%d %H:%M").to_list()
    assert read == ["03-31 00:30", "03-31 01:30", "10-27 01:30", "03-31 02:30", "03-31 07:30"]


def test_a_bot_is_flagged_among_ten_thousand_names() -> None:
    frame = pl.concat(
        [
            pl.DataFrame({"customer": "bot", "event": "hit", "ts": range(1_700_000_000_000, 1_700_000_200_000)}),
            pl.DataFrame(
                {"customer": [f"u{row % 500}" for row in range(10_000)], "event": [f"e{row}" for row in range(10_000)]}
            ).with_columns(ts=pl.int_range(10_000) * 60_000 + 1_700_000_000_000),
        ]
    )
    con = open_warehouse(":memory:")
    load_events(con, frame)
    found = {finding.kind: finding for finding in measure_quality(con).findings}
    assert found["bots"].severity == "high" and found["bots"].examples[0]["customer"] == "bot" and "many_names" in found


def test_the_same_content_twice_adds_nothing_and_says_so(tmp_path: Path) -> None:
    con, _first = loaded(DIRTY, tmp_path)
    before = ask_sql(con, "from events")
    again = load_events(con, tmp_path / "log.csv")
    assert again.already_loaded and again.stored == 0 and again.reconciles and "loaded before" in again.sentence()
    assert ask_sql(con, "from events").equals(before) and dataset_version(con) == 1


def test_overlapping_files_store_each_row_once(tmp_path: Path) -> None:
    rows = [f"u{row % 7},view,2024-01-01 10:{row:02d},1,x" for row in range(50)] + ["u1,view,2024-01-01 09:00,1,x"] * 3
    con, _ = loaded(HEAD + "\n".join(rows[:40] + rows[50:]), tmp_path)
    (tmp_path / "more.csv").write_text(HEAD + "\n".join(rows[20:]))
    second = load_events(con, tmp_path / "more.csv")
    assert (second.received, second.stored, second.duplicates) == (33, 10, 23)
    assert one(con, "select count(*) from events") == 53


def test_csv_and_parquet_of_one_log_are_the_same_rows(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"customer": ["a", "b"], "event": "x", "ts": ["2024-01-01", "2024-01-02"], "n": [1, 22], "d": [0.5, 3.0], "t": ["k", None]}
    )
    frame.write_csv(tmp_path / "log.csv")
    frame.write_parquet(tmp_path / "log.parquet")
    con = open_warehouse(":memory:")
    load_events(con, tmp_path / "log.csv")
    assert load_events(con, tmp_path / "log.parquet").duplicates == 2


LOADER = """
import sys
from journey.ingest import load_events
from journey.warehouse import open_warehouse
con = open_warehouse(sys.argv[1])
print("open", flush=True)
for path in sys.argv[2:]:
    load_events(con, path)
    con.connection.execute("checkpoint")
    print("loaded", flush=True)
"""


def test_killed_at_any_moment_a_load_is_whole_or_absent(tmp_path: Path) -> None:
    rows = 30_000
    files = []
    for part in range(3):
        base = pl.DataFrame({"customer": [f"u{(row * 7919) % 12_000}" for row in range(rows)], "event": "view"})
        files.append(tmp_path / f"part{part}.csv")
        base.with_columns(ts=pl.int_range(rows) * 1000 + 1_700_000_000_000 + part * 10**9, n=pl.int_range(rows)).write_csv(files[-1])
    rng = random.Random(7)
    for attempt in range(5):
        workspace = tmp_path / f"ws{attempt}"
        child = subprocess.Popen([sys.executable, "-c", LOADER, str(workspace), *map(str, files)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rng.uniform(0.02, 1.0))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        with open_warehouse(workspace) as con:
            stored = one(con, "select count(*) from events")
            assert stored == rows * one(con, "select count(*) from loads") == rows * dataset_version(con)
            assert stored == (one(con, "select sum(events) from customers") or 0)
            assert all(load_events(con, path).reconciles for path in files)
            assert one(con, "select count(*) from events") == 3 * rows
            assert one(con, "select count(distinct event_key) from events") == 3 * rows


FULL = """
import resource, signal, sys
from journey.errors import JourneyError
from journey.ingest import load_events
from journey.warehouse import open_warehouse, one
con = open_warehouse(sys.argv[1])
load_events(con, sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (6 << 20, 6 << 20))
try:
    load_events(con, sys.argv[3])
except JourneyError as fault:
    print(fault)
print(one(con, "select count(*) from events"))
"""


def test_a_full_disk_stops_the_load_and_keeps_what_was_stored(tmp_path: Path) -> None:
    (tmp_path / "small.csv").write_text(HEAD + "u1,view,2024-01-01,1,x\n")
    rng = random.Random(1)
    big = [f"u{row},view,2024-01-01 10:00,{rng.random()},{rng.getrandbits(128):x}" for row in range(200_000)]
    (tmp_path / "big.csv").write_text(HEAD + "\n".join(big))
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "ws"), str(tmp_path / "small.csv"), str(tmp_path / "big.csv")],
        capture_output=True,
        text=True,
    )
    assert "Nothing of it was stored" in run.stdout, run.stdout + run.stderr
    with open_warehouse(tmp_path / "ws") as con:
        assert one(con, "select count(*) from events") == 1
        assert load_events(con, tmp_path / "big.csv").stored == 200_000


def test_a_second_process_is_told_who_owns_the_workspace(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", LOADER + "\nsys.stdin.read()", str(tmp_path / "ws")],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stdin is not None
    child.stdout.readline()
    with pytest.raises(WorkspaceError, match=f"PID {child.pid}"):
        open_warehouse(tmp_path / "ws")
    child.communicate("")


def test_loads_in_threads_run_one_after_another(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    con = open_warehouse(tmp_path / "ws")
    frames = [pl.DataFrame({"customer": [f"c{n}"] * 100, "event": "x", "ts": range(1_700_000_000, 1_700_000_100)}) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda frame: load_events(con.cursor(), frame), frames))
    assert [receipt.stored for receipt in receipts] == [100] * 8
    assert one(con, "select count(*) from events") == 800 and dataset_version(con) == 8


def test_personal_values_are_nowhere_in_the_workspace(tmp_path: Path) -> None:
    text = "user_id,event,timestamp,email\nann@example.org,view,2024-01-01,ann@example.org\n"
    text += ",view,2024-01-01,bob@example.org\nshort,bob@example.org\n"
    (tmp_path / "log.csv").write_text(text)
    preview = preview_file(tmp_path / "log.csv")
    assert set(preview.personal) == {"email", "user_id"} or "email" in preview.personal
    with open_warehouse(tmp_path / "ws") as con:
        receipt = load_events(con, tmp_path / "log.csv", {"personal": ["email", "user_id"]})
        assert (receipt.stored, receipt.quarantined) == (1, 2)
        con.connection.execute("checkpoint")
    assert (tmp_path / "ws" / "personal.key").stat().st_mode & 0o777 == 0o600
    held = b"".join(path.read_bytes() for path in (tmp_path / "ws").rglob("*") if path.is_file())
    assert b"example.org" not in held


def test_the_receipt_is_plain_data(tmp_path: Path) -> None:
    _, receipt = loaded(DIRTY, tmp_path)
    assert json.loads(json.dumps(receipt.as_plain()))["received"] == 21


def test_a_folder_is_one_load_and_a_file_may_lack_a_column(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.csv").write_text("user_id,event,timestamp,price\nu1,view,2024-01-01,1\nu1,view,2024-01-01,1\n")
    with gzip.open(folder / "b.csv.gz", "wt") as file:
        file.write("timestamp,event,user_id\n2024-01-01,view,u2\nbad,view,u2\n")
    con = open_warehouse(":memory:")
    receipt = load_events(con, folder)
    assert (receipt.received, receipt.stored, receipt.quarantined) == (4, 3, 1)
    assert ask_sql(con, "select file, line from quarantine").rows() == [("b.csv.gz", 3)]
    assert load_events(con, str(folder / "*.csv")).duplicates == 2
    (folder / "c.jsonl").write_text("{}")
    with pytest.raises(LoadError, match="several kinds"):
        load_events(con, folder)


def test_one_bad_file_keeps_the_whole_folder_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("user_id,event,timestamp\nu1,view,2024-01-01\n")
    (tmp_path / "b.csv").write_text("user_id,event,event\nu1,view,2024-01-01\n")
    con = open_warehouse(":memory:")
    with pytest.raises(LoadError, match=r"b\.csv"):
        load_events(con, tmp_path)
    assert one(con, "select count(*) from events") == 0 and dataset_version(con) == 0
