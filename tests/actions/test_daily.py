"""The daily run: what is new is loaded, scored, proposed and sent; again it finds nothing new; a fault in one step stops no other."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from journey.actions.daily import CUT_SHORT, DONE, FAILED, Run, read_runs, run_daily, watch, watched
from journey.actions.daily import steps as steps_room
from journey.actions.daily.alerts import find_alerts
from journey.actions.daily.inbox import load_new
from journey.actions.delivery import Delivered
from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.ingest import load_consent, load_events
from journey.warehouse import Warehouse, ask_sql, one, open_warehouse, write
from tests.actions.receiver import Receiver, receiving
from tests.actions.test_delivery import DAY, HOUR, NOON, Hurried, hook, states

ROOT = Path(__file__).parent.parent.parent
CATALOG = """
[guardrails]
quiet = []
holdout = 0.0
[[action]]
name = "Reminder"
channel = "email"
approval = false
purpose = ""
worth = 10
wanted = { did = "buy", within = "7d" }
assumed = { likely = 0.1, low = 0.05, high = 0.15, source = "Ann" }
[[trigger]]
name = "Left a basket"
action = "Reminder"
why = "A basket was left."
when = { did = "cart", within = "3d" }
"""
HEAD = "uid,what,at,mail\n"
FIRST = (
    HEAD
    + "ann,visit,2026-03-02T09:00,ann@example.com\nann,cart,2026-03-02T09:05,ann@example.com\n"
    + "bob,buy,2026-03-02T10:00,bob@example.com\n"
)
NEXT = HEAD + "cid,cart,2026-03-02T11:00,cid@example.com\ndee,cart,2026-03-02T11:30,dee@example.com\n"
MAPPING = {"customer": "uid", "event": "what", "ts": "at", "personal": ["mail"]}


@pytest.fixture
def con(tmp_path: Path) -> Iterator[Warehouse]:
    """A workspace whose first file was loaded by a person, who said what its columns mean."""
    (tmp_path / "first.csv").write_text(FIRST)
    with open_warehouse(tmp_path / "ws") as made:
        load_events(made, tmp_path / "first.csv", MAPPING)
        write_catalog(made, "actions", CATALOG)
        yield made


def test_who_was_given_nothing_is_not_drawn_for_again_when_something_else_is_loaded(con: Warehouse) -> None:
    """Two dozen baskets, and a reminder that is as likely worth its cost as not."""
    write_catalog(con, "actions", CATALOG.replace("likely = 0.1, low = 0.05, high = 0.15", "likely = 0.0, low = -0.2, high = 0.2"))
    baskets = [[f"c{number}", "cart", "2026-03-02T12:00"] for number in range(24)]
    load_events(con, pl.DataFrame(baskets, ["customer", "event", "ts"], orient="row"))
    drawn = next(step for step in day(con).steps if step.step == "propose").facts
    assert 5 < drawn["new"] <= 20 and drawn["held"] == 0
    load_consent(con, pl.DataFrame({"customer": ["bob"], "purpose": ["marketing"], "given": [True], "ts": ["2026-03-01"]}))
    again = next(step for step in day(con, NOON + HOUR).steps if step.step == "propose").facts
    assert again["new"] == 0 and again["without"] > 0


def inbox(con: Warehouse) -> Path:
    assert con.folder is not None
    return con.folder / "inbox"


def day(con: Warehouse, at: int = NOON) -> Run:
    return run_daily(con, clock=Hurried(at))


def said(run: Run) -> dict[str, str]:
    return {step.step: step.sentence for step in run.steps}


def test_a_day_loads_proposes_and_sends_and_the_next_run_finds_nothing_new(con: Warehouse) -> None:
    (inbox(con) / "tuesday.csv").write_text(NEXT)
    with receiving(Receiver(b"")) as receiver:
        hook(con, receiver)
        first = day(con)
        (inbox(con) / "copy of tuesday.csv").write_text(NEXT)
        second = day(con, NOON + HOUR)
    assert [step.step for step in first.steps] == ["load", "restage", "rescore", "expire", "propose", "deliver", "alert"]
    assert (first.outcome, second.outcome, first.name) == (DONE, DONE, "daily 1")
    assert "2 stored" in said(first)["load"] and one(con, "select count(*) from events") == 5
    assert "4 customers" in said(first)["restage"] and "3 new proposals" in said(first)["propose"] and "3 sent" in said(first)["deliver"]
    assert "Nothing new" in said(second)["load"] and "as many in each" in said(second)["restage"]
    assert "Nothing new" in said(second)["propose"] and "Nothing is approved and due" in said(second)["deliver"]
    assert states(con) == {"sent": 3} and sorted(told["data"]["customer"] for told in receiver.accepted.values()) == ["ann", "cid", "dee"]
    assert one(con, "select count(*) from loads") == 2


def test_new_files_are_read_as_the_last_of_their_kind(con: Warehouse) -> None:
    """Columns keep their meaning, what is personal is hashed, and a new column of addresses is hashed unasked."""
    (inbox(con) / "a.csv").write_text("uid,what,at,mail,cc\neve,cart,2026-03-02T12:00,eve@example.com,fay@example.com\n")
    (inbox(con) / "customers-march.csv").write_text("customer,plan\nann,gold\n")
    (inbox(con) / "consent").mkdir()
    (inbox(con) / "consent" / "b.csv").write_text("customer,purpose,given,ts\nann,marketing,yes,2026-03-01\n")
    (inbox(con) / "notes.md").write_text("not a log")
    assert load_new(con, sleep=Hurried().sleep).faults == []
    assert ask_sql(con, "select kind from loads order by load")["kind"].to_list() == ["events", "events", "customers", "consent"]
    assert dict(ask_sql(con, "select name, personal from properties where of = 'event'").rows()) == {"mail": True, "cc": True}
    texts = json.dumps(ask_sql(con, "select * from events").rows())
    assert "example.com" not in texts
    assert "all 3 files were loaded before" in load_new(con).sentence


def test_a_file_that_cannot_be_loaded_is_told_and_the_rest_goes_on(con: Warehouse) -> None:
    (inbox(con) / "bad.csv").write_text("this,is\nno,log\n")
    (inbox(con) / "good.csv").write_text(NEXT)
    run = day(con)
    assert run.outcome == FAILED and "bad.csv" in said(run)["load"] and "2 stored" in said(run)["load"]
    assert [step.done for step in run.steps] == [False] + [True] * 6 and "3 new proposals" in said(run)["propose"]
    assert "failed: load" in run.sentence


def test_a_file_that_is_still_written_is_left_to_the_next_run(con: Warehouse) -> None:
    path = inbox(con) / "growing.csv"
    path.write_text(NEXT)

    class Growing(Hurried):
        def sleep(self, seconds: float) -> None:
            path.write_text(path.read_text() + "fay,cart,2026-03-02T12:00,\n")

    assert "growing.csv" in load_new(con, sleep=Growing().sleep).sentence and one(con, "select count(*) from loads") == 1
    assert load_new(con, sleep=Hurried().sleep).stored == 3


def test_a_fault_of_the_program_in_one_step_is_told_and_the_next_go_on(con: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(steps_room, "champions", fail)
    told: list[str] = []
    run = run_daily(con, clock=Hurried(), progress=lambda step: told.append(step.step))
    assert (run.outcome, told) == (FAILED, [name for name, _ in steps_room.STEPS])
    assert "ZeroDivisionError" in said(run)["rescore"] and "new proposal" in said(run)["propose"]


def test_a_second_run_is_refused_while_one_is_under_way(con: Warehouse) -> None:
    refused: list[str] = []

    def meanwhile() -> None:
        with con.cursor() as other:
            try:
                day(other)
            except QuestionError as fault:
                refused.append(str(fault))
            assert read_runs(other)[0].outcome == "running"

    def once(_: object) -> None:
        if not refused:
            thread = threading.Thread(target=meanwhile)
            thread.start()
            thread.join()

    assert run_daily(con, clock=Hurried(), progress=once).outcome == DONE
    assert len(refused) == 1 and "under way (run 1, since 2026-03-03 12:00 UTC)" in refused[0]
    assert [run.run for run in read_runs(con)] == [1]


CUT = """
import os, sys
from journey.actions.daily import run_daily, steps
from journey.actions.daily.run import RunStep
from journey.warehouse import open_warehouse
def cut(step: RunStep) -> None:
    if step.step == "load":
        os.kill(os.getpid(), 9)
