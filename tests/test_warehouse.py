"""The workspace: one owner, locked from files, one cursor per thread, whole transactions."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from journey.errors import WorkspaceError
from journey.rules import event_names
from journey.warehouse import DATABASE, ask_sql, dataset_version, keep_setting, open_warehouse, quote, setting, write
from tests.drawn import drawn


def test_a_second_process_is_told_who_has_the_workspace(tmp_path: Path) -> None:
    hold = "import sys; from journey import warehouse as w; c = w.open_warehouse(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "open\n"
        with pytest.raises(WorkspaceError, match=f"in use by the process with PID {owner.pid}.*--workspace"):
            open_warehouse(tmp_path)
        owner.communicate("")


def test_what_was_kept_is_there_after_opening_again(tmp_path: Path) -> None:
    with open_warehouse(tmp_path) as con:
        keep_setting(con, "currency", "EUR")
    with open_warehouse(tmp_path) as con:
        assert setting(con, "currency") == "EUR"
        assert setting(con, "timezone", "UTC") == "UTC"
        assert dataset_version(con) == 0


@pytest.mark.parametrize("content", [b"not a database" * 100, b"\0" * 20_000])
def test_a_damaged_file_is_said_and_never_overwritten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / DATABASE).write_bytes(content)
    with pytest.raises(WorkspaceError, match="left as it is"):
        open_warehouse(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == content


def test_a_folder_that_cannot_be_made_is_said() -> None:
    with pytest.raises(WorkspaceError, match="cannot be made"):
        open_warehouse("/proc/nothing/here")


@pytest.mark.parametrize(
    "attack", ["select * from read_csv('/etc/passwd')", "attach '/tmp/other.duckdb'", "set enable_external_access = true", "install httpfs"]
)
def test_no_query_leaves_the_workspace(attack: str) -> None:
    con = open_warehouse(":memory:")
    with pytest.raises(duckdb.Error):
        con.connection.execute(attack)


def test_a_write_is_whole_or_not_at_all() -> None:
    con = open_warehouse(":memory:")
    with pytest.raises(ZeroDivisionError), write(con) as db:
        db.execute("insert into settings values ('a', '1')")
        raise ZeroDivisionError
    assert setting(con, "a") is None


def test_what_is_kept_of_the_facts_follows_each_write_and_no_rolled_back_one() -> None:
    con = drawn("ann 09:00 visit")
    other = con.cursor()
    assert event_names(con) == event_names(other) == ["visit"]
    with pytest.raises(ZeroDivisionError), write(con) as db:
        db.execute("insert into event_names values (7, 'cart')")
        db.execute("update dataset set version = version + 1")
        assert event_names(con) == ["cart", "visit"]
        assert event_names(other) == ["visit"]
        raise ZeroDivisionError
    assert event_names(con) == event_names(other) == ["visit"]
    with write(con) as db:
        db.execute("insert into event_names values (8, 'pay')")
        db.execute("update dataset set version = version + 1")
    assert event_names(con) == event_names(other) == ["pay", "visit"]


def test_threads_with_a_cursor_each_all_get_the_right_answer() -> None:
    con = drawn("\n".join(f"c{i} 09:00 a 09:01 b" for i in range(200)))

    def count(turn: int) -> int:
        with con.cursor() as own:
            return ask_sql(own, "select count(*) from events where customer < $n", {"n": turn})["count_star()"][0]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(count, range(200))) == [2 * turn for turn in range(200)]


def test_a_hostile_name_is_only_a_name() -> None:
    con = open_warehouse(":memory:")
    name = 'a"; drop table events; --'
    con.connection.execute(f"create table odd ({quote(name)} integer)")
    assert ask_sql(con, "select * from odd").columns == [name]
    assert ask_sql(con, "select count(*) as n from events")["n"][0] == 0
