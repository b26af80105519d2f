"""Audiences as files: what is in them, that the same export is the same list and marks once, and who never is in one."""

import csv
import io
import json
from pathlib import Path

import pytest

from journey.actions.delivery import Audience, Clock, Target, deliver, export, exports, keep_target
from journey.actions.delivery.post import Answer
from journey.actions.ledger.book import book
from journey.actions.ledger.decide import decide_all
from journey.actions.ledger.proposal import Proposal, proposal_key
from journey.catalogs import write_catalog
from journey.cli import main
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.rules.saved import save_segment
from journey.warehouse import Warehouse, ask_sql, open_warehouse, write
from tests.actions.test_delivery import CATALOG, DAY, HOUR, NOON, Hurried, approve, shop, states
from tests.drawn import drawn_frame


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def file_of(con: Warehouse, format: str = "csv", at: int = NOON, audience: Audience = Audience(), key: str | None = None):  # noqa: B008
    return export(con, audience, format, by="ann", at=at, key=key)


def test_a_file_tells_whom_what_when_and_how_likely() -> None:
    con = shop(2)
    with write(con) as db:
        db.execute("insert into scores values ('churn', 1, 'c0', 0, 0, 0.75, 0.7, 0.8, 'high', null, null)")
    [key] = approve(con, ["c0"])
    made = file_of(con, at=NOON)
    assert rows(made.content) == [
        {
            "customer": "c0", "action": "Reminder", "variant": "Plain", "offer": "none", "message": "Still here.", "channel": "email",
            "stage": "Shopping", "churn_probability": "0.75", "churn_tier": "high", "expected_value": "2.5", "low": "1.0", "high": "4.0",
            "propensity": "0.5", "variant_propensity": "1.0", "send_from": "2026-03-03T12:00:00Z", "act_by": "2026-03-07T11:00:00Z",
            "idempotency_key": key,
        }
    ]  # fmt: skip
    assert (made.customers, made.marked, states(con)) == (1, 1, {"exported": 1})
    assert made.name == f"audience-2026-03-03-{made.key[:8]}.csv"


def test_the_same_export_is_the_same_file_and_marks_once() -> None:
    con = shop(3)
    approve(con, ["c0", "c1"])
    first = file_of(con, "json", key="one")
    approve(con, ["c2"])
    again = file_of(con, "json", at=NOON + HOUR, key="one")
    assert again.content == first.content and (first.marked, again.marked) == (2, 0)
    assert ask_sql(con, "select count(*) from action_steps where state = 'exported'").item() == 2
    other = file_of(con, "json", at=NOON + HOUR, key="two")
    assert [each["customer"] for each in json.loads(other.content)] == ["c2"], "only what is new"
    assert json.loads(file_of(con, "json").content) == [] and file_of(con, "json").customers == 0
    assert [(made.key, made.customers) for made in exports(con)] == [("two", 1), ("one", 2)]


def test_texts_that_a_spreadsheet_would_run_are_escaped() -> None:
    con = shop(1, CATALOG.replace("Still here.", "=HYPERLINK(0)").replace('offer = "none"', 'offer = "@x"'))
    approve(con, ["c0"])
    made = file_of(con, key="k")
    [row] = rows(made.content)
    assert (row["message"], row["offer"]) == ("'=HYPERLINK(0)", "'@x")
    assert json.loads(file_of(con, "json", key="k").content)[0]["message"] == "=HYPERLINK(0)", "JSON runs nothing"


def test_nobody_held_out_and_nothing_unapproved_is_in_a_file() -> None:
    con = shop(4)
    one = Proposal(
        "", "c0", "Reminder", "Plain", "email", "", "", "treated", 1, 1, 1.0, 0.0, 2.0, 0.1, NOON - DAY, NOON + DAY, NOON, "test"
    )
    keys = {each: proposal_key(each, "Reminder", "x") for each in ("c0", "c1", "c2", "c3")}
    from dataclasses import replace

    offered = [replace(one, proposal=key, customer_id=each, arm="holdout" if each == "c3" else "treated") for each, key in keys.items()]
    book(con, offered, by="test", at=NOON)
    decide_all(con, [keys["c1"]], "approved", by="ann", at=NOON)
    decide_all(con, [keys["c2"]], "rejected", by="ann", reason="No.", at=NOON)
    assert [row["customer"] for row in rows(file_of(con).content)] == ["c1"]
    assert states(con) == {"exported": 1, "rejected": 1, "waiting": 2}