run_daily(open_warehouse(sys.argv[1]), progress=cut)
"""


def test_a_run_cut_short_is_told_as_such_and_the_next_completes_it(tmp_path: Path) -> None:
    (tmp_path / "ws" / "inbox").mkdir(parents=True)
    (tmp_path / "ws" / "inbox" / "log.csv").write_text(FIRST.replace("uid,what,at", "customer,event,ts"))
    os.utime(tmp_path / "ws" / "inbox" / "log.csv", (1, 1))
    killed = subprocess.run([sys.executable, "-c", CUT, str(tmp_path / "ws")], cwd=ROOT, check=False)
    assert killed.returncode == -9
    with open_warehouse(tmp_path / "ws") as con:
        write_catalog(con, "actions", CATALOG)
        [cut] = read_runs(con)
        assert (cut.outcome, cut.ended_at, [step.step for step in cut.steps]) == (CUT_SHORT, None, ["load"])
        assert "cut short after 'load'" in cut.sentence
        run = day(con)
        assert run.outcome == DONE and "Nothing new" in said(run)["load"] and "1 new proposal" in said(run)["propose"]
        assert [each.outcome for each in read_runs(con)] == [DONE, CUT_SHORT]


def test_folders_that_are_watched_take_the_place_of_the_inbox(con: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_text(NEXT)
    with pytest.raises(QuestionError, match="not the whole path"):
        watch(con, ["missing"])
    watch(con, [str(tmp_path / "elsewhere")])
    assert watched(con) == (tmp_path / "elsewhere",) and load_new(con, sleep=Hurried().sleep).stored == 2


def test_an_empty_workspace_has_a_day_too(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "ws") as con:
        run = day(con)
    assert run.outcome == DONE and "no events" in said(run)["propose"] and "No model" in said(run)["rescore"]


def test_alerts_say_what_to_look_at(con: Warehouse) -> None:
    assert find_alerts(con, NOON, None) == ()
    with write(con) as db:
        for number in range(6):
            db.execute(
                "insert into deliveries values (?, 'p', 'crm', ?, ?, ?, 'x', null)", [number, number, NOON, 503 if number < 3 else 204]
            )
        for number in range(12):
            key = f"k{number}"
            values = [key, "ann", "Reminder", "", "email", "", "", "treated", 1, 1, None, None, None, 0, 0, 1, 0, "t", 0, "{}"]
            db.execute(f"insert into proposals values ({', '.join('?' * 20)})", values)
            state = "held" if number < 2 else "expired" if number < 6 else "approved"
            db.execute("insert into action_steps values (?, ?, ?, ?, 't', '', ?, false)", [number, key, state, NOON, key])
    held, failing, unseen, faulty = find_alerts(con, NOON, Delivered(faults=["'crm' failed 5 times in a row."]))
    assert held.startswith("2 proposals are held") and failing.startswith("3 of 6 calls of the webhook 'crm'")
    assert unseen.startswith("4 of the 10 proposals") and faulty.startswith("'crm'")
    assert any("3 days ago" in told for told in find_alerts(con, NOON + 2 * DAY, None))
