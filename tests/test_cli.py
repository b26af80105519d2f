"""The command line, run as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LOG = "uid,name,at\nann,visit,2026-03-02T09:00\nann,buy,2026-03-02T09:05\nbob,visit,2026-03-02T10:00\nbob,buy,never\n"


def journey(*arguments: object, folder: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "JOURNEY_WORKSPACE"}
    command = [sys.executable, "-m", "journey", *map(str, arguments)]
    place = {**kept, "PYTHONPATH": str(Path(__file__).parent.parent), **environment}
    return subprocess.run(command, cwd=folder, env=place, input=given, capture_output=True, text=True, timeout=120, check=False)


def answered(question: Any, folder: Path) -> Any:
    run = journey("ask", "-", folder=folder, given=json.dumps(question))
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_a_file_is_loaded_and_a_question_answered(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    run = journey("load", "log.csv", "--map", "customer=uid", "--map", "event=name", "--map", "ts=at", folder=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "4 rows" in run.stdout and "3 stored, 0 duplicates, 1 in quarantine" in run.stdout
    answer = answered({"ask": "funnel", "steps": ["visit", "buy"]}, tmp_path)
    assert [step["count"] for step in answer["steps"]] == [2, 1]
    both = answered([{"ask": "events"}, {"ask": "identity"}], tmp_path)
    assert len(both) == 2
    checked = json.loads(journey("check", folder=tmp_path).stdout)
    assert set(checked) == {"events", "identity", "quality"}


def test_the_workspace_is_named_by_option_or_environment(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    assert journey("load", "log.csv", folder=tmp_path, JOURNEY_WORKSPACE="elsewhere").returncode == 0
    assert (tmp_path / "elsewhere" / "journey.duckdb").exists() and not (tmp_path / ".journey").exists()
    assert "was loaded before" in journey("--workspace", "elsewhere", "load", "log.csv", folder=tmp_path).stdout


def test_a_preview_loads_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    told = json.loads(journey("load", "log.csv", "--preview", folder=tmp_path).stdout)
    assert told["mapping"]["customer"] == "uid" and told["reasons"]["ts"]
    assert answered({"ask": "sessions"}, tmp_path)["sessions"] == []


def test_the_simulated_shop_makes_room_for_ones_own_log(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    assert journey("demo", "--customers", 200, folder=tmp_path).returncode == 0
    assert journey("demo", "--if-empty", folder=tmp_path).stdout == ""
    assert "holds data" in journey("demo", folder=tmp_path).stderr
    run = journey("load", "log.csv", folder=tmp_path)
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
    run = journey(*arguments, folder=tmp_path, given=given)
    assert run.returncode == 1 and told in run.stderr and "Traceback" not in run.stderr


def test_warnings_are_seen_without_reading_the_answer(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    journey("load", "log.csv", folder=tmp_path)
    run = journey("ask", "-", folder=tmp_path, given='{"ask": "funnel", "steps": ["vist", "buy"]}')
    assert run.returncode == 0 and "Warning: No event is named 'vist'." in run.stderr


def test_a_webhook_is_off_until_it_is_switched_on_and_its_secret_is_shown_once(tmp_path: Path) -> None:
    added = journey("webhook", "add", "crm", "https://example.com/hook?key=hidden", "--channel", "email", folder=tmp_path)
    assert "shown this once: whsec_" in added.stdout and "off  crm  https://example.com/hook?...  takes email" in added.stdout
    assert "the one thing by which data leave this machine" in added.stderr
    switched = journey("webhook", "on", "crm", folder=tmp_path)
    assert "on   crm" in switched.stdout and "whsec_" not in switched.stdout
    refused = journey("webhook", "add", "near", "http://localhost:9000", folder=tmp_path)
    assert refused.returncode == 1 and "nearby" in refused.stderr