def test_an_audience_may_be_of_one_action_trigger_or_segment() -> None:
    con = shop(4)
    approve(con, ["c0"], trigger_name="Left a basket")
    approve(con, ["c1", "c2"])
    approve(con, ["c3"], action="Call")
    chosen = {
        "trigger": Audience(trigger="Left a basket"),
        "action": Audience(action="Call"),
        "segment": Audience(segment={"customers": ["c1", "c3"]}, action="Reminder"),
    }
    found = {name: [row["customer"] for row in rows(file_of(con, audience=audience).content)] for name, audience in chosen.items()}
    assert found == {"trigger": ["c0"], "action": ["c3"], "segment": ["c1"]}


def test_the_file_says_from_when_on_it_may_be_sent() -> None:
    con = shop(1)
    approve(con, ["c0"], at=NOON + 6 * HOUR)
    [row] = rows(file_of(con, at=NOON + 9 * HOUR).content)
    assert row["send_from"] == "2026-03-04T08:00:00Z", "exported at 21:00, it goes after the quiet hours"


def test_what_was_tried_at_a_webhook_is_in_no_file_and_what_is_in_a_file_is_not_sent() -> None:
    con = shop(2)
    approve(con, ["c0"])
    keep_target(con, Target("crm", "https://example.com", on=True))
    deliver(con, clock=Hurried(), send=lambda *_: Answer(None, "No answer within 10 seconds."))
    made = file_of(con)
    assert made.customers == 0 and made.left_out == {"tried at crm, where they may have arrived": 1}
    approve(con, ["c1"])
    assert file_of(con).customers == 1
    calls: list[object] = []
    deliver(con, clock=Hurried(NOON + DAY), send=lambda *told: calls.append(told) or Answer(200, "200 OK"))
    assert len(calls) == 1, "the one that was tried before, and not the one in the file"


def test_an_export_cut_short_before_the_ledger_knew_is_told_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    con = shop(1)
    approve(con, ["c0"])
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr("journey.actions.delivery.audience.mark", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt()))
        file_of(con, key="one")
    assert states(con) == {"approved": 1}
    assert deliver(con, clock=Hurried()).attempts == 0 and states(con) == {"exported": 1}
    assert file_of(con, key="one").customers == 1, "and the file can still be had"


def test_the_command_line_writes_the_same_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_warehouse(tmp_path / "ws") as con:
        load_events(con, drawn_frame("zoe 09:00 buy", "c0 09:00 cart", "c1 09:00 cart"))
        write_catalog(con, "actions", CATALOG.replace('name = "Reminder"', 'name = "Reminder"\npurpose = ""'))
        approve(con, ["c0", "c1"], at=Clock().now())
        save_segment(con, "one", {"customers": ["c0"]})
    told = ["--workspace", str(tmp_path / "ws"), "export", str(tmp_path / "a.csv"), "--by", "ann", "--segment", "one"]
    assert main(told) == 0 and [row["customer"] for row in rows((tmp_path / "a.csv").read_bytes())] == ["c0"]
    key = capsys.readouterr().out.split("--again ")[1].strip()
    assert main([*told[:3], str(tmp_path / "b.csv"), "--by", "ann", "--again", key]) == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert main([*told[:3], str(tmp_path / "c.xlsx"), "--by", "ann"]) == 1 and "csv, json" in capsys.readouterr().err


def test_a_key_is_no_part_of_a_path() -> None:
    assert file_of(shop(), key="../../etc/passwd").name.endswith("-etcpassw.csv")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(QuestionError, match="csv, json"):
        file_of(shop(1), "xlsx")
