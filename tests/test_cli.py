"""The command line, run as a person runs it: the first of each kind in a process of its own, the others in this one."""

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from journey.cli import main

LOG = "uid,name,at\nann,visit,2026-03-02T09:00\nann,buy,2026-03-02T09:05\nbob,visit,2026-03-02T10:00\nbob,buy,never\n"


def journey(*arguments: object, folder: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "JOURNEY_WORKSPACE"}
    command = [sys.executable, "-m", "journey", *map(str, arguments)]
    place = {**kept, "PYTHONPATH": str(Path(__file__).parent.parent), **environment}
    return subprocess.run(command, cwd=folder, env=place, input=given, capture_output=True, text=True, timeout=120, check=False)


def called(*arguments: object, folder: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The same without a new process, which takes longer to start than most commands to end."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.delenv("JOURNEY_WORKSPACE", raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        patch.setattr(sys, "stdin", io.StringIO(given))
        code = main([str(argument) for argument in arguments])
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def answered(question: Any, folder: Path) -> Any:
    run = called("ask", "-", folder=folder, given=json.dumps(question))
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_a_file_is_loaded_and_a_question_answered(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    run = journey("load", "log.csv", "--map", "customer=uid", "--map", "event=name", "--map", "ts=at", folder=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "4 rows" in run.stdout and "3 stored, 0 duplicates, 1 in quarantine" in run.stdout
    answer = answered({"ask": "funnel", "steps": ["visit", "buy"]}, tmp_path)
    assert [step["count"] for step in answer["steps"]] == [2, 1]
    both = journey("ask", "-", folder=tmp_path, given=json.dumps([{"ask": "events"}, {"ask": "identity"}]))
    assert both.returncode == 0 and len(json.loads(both.stdout)) == 2
    checked = json.loads(called("check", folder=tmp_path).stdout)
    assert set(checked) == {"events", "identity", "quality"}


def test_the_workspace_is_named_by_option_or_environment(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    assert called("load", "log.csv", folder=tmp_path, JOURNEY_WORKSPACE="elsewhere").returncode == 0
    assert (tmp_path / "elsewhere" / "journey.duckdb").exists() and not (tmp_path / ".journey").exists()
    assert "was loaded before" in called("--workspace", "elsewhere", "load", "log.csv", folder=tmp_path).stdout


def test_a_preview_loads_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    told = json.loads(called("load", "log.csv", "--preview", folder=tmp_path).stdout)
    assert told["mapping"]["customer"] == "uid" and told["reasons"]["ts"]
    assert answered({"ask": "sessions"}, tmp_path)["sessions"] == []


def test_the_simulated_shop_makes_room_for_ones_own_log(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    assert journey("demo", "--customers", 200, folder=tmp_path).returncode == 0
    assert called("demo", "--if-empty", folder=tmp_path).stdout == ""
    assert "holds data" in called("demo", folder=tmp_path).stderr
    run = called("load", "log.csv", folder=tmp_path)
    assert "make room" in run.stderr and run.returncode == 0
    assert answered({"ask": "sessions"}, tmp_path)["population"] == 2


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (["ask", "missing.json"], "", "cannot be read"),
        (["ask", "-"], "{", "is not JSON"),
        (["ask", "-"], '{"ask": "fate"}', "it can be funnel"),
        (["load", "missing.csv"], "", "missing.csv"),
        (["load", "log.csv", "--map", "customer"], "", "ROLE=COLUMN"),
        (["load", "log.csv", "--map", "customer=nobody"], "", "nobody"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_1(tmp_path: Path, arguments: list[str], given: str, told: str) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    run = called(*arguments, folder=tmp_path, given=given)
    assert run.returncode == 1 and told in run.stderr and "Traceback" not in run.stderr


def test_a_refusal_is_the_exit_code_of_the_process(tmp_path: Path) -> None:
    run = journey("ask", "-", folder=tmp_path, given='{"ask": "fate"}')
    assert run.returncode == 1 and "it can be funnel" in run.stderr and "Traceback" not in run.stderr


def test_warnings_are_seen_without_reading_the_answer(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    called("load", "log.csv", folder=tmp_path)
    run = called("ask", "-", folder=tmp_path, given='{"ask": "funnel", "steps": ["vist", "buy"]}')
    assert run.returncode == 0 and "Warning: No event is named 'vist'." in run.stderr


def test_a_webhook_is_off_until_it_is_switched_on_and_its_secret_is_shown_once(tmp_path: Path) -> None:
    added = called("webhook", "add", "crm", "https://example.com/hook?key=hidden", "--channel", "email", folder=tmp_path)
    assert "shown this once: whsec_" in added.stdout and "off  crm  https://example.com/hook?...  takes email" in added.stdout
    assert "the one thing by which data leave this machine" in added.stderr
    switched = called("webhook", "on", "crm", folder=tmp_path)
    assert "on   crm" in switched.stdout and "whsec_" not in switched.stdout
    refused = called("webhook", "add", "near", "http://localhost:9000", folder=tmp_path)
    assert refused.returncode == 1 and "nearby" in refused.stderr
