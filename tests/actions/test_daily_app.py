"""`python -m journey daily` beside a running app, and where none runs: the real processes, as a timer would start them."""

import json
import os
import signal
import stat
import urllib.error
import urllib.request
from pathlib import Path

from journey.ingest import load_events
from journey.serve.command import ask_daily
from journey.serve.door import NOTE, Door, close_door, find_door, open_door
from journey.warehouse import open_warehouse
from tests.browser.server import running
from tests.test_cli import journey

LOG = "customer,event,ts\nann,visit,2026-03-02T09:00\nann,cart,2026-03-02T09:05\nbob,purchase,2026-03-02T10:00\n"
NEXT = "customer,event,ts\ncid,cart,2026-03-02T11:00\ncid,cart,2026-03-02T11:01\n"
CATALOG = """
[guardrails]
quiet = []
holdout = 0.0
[[action]]
name = "Reminder"
channel = "email"
purpose = ""
worth = 10
wanted = { did = "purchase", within = "7d" }
assumed = { likely = 0.1, low = 0.05, high = 0.15, source = "Ann" }
[[trigger]]
name = "Left a basket"
action = "Reminder"
when = { did = "cart", within = "3d" }
"""


def posted(address: str, secret: str) -> int:
    request = urllib.request.Request(f"{address}/daily", method="POST", headers={"Authorization": f"Bearer {secret}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as fault:
        return fault.code


def aged(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, (1, 1))  # nobody writes to it any more


def test_the_command_has_the_app_do_the_run_twice_and_does_it_itself_after_a_kill(tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    (tmp_path / "log.csv").write_text(LOG)
    with open_warehouse(workspace) as con:
        load_events(con, tmp_path / "log.csv")
    (workspace / "actions.toml").write_text(CATALOG)
    with running(workspace) as address:
        door = find_door(workspace)
        assert door is not None and address.endswith(f":{door.port}") and stat.S_IMODE((workspace / NOTE).stat().st_mode) == 0o600
        assert posted(address, "") == posted(address, "wrong") == 403
        aged(workspace / "inbox" / "new.csv", NEXT)
        first = journey("--workspace", workspace, "daily", folder=tmp_path)
        assert first.returncode == 0, first.stdout + first.stderr
        assert f"The app on port {door.port} does the run." in first.stdout
        assert "2 stored" in first.stdout and "2 new proposals" in first.stdout and "every step went well" in first.stdout
        second = journey("--workspace", workspace, "daily", folder=tmp_path)
        assert second.returncode == 0 and second.stdout.count("Nothing new") >= 2, second.stdout
        os.kill(door.pid, signal.SIGKILL)
    assert (workspace / NOTE).exists(), "a killed app leaves its note"
    aged(workspace / "inbox" / "bad.csv", "no\nlog\n")
    by, *steps, run = ask_daily(str(workspace))
    assert "done here" in by["by"] and "bad.csv" in steps[0]["step"]["sentence"]
    assert run["run"]["outcome"] == "failed" and run["run"]["run"] == 3


def test_a_note_that_nobody_stands_behind_is_passed_over(tmp_path: Path) -> None:
    assert find_door(tmp_path) is None
    (tmp_path / NOTE).write_text("{")
    assert find_door(tmp_path) is None
    gone = {"pid": 2**22 - 1, "host": "127.0.0.1", "port": 1, "secret": "x"}
    (tmp_path / NOTE).write_text(json.dumps(gone))
    assert find_door(tmp_path) is None
    door = open_door(tmp_path, 8501, "0.0.0.0")
    assert find_door(tmp_path) == door and (door.host, door.port) == ("127.0.0.1", 8501) and len(door.secret) >= 32
    close_door(tmp_path, Door(door.pid, door.host, door.port, "another"))
    assert (tmp_path / NOTE).exists(), "only its own"
    close_door(tmp_path, door)
    assert not (tmp_path / NOTE).exists()
